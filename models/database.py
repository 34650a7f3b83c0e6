"""The database: its binding, its fields of our own, and the way from an older schema to this one."""

import os
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import peewee
import psycopg
from playhouse.db_url import connect, register_database
from playhouse.migrations import Runner
from playhouse.pool import PooledSqliteDatabase
from psycopg.types.string import StrDumperUnknown

MIGRATIONS = Path(__file__).parent / "migrations"

database = peewee.DatabaseProxy()

DOES_NOT_WORK = (peewee.OperationalError, peewee.InterfaceError, peewee.InternalError)
"""What is raised when the database is full, locked, read-only, gone or started anew: nothing was done, and the same
may work in a while. Of a commit that was under way nobody knows: doing it again must do no harm."""

_WAIT = 5
"""Seconds that a writer waits for others, and anybody for a connection."""
_LONGEST_STATEMENT = 60
"""Seconds; no page has one that takes a tenth of it."""


class _WithoutNul(StrDumperUnknown):
    """PostgreSQL takes no NUL, which only hostile requests have; SQLite minds none."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", ""))


psycopg.adapters.register_dumper(str, _WithoutNul)


class UtcDateTimeField(peewee.DateTimeField):
    """An instant: aware UTC in Python, kept without a zone so that every database sorts it."""

    def db_value(self, value: datetime | None) -> Any:
        return super().db_value(value.astimezone(UTC).replace(tzinfo=None) if value else value)

    def python_value(self, value: Any) -> datetime | None:
        # SQLite has it as text, which peewee would take apart by one format after another.
        naive = datetime.fromisoformat(value) if isinstance(value, str) else value
        return naive.replace(tzinfo=UTC) if isinstance(naive, datetime) else None


class Model(peewee.Model):
    id = peewee.AutoField()

    class Meta:
        database = database
        legacy_table_names = False


class _SqlitePool(PooledSqliteDatabase):
    """Keeps no connection from when its file could not be written: SQLite opened it for reading, and so it stays."""

    def _can_reuse(self, connection: Any) -> bool:
        return bool(super()._can_reuse(connection)) and os.access(self.database, os.W_OK)


register_database(_SqlitePool, "sqlite+pool")


def bind(url: str) -> None:
    """Point the models at a database, in place of the one before. Connections stay open from one request to the next.

    SQLite: writers queue (IMMEDIATE) for up to five seconds instead of failing when a read turns into a write, and a
    commit survives a power cut (FULL); measured in docs/performance. What is deleted is overwritten (secure_delete).
    PostgreSQL: as patient, a connection for each thread; where its host is silent, it is given up after as long.
    Raises ValueError for what is no address of either.
    """
    scheme, _, rest = url.partition("://")
    kind = scheme.removesuffix("+pool")
    if kind not in _KINDS:
        raise ValueError("The address of a database begins with sqlite:/// or postgresql://.")
    if database.obj is not None:
        database.close_all()
    if kind == "sqlite":
        Path(rest.removeprefix("/")).parent.mkdir(parents=True, exist_ok=True)
    database.initialize(connect(f"{kind}+pool://{rest}", unquote_user=True, unquote_password=True, **_KINDS[kind]))


# The pool takes a ``timeout`` for itself, as the wait for a free connection: there is one for every thread.
_KINDS: dict[str, dict[str, Any]] = {
    "sqlite": {
        "pragmas": {
            "busy_timeout": _WAIT * 1000,
            "journal_mode": "wal",
            "synchronous": "full",
            "foreign_keys": 1,
            "secure_delete": 1,
        },
        "lock_type": "IMMEDIATE",
        "check_same_thread": False,
        "max_connections": None,
    },
    "postgresql": {
        "options": f"-c lock_timeout={_WAIT}s -c statement_timeout={_LONGEST_STATEMENT}s -c timezone=UTC"
        f" -c idle_in_transaction_session_timeout={_LONGEST_STATEMENT}s",
        "connect_timeout": _WAIT,
        "tcp_user_timeout": 2 * _WAIT * 1000,
        "application_name": "strategiarahoitus",
        "max_connections": None,
        # An hour: what a connection has taken of the server's memory is given back now and then.
        "stale_timeout": 3600,
    },
}


def is_postgresql() -> bool:
    return isinstance(database.obj, peewee.PostgresqlDatabase)


def hold(what: "Model | str") -> None:
    """Let nobody else hold the same, a row or what a name stands for, until the transaction at hand ends.

    For what is looked at first and then written: hold it, look, write. SQLite lets one transaction write at a time,
    from its beginning on (IMMEDIATE), so there is nothing to hold. Those who hold several take a row first.
    """
    if not is_postgresql():
        return
    if isinstance(what, str):
        database.execute_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (what,))
    else:
        table = type(what)
        # Rows that belong to it may be added by others meanwhile.
        table.select(table.id).where(table.id == what.id).for_update("FOR NO KEY UPDATE").execute()  # type: ignore[arg-type]


def one_look() -> AbstractContextManager[Any]:
    """A transaction that only reads: all that it reads is of one moment, and it keeps no writer waiting."""
    found: AbstractContextManager[Any] = database.atomic("REPEATABLE READ" if is_postgresql() else "DEFERRED")
    return found


def in_code_order(column: peewee.ColumnBase) -> peewee.ColumnBase:
    """A text to sort by as SQLite and Python do, whatever language PostgreSQL was set up for."""
    return peewee.NodeList((column, peewee.SQL('COLLATE "C"'))) if is_postgresql() else column


def migrate() -> list[str]:
    """Bring the database's schema up to this program's. Returns the names of the steps taken."""
    with database.connection_context():
        if is_postgresql():
            # Takes as long as it takes; two hosts that start at once do it one after the other.
            database.execute_sql("SET statement_timeout = 0; SET lock_timeout = 0")
            database.execute_sql("SELECT pg_advisory_lock(hashtextextended('migrate', 0))")
        names: list[str] = Runner(database.obj, str(MIGRATIONS)).up()
    # gunicorn migrates before it forks, and no connection must be carried into another process.
    database.close_idle()
    return names


def is_up_to_date() -> bool:
    """Whether the database has taken every step that this program knows."""
    return all(step.applied for step in Runner(database.obj, str(MIGRATIONS)).status())


def leave_no_bytes(rebuild: bool) -> bool:
    """See to it that nothing of what was deleted or overwritten is left in the database's files.

    SQLite: its log of changes still has what stood there before; it is worked into the file and emptied. ``rebuild``
    writes the file anew besides, which keeps savers waiting for as long as it takes. False where somebody who was
    reading or writing just then stood in the way: it is to be done again. PostgreSQL: ``rebuild`` writes its tables
    anew; its log of changes, and copies of that, go as its operator has set (docs/decisions/0011-postgresql.md).
    """
    try:
        if is_postgresql():
            return _all_know_what_is_gone() and _rebuild_tables() if rebuild else True
        if rebuild:
            database.execute_sql("VACUUM")
        is_busy, *_ = database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except DOES_NOT_WORK:
        return False
    return not is_busy


def _all_know_what_is_gone() -> bool:
    """Wait until nobody looks at the database as it was before: what they may still see is kept when it is rebuilt."""
    [(now,)] = database.execute_sql("SELECT pg_current_xact_id()::xid::text")
    until = monotonic() + _WAIT
    while monotonic() < until:
        [(looks,)] = database.execute_sql(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND age(coalesce(backend_xmin, backend_xid)) >= age(%s::xid))",
            (now,),
        )
        if not looks:
            return True
        sleep(0.02)
    return False


def _rebuild_tables() -> bool:
    database.execute_sql("SET statement_timeout = 0")
    try:
        for table in database.get_tables():
            database.execute_sql(f'VACUUM FULL "{table}"')
    finally:
        database.execute_sql("RESET statement_timeout")
    return True
