"""Composing the mails of the outbox and handing them to the mail server, or to files under var/mail."""

import logging
import os
import smtplib
import ssl
import textwrap
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Self

from flask import current_app, render_template
from flask_babel import force_locale
from flask_mail import Attachment, Connection, Message

import clock
from forms.summary import totals_of
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
    call = calls().of(mail.application.call_key)
    link, token = links.create(mail.application, mail.recipient)
    return Contents({"call": call, "application": mail.application, "address": links.address(token)}, links=[link])


def _all_links(mail: OutboxMail) -> Contents | None:
    """A link to each application that the address belongs to; no mail at all when there is none.

    Looked up here and not when the page was answered, so that the answer takes as long for any address.
    """
    known = [
        (application, call)
        for application in links.applications_known_to(mail.recipient)
        if (call := calls().get(application.call_key)) is not None
    ]
    made = [(application, call, *links.create(application, mail.recipient)) for application, call in known]
    if not made:
        return None
    found = [
        {"application": application, "call": call, "address": links.address(token)}
        for application, call, _, token in made
    ]
    return Contents({"found": found}, links=[link for _, _, link, _ in made])


def _submission(mail: OutboxMail) -> Contents:
    """The figures of a submission, without any of the applicant's own text, and its PDF."""
    submission = mail.submission
    assert submission is not None
    call = calls().of(submission.call_key)
    document = pdf.of_submission(submission, call)
    answers = submissions.read_answers(submission, call)
    question = call.provider_question
    name = pdf.submission_name(submission)
    return Contents(
        {
            "call": call,
            "submission": submission,
            "application": submission.application,
            "totals": totals_of(answers),
            # A name that was typed is the applicant's own text, which no mail carries.
            "provider": question.registered(answers.typed(question.key)) if question else None,
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
        warning = render_template("mail/tryout.txt").strip() if settings().tryout else ""
    subject, _, body = text.strip().partition("\n")
    return Message(
        subject=" ".join([*warning.split(maxsplit=1)[:1], *subject.split()]),
        recipients=[mail.recipient],
        body=_wrapped(f"{warning}\n\n{body.strip()}".strip()) + "\n",
        sender=settings().mail_default_sender,
        attachments=contents.attachments,
    )


def _wrapped(body: str) -> str:
    """Lines that every mail server takes; an address stands alone on its line and is never broken."""
    fill = partial(textwrap.fill, width=_LINE, break_long_words=False, break_on_hyphens=False)
    lines = (line if line.startswith(settings().base_url) else fill(line) for line in body.split("\n"))
    return "\n".join(lines)


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
        if self.mail.use_tls:
            host.starttls(context=context)
        if self.mail.username and self.mail.password:
            host.login(self.mail.username, self.mail.password)
        return host


def deliver(connect_timeout: float | None = None, *, most: int | None = None, only_fresh: bool = False) -> int:
    """Send what is due and return how many mails went out. A failing one waits and stops no other.

    ``most`` and ``only_fresh`` keep the attempt after a response short: the backlog is for ``flask mail send``.
    """
    sent = 0
    is_server_reached = True
    for mail in outbox.claim_due(most, only_fresh=only_fresh):
        contents = None
        try:
            contents = _COMPOSERS[mail.kind](mail)
            if contents is not None:
                if not is_server_reached and not _goes_to_file(mail):
                    raise _NotReachedError("not tried again so soon")
                _hand_over(mail, compose(mail, contents), connect_timeout or settings().mail_timeout)
                sent += 1
        except Exception as error:
            # Whatever it was, the mail stays in the outbox; the log names no address and no text.
            _unmake_links(contents, error)
            outbox.mark_failed(mail, f"{type(error).__name__}: {error}"[:500])
            log.warning("mail %s (%s) not sent: %s", mail.id, mail.kind, type(error).__name__)
            is_server_reached = is_server_reached and not isinstance(error, _NotReachedError)
        else:
            outbox.mark_sent(mail, clock.now())
    return sent


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


def _hand_over(mail: OutboxMail, message: Message, connect_timeout: float) -> None:
    if _goes_to_file(mail):
        path = _write(mail, message, settings().mail_dir)
        log.info("mail %s (%s) written to %s", mail.id, mail.kind, path)
        return
    with _TimedConnection(current_app.extensions["mail"], connect_timeout) as connection:
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
