"""Handing the mails of the outbox to the mail server, or to files under var/mail."""

import logging
import os
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

from flask import current_app
from flask_mail import Connection, Message

import clock
from models.outbox import OutboxMail
from services import mail_kinds, outbox
from services.context import calls, settings
from services.mail_kinds import Contents

log = logging.getLogger(__name__)


class _Ready(Message):
    """A message as the standard library wrote it, for Flask-Mail to send.

    Flask-Mail's own takes line breaks in some headers, mislabels names of attachments and leaves lines unfolded.
    """

    def __init__(self, message: EmailMessage) -> None:
        super().__init__(recipients=[str(message["To"])], sender=str(message["From"]))
        self._bytes = message.as_bytes()

    def as_bytes(self) -> bytes:
        return self._bytes


class _NotReachedError(Exception):
    """The mail server can't be reached, so this mail has certainly not gone out, nor will the next."""


class _TimedConnection(Connection):
    """Flask-Mail's connection knows no time-out and checks no certificate; this one does both."""

    def __init__(self, mail: Any, timeout: float) -> None:
        super().__init__(mail)
        self._timeout = timeout

    def __enter__(self) -> Self:
        try:
            super().__enter__()
        except (OSError, smtplib.SMTPException) as error:
            raise _NotReachedError(f"{type(error).__name__}: {error}") from error
        assert self.host is not None
        assert self.host.sock is not None
        # From here on the server may have the mail: giving up early would send it twice.
        self.host.sock.settimeout(settings().mail_timeout)
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        # The mail is with the server or refused by now; how the two part company changes neither.
        with suppress(OSError, smtplib.SMTPException):
            super().__exit__(kind, error, trace)

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        context = ssl.create_default_context()
        if self.mail.use_ssl:
            host: smtplib.SMTP = smtplib.SMTP_SSL(
                self.mail.server, self.mail.port, timeout=self._timeout, context=context
            )
        else:
            host = smtplib.SMTP(self.mail.server, self.mail.port, timeout=self._timeout)
        try:
            if self.mail.use_tls:
                host.starttls(context=context)
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except BaseException:
            host.close()
            raise
        return host


def deliver(
    connect_timeout: float | None = None, *, most: int | None = None, only_fresh: bool = False, only: int | None = None
) -> int:
    """Send what is due and return how many mails went out. A failing one waits and stops no other.

    ``most`` and ``only_fresh`` keep the attempt after a response short: the backlog is for ``flask mail send``.
    ``only`` is the id of a single mail.
    """
    sent = 0
    is_server_reached = True
    for mail in outbox.claim_due(most, only_fresh=only_fresh, only=only):
        contents = None
        try:
            contents = mail_kinds.contents_of(mail)
            if contents is not None:
                if not is_server_reached and not _goes_to_file(mail):
                    raise _NotReachedError("not tried again so soon")
                _hand_over(mail, mail_kinds.compose(mail, contents), connect_timeout or settings().mail_timeout)
                sent += 1
        except Exception as error:
            # Whatever it was, the mail stays in the outbox; the log names no address and no text.
            _unmake_links(contents, error)
            refusal = _refusal(mail, error)
            if refusal is None:
                outbox.mark_failed(mail, f"{type(error).__name__}: {error}"[:500])
            else:
                outbox.mark_refused(mail, refusal[:500])
            log.warning("mail %s (%s) not sent: %s", mail.id, mail.kind, type(error).__name__)
            is_server_reached = is_server_reached and not isinstance(error, _NotReachedError)
        else:
            outbox.mark_sent(mail, clock.now())
    return sent


def _refusal(mail: OutboxMail, error: Exception) -> str | None:
    """What a mail server said that will never take this mail for its recipient; None for what may pass.

    The registry's address is no applicant's slip: its mail is tried until it is taken.
    """
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=answers):
            code, said = next(iter(answers.values()))
        case smtplib.SMTPDataError(smtp_code=code, smtp_error=said):
            pass
        case _:
            return None
    if code < 500 or mail.kind == "registry":
        return None
    return f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"


def _unmake_links(contents: Contents | None, error: Exception) -> None:
    """Links of a mail that nobody has got are of no use; where it may have arrived, its link must work."""
    is_refused = isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused)
    if isinstance(error, _NotReachedError) or is_refused:
        for link in contents.links if contents else []:
            link.delete_instance()


def _goes_to_file(mail: OutboxMail) -> bool:
    """Without a mail server all mails do; those to a call's own addresses in every try-out."""
    own_addresses = {call.registry.email.casefold() for call in calls()}
    return not settings().mail_server or (settings().tryout and mail.recipient.casefold() in own_addresses)


def _hand_over(mail: OutboxMail, message: EmailMessage, connect_timeout: float) -> None:
    if _goes_to_file(mail):
        path = _write(mail, message, settings().mail_dir)
        log.info("mail %s (%s) written to %s", mail.id, mail.kind, path)
        return
    with _TimedConnection(current_app.extensions["mail"], connect_timeout) as connection:
        ready = _Ready(message)
        if connection.host is not None and connection.host.has_extn("8bitmime"):
            ready.mail_options = ["BODY=8BITMIME"]
        connection.send(ready)


def _write(mail: OutboxMail, message: EmailMessage, folder: Path) -> Path:
    """One file a mail, complete from the moment it has its name."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = clock.in_helsinki(clock.now()).strftime("%Y%m%d-%H%M%S")
    path = folder / f"{stamp}-{mail.id}-{mail.kind}.eml"
    aside = path.with_suffix(f".{os.getpid()}.part")
    aside.write_bytes(message.as_bytes())
    aside.rename(path)
    return path
