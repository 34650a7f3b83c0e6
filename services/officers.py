"""What the ministry may do to one application, with a reason, on record.

``officer`` is None for a command on the server.
"""

import secrets
from datetime import date, datetime

import clock
from models.application import Application
from models.database import database, hold
from models.handling import Handling
from models.officer import Officer
from services import accounts, drafts, listed, outbox, sending, submissions
from services.context import calls
from services.sending import Order, Outcome


def extend(application: Application, until: datetime, reason: str, officer: Officer | None) -> None:
    """Let one application be sent until an instant of its own, before which its people are reminded anew.

    After the closing this opens it again.
    """
    with database.atomic():
        Application.update(sending_until=until, reminded_at=None).where(Application.id == application.id).execute()
        accounts.note("extended", officer, application=application, reason=reason, until=until)


def accept_late(application: Application, reason: str, officer: Officer | None) -> Outcome:
    """Send an application as it is saved although its time is past (an outage: 13/2003 10 §).

    Everything else is checked as at any sending: errors still stop it. What its people can send themselves, and what
    is sent already, is not accepted.
    """
    answers = drafts.load_answers(calls().of(application), application)
    order = Order(
        key=secrets.token_urlsafe(24),
        seen=sending.state_of(application, answers, submissions.last(application)),
        declared=True,
        confirmed=True,
        arrived_at=clock.now(),
        language=application.language,
        is_late_accepted=True,
    )
    with database.atomic():
        outcome = sending.send(application, order)
        if outcome.submission is not None:
            accounts.note("accepted_late", officer, application=application, reason=reason)
    return outcome


def withdraw(application: Application, asked_on: date, reason: str, officer: Officer | None) -> None:
    """Note that the applicant has asked, on a day, to withdraw what was sent: it can be read, and counts no more."""
    with database.atomic():
        _set_withdrawn(application, clock.now())
        accounts.note("withdrawn", officer, application=application, reason=reason, asked_on=asked_on)


def undo_withdrawal(application: Application, reason: str, officer: Officer | None) -> None:
    """Let a withdrawn application count again."""
    with database.atomic():
        _set_withdrawn(application, None)
        accounts.note("withdrawal_undone", officer, application=application, reason=reason)


def _set_withdrawn(application: Application, at: datetime | None) -> None:
    # Nobody sends it meanwhile, or chooses which one counts.
    hold(application)
    call = calls()[application.call_key]
    listed.hold_list(call)
    handling, _ = Handling.get_or_create(application=application)
    Handling.update(withdrawn_at=at).where(Handling.id == handling.id).execute()
    sent = submissions.last(application)
    listed.recount(call, sent.provider if sent else None)


def withdrawn_at(application: Application) -> datetime | None:
    handling = Handling.get_or_none(Handling.application == application)
    found: datetime | None = handling.withdrawn_at if handling else None
    return found


def mail_link(application: Application, other: str | None, reason: str, officer: Officer | None) -> bool:
    """Mail a new link to the contact's address, or to an ``other`` one, and keep why.

    False, and nothing done, where so much was mailed within the hour, or the contact has no address.
    """
    recipient = other or application.contact_email
    if recipient is None:
        return False
    with database.atomic():
        if not outbox.queue_within_caps("link", recipient, application.language, application=application):
            return False
        # Without the address: it is a personal detail, and the mail's own row has it.
        to = "other" if other else "contact"
        accounts.note("link_mailed", officer, application=application, reason=reason, to=to)
    return True
