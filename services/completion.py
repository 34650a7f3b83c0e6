"""What the ministry asks applicants to complete, and what came of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import clock
from forms.definition import Call
from models.application import Application
from models.database import database, hold
from models.handling import CompletionRequest
from models.officer import Officer
from models.submission import Submission
from services import accounts, links, outbox
from services.context import settings


def ask(
    application: Application, text: str, questions: Sequence[str], until: datetime, officer: Officer | None
) -> CompletionRequest:
    """Ask for the questions of these keys to be answered anew ``until``; takes the place of a request that waits.

    The applicant is mailed now, and reminded as before a closing.
    """
    with database.atomic():
        hold(application)
        at = clock.now()
        before = waiting(application)
        if before and (before.text, before.questions, before.until) == (text, list(questions), until):
            # A button pressed twice asks once.
            return before
        end(application, None)
        request: CompletionRequest = CompletionRequest.create(
            application=application,
            officer=officer,
            at=at,
            text=text,
            questions=list(questions),
            until=until,
        )
        # Where the time is short, the mail that goes out now is reminder enough.
        is_soon = until - at <= timedelta(days=settings().reminder_days)
        Application.update(reminded_at=at if is_soon else None).where(Application.id == application.id).execute()
        for recipient in links.addresses_of(application):
            outbox.queue("completion", recipient, application.language, application=application)
        accounts.note(
            "completion_asked", officer, application=application, reason=text, questions=list(questions), until=until
        )
    return request


def end(application: Application, answer: Submission | None) -> None:
    """The request that waits is answered, or, without an answer, not needed any more."""
    CompletionRequest.update(ended_at=clock.now(), answered_by=answer).where(
        CompletionRequest.application == application, CompletionRequest.ended_at.is_null()
    ).execute()


def waiting(application: Application) -> CompletionRequest | None:
    """The request that has no answer yet, also when its time has run out."""
    found: CompletionRequest | None = CompletionRequest.get_or_none(
        CompletionRequest.application == application, CompletionRequest.ended_at.is_null()
    )
    return found


def of_application(application: Application) -> list[CompletionRequest]:
    """All that was asked about an application, the newest first."""
    query = CompletionRequest.select(CompletionRequest, Submission.version).left_outer_join(Submission)
    return list(query.where(CompletionRequest.application == application).order_by(CompletionRequest.id.desc()))


def open_in(call: Call, at: datetime) -> dict[int, datetime]:
    """Until when the requests of a call wait that can still be answered, by the application's id."""
    query = CompletionRequest.select(CompletionRequest.application, CompletionRequest.until).join(Application)
    rows: Any = query.where(
        Application.call_key == call.key, CompletionRequest.ended_at.is_null(), CompletionRequest.until >= at
    ).tuples()
    return dict(rows)
