"""The ministry's list of a call's applications: what it shows, found, filtered and sorted by the database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import peewee
from peewee import fn

from forms.definition import Call
from models.application import Application
from models.database import database, in_code_order
from models.handling import CompletionRequest, Handling, Listed
from models.officer import Officer
from models.submission import Submission
from services import listed, search

PER_PAGE = 50


@dataclass(frozen=True)
class View:
    """One way to look at the list; every value is a word of its address, and unknown ones show all."""

    words: str = ""
    state: str = ""
    """One of STATES."""
    document: str = ""
    """One of DOCUMENTS."""
    area: str = ""
    """The key of an area that is applied for."""
    sort: str = ""
    """One of SORTS, with "-" before it the other way round."""
    page: int = 1


@dataclass(frozen=True)
class Row:
    """An application as the list shows it; amounts in whole euros."""

    reference: str
    provider_name: str
    areas: list[str]
    requested: int
    costs: int
    version: int
    sent_at: datetime
    language: str
    is_edited: bool
    is_late: bool
    is_withdrawn: bool
    is_counted: bool
    is_one_of_several: bool
    case_number: str
    handler: str
    document_on: date | None
    document_version: int | None


@dataclass(frozen=True)
class Listing:
    """One page of a view, and what the whole view amounts to."""

    rows: list[Row]
    count: int
    counted: int
    requested: int
    """Of those that are counted, in whole euros."""
    page: int
    """The one that is shown: the last where the view asks for a later one."""
    pages: int


def _is_edited() -> Any:
    return Application.touched_at > Submission.recorded_at


def _is_withdrawn() -> Any:
    return Handling.withdrawn_at.is_null(False)


def _is_completion() -> Any:
    """Whether a version answers what the ministry asked for: such a one is not late."""
    return fn.EXISTS(CompletionRequest.select().where(CompletionRequest.answered_by == Submission.id))


STATES = {
    "lahetetty": lambda call: ~_is_edited() & Handling.withdrawn_at.is_null(),
    "muokattu": lambda call: _is_edited() & Handling.withdrawn_at.is_null(),
    "myohassa": lambda call: (Submission.sent_at > call.closes) & ~_is_completion(),
    "peruttu": lambda call: _is_withdrawn(),
    "useita": lambda call: Listed.is_one_of_several == True,  # noqa: E712
}
"""Filters by state, as the address names them."""
DOCUMENTS = {
    "puuttuu": lambda: Handling.document_on.is_null() & Handling.withdrawn_at.is_null(),
    "saapunut": lambda: Handling.document_on.is_null(False),
    "vanha": lambda: Handling.document_version < Submission.version,
}
"""Filters by the signed document: not come, come, come of an older version."""
SORTS = {
    "jarjestaja": lambda: in_code_order(Listed.provider_order),
    "haettu": lambda: Listed.requested,
    "kustannukset": lambda: Listed.costs,
    "lahetetty": lambda: Submission.sent_at,
    "versio": lambda: Submission.version,
    "asianumero": lambda: in_code_order(Handling.case_number),
}


def look(call: Call, view: View) -> Listing:
    """The list as a view shows it."""
    listed.bring_up_to_date(call)
    # All that is found in one query of three numbers; whole rows of what is shown alone, however far back it is.
    found = _raw(_found(call, view).select(Listed.id, Listed.is_counted, Listed.requested).order_by(*_order(view)))
    counted = [requested for _, is_counted, requested in found if is_counted]
    pages = max(-(-len(found) // PER_PAGE), 1)
    page = min(max(view.page, 1), pages)
    ids = [listed_id for listed_id, _, _ in found[(page - 1) * PER_PAGE : page * PER_PAGE]]
    rows = _all(call).where(Listed.id.in_(ids)).order_by(*_order(view))
    return Listing(list(_rows(call, rows)), len(found), len(counted), sum(counted), page, pages)


def submission_ids(call: Call, view: View) -> list[int]:
    """The versions that a view shows, over all its pages and in its order."""
    listed.bring_up_to_date(call)
    found = _found(call, view).select(Listed.submission).order_by(*_order(view))
    return [submission_id for (submission_id,) in _raw(found)]


def rows_of(call: Call, references: Iterable[str]) -> dict[str, Row]:
    """Applications that were sent as the list shows them now, by reference."""
    listed.bring_up_to_date(call)
    query = _all(call).where(Application.reference.in_(list(references)))
    return {row.reference: row for row in _rows(call, query)}


def draft_count(call: Call) -> int:
    """How many applications were begun and never sent. Nothing else of them is for the ministry."""
    sent = Submission.select().where(Submission.application == Application.id)
    return int(Application.select().where(Application.call_key == call.key, ~fn.EXISTS(sent)).count())


def _raw(query: Any) -> list[tuple[Any, ...]]:
    """Thousands of rows of numbers, without a look at each of them."""
    return list(database.execute(query).fetchall())


_COLUMNS = (
    Application.reference,
    Listed.provider_name,
    Listed.areas,
    Listed.requested,
    Listed.costs,
    Submission.version,
    Submission.sent_at,
    Submission.language,
    Application.touched_at,
    Submission.recorded_at,
    Handling.withdrawn_at,
    Listed.is_counted,
    Listed.is_one_of_several,
    Handling.case_number,
    Officer.email,
    Handling.document_on,
    Handling.document_version,
    _is_completion(),
)


def _all(call: Call) -> "peewee.ModelSelect[Listed]":
    return (
        Listed.select(*_COLUMNS)
        .join(Submission)
        .switch(Listed)
        .join(Application)
        .join(Handling, peewee.JOIN.LEFT_OUTER, on=Handling.application == Application.id)
        .join(Officer, peewee.JOIN.LEFT_OUTER, on=Handling.handler == Officer.id)
        .where(Listed.call_key == call.key, Listed.is_current == True)  # noqa: E712
    )


def _found(call: Call, view: View) -> "peewee.ModelSelect[Listed]":
    query = _all(call)
    if view.state in STATES:
        query = query.where(STATES[view.state](call))
    if view.document in DOCUMENTS:
        query = query.where(DOCUMENTS[view.document]())
    if view.area in {area.key for area in call.sections if area.area}:
        query = query.where(Listed.areas.cast("text").contains(f'"{view.area}"'))
    words = search.matching(view.words)
    if words is not None:
        query = query.where(words | Handling.case_number.contains(view.words.strip()))
    return query


def _order(view: View) -> list[Any]:
    column = SORTS.get(view.sort.removeprefix("-"))
    if column is None:
        return [Submission.sent_at.desc(), Listed.id]
    # What has no case yet comes first, or last.
    is_down = view.sort.startswith("-")
    return [column().desc(nulls="last") if is_down else column().asc(nulls="first"), Listed.id]


def _rows(call: Call, query: Any) -> Iterator[Row]:
    for (
        reference, name, areas, requested, costs, version, sent_at, language, touched_at, recorded_at, withdrawn_at,
        is_counted, is_one_of_several, case_number, handler, document_on, document_version,
        is_completion,
    ) in query.tuples():  # fmt: skip
        yield Row(
            reference=reference,
            provider_name=name,
            areas=[key for key, _, _ in areas],
            requested=requested,
            costs=costs,
            version=version,
            sent_at=sent_at,
            language=language,
            is_edited=recorded_at is not None and touched_at > recorded_at,
            is_late=sent_at > call.closes and not is_completion,
            is_withdrawn=withdrawn_at is not None,
            is_counted=is_counted,
            is_one_of_several=is_one_of_several,
            case_number=case_number or "",
            handler=handler or "",
            document_on=document_on,
            document_version=document_version,
        )
