"""Queries that nearly every page asks, put together once: peewee takes longer for that than SQLite for the answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import peewee

from models.database import database, is_postgresql


@dataclass(frozen=True)
class _Gap:
    name: str
    to_database: Callable[[Any], Any]


def gap(name: str, field: peewee.Field) -> peewee.Node:
    """The place of a value that is given each time a prepared query is asked, as ``field`` keeps it."""
    if not isinstance(field, peewee.JSONField):
        return peewee.Value(_Gap(name, field.db_value), False)
    text = peewee.Value(_Gap(name, json.dumps), False)
    return text.cast("jsonb") if is_postgresql() else peewee.fn.json(text)


class Prepared:
    """A query whose values are given when it is asked; ``make`` puts it together, with gaps for them."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: tuple[object, Any, str, list[Any]] | None = None

    def rows(self, **values: Any) -> list[Any]:
        """What the query reads, in the form that it says: models, tuples."""
        query, cursor = self._ask(values)
        # As peewee itself does with what it has executed.
        return list(query._get_cursor_wrapper(cursor))

    def first(self, **values: Any) -> Any | None:
        return next(iter(self.rows(**values)), None)

    def changed(self, **values: Any) -> int:
        """Write; how many rows that changed."""
        return int(database.rows_affected(self._ask(values)[1]))

    def _ask(self, values: dict[str, Any]) -> tuple[Any, Any]:
        made = self._made
        # Each kind of database has its own words, and a test's its own file.
        if made is None or made[0] is not database.obj:
            query = self._make()
            made = self._made = (database.obj, query, *query.sql())
        _, query, sql, params = made
        given = [param.to_database(values[param.name]) if isinstance(param, _Gap) else param for param in params]
        return query, database.execute_sql(sql, given)
