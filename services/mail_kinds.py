"""What each mail says: an outbox row becomes a message of two parts, from the pair of templates of its kind."""

import re
import textwrap
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import gettext

import clock
from forms.answers import Answers
from forms.definition import Call
from forms.summary import totals_of
from forms.texts import msg
from language import speaking
from models.application import Link
from models.outbox import OutboxMail
from models.submission import Submission
from services import accounts, allowances, completion, links, pdf, reminders, submissions
from services.context import calls, closing_of, settings
from services.typesetter import PdfError

_LINE = 76
_TRIES_WITH_DOCUMENT = 3
"""A word that it has arrived is owed without delay (13/2003 12 §): it waits no longer for a document."""


@dataclass(frozen=True)
class Attachment:
    """A PDF; its name comes from the program alone."""

    name: str
    document: bytes


@dataclass(frozen=True)
class Contents:
    """What a mail is made of, beyond its templates; ``links`` were made for it and die with it if it fails."""

    call: Call
    context: dict[str, Any] = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    missing: str | None = None
    """Why it goes without the document that belongs to it."""


def _personal_link(mail: OutboxMail) -> Contents:
    assert mail.application is not None
    link, token = links.create(mail.application, mail.recipient)
    context = {
        "application": mail.application,
        "address": links.address(token),
        "closes": closing_of(mail.application),
    }
    return Contents(calls().of(mail.application), context, links=[link])


def _all_links(mail: OutboxMail) -> Contents | None:
    """A link to each application that the address belongs to; no mail at all when there is none.

    Looked up here and not when the page was answered, so that the answer takes as long for any address.
    """
    known = [
        (application, call)
        for application in links.applications_known_to(mail.recipient)
        if (call := calls().get(application.call_key)) is not None
    ]
    if not known:
        return None
    made = [(application, call, *links.create(application, mail.recipient)) for application, call in known]
    found = [
        {"application": application, "call": call, "address": links.address(token)}
        for application, call, _, token in made
    ]
    return Contents(known[0][1], {"found": found}, links=[link for _, _, link, _ in made])


def _submission(mail: OutboxMail) -> Contents:
    """The figures of a submission, without any of the applicant's own text."""
    submission = mail.submission
    assert submission is not None
    newest = submissions.last(submission.application)
    assert newest is not None
    return figures_of(submission, submissions.read_answers(submission), newest, closing_of(submission.application))


def figures_of(submission: Submission, answers: Answers, newest: Submission, due: datetime) -> Contents:
    """What mails say of a submission with these answers; ``due`` is the last instant for sending."""
    question = answers.call.provider_question
    return Contents(
        answers.call,
        {
            "submission": submission,
            "newest": newest,
            "application": submission.application,
            "totals": totals_of(answers),
            "due": due,
            # A name that was typed is the applicant's own text, which no mail carries.
            "provider": (question.registered(answers.typed(question.key)) or msg("nimi ei ole luettelossa"))
            if question
            else None,
        },
    )


def _submission_with_pdf(mail: OutboxMail) -> Contents:
    """The same with the document; without it, and saying so, where it can't be made again and again."""
    contents = _submission(mail)
    submission = mail.submission
    assert submission is not None
    try:
        document = pdf.of_submission(submission)
    except PdfError as error:
        if mail.attempts < _TRIES_WITH_DOCUMENT:
            raise
        return replace(contents, missing=f"went out without its PDF: {error}")
    contents.attachments.append(Attachment(pdf.submission_name(submission), document))
    return contents


def _reminder(mail: OutboxMail) -> Contents | None:
    """None where all has been sent meanwhile, or it is too late.

    It carries no link: nobody has asked for one, and it may go where an address was mistyped. /linkki mails one to
    exactly these addresses.
    """
    assert mail.application is not None
    if not reminders.is_unsent(mail.application, clock.now()):
        return None
    call = calls().of(mail.application)
    sent = submissions.last(mail.application)
    allowed = allowances.of(mail.application, sent, clock.now())
    context = {
        "application": mail.application,
        "sent": sent,
        "closes": allowed.until,
        "is_completion": allowed.is_of_asked_only,
    }
    return Contents(call, context)


