"""What is wrong with a call's file, in words of the file: its places, its names, what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_REMEDIES = {
    "missing": "is missing; add it",
    "union_tag_not_found": "is missing; add it",
    "extra_forbidden": "is not known; correct or remove it",
    "too_short": "is empty; add at least one",
}


def numbered(place: int, kind: str | None = None) -> str:
    """What a part of the file without a key is called: its place in its list, counted from 0, and its kind."""
    return f"no. {place + 1} ({kind})" if kind else f"no. {place + 1}"


@dataclass(frozen=True)
class _Place:
    """Where in the file a fault is, in words of the file."""

    data: dict[str, Any]

    def name(self, location: tuple[int | str, ...]) -> str:
        """The place in words; '' for the file as a whole."""
        words: list[str] = []
        node: Any = self.data
        for step in location:
            if isinstance(node, list) and isinstance(step, int) and step < len(node):
                node = node[step]
                known = node if isinstance(node, dict) else {}
                words.append(str(known.get("key") or numbered(step, known.get("kind"))))
            elif isinstance(node, dict) and step in node:
                node = node[step]
                words.append(str(step))
            elif step == location[-1] and step not in ("root", "text"):
                # The name of a kind, which pydantic puts into the way, is no place in the file.
                words.append(str(step))
        return " ".join(words)


def faults_of(error: ValidationError, data: dict[str, Any]) -> Iterator[str]:
    """A line for each fault that was found in the data of a file: its place, and what to do."""
    place = _Place(data)
    found = error.errors()
    for fault in found:
        location = fault["loc"]
        if fault["type"] == "too_short" and any(_is_within(other["loc"], location) for other in found):
            # Parts at fault are not counted: the list only seems to be empty.
            continue
        where = place.name((*location, "kind") if fault["type"] == "union_tag_not_found" else location)
        for line in _said_of(fault).split("\n"):
            yield f"{where}: {line}" if where else line


def _is_within(location: tuple[int | str, ...], whole: tuple[int | str, ...]) -> bool:
    return len(location) > len(whole) and location[: len(whole)] == whole


def _said_of(fault: ErrorDetails) -> str:
    if fault["type"] == "union_tag_invalid":
        return _unknown_kind(fault["ctx"]["tag"], fault["ctx"]["expected_tags"])
    return _REMEDIES.get(fault["type"], fault["msg"].removeprefix("Value error, "))


def _unknown_kind(kind: str, expected: str) -> str:
    """``expected`` is pydantic's list of names, each in quotes."""
    known = sorted(name.strip("'") for name in expected.split(", "))
    nearest = get_close_matches(kind, known, n=1)
    remedy = f"did you mean {nearest[0]!r}? Known are" if nearest else "take one of"
    return f"unknown kind {kind!r}; {remedy} {', '.join(known)}"
