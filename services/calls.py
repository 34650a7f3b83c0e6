"""The calls as this process knows them: which version of each is in force, and what an older one asked.

What is published elsewhere is known here after some seconds: one small query, made by whoever asks first. Versions
never change, so each is read once.
"""

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Any

import peewee

import clock
import logs
from forms.definition import Call
from forms.moves import Moves, Step, aside
from models.application import Application
from models.call import CallVersion
from models.database import database
from models.submission import Submission
from services import call_versions, trials
from services.call_versions import CallFile

log = logs.get(__name__)

_FRESH = 3
"""Seconds for which is taken what was known last."""
_OLDER_ONES = 16
"""Versions in memory beside those in force; one of the call of 2021 takes half a megabyte, and 20 ms to be read."""


@dataclass(frozen=True)
class Version:
    """A published version, without what it says."""

    id: int
    call_key: str
    number: int
    digest: str
    made_at: datetime
    publish_at: datetime
    moves: Moves

    def is_in_force(self, at: datetime) -> bool:
        # One that was published as it was made is in force on every host, whatever its clock says.
        return self.publish_at <= self.made_at or self.publish_at <= at


class Calls:
    """The calls by key, as they are in force. ``held_open`` are taken as open whatever the time.

    Until the database can be read, those that came with the program stand for them.
    """

    def __init__(self, shipped: Sequence[CallFile], held_open: frozenset[str]) -> None:
        self._shipped = shipped
        self._held_open = held_open
        self._versions: dict[str, list[Version]] = {}
        """The published ones by the call's key, in their order; nothing before the first look."""
        self._in_use: dict[str, Call] = {}
        """The calls in force, and those that will be, by the version's digest."""
        self._older = lru_cache(_OLDER_ONES)(self._read)
        self._tried = lru_cache(_OLDER_ONES)(self._read_tried)
        self._is_taken_up = False
        self._looking = Lock()
        self._looked_at = float("-inf")

    def __iter__(self) -> Iterator[Call]:
        return iter(sorted(self._by_key().values(), key=lambda call: call.closes, reverse=True))

    def get(self, key: str) -> Call | None:
        return self._by_key().get(key)

    def __getitem__(self, key: str) -> Call:
        """Also one that is only tried: whoever has an application of it may have the rest."""
        return self._tried(key)[0] if trials.version_in(key) is not None else self._by_key()[key]

    def find(self, key: str) -> Call | None:
        """The same for a key that may be none."""
        return self[key] if trials.version_in(key) is not None else self.get(key)

    def of(self, what: Application | Submission) -> Call:
        """The call in the version that something was written in, whichever is in force now."""
        is_tried = trials.version_in(what.call_key) is not None
        return self[what.call_key] if is_tried else self._call(self.version_of(what))

    def versions_of(self, key: str) -> list[Call]:
        """All that were ever published of a call, the first one first. Most are read for this: not for every page."""
        return [self._call(version) for version in self._of_key(key)]

    def in_force(self, key: str) -> int:
        """The id of the version that is in force. Needs the database, and raises what stands against using it."""
        if (tried := trials.version_in(key)) is not None:
            return tried
        self._look_if_due()
        if not self._versions:
            self.look()
        version = _in_force(self._versions[key], clock.now())
        assert version is not None
        return version.id

    def personal_keys(self, key: str) -> list[str]:
        """The questions whose answers are personal details in any version, those kept aside among them."""
        versions = self._of_key(key)
        personal = [(question, one.number) for one in versions for question in self._call(one).personal_keys]
        return sorted({found for one in personal for found in (one[0], aside(*one))})

    def version_of(self, what: Application | Submission) -> Version:
        """The version that something was written in."""
        return self._place(what.call_key, what.call_version_id)

    def numbered(self, key: str, number: int) -> Call | None:
        """A call in one of its published versions."""
        return next((self._call(one) for one in self._of_key(key) if one.number == number), None)

    def steps(self, key: str, since: int | None, until: int | None) -> list[Step]:
        """The way from one version to a later one, by their ids; None is the first. Nothing where there is none."""
        first, last = (self._place(key, one).number for one in (since, until))
        return self.numbered_steps(key, first, last)

    def numbered_steps(self, key: str, first: int, last: int) -> list[Step]:
        way = [one for one in self._of_key(key) if first <= one.number <= last]
        return [Step(old.number, self._call(old), self._call(new), new.moves) for old, new in itertools.pairwise(way)]

    def _place(self, key: str, version_id: int | None) -> Version:
        """A published version by its id, looked for anew where it is so new that it is not known here."""
        for is_new_look in (False, True):
            if is_new_look:
                self.look()
            versions = self._of_key(key)
            if found := next((one for one in versions if version_id in (one.id, None)), None):
                return found
        raise LookupError(f"{key} has no published version {version_id}")

    def _of_key(self, key: str) -> list[Version]:
        """The published versions of a call; of one that is tried, that one."""
        if trials.version_in(key) is not None:
            return [self._tried(key)[1]]
        self._look_if_due()
        return self._versions.get(key, [])

    def is_held_open(self, call: Call) -> bool:
        return call.key in self._held_open or trials.version_in(call.key) is not None

    def has_opened(self, call: Call, at: datetime) -> bool:
        return self.is_held_open(call) or call.has_opened(at)

    def has_closed(self, call: Call, at: datetime, extended: datetime | None = None) -> bool:
        """Whether ``at`` is too late for sending; ``extended`` is one application's own last instant."""
        if self.is_held_open(call) or (extended is not None and at <= extended):
            return False
        return call.has_closed(at)

    def closing_of(self, call: Call, extended: datetime | None = None) -> datetime:
        """The last instant for sending and for what goes with it; ``extended`` as above."""
        return max(call.closes, extended or call.closes)

    def takes_applications(self, call: Call, at: datetime) -> bool:
        """Whether an application can be begun ``at``."""
        return self.has_opened(call, at) and not self.has_closed(call, at)

    def look(self) -> None:
        """Take up the program's own calls, and see what is published. Needs the database.

        Raises CallFileError for a call that can't be used, and peewee's errors.
        """
        versions = _published()
        # Once; and anew where the database was replaced by an older one.
        if not self._is_taken_up or any(file.call.key not in versions for file in self._shipped):
            call_versions.take_up(self._shipped)
            self._is_taken_up = True
            versions = _published()
        at = clock.now()
        wanted = {
            version.digest: version
            for of_call in versions.values()
            for version in of_call
            if version == _in_force(of_call, at) or not version.is_in_force(at)
        }
        self._in_use = {digest: self._in_use.get(digest) or self._older(digest) for digest in wanted}
        self._versions = versions

    def look_again(self) -> None:
        """Take nothing for known any more: something was published just now."""
        self._looked_at = float("-inf")

    def _by_key(self) -> dict[str, Call]:
        self._look_if_due()
        if not self._versions:
            return {file.call.key: file.call for file in self._shipped}
        at = clock.now()
        current = {key: _in_force(versions, at) for key, versions in self._versions.items()}
        return {key: self._call(version) for key, version in current.items() if version is not None}

    def _look_if_due(self) -> None:
        """Whoever comes while another looks goes by what was known before."""
        if time.monotonic() - self._looked_at < _FRESH or database.obj is None or database.is_closed():
            return
        if not self._looking.acquire(blocking=not self._versions):
            return
        try:
            if time.monotonic() - self._looked_at >= _FRESH:
                self.look()
        except peewee.PeeweeException:
            # The page at hand will say so, or does without the database. What was known stays good.
            log.warning("calls_not_looked_at", exc_info=True)
        finally:
            self._looked_at = time.monotonic()
            self._looking.release()

    def _call(self, version: Version) -> Call:
        """What a version says; of one that is in use already read."""
        return self._in_use.get(version.digest) or self._older(version.digest)

    def _read_tried(self, key: str) -> tuple[Call, Version]:
        row = CallVersion.get_by_id(trials.version_in(key))
        known = Version(row.id, key, row.number, row.digest, row.made_at, row.made_at, {})
        return trials.as_tried(self._call(known), key), known

    def _read(self, digest: str) -> Call:
        own = next((file.call for file in self._shipped if file.digest == digest), None)
        return own or call_versions.call_of(CallVersion.select().where(CallVersion.digest == digest).get())


def _published() -> dict[str, list[Version]]:
    columns = (getattr(CallVersion, name) for name in Version.__annotations__)
    query: Any = CallVersion.select(*columns).where(CallVersion.publish_at.is_null(False))
    found: dict[str, list[Version]] = {}
    for row in query.order_by(CallVersion.number).tuples():
        version = Version(*row)
        found.setdefault(version.call_key, []).append(version)
    return found


def _in_force(versions: list[Version], at: datetime) -> Version | None:
    """The one that counts, of a call's published versions in their order."""
    return next((version for version in reversed(versions) if version.is_in_force(at)), None)