def _completion(mail: OutboxMail) -> Contents | None:
    """What the ministry asks for, in the officer's words; None where it is answered or too late already.

    Without a link, as the reminder: it goes to addresses that nobody has asked to be mailed.
    """
    assert mail.application is not None
    request = completion.waiting(mail.application)
    if request is None or clock.now() > request.until:
        return None
    call = calls().of(mail.application)
    asked = [question for question in call.questions if question.key in request.questions]
    return Contents(call, {"application": mail.application, "request": request, "asked": asked})


def _officer(mail: OutboxMail) -> Contents | None:
    """The link by which an account is set up, made here so that it is kept nowhere; None for an account out of use."""
    officer = accounts.find(mail.recipient)
    if officer is None:
        return None
    token = accounts.begin_setup(officer)
    context = {"address": f"{settings().base_url}/virkailija/kayttoonotto/{token}", "until": officer.setup_until}
    return Contents(next(iter(calls())), context)


KINDS: dict[str, Callable[[OutboxMail], Contents | None]] = {
    "link": _personal_link,
    "links": _all_links,
    "receipt": _submission_with_pdf,
    "registry": _submission_with_pdf,
    "copy": _submission_with_pdf,
    "version": _submission,
    "other_application": _submission,
    "reminder": _reminder,
    "completion": _completion,
    "officer": _officer,
}
"""Every kind of mail, by the name of its templates: templates/mail/KIND.txt and KIND.html. docs/mails.md draws them."""


def contents_of(mail: OutboxMail) -> Contents | None:
    """What the mail of a row is made of now; None where there is nothing to say any more."""
    return KINDS[mail.kind](mail)


def compose(mail: OutboxMail, contents: Contents) -> EmailMessage:
    """The message of a row. Its words stand in KIND.txt alone: KIND.html lays out what that exports (``said``)."""
    reply_to = _reply_to(mail, contents.call)
    context = {
        "call": contents.call,
        "base_url": settings().base_url,
        "reply_to": reply_to,
        "is_attached": bool(contents.attachments),
        **contents.context,
    }
    with speaking(mail.language):
        said = current_app.jinja_env.get_template(f"mail/{mail.kind}.txt").make_module(context)
        html = render_template(f"mail/{mail.kind}.html", said=said, **context)
        subject = f"{gettext('Kokeilu')}: {said.subject}" if settings().tryout else str(said.subject)  # type: ignore[attr-defined]
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(subject.split())
    message["From"] = settings().mail_default_sender
    message["To"] = Address(addr_spec=mail.recipient)
    if reply_to:
        message["Reply-To"] = Address(addr_spec=reply_to)
    # The mail is one and the same at each attempt: whoever gets it twice sees it once.
    message["Date"] = clock.in_helsinki(mail.created_at)
    message["Message-ID"] = _message_id(mail)
    message["Auto-Submitted"] = "auto-generated"
    # Not quoted-printable, which breaks long lines: an address stands whole also where a program shows the raw text.
    message.set_content(_wrapped(str(said)), cte="8bit")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    for attachment in contents.attachments:
        attach(message, attachment)
    return message


def attach(message: EmailMessage, attachment: Attachment) -> None:
    """Add a document; programs that can't read a name with ä find one without beside it."""
    plain = unicodedata.normalize("NFKD", attachment.name).encode("ascii", "ignore").decode()
    message.add_attachment(
        attachment.document,
        maintype="application",
        subtype="pdf",
        filename=attachment.name,
        params={"name": plain},
    )


def _reply_to(mail: OutboxMail, call: Call) -> str | None:
    """Where answers go: to the call's registry, but never out of a try-out, and not from the registry to itself."""
    own = call.registry.email
    return None if settings().tryout or mail.recipient.casefold() == own.casefold() else own


def _message_id(mail: OutboxMail) -> str:
    """The same at every attempt, and never used again: a database that starts anew starts at another time."""
    written = int(mail.created_at.timestamp())
    return f"<{mail.kind}.{mail.id}.{written}@{urlsplit(settings().base_url).hostname}>"


def _wrapped(body: str) -> str:
    """Lines that every mail program shows; an address stands alone on its line and is never broken."""
    fill = partial(textwrap.fill, width=_LINE, break_long_words=False, break_on_hyphens=False)
    lines = (line if line.startswith(settings().base_url) else fill(line) for line in body.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"
