"""Composing the mails of the outbox and handing them to the mail server, or to files under var/mail."""

import logging
import os
import smtplib
import ssl
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale
from flask_mail import Attachment, Connection, Message

import clock
from forms.summary import summarise
from models.application import Link
from models.outbox import OutboxMail
from services import links, outbox, pdf
from services import submission as submissions
from services.context import calls, settings

log = logging.getLogger(__name__)

_LINE = 76


@dataclass(frozen=True)
class Contents:
    """What a mail is made of, beyond its template; ``links`` were made for it and die with it if it fails."""

    context: dict[str, Any] = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


def _personal_link(mail: OutboxMail) -> Contents:
    assert mail.application is not None
    link, token = links.create(mail.application, mail.recipient)
    call = calls().of(mail.application.call_key)
    return Contents({"call": call, "application": mail.application, "address": links.address(token)}, links=[link])


def _all_links(mail: OutboxMail) -> Contents | None:
    """A link to each application that the address belongs to; no mail at all when there is none.

    Looked up here and not when the page was answered, so that the answer takes as long for any address.
    """
    made = [
        (application, *links.create(application, mail.recipient))
        for application in links.applications_known_to(mail.recipient)
    ]
    if not made:
        return None
    found = [
        {"application": application, "call": calls().of(application.call_key), "address": links.address(token)}
        for application, _, token in made
    ]
    return Contents({"found": found}, links=[link for _, link, _ in made])


def _submission(mail: OutboxMail) -> Contents:
    """The figures of a submission, without any of the applicant's own text, and its PDF."""
    submission = mail.submission
    assert submission is not None
    call = calls().of(submission.call_key)
    document = pdf.of_submission(submission, call)
    name = pdf.file_name(submission.application, submission)
    return Contents(
        {
            "call": call,
            "submission": submission,
            "application": submission.application,
            "summary": summarise(submissions.read_answers(submission, call)),
        },
        [Attachment(name, "application/pdf", document)],
    )


def _other_application(mail: OutboxMail) -> Contents:
    assert mail.submission is not None
    return Contents(
        {
            "call": calls().of(mail.submission.call_key),
            "submission": mail.submission,
            "application": mail.submission.application,
        }
    )


_COMPOSERS: dict[str, Callable[[OutboxMail], Contents | None]] = {
    "link": _personal_link,
    "links": _all_links,
    "receipt": _submission,
    "registry": _submission,
    "copy": _submission,
    "other_application": _other_application,
}


def compose(mail: OutboxMail, contents: Contents) -> Message:
    """The message of an outbox row: the template's first line is the subject, the rest its text."""
    with force_locale(mail.language):
        text = render_template(f"mail/{mail.kind}.txt", **contents.context)
    subject, _, body = text.strip().partition("\n")
    return Message(
        subject=" ".join(subject.split()),
        recipients=[mail.recipient],
        body=_wrapped(body.strip()) + "\n",
        sender=settings().mail_default_sender,
        attachments=contents.attachments,
    )


def _wrapped(body: str) -> str:
    """Lines that every mail server takes; an address stands alone on its line and is never broken."""
    lines = (
        line if "://" in line else textwrap.fill(line, _LINE, break_long_words=False, break_on_hyphens=False)
        for line in body.split("\n")
    )
    return "\n".join(lines)


class _TimedConnection(Connection):
    """Flask-Mail's connection knows no time-out and checks no certificate; this one does both."""

    def __init__(self, mail: Any, timeout: float) -> None:
        super().__init__(mail)
        self._timeout = timeout

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        context = ssl.create_default_context()
        if self.mail.use_ssl:
            host: smtplib.SMTP = smtplib.SMTP_SSL(
                self.mail.server, self.mail.port, timeout=self._timeout, context=context
            )
        else:
            host = smtplib.SMTP(self.mail.server, self.mail.port, timeout=self._timeout)
        if self.mail.use_tls:
            host.starttls(context=context)
        if self.mail.username and self.mail.password:
            host.login(self.mail.username, self.mail.password)
        return host


def deliver(timeout: float | None = None) -> int:
    """Send what is due and return how many mails went out. A failing one waits and stops no other."""
    sent = 0
    for mail in outbox.claim_due():
        contents = None
        try:
            contents = _COMPOSERS[mail.kind](mail)
            if contents is not None:
                _hand_over(mail, compose(mail, contents), timeout or settings().mail_timeout)
                sent += 1
        except Exception as error:
            # Whatever it was, the mail stays in the outbox; the log names no address and no text.
            for link in contents.links if contents else []:
                link.delete_instance()
            outbox.mark_failed(mail, f"{type(error).__name__}: {error}"[:500])
            log.warning("mail %s (%s) not sent: %s", mail.id, mail.kind, type(error).__name__)
            if _is_unreachable(error):
                # The others would only wait for the same.
                break
        else:
            outbox.mark_sent(mail, clock.now())
    return sent


def _is_unreachable(error: Exception) -> bool:
    """Whether the mail server itself is gone, and not only this mail refused."""
    if isinstance(error, smtplib.SMTPException):
        return isinstance(error, smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError)
    return isinstance(error, OSError)


def _hand_over(mail: OutboxMail, message: Message, timeout: float) -> None:
    own_addresses = {call.registry.email for call in calls()}
    if not settings().mail_server or (settings().tryout and mail.recipient in own_addresses):
        path = _write(mail, message, settings().mail_dir)
        log.info("mail %s (%s) written to %s", mail.id, mail.kind, path)
        return
    with _TimedConnection(current_app.extensions["mail"], timeout) as connection:
        connection.send(message)


def _write(mail: OutboxMail, message: Message, folder: Path) -> Path:
    """One file a mail, complete from the moment it has its name."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = clock.in_helsinki(clock.now()).strftime("%Y%m%d-%H%M%S")
    path = folder / f"{stamp}-{mail.id}-{mail.kind}.eml"
    aside = path.with_suffix(f".{os.getpid()}.part")
    aside.write_bytes(message.as_bytes())
    aside.rename(path)
    return path
