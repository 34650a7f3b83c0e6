"""Publishing a call, or a change of one that runs: what it would do is seen first, and nothing of a draft is lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import clock
import logs
from forms.call_changes import CallChange, compare
from forms.moves import Moves, Step
from forms.question import Question
from forms.texts import Message, msg
from models.application import Link
from models.call import CallVersion
from models.database import database, hold
from models.officer import Officer
from services import accounts, call_versions, drafts, links, trials
from services.call_versions import CallFile
from services.context import calls

log = logs.get(__name__)


class NotPublishedError(Exception):
    """Nothing was published; ``faults`` has a line for each reason, with the remedy."""

    def __init__(self, faults: list[Message]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Plan:
    """What publishing a file would do to those who are writing now."""

    file: CallFile
    before: CallVersion | None
    """The version that it follows; None for a new call."""
    step: Step | None
    """From that one to the file, with what was decided; None for a new call."""
    changes: list[CallChange]
    faults: list[Message]

    @property
    def to_accept(self) -> list[CallChange]:
        """What an officer says yes to: each can cost an answer its place, or a draft its chance to be sent."""
        return [change for change in self.changes if not change.is_harmless]

    @property
    def homeless(self) -> list[Question]:
        """The questions of the version before whose answers have no place any more."""
        keys = [change.homeless for change in self.changes if change.homeless]
        return [self.step.old.question(key) for key in keys] if self.step else []

    @property
    def free(self) -> list[Question]:
        """The questions of the file that no answers go to."""
        if self.step is None:
            return []
        taken = {target.key for question in self.step.old.questions if (target := self.step.target(question.key))}
        return [question for question in self.file.call.questions if question.has_fields and question.key not in taken]


def plan(file: CallFile, moves: Moves | None = None) -> Plan:
    """What a file would do, published with these decisions on where answers go."""
    before, moves = call_versions.newest(file.call.key), moves or {}
    if before is None:
        return Plan(file, None, None, [], [])
    step = Step(before.number, call_versions.call_of(before), file.call, moves)
    faults = [*_faults(file, before), *step.faults()]
    return Plan(file, before, step, compare(step.old, step.new, moves), faults)


def _faults(file: CallFile, before: CallVersion) -> Iterator[Message]:
    if before.digest == file.digest:
        yield msg("Tiedosto on sama kuin versiossa %(number)s. Julkaistavaa ei ole.", number=before.number)
    if before.reference_prefix != file.call.reference_prefix:
        yield msg(
            "reference_prefix oli %(prefix)s, ja sillä alkavia tunnuksia on jo hakemuksilla. Palauttakaa se.",
            prefix=before.reference_prefix,
        )
    if before.publish_at > clock.now():
        yield msg(
            "Versio %(number)s odottaa voimaantuloa %(time)s. Perukaa ensin sen julkaisu.",
            number=before.number,
            time=before.publish_at,
        )


def publish(
    file: CallFile,
    at: datetime | None = None,
    *,
    moves: Moves | None = None,
    is_accepted: bool = False,
    note: str = "",
    officer: Officer | None = None,
) -> CallVersion:
    """Put a file in force, now or from an instant on, and note it in the event log.

    ``is_accepted`` says yes to all that is not harmless; ``officer`` is None for a command on the server. Raises
    NotPublishedError, CallFileError.
    """
    with database.atomic():
        hold("calls")
        planned = plan(file, moves)
        faults = list(planned.faults)
        if at is not None and at < clock.now():
            faults.append(msg("Aika on jo mennyt. Valitkaa myöhempi. Ilman aikaa versio tulee voimaan heti."))
        if planned.to_accept and not is_accepted:
            faults.append(
                msg("Osa muutoksista voi haitata luonnoksia. Valitkaa, minne vastaukset siirtyvät, ja hyväksykää ne.")
            )
        if faults:
            raise NotPublishedError(faults)
        version = _waiting(file) or call_versions.add(file)
        version.publish_at = at or max(clock.now(), version.made_at)
        version.moves, version.note, version.officer = dict(moves or {}), note, officer
        version.save()
        accounts.note(
            "call_published",
            officer,
            call_key=version.call_key,
            reason=note,
            version=version.number,
            since=version.publish_at,
        )
    calls().look_again()
    log.info("call_published", call=version.call_key, version=version.number, since=version.publish_at.isoformat())
    return version


def propose(file: CallFile, officer: Officer) -> tuple[CallVersion, bool]:
    """Keep a file as a version that nobody has published yet; False where it is one of the call's versions already.

    Raises CallFileError.
    """
    with database.atomic():
        hold("calls")
        if known := call_versions.same(file):
            return known, False
        version = call_versions.add(file)
        version.officer = officer
        version.save()
        accounts.note("call_version_added", officer, call_key=version.call_key, version=version.number)
    return version, True


def begin_try(version: CallVersion, language: str, officer: Officer) -> tuple[Link, str]:
    """An application in a version, published or not, that counts nowhere; the officer's link to it with its token."""
    with database.atomic():
        application = drafts.begin(calls()[trials.key_of(version.id)], language, officer)
        accounts.note("call_tried", officer, call_key=version.call_key, version=version.number)
        return links.create(application)


def _waiting(file: CallFile) -> CallVersion | None:
    """The same file, where it is a call's last version and was not published yet."""
    last = call_versions.latest(file.call.key)
    return last if last and last.digest == file.digest and last.publish_at is None else None


def take_back(call_key: str, officer: Officer | None = None) -> CallVersion | None:
    """Publish a version not after all that is not in force yet; None where there is none."""
    with database.atomic():
        hold("calls")
        version = call_versions.newest(call_key)
        if version is None or version.publish_at <= max(clock.now(), version.made_at):
            return None
        version.publish_at = None
        version.save()
        accounts.note("call_taken_back", officer, call_key=call_key, version=version.number)
    calls().look_again()
    return version
