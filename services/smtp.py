"""The way to the mail server: how long anybody waits for it, and what its silence means."""

import re
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from math import inf
from time import monotonic
from typing import Any, Self

from flask import current_app
from flask_mail import Connection, Message

from services.context import settings

_GO_AHEAD = 354
_ENHANCED = re.compile(r"\d\.\d{1,3}\.\d{1,3}\b")
_OF_ADDRESS = re.compile(r"5\.(1\.(?![78]\b)\d{1,3}|2\.1)\b")


class NotReachedError(Exception):
    """The mail server can't be reached or fell silent: this mail has certainly not gone out, nor would the next."""


def hand_over(message: EmailMessage, within: float = inf) -> None:
    """Give a message to the mail server.

    ``within`` so many seconds, all steps together, it must have asked for the message; for its word on the message it
    has MAIL_TIMEOUT. Raises NotReachedError, or what smtplib says of a server that answers.
    """
    with _Connection(current_app.extensions["mail"], within) as connection:
        connection.send(_Ready(message))


def refusal_of_address(error: Exception) -> str | None:
    """What a server says that will never take a mail for this address; None for whatever else is wrong.

    The enhanced code (RFC 3463) tells whether it is the address: 5.1.x, but not the sender's (5.1.7, 5.1.8), or a
    closed mailbox, 5.2.1. A relay that takes nothing from us, 5.7.1, is no slip of the applicant's. Without such a
    code, 550, 551 and 553 are about a mailbox (RFC 5321, 4.2.3).
    """
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=answers):
            code, said = next(iter(answers.values()))
        case smtplib.SMTPDataError(smtp_code=code, smtp_error=said):
            pass
        case _:
            return None
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    is_of_address = _OF_ADDRESS.match(words) if _ENHANCED.match(words) else code in {550, 551, 553}
    return f"{code} {words}" if code >= 500 and is_of_address else None


class _Ready(Message):
    """A message as the standard library wrote it, for Flask-Mail to send.

    Flask-Mail's own takes line breaks in some headers, mislabels names of attachments and leaves lines unfolded.
    """

    def __init__(self, message: EmailMessage) -> None:
        super().__init__(recipients=[str(message["To"])], sender=str(message["From"]))
        self._bytes = message.as_bytes()

    def as_bytes(self) -> bytes:
        return self._bytes


class _Client(smtplib.SMTP):
    """Bounds the wait for each answer: smtplib's one time-out is for any silence, however many there are."""

    def __init__(self, server: str, port: int, within: float, **how: Any) -> None:
        self.may_have_message = False
        self._within = within
        self._until = monotonic() + within
        super().__init__(server, port, timeout=min(within, settings().mail_timeout), **how)

    def getreply(self) -> tuple[int, bytes]:
        self._bound()
        code, said = super().getreply()
        if code == _GO_AHEAD:
            # From here on the server may have the mail: giving up early would send it twice.
            self.may_have_message = True
            self._until = inf
        elif self.may_have_message:
            # It has given its word; only parting is left.
            self._until = monotonic() + self._within
        self._bound()
        return code, said

    def _bound(self) -> None:
        if self.sock is not None:
            # Zero would mean not to wait at all, which is another thing than a time-out.
            self.sock.settimeout(max(min(self._until - monotonic(), settings().mail_timeout), 0.001))


class _TlsClient(_Client, smtplib.SMTP_SSL):
    """The same with TLS from the first byte."""


class _Connection(Connection):
    """Flask-Mail's connection knows no time-out and checks no certificate; this one does both."""

    def __init__(self, mail: Any, within: float) -> None:
        super().__init__(mail)
        self._within = within

    def __enter__(self) -> Self:
        try:
            return super().__enter__()
        except OSError as error:
            raise _not_reached(error) from error

    def send(self, message: Message, envelope_from: str | tuple[str, str] | None = None) -> None:
        assert isinstance(self.host, _Client)
        if self.host.has_extn("8bitmime"):
            message.mail_options = ["BODY=8BITMIME"]
        try:
            super().send(message, envelope_from)
        except smtplib.SMTPServerDisconnected as error:
            if self.host.may_have_message:
                raise
            raise _not_reached(error) from error

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        # The mail is with the server or refused by now; how the two part company changes neither.
        with suppress(OSError):
            super().__exit__(kind, error, trace)

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        context = ssl.create_default_context()
        if self.mail.use_ssl:
            host: _Client = _TlsClient(self.mail.server, self.mail.port, self._within, context=context)
        else:
            host = _Client(self.mail.server, self.mail.port, self._within)
        try:
            if self.mail.use_tls:
                host.starttls(context=context)
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
            # Flask-Mail would greet only as it sends; what the server can do is asked before.
            host.ehlo_or_helo_if_needed()
        except BaseException:
            host.close()
            raise
        return host


def _not_reached(error: OSError) -> NotReachedError:
    """Every error of smtplib's is an OSError too."""
    return NotReachedError(f"{type(error).__name__}: {error}")
