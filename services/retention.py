"""How long what people typed is kept, by the days in the call's file; and the run that ends it."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import peewee

import clock
import logs
from forms.definition import Call
from models.application import Application
from models.database import database, hold, leave_no_bytes
from models.event import Event
from models.handling import CallHandling
from models.officer import Officer
from models.outbox import OutboxMail
from models.submission import Submission
from services import accounts, erasure, limits, pdf, trials
from services.context import calls, closing_of
from services.exports import jobs

log = logs.get(__name__)

_LOOSE = timedelta(days=30)
"""Mails that belong to no application, as those that ask for links by address, go after this."""

Thing = TypeVar("Thing", Application, Submission)


class NotClosedError(Exception):
    """The handling of a call can't have ended before its closing."""


class ErasedError(Exception):
    """Contact details of the call are erased already, or being erased."""


def end_handling(call: Call, at: datetime, by: Officer | None = None) -> None:
    """Note that a call is handled (*käsittely päättynyt*), or when else it was. Raises NotClosedError."""
    if at < call.closes:
        raise NotClosedError(call.key)
    with database.atomic():
        hold(f"handling {call.key}")
        _forget_end(call)
        CallHandling.create(call_key=call.key, ended_at=at)
        ended_on = clock.in_helsinki(at).date()
        accounts.note("handling_ended", by, call_key=call.key, ended_on=ended_on)


def reopen(call: Call, reason: str = "", by: Officer | None = None) -> None:
    """Take that back. An officer can do so while nothing is erased: raises ErasedError.

    A command can at any time; what was erased meanwhile stays erased.
    """
    with database.atomic():
        # Whoever erases comes before this or finds the handling going on.
        hold(f"handling {call.key}")
        was_ended = _forget_end(call)
        if by is not None and erasure.has_erased(call):
            raise ErasedError
        if was_ended:
            accounts.note("handling_reopened", by, call_key=call.key, reason=reason)


def _forget_end(call: Call) -> bool:
    return bool(CallHandling.delete().where(CallHandling.call_key == call.key).execute())


def handling_ended(call: Call) -> datetime | None:
    found = CallHandling.get_or_none(CallHandling.call_key == call.key)
    return found.ended_at if found else None


def draft_until(application: Application, call: Call) -> datetime | None:
    """When an application is deleted unless it is sent; None for one of a call that is held open."""
    days = timedelta(days=call.retention.draft_days)
    return None if calls().is_held_open(call) else closing_of(application) + days


def contact_until(call: Call) -> datetime | None:
    """When contact details are erased; None while the handling goes on."""
    ended = handling_ended(call)
    return erased_from(call, ended) if ended else None


def erased_from(call: Call, ended: datetime) -> datetime:
    """When contact details are erased once the handling has ended at an instant."""
    return ended.astimezone(UTC) + timedelta(days=call.retention.contact_days)


def is_contact_due(call: Call, at: datetime) -> bool:
    until = contact_until(call)
    return until is not None and until <= at


@dataclass(frozen=True)
class Due:
    """What is past its time."""

    drafts: list[Application]
    contacts: list[Application]
    events: "peewee.ModelSelect[Event]"


def due(call: Call, at: datetime) -> Due:
    older = at - timedelta(days=call.retention.event_days)
    of_call = Application.select().where(Application.call_key == call.key)
    drafts = [application for application in erasure.drafts_of(call) if _is_draft_due(application, call, at)]
    contacts = erasure.with_contact_details(call) if is_contact_due(call, at) else []
    return Due(
        drafts=drafts,
        contacts=[application for application in contacts if application not in drafts],
        events=Event.select().where(Event.at <= older, Event.application.in_(of_call) | (Event.call_key == call.key)),
    )


def _is_draft_due(application: Application, call: Call, at: datetime) -> bool:
    until = draft_until(application, call)
    return until is not None and until <= at


def loose_mails(at: datetime) -> "peewee.ModelSelect[OutboxMail]":
    return OutboxMail.select().where(OutboxMail.application.is_null(), OutboxMail.created_at <= at - _LOOSE)


@dataclass
class Gone:
    """How much a run has done; ``failed`` is to be looked at in the log, and tried again by the next run."""

    drafts: int = 0
    contacts: int = 0
    documents: int = 0
    events: int = 0
    mails: int = 0
    failed: int = 0
    is_clean: bool = True
    """Whether no bytes of it are left in the database's files either."""

    def __str__(self) -> str:
        counts = (
            f"{self.drafts} drafts deleted, contact details of {self.contacts} applications erased, "
            f"{self.documents} PDFs made again, {self.events} events and {self.mails} mails deleted, "
            f"{self.failed} failed"
        )
        return counts if self.is_clean else f"{counts}; the database was busy, its bytes go with the next run"


def run(at: datetime) -> Gone:
    """Let go all that is past its time, one application at a time: it may be stopped anywhere and run again."""
    gone = Gone()
    for call in calls():
        found = due(call, at)
        gone.drafts += _each(found.drafts, lambda application: _delete_draft(application, at), gone)
        gone.contacts += _each(found.contacts, lambda application: _erase(application, at), gone)
        # Those of an earlier run that was stopped too. Outside of any transaction: nobody could save meanwhile.
        gone.documents += _each(erasure.undrawn(call), _draw, gone)
        gone.events += Event.delete().where(Event.id.in_(found.events.select(Event.id))).execute()
    gone.drafts += _each(erasure.tries_until(at - trials.KEPT), erasure.delete_try, gone)
    gone.mails = OutboxMail.delete().where(OutboxMail.id.in_(loose_mails(at).select(OutboxMail.id))).execute()
    jobs.clean_up()
    limits.forget_old(at)
    has_deleted = gone.drafts + gone.contacts + gone.events + gone.mails > 0
    gone.is_clean = leave_no_bytes(rebuild=has_deleted)
    log.info("retention_run", **asdict(gone))
    return gone


def _each(things: Iterable[Thing], act: Callable[[Thing], bool], gone: Gone) -> int:
    """Of how many it is done. One that fails must not keep the others."""
    done = 0
    for thing in things:
        try:
            done += act(thing)
        except Exception:
            log.exception("retention_failed", what=type(thing).__name__, id=thing.id)
            gone.failed += 1
    return done


def _delete_draft(application: Application, at: datetime) -> bool:
    with database.atomic():
        # An extension may have come meanwhile, or a version.
        now = erasure.locked(application)
        if now is None or not _is_draft_due(now, calls()[now.call_key], at) or not erasure.delete_draft(now):
            return False
    log.info("draft_deleted", reference=application.reference)
    return True


def _erase(application: Application, at: datetime) -> bool:
    call = calls()[application.call_key]
    with database.atomic():
        # The handling may have been taken up again meanwhile.
        hold(f"handling {call.key}")
        if erasure.locked(application) is None or not is_contact_due(call, at):
            return False
        erasure.erase_contact(application, call, at)
    log.info("contact_erased", reference=application.reference)
    return True


def _draw(submission: Submission) -> bool:
    pdf.of_submission(submission)
    return True
