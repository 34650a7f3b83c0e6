"""What goes of one application when its time is over: all of a draft, the contact details of any.

Each is one transaction that can be done again; whoever saves or sends meanwhile comes before it or after it.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import reduce
from operator import or_

import peewee
from peewee import fn

from forms.definition import Call
from models.application import Answer, AnswerVersion, Application, Link
from models.database import database, hold
from models.event import Event
from models.handling import CompletionRequest, Note
from models.outbox import OutboxMail
from models.submission import Submission
from services.context import calls

_Belonging = type[Answer | AnswerVersion | CompletionRequest | Event | Link | Note | OutboxMail | Submission]
"""The tables whose rows belong to an application."""


def locked(application: Application) -> Application | None:
    """An application as it is now, nobody else writing it until the transaction ends; None where it is gone."""
    hold(application)
    return Application.get_or_none(Application.id == application.id)


def delete_draft(application: Application) -> bool:
    """Delete an application that was never sent, with its answers, links, mails and events.

    False, and nothing done, for one that was sent: it is a document of the ministry.
    """
    with database.atomic():
        if locked(application) is None or _sent(application).exists():
            return False
        Application.delete().where(Application.id == application.id).execute()
        return True


def tries_until(at: datetime) -> list[Application]:
    """Those by which officers tried a call, begun up to an instant."""
    return list(Application.select().where(Application.tried_by.is_null(False), Application.created_at <= at))


def delete_try(application: Application) -> bool:
    """Delete what an officer tried a call with, sent or not: it is nobody's document."""
    with database.atomic():
        if locked(application) is None or application.tried_by_id is None:
            return False
        Submission.delete().where(Submission.application == application).execute()
        Application.delete().where(Application.id == application.id).execute()
        return True


def _sent(application: Application) -> "peewee.ModelSelect[Submission]":
    return Submission.select().where(Submission.application == application)


def drafts_of(call: Call) -> list[Application]:
    """The applications of a call that were never sent."""
    sent = Submission.select().where(Submission.application == Application.id)
    return list(Application.select().where(Application.call_key == call.key, ~fn.EXISTS(sent)))


def with_contact_details(call: Call) -> list[Application]:
    """The applications of a call that still have something that ``erase_contact`` takes.

    Asked of the rows themselves: what came back meanwhile, by a save or a mail under way, is found the next time.
    """
    traces = reduce(or_, _traces(call))
    return list(Application.select().where(Application.call_key == call.key, traces).order_by(Application.id))


def _traces(call: Call) -> Iterator[peewee.ColumnBase]:
    def has(table: _Belonging, *conditions: object) -> peewee.ColumnBase:
        return fn.EXISTS(table.select().where(table.application == Application.id, *conditions))

    yield Application.contact_email.is_null(False)
    yield has(Link, Link.email.is_null(False) | Link.revoked_at.is_null())
    yield has(OutboxMail)
    yield has(Note)
    yield has(CompletionRequest, CompletionRequest.text != "")
    yield has(Event, Event.reason != "")
    if keys := calls().personal_keys(call.key):
        yield has(Answer, Answer.question.in_(keys))
        yield has(AnswerVersion, AnswerVersion.question.in_(keys))
        yield has(Submission, Submission.salt.is_null(False))


def erase_contact(application: Application, call: Call, at: datetime) -> None:
    """Erase the contact person from an application and let nobody in by its links any more.

    Records and fingerprints stay as they are: of personal answers only a salted hash stands in them, and the salt goes
    too, so that nobody finds out by trying. PDFs are to be made anew (``undrawn``).
    """
    keys = calls().personal_keys(call.key)
    own = {table: table.application == application for table in (Answer, AnswerVersion, Link, OutboxMail, Event, Note)}
    with database.atomic():
        locked(application)
        for table in (Answer, AnswerVersion):
            table.delete().where(own[table], table.question.in_(keys)).execute()
        if keys:
            kept = (Submission.application == application) & Submission.salt.is_null(False)
            Submission.update(personal=None, salt=None, pdf=None).where(kept).execute()
        Link.update(revoked_at=at).where(own[Link], Link.revoked_at.is_null()).execute()
        Link.update(email=None).where(own[Link]).execute()
        # To whom it went is the mail: what is left of it would say nothing.
        OutboxMail.delete().where(own[OutboxMail]).execute()
        # Officers write freely: any note or reason may name the person. What was done, and when, stays on record.
        Note.delete().where(own[Note]).execute()
        CompletionRequest.update(text="").where(CompletionRequest.application == application).execute()
        Event.update(reason="").where(own[Event]).execute()
        Application.update(contact_email=None).where(Application.id == application.id).execute()


def has_erased(call: Call) -> bool:
    """Whether contact details of any application are gone; never so for a call that asks for none."""
    erased = Submission.select().where(Submission.call_key == call.key, Submission.salt.is_null())
    return bool(calls().personal_keys(call.key)) and erased.exists()


def undrawn(call: Call) -> list[Submission]:
    """The versions whose PDF went with the contact details and is not made again yet."""
    erased = (Submission.call_key == call.key) & Submission.salt.is_null() & Submission.pdf.is_null()
    return list(Submission.select().where(erased).order_by(Submission.id))
