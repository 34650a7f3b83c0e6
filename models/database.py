"""The database: its binding, its fields of our own, and the way from an older schema to this one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import peewee
from playhouse.db_url import connect
from playhouse.migrations import Runner

MIGRATIONS = Path(__file__).parent / "migrations"

database = peewee.DatabaseProxy()


class UtcDateTimeField(peewee.DateTimeField):
    """An instant: aware UTC in Python, kept without a zone so that every database sorts it."""

    def db_value(self, value: datetime | None) -> Any:
        return super().db_value(value.astimezone(UTC).replace(tzinfo=None) if value else value)

    def python_value(self, value: Any) -> datetime | None:
        naive = super().python_value(value)
        return naive.replace(tzinfo=UTC) if isinstance(naive, datetime) else None


class Model(peewee.Model):
    id = peewee.AutoField()

    class Meta:
        database = database
        legacy_table_names = False


def bind(url: str) -> None:
    """Point the models at a database. Connections stay open from one request to the next.

    SQLite: writers queue (IMMEDIATE) for up to five seconds instead of failing when a read turns into a write, and a
    commit survives a power cut (FULL); measured in docs/performance. What is deleted is overwritten (secure_delete).
    """
    scheme, rest = url.split("://", 1)
    how: dict[str, Any] = {}
    if scheme.startswith("sqlite"):
        Path(rest.removeprefix("/")).parent.mkdir(parents=True, exist_ok=True)
        # The pool takes a ``timeout`` for itself, as the wait for a free connection.
        pragmas = {
            "busy_timeout": 5000,
            "journal_mode": "wal",
            "synchronous": "full",
            "foreign_keys": 1,
            "secure_delete": 1,
        }
        how = {"pragmas": pragmas, "lock_type": "IMMEDIATE", "check_same_thread": False, "max_connections": None}
    database.initialize(connect(f"{scheme.removesuffix('+pool')}+pool://{rest}", **how))


def migrate() -> list[str]:
    """Bring the database's schema up to this program's. Returns the names of the steps taken."""
    with database.connection_context():
        names: list[str] = Runner(database.obj, str(MIGRATIONS)).up()
    # gunicorn migrates before it forks, and a connection of SQLite must not be carried into another process.
    database.close_idle()
    return names


def is_up_to_date() -> bool:
    """Whether the database has taken every step that this program knows."""
    return all(step.applied for step in Runner(database.obj, str(MIGRATIONS)).status())


def leave_no_bytes(rebuild: bool) -> bool:
    """See to it that nothing of what was deleted or overwritten is left in the database's files.

    SQLite: its log of changes still has what stood there before; it is worked into the file and emptied. ``rebuild``
    writes the file anew besides, which keeps savers waiting for as long as it takes. False where somebody who was
    reading or writing just then stood in the way: it is to be done again. Other databases see to this by themselves.
    """
    if not isinstance(database.obj, peewee.SqliteDatabase):
        return True
    try:
        if rebuild:
            database.execute_sql("VACUUM")
        is_busy, *_ = database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except peewee.OperationalError:
        return False
    return not is_busy
