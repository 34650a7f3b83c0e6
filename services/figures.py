"""How often what happens: counted in memory, written by day some seconds later, so that no save waits for a count.

A process that is killed forgets what it has not written, some seconds' worth; one that ends writes it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from threading import Lock
from time import monotonic
from typing import Any

from peewee import fn

import clock
import logs
from forms.question import Problem
from models.database import database
from models.figure import Figure

log = logs.get(__name__)

_EVERY = 10
"""Seconds from one writing to the next, of one process."""


class Event(StrEnum):
    DRAFT = "draft"
    SAVE = "save"
    """A post that changed at least one answer."""
    CLASH = "clash"
    """An answer that was not saved over another's."""
    SUBMISSION = "submission"
    REFUSAL = "refusal"
    """A press of *Lähetä* that sent nothing."""
    REASON = "reason"
    """Each reason (sending.Refusal) of those."""
    PROBLEM = "problem"
    """Each error that stood against one: call, question, check."""
    MAIL_SENT = "mail_sent"
    MAIL_FAILED = "mail_failed"
    """An attempt that sent nothing."""


class _Waiting:
    """What this process has counted and not written."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[Event, str]] = Counter()
        self.lock = Lock()
        self.written_at = monotonic()


_waiting = _Waiting()


def count(event: Event, about: str = "", times: int = 1) -> None:
    if times:
        with _waiting.lock:
            _waiting.counts[event, about] += times


def count_refusal(call_key: str, reasons: Iterable[str], problems: Iterable[Problem]) -> None:
    """A sending that was refused, with everything that stood against it."""
    count(Event.REFUSAL)
    for reason in reasons:
        count(Event.REASON, reason)
    for problem in problems:
        count(Event.PROBLEM, f"{call_key} {problem.question.key} {problem.check}")


def are_due() -> bool:
    """Whether it is time to write what was counted."""
    return bool(_waiting.counts) and monotonic() - _waiting.written_at >= _EVERY


def write() -> None:
    """Add to the database what was counted since the last time. What can't be written is kept for the next."""
    with _waiting.lock:
        counted, _waiting.counts = _waiting.counts, Counter()
        _waiting.written_at = monotonic()
    if not counted:
        return
    day = clock.in_helsinki(clock.now()).date()
    try:
        with database.atomic():
            for (event, about), times in counted.items():
                Figure.insert(day=day, event=event, about=about[:200], times=times).on_conflict(
                    conflict_target=[Figure.day, Figure.event, Figure.about],
                    update={Figure.times: Figure.times + times},
                ).execute()
    except Exception:
        with _waiting.lock:
            _waiting.counts.update(counted)
        raise
    totals: Counter[str] = Counter()
    for (event, _), times in counted.items():
        totals[event] += times
    log.info("figures", **totals)


@dataclass(frozen=True)
class Line:
    """How often one thing happened."""

    event: Event
    today: int
    week: int
    """In seven days, today among them."""
    total: int


@dataclass(frozen=True)
class Figures:
    lines: list[Line]
    reasons: list[tuple[str, int]]
    """Why sendings were refused within the week, by sending.Refusal; the most frequent first."""
    problems: list[tuple[list[str], int]]
    """Which errors stood against them: call, question, check."""
    since: date | None
    """The first day of which there are any."""


def look(at: datetime) -> Figures:
    """The figures of all processes, those of this one to the last."""
    write()
    today = clock.in_helsinki(at).date()
    week = today - timedelta(days=6)
    rows = Figure.select(Figure.event, Figure.day, fn.SUM(Figure.times)).group_by(Figure.event, Figure.day)
    by_day: dict[str, dict[date, int]] = {}
    for event, day, times in _tuples(rows):
        by_day.setdefault(event, {})[day] = times
    lines = [
        Line(
            event,
            today=days.get(today, 0),
            week=sum(times for day, times in days.items() if day >= week),
            total=sum(days.values()),
        )
        for event in Event
        if event not in (Event.REASON, Event.PROBLEM)
        for days in [by_day.get(event, {})]
    ]
    return Figures(
        lines,
        _most_frequent(Event.REASON, week),
        [(about.split(" "), times) for about, times in _most_frequent(Event.PROBLEM, week)],
        since=Figure.select(fn.MIN(Figure.day)).scalar(),
    )


def _most_frequent(event: Event, since: date) -> list[tuple[str, int]]:
    total = fn.SUM(Figure.times)
    query = Figure.select(Figure.about, total).where(Figure.event == event, Figure.day >= since)
    return _tuples(query.group_by(Figure.about).order_by(total.desc(), Figure.about))


def _tuples(query: Any) -> list[Any]:
    return list(query.tuples())
