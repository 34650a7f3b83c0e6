"""An application as files for its applicant: everything typed as JSON and as text, and all of it in one ZIP."""

import json
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from flask import render_template
from flask_babel import gettext

from forms.answers import Answers
from forms.definition import Call
from forms.summary import everything
from language import localise
from models.application import Application
from models.event import Event
from models.outbox import OutboxMail
from services import attachments, drafts, earlier, earlier_questions, links, pdf, submissions
from services.earlier_questions import EarlierQuestion


def as_json(application: Application, call: Call) -> dict[str, Any]:
    """Everything typed (forms/schema.py)."""
    answers, earlier_ones = _written(application, call)
    found = {"call": call.key, "reference": application.reference, "answers": answers.to_json()}
    not_asked = [
        {
            "number": one.question.number,
            "title": localise(one.question.label),
            "answer": one.question.to_json(one.typed),
        }
        for one in earlier_ones
    ]
    return {**found, "earlier_questions": not_asked} if not_asked else found


def as_text(application: Application, call: Call) -> bytes:
    """The same to be read, also answers of areas that are not chosen now.

    With a byte order mark and CRLF, so that every editor of an office opens it as it is.
    """
    answers, earlier_ones = _written(application, call)
    text = render_template(
        "summary/answers.txt",
        call=call,
        reference=application.reference,
        sections=everything(answers),
        earlier_questions=earlier_ones,
    )
    return text.replace("\n", "\r\n").encode("utf-8-sig")


def _written(application: Application, call: Call) -> tuple[Answers, list[EarlierQuestion]]:
    stored = drafts.stored_answers(application)
    return drafts.answers_of(call, stored), earlier_questions.of(application, stored)


def record_name(sent_name: str) -> str:
    """The name of a version's record, beside that of its PDF."""
    return sent_name.removesuffix("pdf") + "json"


def zip_name(application: Application) -> str:
    # TRANSLATORS: the name of a file that people keep; letters, digits and hyphens only.
    return str(gettext("%(reference)s-tiedot.zip", reference=application.reference))


def as_zip(application: Application, call: Call) -> bytes:
    """All that is kept of an application, in one file. Raises PdfError."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, document in _files(application, call):
            archive.writestr(name, document)
    return out.getvalue()


def _files(application: Application, call: Call) -> Iterator[tuple[str, bytes]]:
    yield f"{application.reference}.json", _json(as_json(application, call))
    yield f"{application.reference}.txt", as_text(application, call)
    # TRANSLATORS: the name of a file that people keep; letters, digits and hyphens only.
    yield gettext("%(reference)s-historia.json", reference=application.reference), _json(_history(application, call))
    for sent in submissions.versions(application):
        name = pdf.submission_name(sent)
        yield name, pdf.of_submission(sent)
        yield record_name(name), sent.record.encode()
    for number, kept in enumerate(attachments.all_of(application), 1):
        # TRANSLATORS: the name of a file that people keep; letters, digits and hyphens only.
        yield (
            f"{gettext('%(reference)s-liite', reference=application.reference)}-{number}-{kept.name}",
            bytes(kept.content),
        )


def _history(application: Application, call: Call) -> dict[str, Any]:
    """What is kept beside the answers: earlier ones, links, mails, events. Instants are in UTC."""
    mails = OutboxMail.select().where(OutboxMail.application == application).order_by(OutboxMail.id)
    events = Event.select().where(Event.application == application).order_by(Event.at)
    return {
        "earlier_answers": [
            {"question": question.key, "saved_at": value.saved_at, "answer": question.to_json(value.typed)}
            for question in (*call.questions, *earlier_questions.with_history(application))
            if question.has_fields
            for value in earlier.values(application, question)
        ],
        "links": [
            {
                "created_at": link.created_at,
                "email": link.email,
                "can_write": link.can_write,
                "last_used_at": link.last_used_at,
                "revoked_at": link.revoked_at,
            }
            for link in links.of_application(application)
        ],
        "mails": [{"kind": mail.kind, "recipient": mail.recipient, "sent_at": mail.sent_at} for mail in mails],
        "events": [
            {"at": event.at, "kind": event.kind, "reason": event.reason, "details": event.details} for event in events
        ],
    }


def _json(value: Any) -> bytes:
    def written(instant: datetime) -> str:
        return instant.isoformat(timespec="seconds")

    return json.dumps(value, ensure_ascii=False, indent=2, default=written).encode()
