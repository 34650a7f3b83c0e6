"""How an application is handled: case number, handler, labels, notes, the signed document, which one counts."""

from dataclasses import dataclass
from datetime import date

import clock
from forms.definition import Call
from models.application import Application
from models.database import database, hold
from models.handling import Handling, Note
from models.officer import Officer
from models.submission import Submission
from services import accounts, check, listed, submissions

LEAST_OF_FINGERPRINT = 16
"""Signs, one group as it is printed: enough to know one application's versions apart."""


class UnknownDocumentError(Exception):
    """The fingerprint on the document is that of no version of the application."""


@dataclass(frozen=True)
class Case:
    """What an officer enters of an application."""

    number: str
    handler: Officer | None
    labels: list[str]


def of(application: Application) -> Handling:
    """How an application is handled; where nothing is yet entered, one that is not kept."""
    found: Handling | None = Handling.get_or_none(Handling.application == application)
    return found or Handling(application=application)


def _change(application: Application, **changes: object) -> None:
    """Keep what changed; call it in a transaction, with the event of it."""
    handling, _ = Handling.get_or_create(application=application)
    Handling.update(**changes).where(Handling.id == handling.id).execute()


def enter_case(application: Application, officer: Officer, seen: Case, case: Case) -> None:
    """Keep what an officer changed of what was ``seen``: the rest may have been changed by another meanwhile."""
    with database.atomic():
        hold(application)
        kept = of(application)
        now = Case(
            number=kept.case_number if case.number == seen.number else case.number,
            handler=kept.handler if case.handler == seen.handler else case.handler,
            labels=kept.labels if case.labels == seen.labels else case.labels,
        )
        _change(application, case_number=now.number, handler=now.handler, labels=now.labels)
        reason = "; ".join([now.number, now.handler.email if now.handler else "", ", ".join(now.labels)])
        accounts.note("case entered", officer, application=application, reason=reason)


def enter_document(application: Application, officer: Officer, arrived_on: date | None, fingerprint: str) -> None:
    """Note on which day the signed document arrived, and by its fingerprint of which version; None takes it back.

    Raises UnknownDocumentError.
    """
    version = None
    if arrived_on is not None:
        plain = check.plain_fingerprint(fingerprint)
        found = [sent.version for sent in submissions.versions(application) if sent.fingerprint.startswith(plain)]
        version = found[0] if len(found) == 1 and len(plain) >= LEAST_OF_FINGERPRINT else None
        if version is None:
            raise UnknownDocumentError
    with database.atomic():
        _change(application, document_on=arrived_on, document_version=version)
        if arrived_on is None or version is None:
            accounts.note("document taken back", officer, application=application)
        else:
            accounts.note("document entered", officer, application=application, arrived_on=arrived_on, version=version)


def add_note(application: Application, officer: Officer, text: str) -> None:
    with database.atomic():
        hold(application)
        last = next(iter(notes_of(application)), None)
        if last and (last.officer, last.text) == (officer, text):
            # A button pressed twice adds one.
            return
        Note.create(application=application, officer=officer, at=clock.now(), text=text)
        accounts.note("note added", officer, application=application)


def notes_of(application: Application) -> list[Note]:
    """The officers' notes, the newest first."""
    return list(Note.select().where(Note.application == application).order_by(Note.id.desc()))


def choose(call: Call, submission: Submission, officer: Officer) -> None:
    """Of a provider's applications, let this one go into the call's sums."""
    with database.atomic():
        listed.hold_list(call)
        others = submissions.others_of_provider(submission.application, submission.provider)
        Handling.update(counts=None).where(Handling.application.in_([other.application for other in others])).execute()
        _change(submission.application, counts=True)
        accounts.note("chosen to count", officer, application=submission.application)
        listed.recount(call, submission.provider)
