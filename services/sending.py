"""Sending: an application becomes a version, or everything that stands against it is said."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import clock
import logs
from forms.answers import Answers
from forms.question import Problem
from forms.summary import totals_of
from models.application import Application
from models.database import database, hold
from models.submission import Submission
from services import allowances, completion, drafts, figures, links, outbox
from services.allowances import Allowance
from services.context import calls
from services.figures import Event
from services.submissions import (
    canonical,
    contact_email,
    content,
    digest,
    has_unsent_edits,
    last,
    others_of_provider,
    provider_of,
    read_answers,
    read_as_now,
)

log = logs.get(__name__)


class Refusal(StrEnum):
    """Why an application was not sent. What is typed stays as it was."""

    NOT_YET_OPEN = "not_yet_open"
    CLOSED = "closed"
    ERRORS = "errors"
    CHANGED = "changed"
    """The answers or the sent version are others than those that the person looked at."""
    UNDECLARED = "undeclared"
    UNCONFIRMED = "unconfirmed"
    WITHDRAWN = "withdrawn"
    NOT_LATE = "not_late"
    """An officer accepts what people can still send themselves."""
    NOTHING_NEW = "nothing_new"
    """An officer accepts what is sent already."""


@dataclass(frozen=True)
class Order:
    """One press of *Lähetä*."""

    key: str
    """Random, from the page: the same press arriving twice is one sending."""
    seen: str
    """The state (state_of) that the page showed."""
    declared: bool
    confirmed: bool
    arrived_at: datetime
    language: str
    is_late_accepted: bool = False
    """An officer accepts it although it is late (13/2003 10 §)."""


@dataclass(frozen=True)
class Outcome:
    """Either the submission, or the reasons why there is none."""

    submission: Submission | None = None
    refusals: list[Refusal] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    """What is to be mended, where that is among the reasons."""
    is_new: bool = False
    """Whether this press made the submission; a second press finds it there."""


def to_send(saved: Answers, sent: Submission | None, allowed: Allowance) -> Answers:
    """The answers that a sending takes now: as saved, or as sent but for those that the ministry asks for."""
    return allowed.to_send(saved, read_as_now(sent) if sent else None)


def state_of(application: Application, answers: Answers, sent: Submission | None) -> str:
    """What one has looked at when one presses *Lähetä*: the answers, to which version of the call, and the version that
    they would replace."""
    return digest(canonical([content(answers), application.call_version_id, sent.version if sent else 0]))[:32]


def send(application: Application, order: Order) -> Outcome:
    """Send an application, or say everything that stands against it. One transaction; mails are only queued in it.

    Whatever happens afterwards to PDF and mails, what this returns has arrived.
    """
    with database.atomic():
        outcome = _send(application, order)
    if application.tried_by_id is not None:
        return outcome
    if outcome.is_new and outcome.submission:
        figures.count(Event.SUBMISSION)
        log.info("sent", reference=application.reference, version=outcome.submission.version)
    elif outcome.refusals:
        figures.count_refusal(application.call_key, outcome.refusals, outcome.errors)
        problems = [f"{problem.question.key} {problem.check}" for problem in outcome.errors]
        log.info("not_sent", reference=application.reference, reasons=outcome.refusals, problems=problems)
    return outcome


def _send(application: Application, order: Order) -> Outcome:
    # From here on no save and no other sending of this application comes between; the clock is read after that.
    hold(application)
    recorded_at = clock.now()
    already = Submission.get_or_none(Submission.sending_key == order.key, Submission.application == application)
    if already is not None:
        return Outcome(already)
    previous = last(application)
    # Read inside the transaction: what an officer does meanwhile counts.
    application = Application.get_by_id(application.id)
    allowed = allowances.of(application, previous, order.arrived_at)
    answers = drafts.load_answers(calls().of(application), application)
    if not order.is_late_accepted:
        answers = to_send(answers, previous, allowed)
    is_as_seen = order.seen == state_of(application, answers, previous)
    refusals = _refusals(allowed, answers, previous, order, is_as_seen)
    if refusals:
        return Outcome(refusals=refusals, errors=answers.errors if Refusal.ERRORS in refusals else [])
    # Only now: what is refused changes nothing, and must not look like an edit after the last sending.
    Application.update(touched_at=recorded_at).where(Application.id == application.id).execute()
    submission = _record(application, answers, previous, order, recorded_at)
    completion.end(application, submission)
    _queue_mails(submission, previous, answers)
    return Outcome(submission, is_new=True)


def _refusals(
    allowed: Allowance, answers: Answers, previous: Submission | None, order: Order, is_as_seen: bool
) -> list[Refusal]:
    is_late = order.is_late_accepted
    alone = {
        Refusal.NOT_YET_OPEN: not allowed.has_opened,
        Refusal.WITHDRAWN: allowed.withdrawn_at is not None,
        Refusal.CLOSED: not allowed.can_send and not is_late,
        Refusal.NOT_LATE: is_late and not allowed.has_closed,
        Refusal.NOTHING_NEW: is_late and previous is not None and not has_unsent_edits(previous, answers),
        Refusal.CHANGED: not is_as_seen,
    }
    if first := next((refusal for refusal, stands in alone.items() if stands), None):
        return [first]
    checks = {
        Refusal.ERRORS: bool(answers.errors),
        Refusal.UNDECLARED: not order.declared,
        Refusal.UNCONFIRMED: bool(answers.remarks) and not order.confirmed,
    }
    return [refusal for refusal, stands in checks.items() if stands]


def _record(
    application: Application, answers: Answers, previous: Submission | None, order: Order, recorded_at: datetime
) -> Submission:
    call = answers.call
    salt = secrets.token_hex(32)
    values = content(answers)
    personal = {key: values[key] for key in call.personal_keys if key in values}
    # The record is published and kept; a person's details are not, so only their salted hash stands in it.
    sealed = {key: {"sha256": digest(salt + canonical(value))} for key, value in personal.items()}
    totals = totals_of(answers)
    version = previous.version + 1 if previous else 1
    record = canonical(
        {
            "call": call.key,
            "reference": application.reference,
            "version": version,
            "sent_at": order.arrived_at.isoformat(timespec="milliseconds"),
            "language": order.language,
            "answers": {**values, **sealed},
            "totals": {"requested": totals.requested.amount, "costs": totals.costs.amount} if totals else None,
        }
    )
    submission: Submission = Submission.create(
        application=application,
        call_key=call.key,
        call_version=application.call_version_id,
        version=version,
        sent_at=order.arrived_at,
        recorded_at=recorded_at,
        language=order.language,
        provider=provider_of(answers),
        record=record,
        fingerprint=digest(record),
        personal=personal,
        salt=salt,
        sending_key=order.key,
    )
    return submission


def _queue_mails(submission: Submission, previous: Submission | None, answers: Answers) -> None:
    """The receipt and the registry's copy always, in their turn; to others as far as nobody is flooded."""
    call = answers.call
    # Of two that a provider sends at once, one comes first, and is told of the other.
    hold(f"provider {call.key} {submission.provider}")
    recipient = contact_email(answers)
    if recipient:
        outbox.queue_in_turn("receipt", recipient, submission.language, submission)
    outbox.queue_in_turn("registry", call.registry.email, submission.language, submission)
    for other in links.addresses_of(submission.application):
        if recipient is None or other != recipient.lower():
            outbox.queue_within_caps("version", other, submission.language, submission=submission)
    if previous is not None and previous.provider == submission.provider:
        # They have been told already.
        return
    for theirs in others_of_provider(submission.application, submission.provider):
        answered = read_answers(theirs)
        address = contact_email(answered)
        if address:
            outbox.queue_within_caps("other_application", address, theirs.language, submission=theirs)
