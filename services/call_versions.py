"""The versions of calls: taken up from the program's files, kept, read again as they were."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import peewee

import clock
import logs
from forms.call_changes import are_harmless, compare
from forms.call_file import CallSource, expect_another, named_in, read_call, taken_by
from forms.definition import Call
from forms.faults import CallFileError, Fault
from forms.texts import msg
from models.call import CallVersion
from models.database import database, hold
from models.officer import Officer

log = logs.get(__name__)


@dataclass(frozen=True)
class CallFile:
    """A call that came as a file, with what it was read from."""

    source: CallSource
    call: Call

    @cached_property
    def registers(self) -> dict[str, str]:
        return {name: content.decode() for name, content in self.source.registers.items()}

    @cached_property
    def text(self) -> str:
        return self.source.text.decode()

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps([self.text, self.registers], sort_keys=True).encode()).hexdigest()


def read_file(path: Path) -> CallFile:
    """Raises CallFileError."""
    source = CallSource.from_path(path)
    return CallFile(source, read_call(source))


def read_upload(name: str, text: bytes, registers: Mapping[str, bytes]) -> CallFile:
    """A file that came with registers; those it names beside them are taken from the call's last version.

    Raises CallFileError.
    """
    key, names = named_in(name, text)
    last = latest(key)
    known = {**(source_of(last).registers if last else {}), **registers}
    source = CallSource(name, text, {one: known[one] for one in names if one in known})
    return CallFile(source, read_call(source))


def read_folder(folder: Path) -> list[CallFile]:
    """Every call of a folder. Raises CallFileError for the first file that can't be used."""
    files: list[CallFile] = []
    for path in sorted(folder.glob("*.toml")):
        file = read_file(path)
        expect_another(path.name, file.call, (other.call for other in files))
        files.append(file)
    if not files:
        empty = msg("Kansiossa ei ole yhtään hakua. Lisätkää .toml-tiedosto tai korjatkaa CALLS_DIR.")
        raise CallFileError([Fault(folder.name, None, empty)])
    return files


def call_of(version: CallVersion) -> Call:
    """The call that a version says. Raises CallFileError where this program can't read what an older one took."""
    return read_call(replace(source_of(version), name=f"{version.file} (version {version.number})"))


def source_of(version: CallVersion) -> CallSource:
    """What a version was read from."""
    registers = {name: text.encode() for name, text in version.registers.items()}
    return CallSource(version.file, version.source.encode(), registers)


def file_of(version: CallVersion) -> CallFile:
    """The same as call_of, with what it is read from."""
    return CallFile(source_of(version), call_of(version))


def find(call_key: str, number: int) -> CallVersion | None:
    """A version, published or not."""
    found: CallVersion | None = CallVersion.get_or_none(CallVersion.call_key == call_key, CallVersion.number == number)
    return found


def same(file: CallFile) -> CallVersion | None:
    """The last version that a file is already."""
    found = CallVersion.select().where(CallVersion.call_key == file.call.key, CallVersion.digest == file.digest)
    last: CallVersion | None = found.order_by(CallVersion.number.desc()).first()
    return last


class State(StrEnum):
    """What has become of a version."""

    UNPUBLISHED = "unpublished"
    WAITING = "waiting"
    IN_FORCE = "in_force"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Known:
    """A version without what it says, and what has become of it."""

    version: CallVersion
    state: State


def everything() -> dict[str, list[Known]]:
    """All versions by the call's key, the newest first."""
    columns = [getattr(CallVersion, name) for name in CallVersion._meta.fields if name not in ("source", "registers")]
    query = CallVersion.select(*columns, Officer.email).join(Officer, peewee.JOIN.LEFT_OUTER)
    found: dict[str, list[Known]] = {}
    for version in query.order_by(CallVersion.call_key, CallVersion.number.desc()):
        newer = found.setdefault(version.call_key, [])
        newer.append(Known(version, _state(version, newer)))
    return found


def _state(version: CallVersion, newer: Iterable[Known]) -> State:
    if version.publish_at is None:
        return State.UNPUBLISHED
    if version.publish_at > max(clock.now(), version.made_at):
        return State.WAITING
    return State.REPLACED if any(one.state == State.IN_FORCE for one in newer) else State.IN_FORCE


def before(version: CallVersion) -> CallVersion | None:
    """The published version that a version followed, or that it would follow if it were published now."""
    if version.publish_at is None:
        return newest(version.call_key)
    published = CallVersion.select().where(
        CallVersion.call_key == version.call_key,
        CallVersion.publish_at.is_null(False),
        CallVersion.number < version.number,
    )
    found: CallVersion | None = published.order_by(CallVersion.number.desc()).first()
    return found


def newest(call_key: str) -> CallVersion | None:
    """The one that was published last, also where it is in force only later."""
    published = CallVersion.select().where(CallVersion.call_key == call_key, CallVersion.publish_at.is_null(False))
    found: CallVersion | None = published.order_by(CallVersion.number.desc()).first()
    return found


def take_up(shipped: Iterable[CallFile]) -> None:
    """Keep the program's own files that are not known yet. Whoever does it first, process or host, does it for all.

    The first version of a call is in force at once, and so is one that hurts no draft; others wait until somebody
    publishes them. Raises CallFileError.
    """
    with_news = [file for file in shipped if not _is_known(file)]
    if not with_news:
        return
    with database.atomic():
        hold("calls")
        for file in with_news:
            if not _is_known(file):
                _take_up(file)


def _is_known(file: CallFile) -> bool:
    return bool(CallVersion.select().where(CallVersion.digest == file.digest).exists())


def _take_up(file: CallFile) -> None:
    version, before = add(file), newest(file.call.key)
    if version.number > 1:
        changes = compare(call_of(before), file.call) if before else []
        is_waiting = before is None or before.publish_at > version.made_at
        if is_waiting or not are_harmless(changes):
            reasons = [change.said.original for change in changes if not change.is_harmless]
            log.warning("call_not_published", call=version.call_key, version=version.number, reasons=reasons)
            return
    version.publish_at = version.made_at
    version.save()
    log.info("call_published", call=version.call_key, version=version.number)


def latest(call_key: str) -> CallVersion | None:
    """A call's last version, published or not."""
    versions = CallVersion.select().where(CallVersion.call_key == call_key)
    last: CallVersion | None = versions.order_by(CallVersion.number.desc()).first()
    return last


def add(file: CallFile) -> CallVersion:
    """A new version that nobody has published yet; in a transaction that holds ``calls``. Raises CallFileError."""
    call = file.call
    others = CallVersion.select().where(
        CallVersion.call_key != call.key, CallVersion.reference_prefix == call.reference_prefix
    )
    if other := others.first():
        raise CallFileError([Fault(file.source.name, None, taken_by(other.call_key))])
    last = latest(call.key)
    version: CallVersion = CallVersion.create(
        call_key=call.key,
        number=last.number + 1 if last else 1,
        reference_prefix=call.reference_prefix,
        file=file.source.name,
        source=file.text,
        registers=file.registers,
        digest=file.digest,
        made_at=clock.now(),
    )
    return version
