"""Applications while they are written: begun, found, read. How they are saved is in saving.py."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import peewee

import clock
import logs
from forms.answers import Answers
from forms.definition import Call
from forms.question import Typed
from models.application import Answer, Application
from models.database import database
from models.officer import Officer
from models.prepared import Prepared, gap
from services import figures
from services.context import calls
from services.figures import Event

log = logs.get(__name__)

# Without letters and digits that are read or heard as others.
_REFERENCE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
# How many of them follow a call's prefix and a hyphen.
SIGNS_AFTER_PREFIX = 7


@dataclass(frozen=True)
class Stored:
    """An answer as it stands in the database; revision 0 is one that was never saved."""

    typed: Typed = field(default_factory=dict)
    revision: int = 0
    writer: str = ""
    writer_count: int = 0
    saved_at: datetime | None = None


NEVER_SAVED = Stored()


def begin(call: Call, language: str, tried_by: Officer | None = None) -> Application:
    """A new, empty application with a reference of its own; ``tried_by`` is set for one that counts nowhere."""
    at = clock.now()
    while True:
        signs = "".join(secrets.choice(_REFERENCE_SIGNS) for _ in range(SIGNS_AFTER_PREFIX))
        try:
            # A savepoint of its own: elsewhere a failed insert spoils the transaction around it.
            with database.atomic():
                begun: Application = Application.create(
                    reference=f"{call.reference_prefix}-{signs}",
                    call_key=call.key,
                    call_version=calls().in_force(call.key),
                    language=language,
                    created_at=at,
                    touched_at=at,
                    tried_by=tried_by,
                )
        except peewee.IntegrityError:
            continue
        figures.count(Event.DRAFT, times=int(tried_by is None))
        log.info("draft_begun", call=call.key, reference=begun.reference)
        return begun


def find(reference: str) -> Application | None:
    return Application.get_or_none(Application.reference == reference)


def stored_answers(application: Application) -> dict[str, Stored]:
    """The saved answers by question key."""
    return {question: Stored(*fields) for question, *fields in _STORED.rows(application=application.id)}


_STORED = Prepared(
    lambda: (
        Answer.select(
            Answer.question, Answer.value, Answer.revision, Answer.writer, Answer.writer_count, Answer.saved_at
        )
        .where(Answer.application == gap("application", Answer.application))
        .tuples()
    )
)


def answers_of(call: Call, stored: Mapping[str, Stored]) -> Answers:
    return Answers(call, {key: answer.typed for key, answer in stored.items()})


def load_answers(call: Call, application: Application) -> Answers:
    """An application's answers as they are saved now."""
    return answers_of(call, stored_answers(application))


def last_saved_at(stored: Mapping[str, Stored]) -> datetime | None:
    return max((answer.saved_at for answer in stored.values() if answer.saved_at), default=None)


def set_language(application: Application, language: str) -> None:
    Application.update(language=language).where(Application.id == application.id).execute()
