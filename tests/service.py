"""The service as it runs for people: several processes, a mail server, a database file, a free port."""

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from asyncio import Server
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import IO, Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ROOT = Path(__file__).parent.parent


@dataclass
class Inbox:
    """A mail server on loopback that keeps what it gets; ``answer`` is what it says to each mail."""

    answer: str = "250 OK"
    mails: list[Any] = field(default_factory=list)
    _arrival: threading.Condition = field(default_factory=threading.Condition)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
            mail["X-Received-For"] = ",".join(envelope.rcpt_tos)
            with self._arrival:
                self.mails.append(mail)
                self._arrival.notify_all()
        return self.answer

    def expect(self, count: int, address: str, about: str = "") -> list[Any]:
        """The mails to an address with these words in their subject, once there are so many."""

        def found() -> list[Any]:
            return [mail for mail in self.mails if mail["X-Received-For"] == address and about in mail["Subject"]]

        with self._arrival:
            assert self._arrival.wait_for(lambda: len(found()) >= count, timeout=30), f"no {count} mails to {address}"
        mails = found()
        assert len(mails) == count
        return mails


class _AnyPort(Controller):
    """aiosmtpd's controller on whatever port is free."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class Mailbox:
    """The mail server by itself, for the service in this process."""

    def __enter__(self) -> "Mailbox":
        self._inbox = Inbox()
        self._smtp = _AnyPort(self._inbox, hostname="127.0.0.1", port=0)
        self._smtp.start()
        self.port = self._smtp.port
        return self

    def expect(self, count: int, address: str) -> list[Any]:
        return self._inbox.expect(count, address)

    def __exit__(self, *error: object) -> None:
        self._smtp.stop()


class Service:
    """gunicorn with two workers on a free port of loopback. Use as a context manager."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.inbox = Inbox()
        self._environment = environment

    def __enter__(self) -> "Service":
        self._smtp = _AnyPort(self.inbox, hostname="127.0.0.1", port=0)
        self._smtp.start()
        # The listening socket is made here and handed on: requests wait in it until the workers are up.
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.log = self.folder / "service.log"
        with self.log.open("wb") as log:
            self._process = self._start(listener, log)
        listener.close()
        with urllib.request.urlopen(f"{self.url}/health/ready", timeout=60) as answer:
            assert answer.status == 200
        return self

    def _start(self, listener: socket.socket, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}"],
            cwd=ROOT,
            pass_fds=[listener.fileno()],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={
                "PATH": os.environ["PATH"],
                "SECRET_KEY": "a secret of the tests",
                "VAR_DIR": str(self.folder),
                "BASE_URL": self.url,
                "HELD_OPEN": '["strategiarahoitus-2021"]',
                "MAIL_SERVER": "127.0.0.1",
                "MAIL_PORT": str(self._smtp.port),
                "LINK_REQUESTS": "1000 per hour",
                **self._environment,
            },
        )

    def __exit__(self, *error: object) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._smtp.stop()
