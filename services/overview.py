"""A call at a glance: what is applied for in all, by area and by provider, when it came, and who has not applied."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from clock import in_helsinki
from forms.definition import Call, Section
from forms.register import Provider, Register, sort_key
from forms.texts import Text
from language import current, localise
from models.database import one_look
from models.handling import Listed
from models.submission import Submission
from services import listed
from services.context import calls


@dataclass(frozen=True)
class AreaSum:
    """What is applied for in one area, in whole euros."""

    title: Text
    applications: int
    requested: int


class ProviderSum(NamedTuple):
    """What one provider applies for, in whole euros."""

    business_id: str | None
    """None for one that the register lacks."""
    name: Text | str
    requested: int


@dataclass(frozen=True)
class Absent:
    """A provider of the register without an application, or with nothing but withdrawn ones."""

    provider: Provider
    has_withdrawn: bool


@dataclass(frozen=True)
class Period:
    """A day, or an hour of the closing day, in which applications came."""

    start: datetime
    """As clocks in Finland show it."""
    is_hour: bool
    is_late: bool
    """Whether it is what came after closing."""
    came: int
    total: int
    """All that had come by its end."""


@dataclass(frozen=True)
class Overview:
    """What the applications that are counted (models.handling.Listed) amount to, in whole euros."""

    count: int
    """Of all that were sent; everything else here is of those that are counted."""
    counted: int
    requested: int
    areas: list[AreaSum]
    """In the order of the call; none in a call that sums nothing up."""
    providers: list[ProviderSum]
    """Those who apply for most first; none in a call that asks for no provider."""
    arrivals: list[datetime]
    """When each application was sent first, aware UTC, in order."""
    periods: list[Period]
    absent: list[Absent]
    """By name in the language of the moment."""


class _Row(NamedTuple):
    """A version that is counted, as it is listed."""

    provider: str | None
    provider_name: str
    requested: int
    areas: list[tuple[str, int, int]]
    came_at: datetime


def look(call: Call) -> Overview:
    """The call as it stands."""
    listed.bring_up_to_date(call)
    register = call.provider_question.providers if call.provider_question else None
    with one_look():
        count, counted = int(_current(call).count()), list(_counted(call))
        absent = _absent(call, register, counted) if register else []
    arrivals = sorted(row.came_at for row in counted)
    return Overview(
        count=count,
        counted=len(counted),
        requested=sum(row.requested for row in counted),
        areas=_areas(call, counted),
        providers=_providers(register, counted) if register else [],
        arrivals=arrivals,
        periods=list(_periods(call, arrivals)),
        absent=absent,
    )


def _current(call: Call) -> Any:
    """Of each application the version that is current, counted or not."""
    return Listed.select(Listed.provider).where(Listed.call_key == call.key, Listed.is_current == True)  # noqa: E712


def _counted(call: Call) -> Iterator[_Row]:
    query: Any = (
        Listed.select(Listed.provider, Listed.provider_name, Listed.requested, Listed.areas, Submission.sent_at)
        .join(Submission, on=(Submission.application == Listed.application) & (Submission.version == 1))
        .where(Listed.call_key == call.key, Listed.is_counted == True)  # noqa: E712
    )
    return (_Row(*columns) for columns in query.tuples())


def _areas(call: Call, rows: list[_Row]) -> list[AreaSum]:
    """Those that the call sums up, and behind them such as only an earlier version of it did."""
    amounts: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        for key, requested, _ in row.areas:
            amounts[key].append(requested)
    summed = {section.key: section for section in _summed(call)}
    if gone := amounts.keys() - summed.keys():
        earlier = (section for version in calls().versions_of(call.key) for section in _summed(version))
        summed |= {section.key: section for section in earlier if section.key in gone}
    return [AreaSum(section.title, len(amounts[key]), sum(amounts[key])) for key, section in summed.items()]


def _summed(call: Call) -> list[Section]:
    """The areas whose amounts the call sums up, in its order."""
    question = call.totals_question
    keys = {call.section_of(source).key for source in question.sources} if question else set()
    return [section for section in call.sections if section.area and section.key in keys]


def _providers(register: Register, rows: list[_Row]) -> list[ProviderSum]:
    """A line an application: of a provider's only one is counted."""
    found = []
    for row in rows:
        provider = register.get(row.provider or "")
        if provider:
            found.append(ProviderSum(provider.business_id, provider.name, row.requested))
        else:
            found.append(ProviderSum(None, row.provider_name, row.requested))
    return sorted(found, key=lambda line: (-line.requested, sort_key(localise(line.name))))


def _absent(call: Call, register: Register, rows: list[_Row]) -> list[Absent]:
    counted = {row.provider for row in rows}
    providers = [provider for provider in register.find("", current()) if provider.business_id not in counted]
    sent = _current(call).where(Listed.provider.in_([provider.business_id for provider in providers]))
    senders = {provider for (provider,) in sent.distinct().tuples()}
    return [Absent(provider, provider.business_id in senders) for provider in providers]


def _periods(call: Call, arrivals: list[datetime]) -> Iterator[Period]:
    """Those in which something came. What came after closing is kept apart from what came before in the same hour."""
    closing_day = in_helsinki(call.closes).date()
    came: dict[tuple[datetime, bool], int] = defaultdict(int)
    for arrival in arrivals:
        local = in_helsinki(arrival)
        hour = local.hour if local.date() == closing_day else 0
        came[local.replace(hour=hour, minute=0, second=0, microsecond=0), call.has_closed(arrival)] += 1
    total = 0
    for (start, is_late), number in came.items():
        total += number
        yield Period(start, start.date() == closing_day, is_late, number, total)
