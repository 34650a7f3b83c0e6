"""As much of systemd as the units of deploy/ ask for: sockets, services that notify, oneshots, commands."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

# sd_listen_fds(3): the socket as file descriptor 3, and for whom it is.
_LISTENS = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""
_SHARED = "strategiarahoitus-.service.d/common.conf"
_WEB = "strategiarahoitus-web.service"


def moved(root: Path, text: str) -> str:
    """A text with the machine's places moved under a folder."""
    return re.sub(r"(?<![\w/.])/(opt|etc|var|run|usr/local)\b", rf"{root}/\1", text)


class Units:
    """The units of a folder that stands for the root of a machine, read as systemd reads them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def text(self, unit: str) -> str:
        folder = self.root / "etc/systemd/system"
        shared = (folder / _SHARED).read_text() if unit.endswith(".service") else ""
        return moved(self.root, f"{shared}\n{(folder / unit).read_text()}")

    def value(self, unit: str, name: str) -> str:
        """The last value of a line, empty where there is none."""
        found = re.findall(rf"^{name}=(.*)$", self.text(unit), re.MULTILINE)
        return found[-1] if found else ""

    def environment(self, unit: str = _WEB) -> dict[str, str]:
        """What a service is started with: nothing of ours, its lines, its file."""
        lines = re.findall(r"^Environment=(.*)$", self.text(unit), re.MULTILINE)
        lines += Path(self.value(unit, "EnvironmentFile")).read_text().splitlines()
        named = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        return {"PATH": "/usr/bin:/bin", **named}

    def folder(self) -> str:
        return self.value(_WEB, "WorkingDirectory")


class Systemd(Units):
    """Runs them. ``systemctl`` hands its words over by a socket.

    What it does not play: users, mounts, filters of system calls.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._sockets: dict[str, socket.socket] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._control = socket.socket(socket.AF_UNIX)
        self._control.bind(str(root / "control"))
        self._control.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._control.accept()
            except OSError:
                return
            with connection:
                words = connection.makefile().readline().split()
                try:
                    self.do(words)
                    connection.sendall(b"0")
                except (AssertionError, OSError) as error:
                    connection.sendall(f"1{error}".encode())

    def do(self, words: list[str]) -> None:
        """One ``systemctl`` command. Raises AssertionError with what went wrong."""
        verb, *units = (word for word in words if not word.startswith("--"))
        for unit in units:
            if unit == "nginx":
                self._reload_nginx()
            elif unit.endswith(".timer"):
                assert self.value(unit, "OnCalendar"), unit
            elif verb in {"start", "enable"}:
                self._start(unit)
            elif verb == "stop":
                self.stop(unit)
            else:
                assert verb == "restart", words
                self.stop(unit)
                self._start(unit)

    def _start(self, unit: str) -> None:
        if unit.endswith(".socket"):
            path = self.value(unit, "ListenStream")
            Path(path).unlink(missing_ok=True)
            self._sockets[unit] = waits = socket.socket(socket.AF_UNIX)
            waits.bind(path)
            waits.listen(512)
            return
        kind = self.value(unit, "Type")
        command = shlex.split(self.value(unit, "ExecStart"))
        environment = self.environment(unit)
        listener = self._sockets.get(unit.replace(".service", ".socket"))
        fds = (listener.fileno(),) if listener else ()
        if listener:
            command = [sys.executable, "-c", _LISTENS, str(listener.fileno()), *command]
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices, self.log(unit).open("ab") as log:
            if kind == "notify":
                place = self.root / f"{unit}.notify"
                place.unlink(missing_ok=True)
                notices.bind(str(place))
                notices.settimeout(60)
                environment["NOTIFY_SOCKET"] = str(place)
            process = subprocess.Popen(
                command,
                cwd=self.folder(),
                env=environment,
                stdout=log,
                stderr=log,
                pass_fds=fds,
                start_new_session=True,
            )
            if kind == "oneshot":
                assert process.wait(timeout=120) == 0, self.log(unit).read_text()
                return
            self._running[unit] = process
            while kind == "notify" and b"READY=1" not in notices.recv(4096):
                pass

    def log(self, unit: str) -> Path:
        return self.root / f"{unit}.log"

    def stop(self, unit: str) -> None:
        if unit.endswith(".socket"):
            self._sockets.pop(unit).close()
            return
        process = self._running.pop(unit)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=45)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _reload_nginx(self) -> None:
        if "nginx" in self._running:
            self.stop("nginx")
        with self.log("nginx").open("ab") as log:
            self._running["nginx"] = subprocess.Popen(
                ["nginx", "-c", self.root / "etc/nginx/nginx.conf", "-g", "daemon off;"],
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def close(self) -> None:
        for unit in [*self._running]:
            self.stop(unit)
        for listener in self._sockets.values():
            listener.close()
        self._control.close()
