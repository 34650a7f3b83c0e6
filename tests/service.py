"""The service as it runs for people: several processes, a mail server, a database file, a free port."""

import asyncio
import os
import select
import signal
import socket
import socketserver
import ssl
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

from tests import databases

ROOT = Path(__file__).parent.parent


@dataclass
class Inbox:
    """A mail server on loopback that keeps what it gets; ``answer`` is what it says to each mail."""

    answer: str = "250 OK"
    delay: float = 0
    """Seconds until a mail that was taken is said to be."""
    drops: bool = False
    """Whether the connection is cut when a mail has been taken, before it is said so."""
    refuses: set[str] = field(default_factory=set)
    """Addresses that the server does not know."""
    refusal: str = "550 5.1.1 <{address}>: Recipient address rejected: User unknown"
    """What it says to mails for them."""
    lets_go: threading.Event = field(default_factory=threading.Event)
    """While it is not set, a mail that was taken is not said to be."""
    mails: list[Any] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    """The same mails as they came over the line."""
    _arrival: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.lets_go.set()

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refusal.format(address=address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
            mail["X-Received-For"] = ",".join(envelope.rcpt_tos)
            with self._arrival:
                self.mails.append(mail)
                self.raw.append(envelope.original_content or b"")
                self._arrival.notify_all()
        await asyncio.to_thread(self.lets_go.wait, 60)
        await asyncio.sleep(self.delay)
        if self.drops and server.transport is not None:
            server.transport.close()
        return self.answer

    def expect(self, count: int, address: str, about: str = "") -> list[Any]:
        """The mails to an address with these words in their subject, once there are so many."""

        def found() -> list[Any]:
            return [mail for mail in self.mails if mail["X-Received-For"] == address and about in mail["Subject"]]

        with self._arrival:
            assert self._arrival.wait_for(lambda: len(found()) >= count, timeout=60), f"no {count} mails to {address}"
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
    """The mail server by itself, for the service in this process; with ``tls`` it takes nothing before STARTTLS."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.inbox = Inbox()
        self._tls = tls

    def __enter__(self) -> "Mailbox":
        self._smtp = _AnyPort(
            self.inbox, hostname="127.0.0.1", port=0, tls_context=self._tls, require_starttls=self._tls is not None
        )
        self._smtp.start()
        self.port = self._smtp.port
        return self

    def expect(self, count: int, address: str) -> list[Any]:
        return self.inbox.expect(count, address)

    def __exit__(self, *error: object) -> None:
        self._smtp.stop()


class SilentServer(socketserver.ThreadingTCPServer):
    """A mail server that answers up to a command and then never says a word; "." is the end of a message."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, at: str) -> None:
        super().__init__(("127.0.0.1", 0), _SilentAt)
        self.port = self.server_address[1]
        self.at = at
        self.held: list[socket.socket] = []
        """Connections that got so far, all that there ever were."""
        self.holds = threading.Event()
        """Set once there is one."""
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def let_go(self) -> None:
        """Break off with everybody who waits."""
        for connection in self.held:
            connection.shutdown(socket.SHUT_RDWR)

    def server_close(self) -> None:
        self.shutdown()
        super().server_close()


class _SilentAt(socketserver.StreamRequestHandler):
    server: SilentServer

    def handle(self) -> None:
        if self.server.at == "connect":
            return self._hold()
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            command = line.split()[0].decode().upper() if line.strip() else ""
            if command == self.server.at:
                return self._hold()
            if command == "DATA":
                self.wfile.write(b"354 go on\r\n")
            elif command in {"EHLO", "MAIL", "RCPT", "RSET", "QUIT"}:
                self.wfile.write(b"250 OK\r\n")
        return None

    def _hold(self) -> None:
        self.server.held.append(self.connection)
        self.server.holds.set()
        self.rfile.read()


class Service:
    """gunicorn with two workers on a free port of loopback. Use as a context manager."""

    wsgi_app: tuple[str, ...] = ()
    """What is served, where it is not what gunicorn.conf.py names."""

    def __init__(self, folder: Path, data: Path | None = None, program: Path = ROOT, **environment: str) -> None:
        self.folder = folder
        self.program = program
        self.data = data or folder
        """Where the service writes, when that is not where its log goes."""
        self.inbox = Inbox()
        self._changes = environment

    def __enter__(self) -> "Service":
        self._smtp = _AnyPort(self.inbox, hostname="127.0.0.1", port=0)
        self._smtp.start()
        # The listening socket is made here and handed on: requests wait in it until the workers are up.
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.folder / "service.log"
        with self.log.open("wb") as log:
            self._process = self._start(listener, log)
        listener.close()
        with urllib.request.urlopen(f"{self.url}/health/ready", timeout=60) as answer:
            assert answer.status == 200
        self.typesetter = self._children()[0]
        """The process id of what makes documents beside the workers (services/typesetter.py)."""
        return self

    def _start(self, listener: socket.socket, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}", *self.wsgi_app],
            cwd=self.program,
            pass_fds=[listener.fileno()],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=self.environment,
        )

    @property
    def smtp_port(self) -> int:
        """The port of the mail server, also where the service was told another."""
        return int(self._smtp.port)

    @property
    def environment(self) -> dict[str, str]:
        """What the service, and its commands, are started with."""
        return {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": "a secret of the tests",
            "VAR_DIR": str(self.data),
            "BASE_URL": self.url,
            "HELD_OPEN": '["strategiarahoitus-2021"]',
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": str(self._smtp.port),
            "LINK_REQUESTS": "1000 per hour",
            **({"DATABASE_URL": url} if (url := databases.url_of(self.data)) else {}),
            **self._changes,
        }

    @property
    def database(self) -> Path:
        return self.data / "strategiarahoitus.db"

    @property
    def master(self) -> int:
        """The process id of the web server itself."""
        return self._process.pid

    @property
    def workers(self) -> list[int]:
        """The process ids of the web server's workers."""
        return [pid for pid in self._children() if pid != self.typesetter]

    def _children(self) -> list[int]:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def kill(self) -> None:
        """As a power cut does: nothing of the service goes on, nothing is put away."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def change_workers(self) -> None:
        """Have the web server's workers replaced, as for a new program; returns when the old ones are gone."""
        old = [os.pidfd_open(pid) for pid in self.workers]
        self._process.send_signal(signal.SIGHUP)
        for process in old:
            assert select.select([process], [], [], 30)[0], "a worker stayed"
            os.close(process)

    def __exit__(self, *error: object) -> None:
        # Nobody asks for anything any more; an orderly stop takes half a second, ten when it comes during the start.
        if self._process.poll() is None:
            self.kill()
        self._smtp.stop()
