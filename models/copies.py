"""The file of an SQLite database: copied while it is in use, looked into, replaced. Other databases have none."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import peewee

from models.database import MIGRATIONS, database

# SQLite's bytes for locks (its file format, 1.3): whoever has a database open holds some of them, in WAL mode as long
# as the connection lives.
_LOCKS_AT, _LOCKS = 0x4000_0000, 512


class InUseError(Exception):
    """Somebody has the database open."""


@dataclass(frozen=True)
class SentRecord:
    """A version as its row says it, read without this program's models: the copy may be of an older schema."""

    reference: str
    version: int
    record: str
    fingerprint: str

    @property
    def name(self) -> str:
        return f"{self.reference} version {self.version}"


def database_file() -> Path | None:
    """Where the database is; None where it is no SQLite file."""
    return Path(database.obj.database) if isinstance(database.obj, peewee.SqliteDatabase) else None


@contextmanager
def _opened(file: Path, mode: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode={mode}", uri=True, timeout=30)) as connection:
        yield connection


def copy(source: Path, target: Path) -> None:
    """One consistent state of a database, whoever writes meanwhile, as a single file. Raises sqlite3.Error."""
    with _opened(source, "rw") as original, _opened(target, "rwc") as made:
        # All pages in one step: a copy in several begins anew at each save that comes between.
        original.backup(made)
        made.execute("PRAGMA journal_mode = DELETE")


def faults(file: Path) -> list[str]:
    """What is wrong with a database, none for a sound one. Raises sqlite3.Error for what is no database at all."""
    with _opened(file, "ro") as connection:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [f"a row of {row[0]} without its {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")]
    return found


def count_applications(file: Path) -> int:
    with _opened(file, "ro") as connection:
        return int(connection.execute("SELECT count(*) FROM application").fetchone()[0])


def sent_records(file: Path) -> Iterator[SentRecord]:
    """Every version of a database. Raises sqlite3.Error."""
    with _opened(file, "ro") as connection:
        yield from (
            SentRecord(*row)
            for row in connection.execute(
                "SELECT reference, version, record, fingerprint FROM submission"
                " JOIN application ON application.id = application_id ORDER BY submission.id"
            )
        )


def unknown_migrations(file: Path) -> set[str]:
    """The steps of a database's schema that this program does not know: a newer one took them."""
    with _opened(file, "ro") as connection:
        taken = {str(row[0]) for row in connection.execute("SELECT name FROM schema_migration")}
    return taken - {path.stem for path in MIGRATIONS.glob("*.py")}


def replace(target: Path, new: Path, kept: Path) -> None:
    """Put a database in another's place, which stays as ``kept``, with its log. All are on one disk.

    Raises InUseError, with nothing changed, while anybody has it open: their saves would go to the old file.
    """
    if not target.exists():
        os.replace(new, target)
        return
    with target.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _LOCKS, _LOCKS_AT)
        except OSError as error:
            raise InUseError from error
        log, log_kept = (path.with_name(f"{path.name}-wal") for path in (target, kept))
        os.link(target, kept)
        with suppress(FileNotFoundError):
            os.link(log, log_kept)
        # The old log must be gone before the new file has its name: it would be worked into it.
        for suffix in ("-wal", "-shm"):
            target.with_name(f"{target.name}{suffix}").unlink(missing_ok=True)
        os.replace(new, target)
