"""Publishing a call, or a change of one that runs: what it would do is seen first, and nothing of a draft is lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import clock
import logs
from forms.call_changes import CallChange, compare
from forms.moves import Moves, Step
from language import moment
from models.call import CallVersion
from models.database import database, hold
from models.officer import Officer
from services import accounts, call_versions
from services.call_versions import CallFile
from services.context import calls

log = logs.get(__name__)


class NotPublishedError(Exception):
    """Nothing was published; ``faults`` has a line for each reason, with the remedy."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Plan:
    """What publishing a file would do to those who are writing now."""

    file: CallFile
    before: CallVersion | None
    """The version that it follows; None for a new call."""
    moves: Moves
    changes: list[CallChange]
    faults: list[str]

    @property
    def to_accept(self) -> list[CallChange]:
        """What an officer says yes to: each can cost an answer its place, or a draft its chance to be sent."""
        return [change for change in self.changes if not change.is_harmless]


def plan(file: CallFile, moves: Moves | None = None) -> Plan:
    """What a file would do, published with these decisions on where answers go."""
    before, moves = call_versions.newest(file.call.key), moves or {}
    if before is None:
        return Plan(file, None, moves, [], [])
    step = Step(before.number, call_versions.call_of(before), file.call, moves)
    faults = [*_faults(file, before), *step.faults()]
    return Plan(file, before, moves, compare(step.old, step.new, moves), faults)


def _faults(file: CallFile, before: CallVersion) -> Iterator[str]:
    if before.digest == file.digest:
        yield f"it is the same as version {before.number}; there is nothing to publish"
    if before.reference_prefix != file.call.reference_prefix:
        yield f"reference_prefix was {before.reference_prefix}, and references with it are given out; leave it"
    if before.publish_at > clock.now():
        yield f"version {before.number} waits to be in force from {moment(before.publish_at)}; take it back before"


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
            faults.append("the time is past; choose one that is to come, or none for now")
        if planned.to_accept and not is_accepted:
            faults.append(
                "some changes can cost an answer its place, or a draft its chance to be sent; say where answers go, "
                "and accept them"
            )
        if faults:
            raise NotPublishedError(faults)
        version = _waiting(file) or call_versions.add(file)
        version.publish_at = at or max(clock.now(), version.made_at)
        version.moves, version.note, version.officer = dict(planned.moves), note, officer
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


def _waiting(file: CallFile) -> CallVersion | None:
    """The same file, where it is a call's last version and was not published yet."""
    versions = CallVersion.select().where(CallVersion.call_key == file.call.key)
    last: CallVersion | None = versions.order_by(CallVersion.number.desc()).first()
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
