"""All that is kept, copied into another database of either kind."""

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import models
from models.database import bind, database, is_postgresql, is_up_to_date, migrate, one_look
from models.handling import Listed
from models.submission import Submission

_AT_ONCE = 100
"""Rows in memory; the largest have a document of some hundred kilobytes."""
_DRAWN = [Listed]
"""Not copied: drawn from the rest when it is next asked for, with the words to find it by."""


class MoveError(Exception):
    """Nothing was copied; the message says why."""


def copy_all(source_url: str, target_url: str) -> dict[str, int]:
    """Copy every row with its id, and say how many of each table. Models point at the target afterwards.

    All or nothing: one transaction on the target, and one moment of the source. Raises MoveError.
    """
    source, target = _bound(source_url), _bound(target_url)
    with _on(source):
        if not is_up_to_date():
            raise MoveError("The source lacks steps of this program: flask db upgrade there first.")
    database.initialize(target)
    migrate()
    tables = [table for table in models.ALL if table not in _DRAWN]
    try:
        return _copy_tables(tables, source, target)
    finally:
        source.close_idle()


def _copy_tables(tables: list[Any], source: Any, target: Any) -> dict[str, int]:
    with _on(source) as keep_source, keep_source, _on(target), database.atomic():
        if taken := [table for table in models.ALL if table.select().exists()]:
            raise MoveError(f"The target is not empty: {taken[0]._meta.table_name} has rows.")
        for table in tables:
            _copy(table, source, target)
        counts = _compare(tables, source, target)
        _check_fingerprints()
    return counts


def _bound(url: str) -> Any:
    bind(url)
    return database.obj


@contextmanager
def _on(which: Any) -> Iterator[AbstractContextManager[Any]]:
    """Models point at one of the two, with a connection to it; gives a transaction that only reads."""
    before = database.obj
    database.initialize(which)
    try:
        with which.connection_context():
            yield one_look()
    finally:
        database.initialize(before)


def _copy(table: Any, source: Any, target: Any) -> None:
    last = 0
    while True:
        database.initialize(source)
        rows = list(table.select().where(table.id > last).order_by(table.id).limit(_AT_ONCE).dicts())
        database.initialize(target)
        if not rows:
            break
        table.insert_many(rows).execute()
        last = rows[-1]["id"]
    if is_postgresql() and last:
        name = table._meta.table_name
        database.execute_sql("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (name, last))


def _compare(tables: list[Any], source: Any, target: Any) -> dict[str, int]:
    found = []
    for which in (source, target):
        database.initialize(which)
        found.append({table._meta.table_name: table.select().count() for table in tables})
    if found[0] != found[1]:
        raise MoveError(f"Not all arrived: {found[0]} there, {found[1]} here.")
    return found[0]


def _check_fingerprints() -> None:
    """Every version that arrived has the fingerprint that was given out for it."""
    for row in Submission.select(Submission.id).order_by(Submission.id).tuples().execute():
        sent = Submission.select(Submission.record, Submission.fingerprint).where(Submission.id == row[0]).get()
        if hashlib.sha256(sent.record.encode()).hexdigest() != sent.fingerprint:
            raise MoveError(f"The record of submission {row[0]} has another fingerprint than it was given.")
