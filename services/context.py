"""What the running application was started with: its settings and its calls."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flask import current_app

from forms.call_file import CallFileError, load_call
from forms.definition import Call
from models.application import Application
from settings import Settings


class Calls:
    """The calls by key. ``held_open`` are taken as open whatever the time."""

    def __init__(self, calls: list[Call], held_open: frozenset[str]) -> None:
        self._by_key = {call.key: call for call in calls}
        self._held_open = held_open

    def __iter__(self) -> Iterator[Call]:
        return iter(sorted(self._by_key.values(), key=lambda call: call.closes, reverse=True))

    def get(self, key: str) -> Call | None:
        return self._by_key.get(key)

    def of(self, key: str) -> Call:
        return self._by_key[key]

    def is_held_open(self, call: Call) -> bool:
        return call.key in self._held_open

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


def load_calls(folder: Path, held_open: frozenset[str]) -> Calls:
    """Every call of a folder. Raises CallFileError for the first file that can't be used."""
    calls: list[Call] = []
    for path in sorted(folder.glob("*.toml")):
        call = load_call(path)
        for other in calls:
            if other.key == call.key or other.reference_prefix == call.reference_prefix:
                raise CallFileError(
                    path.name, [f"key or reference_prefix is that of the call {other.key}; choose another"]
                )
        calls.append(call)
    if not calls:
        raise CallFileError(folder.name, ["holds no call; add a .toml file or correct CALLS_DIR"])
    return Calls(calls, held_open)


def calls() -> Calls:
    found: Calls = current_app.extensions["calls"]
    return found


def closing_of(application: Application) -> datetime:
    """The last instant at which an application can be sent: its call's closing, or its own where it was extended."""
    return calls().closing_of(calls().of(application.call_key), application.sending_until)


def settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found
