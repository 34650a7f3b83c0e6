"""Next year's call from this year's: its file with another name, times and year, and every comment kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from clock import in_helsinki
from forms.definition import Call
from forms.toml_places import lines_of

_VALUE = re.compile(r"""(?<==)(\s*)("[^"]*"|'[^']*'|[0-9-]+[T ][0-9:.]+)""")


@dataclass(frozen=True)
class Names:
    """What tells a call from another. Times are of Helsinki, without a zone, as a file has them."""

    key: str
    reference_prefix: str
    opens: datetime
    closes: datetime


@dataclass(frozen=True)
class Mention:
    """A line of the file that still speaks of the old call's year or times."""

    line: int
    text: str


def names_in(call: Call, year: int) -> Names:
    """What the call would be called in another year; the same as now where it does not name its year."""
    old = _opening(call).year
    prefix = re.sub(rf"{old % 100:02}$", f"{year % 100:02}", call.reference_prefix)
    opens, closes = (_in_year(time, time.year + year - old) for time in (_opening(call), _closing(call)))
    return Names(_dated(call.key, old, year), prefix, opens, closes)


def renewed(text: str, call: Call, year: int, names: Names) -> tuple[str, list[Mention]]:
    """The text of the call's file with other names and with the year in its title, and what else an officer looks at.

    A name that is written in an unusual way (over several lines) stays as it is.
    """
    lines, places = text.split("\n"), lines_of(text)
    values = {
        "key": f'"{names.key}"',
        "reference_prefix": f'"{names.reference_prefix}"',
        "opens": names.opens.isoformat(),
        "closes": names.closes.isoformat(),
    }
    done = set()
    for name, value in values.items():
        line = places[(name,)]
        lines[line - 1] = _VALUE.sub(lambda found, value=value: found[1] + value, lines[line - 1], count=1)  # type: ignore[misc]
        done.add(line)
    for line in {line for location, line in places.items() if location[0] == "title"}:
        lines[line - 1] = _dated(lines[line - 1], _opening(call).year, year)
        done.add(line)
    return "\n".join(lines), list(_mentions(lines, call, done))


def _mentions(lines: list[str], call: Call, done: set[int]) -> Iterator[Mention]:
    days = "|".join(rf"{time.day}\.{time.month}\." for time in (_opening(call), _closing(call)))
    years = "|".join(sorted({str(time.year) for time in (_opening(call), _closing(call))}))
    old = re.compile(rf"(?<!\d)(?:{years})(?!\d)|(?<![\d.])(?:{days})(?!\d{{3}})")
    for number, line in enumerate(lines, start=1):
        if number not in done and old.search(line):
            yield Mention(number, line.strip())


def _opening(call: Call) -> datetime:
    return in_helsinki(call.opens).replace(tzinfo=None)


def _closing(call: Call) -> datetime:
    return in_helsinki(call.closes).replace(tzinfo=None)


def _dated(text: str, old: int, year: int) -> str:
    return re.sub(rf"(?<!\d){old}(?!\d)", str(year), text)


def _in_year(time: datetime, year: int) -> datetime:
    """The same day of another year; the day before one that it does not have."""
    day = 28 if (time.month, time.day) == (2, 29) else time.day
    return time.replace(year=year, day=day)
