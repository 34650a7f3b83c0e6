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
    """Point the models at a database.

    SQLite: writers queue (IMMEDIATE) instead of failing when a read turns into a write, and a commit survives a
    power cut (FULL); measured in docs/performance.
    """
    if url.startswith("sqlite"):
        if url != "sqlite:///:memory:":
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        pragmas = {"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1, "cache_size": -8000}
        database.initialize(connect(url, pragmas=pragmas, lock_type="IMMEDIATE", timeout=5))
    else:
        database.initialize(connect(url))


def migrate() -> list[str]:
    """Bring the database's schema up to this program's. Returns the names of the steps taken."""
    with database.connection_context():
        names: list[str] = Runner(database.obj, str(MIGRATIONS)).up()
    return names
