"""A folder that stands for a new machine, and the commands of docs/operations.md given there."""

import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
from functools import cached_property
from pathlib import Path

from tests.conftest import ROOT, need
from tests.deploy.systemd import Systemd, moved

HOST = "strategiarahoitus.example.fi"
_PAGE = ROOT / "docs/operations.md"
_PROGRAM = ("*.py", "pyproject.toml", "requirements.txt", "babel.cfg")
_ROOMS = ("commands", "forms", "models", "services", "views")
_FOLDERS = (*_ROOMS, "calls", "deploy", "static", "templates", "translations")

# What the page asks of the machine around the service. {root} is the folder, {python} a Python that has our packages.
_COMMANDS = {
    "apt-get": ":",
    # An environment takes a minute and is tried wherever the tests are set up: this one is lent.
    "python3": 'case "$*" in "-m venv .venv") ln -sfn {venv} .venv;; *) exec {python} "$@";; esac',
    "editor": 'exec {python} -m tests.deploy.editor {root} {mail} "$1"',
    "systemctl": 'exec {python} -m tests.deploy.systemctl {root} "$@"',
    "systemd-run": 'exec {python} -m tests.deploy.command {root} "$@"',
    "nginx": 'exec {nginx} -c {root}/etc/nginx/nginx.conf "$@"',
    "curl": 'exec {curl} --cacert {root}/certificate.pem --unix-socket {root}/port-443 "$@"',
}
_NGINX = """pid {root}/nginx.pid; error_log {root}/nginx-errors.log; user root; worker_processes 1;
events {{}}
http {{
  client_body_temp_path {root}/tmp/body; proxy_temp_path {root}/tmp/proxy; fastcgi_temp_path {root}/tmp/fastcgi;
  uwsgi_temp_path {root}/tmp/uwsgi; scgi_temp_path {root}/tmp/scgi;
  include {root}/etc/nginx/sites-enabled/*;
}}
"""


def blocks() -> dict[str, list[str]]:
    """The commands of the page, by the heading that they stand under."""
    parts = re.split(r"^## (.+)$", _PAGE.read_text(), flags=re.MULTILINE)[1:]
    return {
        heading: re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
        for heading, text in zip(parts[::2], parts[1::2], strict=True)
    }


class Machine:
    """Use as a context manager. Short paths: a socket's has a hundred signs at most."""

    def __init__(self, mail_port: int) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="machine-"))
        for folder in ("bin", "tmp", "run", "usr/local/bin", "opt/strategiarahoitus", "var/lib/strategiarahoitus",
                       "var/log/nginx", "etc/systemd/system", "etc/nginx/sites-available", "etc/nginx/sites-enabled",
                       f"etc/letsencrypt/live/{HOST}"):  # fmt: skip
            (self.root / folder).mkdir(parents=True)
        self._make_certificate()
        self._make_repository()
        (self.root / "etc/nginx/nginx.conf").write_text(_NGINX.format(root=self.root))
        names = {"root": self.root, "venv": Path(sys.prefix), "python": sys.executable,
                 "mail": mail_port, "curl": need("curl"), "nginx": need("nginx")}  # fmt: skip
        for name, does in _COMMANDS.items():
            command = self.root / "bin" / name
            command.write_text(f"#!/bin/sh\nexport PYTHONPATH={ROOT}\n{does.format(**names)}\n")
            command.chmod(0o755)
        self.systemd = Systemd(self.root)

    def __enter__(self) -> "Machine":
        return self

    def __exit__(self, *error: object) -> None:
        self.systemd.close()
        shutil.rmtree(self.root)

    def _make_certificate(self) -> None:
        place = self.root / f"etc/letsencrypt/live/{HOST}"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}",
             "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", place / "privkey.pem",
             "-out", place / "fullchain.pem"],
            check=True, capture_output=True,
        )  # fmt: skip
        shutil.copy(place / "fullchain.pem", self.root / "certificate.pem")

    def _make_repository(self) -> None:
        """What is here, as somebody fetches it; committed or not."""
        place = self.root / "repository"
        for folder in _FOLDERS:
            shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
        for pattern in _PROGRAM:
            for file in ROOT.glob(pattern):
                shutil.copy(file, place)
        git = ["git", "-C", str(place), "-c", "user.name=x", "-c", "user.email=x@example.fi"]
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "The program"]):
            subprocess.run([*git, *command], check=True)

    def walk(self, block: str) -> str:
        """Give a block's commands, as one types them; returns what they said. Raises AssertionError where one fails."""
        environment = {
            "PATH": f"{self.root}/bin:{self.root}/usr/local/bin:{os.environ['PATH']}",
            "REPOSITORY": str(self.root / "repository"),
            "HOME": str(self.root),
        }
        done = subprocess.run(
            ["sh", "-ec", moved(self.root, block)],
            check=False, cwd=self._last_folder(), env=environment, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def _last_folder(self) -> Path:
        """Where the page's reader stands: its blocks change folder once, and go on there."""
        deploy = self.root / "opt/strategiarahoitus/current/deploy"
        return deploy if deploy.exists() else self.root

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """Believes in the machine's certificate."""
        return ssl.create_default_context(cafile=self.root / "certificate.pem")
