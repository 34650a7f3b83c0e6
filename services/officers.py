"""What the ministry may do to one application, with a reason, on record."""

import secrets
from datetime import datetime

import clock
from forms.definition import Call
from models.application import Application
from models.database import database
from services import accounts, drafts, submissions
from services.submissions import Order, Outcome


def extend(application: Application, until: datetime, reason: str) -> None:
    """Let one application be sent until an instant of its own, before which its people are reminded anew."""
    with database.atomic():
        Application.update(sending_until=until, reminded_at=None).where(Application.id == application.id).execute()
        _note(application, "extended", f"until {until.isoformat()}: {reason}")


def accept_late(application: Application, call: Call, reason: str) -> Outcome:
    """Send an application as it is saved although its time is past (an outage: 13/2003 10 §).

    Everything else is checked as at any sending: errors still stop it.
    """
    answers = drafts.load_answers(call, application)
    order = Order(
        key=secrets.token_urlsafe(24),
        seen=submissions.state_of(answers, submissions.last(application)),
        declared=True,
        confirmed=True,
        arrived_at=clock.now(),
        language=application.language,
        is_late_accepted=True,
    )
    with database.atomic():
        outcome = submissions.send(application, call, order)
        if outcome.submission is not None:
            _note(application, "accepted_late", reason)
    return outcome


def _note(application: Application, kind: str, reason: str) -> None:
    accounts.note(kind, None, application=application, reason=reason)
