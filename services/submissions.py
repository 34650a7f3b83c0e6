"""Sending: an application becomes a version that never changes, with a record and a fingerprint."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import peewee
from peewee import fn

import clock
import logs
from forms.answers import Answers, answers_from_json
from forms.definition import Call
from forms.question import Problem
from forms.summary import totals_of
from models.application import Application
from models.database import Model, database, hold
from models.submission import Submission
from services import allowances, completion, drafts, figures, links, outbox
from services.allowances import Allowance
from services.figures import Event

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


def canonical(value: Any) -> str:
    """JSON text that is the same for the same value: sorted keys, no blanks, letters as themselves."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint_of(record: Any) -> str:
    """The fingerprint of a record, however its JSON is laid out."""
    return _sha256(canonical(record))


def content(answers: Answers) -> dict[str, Any]:
    """The answers that would be sent: those of open sections, as typed."""
    return {
        question.key: question.to_json(answers.typed(question.key))
        for question in answers.open_questions
        if question.has_fields
    }


def versions(application: Application) -> list[Submission]:
    """All that was sent, newest first, without the documents."""
    found = list(_without_documents().where(Submission.application == application).order_by(Submission.version.desc()))
    for submission in found:
        # Known already; each would be looked up again.
        submission.application = application
    return found


def versions_of_reference(reference: str) -> list[Submission]:
    """The same by reference, none where it is unknown: in one query, so that the time does not tell which it was."""
    found = _without_documents(Application).join(Application).where(Application.reference == reference)
    return list(found.order_by(Submission.version.desc()))


def _without_documents(*beside: type[Model]) -> "peewee.ModelSelect[Submission]":
    """Submissions without their PDFs, which are large and rarely wanted; ``beside`` are models read with them."""
    columns = (column for column in Submission._meta.sorted_fields if column is not Submission.pdf)
    return Submission.select(*columns, *beside)


def current(call: Call) -> list[int]:
    """The ids of the current versions of a call's applications, in the order of their arrival."""
    query = Submission.select(Submission.id).where(Submission.call_key == call.key, _is_current())
    return [row.id for row in query.order_by(Submission.sent_at, Submission.id)]


def of_ids(call: Call, ids: Sequence[int]) -> list[Submission]:
    """Submissions with their applications and without documents, in the order of ``ids``; other calls' are left out.

    All are in memory at once: ask for a few at a time.
    """
    query = _without_documents(Application).join(Application)
    found = query.where(Submission.id.in_(list(ids)), Submission.call_key == call.key)
    place = {wanted: number for number, wanted in enumerate(ids)}
    return sorted(found, key=lambda submission: place[submission.id])


def _is_current() -> peewee.Expression:
    """The condition that no later version of the application was sent."""
    later = Submission.alias()
    has_later = later.select().where(later.application == Submission.application, later.version > Submission.version)
    none_later: peewee.Expression = ~fn.EXISTS(has_later)
    return none_later


def all_of(call: Call) -> "peewee.ModelSelect[Submission]":
    """Every version sent in a call, without the documents."""
    return _without_documents().where(Submission.call_key == call.key)


def newest_version(application: Application) -> int:
    """The number of the version that counts, 0 for an application that was never sent."""
    return int(Submission.select(fn.MAX(Submission.version)).where(Submission.application == application).scalar() or 0)


def last(application: Application) -> Submission | None:
    return next(iter(versions(application)), None)


def read_answers(submission: Submission, call: Call, with_personal: bool = True) -> Answers:
    """The answers of a version; personal ones are missing where nobody wants them and after they were erased."""
    answers: dict[str, Any] = json.loads(submission.record)["answers"]
    personal: dict[str, Any] = (submission.personal if with_personal else None) or {}
    return answers_from_json(call, {**answers, **{key: {} for key in call.personal_keys}, **personal})


def has_unsent_edits(submission: Submission, call: Call, answers: Answers) -> bool:
    """Whether the saved answers differ from those of the version sent last."""
    return content(read_answers(submission, call)) != content(answers)


