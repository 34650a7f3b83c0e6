"""The reminder before closing, to people whose draft or edits are not sent.

Once for an application, and once more when it is given more time.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from peewee import fn

import clock
import logs
from forms.definition import Call
from models.application import Answer, Application
from models.database import database
from models.submission import Submission
from services import allowances, completion, drafts, links, outbox, submissions
from services.context import calls, closing_of, settings

log = logs.get(__name__)

# Whoever is writing right now need not be told to.
_QUIET = timedelta(hours=3)


def queue_due() -> None:
    """Queue the reminders that are due. Safe to call at any time, by anybody."""
    at = clock.now()
    for application in [found for call in calls() for found in _candidates(call, at)]:
        try:
            _remind(application, at)
        except Exception:
            # One application that can't be read must not keep the mails of all others waiting.
            log.exception("reminder_failed", reference=application.reference)


def is_unsent(application: Application, at: datetime) -> bool:
    """Whether something is written that could be sent and is not."""
    call = calls().of(application)
    sent = submissions.last(application)
    allowed = allowances.of(application, sent, at)
    if not allowed.can_send or allowed.is_of_asked_only:
        # An answer that the ministry waits for is due also where nobody has begun to write it.
        return allowed.is_of_asked_only
    answers = drafts.load_answers(call, application)
    if sent is not None:
        return submissions.has_unsent_edits(sent, answers)
    return any(question.has_fields and question.is_answered(answers.typed(question.key)) for question in call.questions)


def _candidates(call: Call, at: datetime) -> Iterator[Application]:
    """Applications near their closing, of which something was saved since it was last sent, or is asked for."""
    days = timedelta(days=settings().reminder_days)
    sent_since = Submission.select().where(
        Submission.application == Application.id, Submission.sent_at >= Answer.saved_at
    )
    saved_since = Answer.select().where(Answer.application == Application.id, ~fn.EXISTS(sent_since))
    asked = completion.open_in(call, at)
    for application in Application.select().where(
        Application.call_key == call.key,
        Application.reminded_at.is_null(),
        Application.touched_at < at - _QUIET,
        fn.EXISTS(saved_since) | Application.id.in_(list(asked)),
    ):
        ends = (closing_of(application), asked.get(application.id, at))
        if any(end - days <= at < end for end in ends):
            yield application


def _remind(application: Application, at: datetime) -> None:
    recipients = links.addresses_of(application)
    if not recipients or not is_unsent(application, at):
        return
    with database.atomic() as transaction:
        # Whoever writes this first reminds: several processes may come here at once.
        not_yet = (Application.id == application.id) & Application.reminded_at.is_null()
        if not Application.update(reminded_at=at).where(not_yet).execute():
            return
        for recipient in recipients:
            if not outbox.queue_within_caps("reminder", recipient, application.language, application=application):
                # An address with many applications: this one comes when there is room again.
                transaction.rollback()
                return