def to_send(call: Call, saved: Answers, sent: Submission | None, allowed: Allowance) -> Answers:
    """The answers that a sending takes now: as saved, or as sent but for those that the ministry asks for."""
    return allowed.to_send(saved, read_answers(sent, call) if sent else None)


def state_of(answers: Answers, sent: Submission | None) -> str:
    """What one has looked at when one presses *Lähetä*: the answers and the version that they would replace."""
    return _sha256(canonical([content(answers), sent.version if sent else 0]))[:32]


def provider_of(call: Call, answers: Answers) -> str | None:
    question = call.provider_question
    return question.identity(answers.typed(question.key)) if question else None


def others_of_provider(application: Application, provider: str | None) -> list[Submission]:
    """The current versions of other applications that the same provider has sent in the same call."""
    if provider is None:
        return []
    query = _without_documents().where(
        Submission.call_key == application.call_key,
        Submission.provider == provider,
        Submission.application != application,
        _is_current(),
    )
    return list(query.order_by(Submission.sent_at))


def send(application: Application, call: Call, order: Order) -> Outcome:
    """Send an application, or say everything that stands against it. One transaction; mails are only queued in it.

    Whatever happens afterwards to PDF and mails, what this returns has arrived.
    """
    with database.atomic():
        outcome = _send(application, call, order)
    if outcome.is_new and outcome.submission:
        figures.count(Event.SUBMISSION)
        log.info("sent", reference=application.reference, version=outcome.submission.version)
    elif outcome.refusals:
        figures.count_refusal(call.key, outcome.refusals, outcome.errors)
        problems = [f"{problem.question.key} {problem.check}" for problem in outcome.errors]
        log.info("not_sent", reference=application.reference, reasons=outcome.refusals, problems=problems)
    return outcome


def _send(application: Application, call: Call, order: Order) -> Outcome:
    # From here on no save and no other sending of this application comes between; the clock is read after that.
    hold(application)
    recorded_at = clock.now()
    Application.update(touched_at=recorded_at).where(Application.id == application.id).execute()
    already = Submission.get_or_none(Submission.sending_key == order.key, Submission.application == application)
    if already is not None:
        return Outcome(already)
    previous = last(application)
    # Read inside the transaction: what an officer does meanwhile counts.
    allowed = allowances.of(Application.get_by_id(application.id), previous, order.arrived_at)
    answers = drafts.load_answers(call, application)
    if not order.is_late_accepted:
        answers = to_send(call, answers, previous, allowed)
    refusals = _refusals(allowed, answers, previous, order)
    if refusals:
        return Outcome(refusals=refusals, errors=answers.errors if Refusal.ERRORS in refusals else [])
    submission = _record(application, answers, previous, order, recorded_at)
    completion.end(application, submission)
    _queue_mails(submission, previous, answers)
    return Outcome(submission, is_new=True)


def _refusals(allowed: Allowance, answers: Answers, previous: Submission | None, order: Order) -> list[Refusal]:
    is_late = order.is_late_accepted
    alone = {
        Refusal.NOT_YET_OPEN: not allowed.has_opened,
        Refusal.WITHDRAWN: allowed.withdrawn_at is not None,
        Refusal.CLOSED: not allowed.can_send and not is_late,
        Refusal.NOT_LATE: is_late and not allowed.has_closed,
        Refusal.NOTHING_NEW: is_late and previous is not None and not has_unsent_edits(previous, answers.call, answers),
        Refusal.CHANGED: order.seen != state_of(answers, previous),
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
    sealed = {key: {"sha256": _sha256(salt + canonical(value))} for key, value in personal.items()}
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
        version=version,
        sent_at=order.arrived_at,
        recorded_at=recorded_at,
        language=order.language,
        provider=provider_of(call, answers),
        record=record,
        fingerprint=_sha256(record),
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
    recipient = contact_email(call, answers)
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
        address = contact_email(call, read_answers(theirs, call))
        if address:
            outbox.queue_within_caps("other_application", address, theirs.language, submission=theirs)


def contact_email(call: Call, answers: Answers) -> str | None:
    question = call.contact_question
    return question.email(answers.typed(question.key)) if question else None
