"""Backups of the database: made while people save, verified, compressed, encrypted by a command, rotated; and back."""

import fcntl
import gzip
import hashlib
import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import logs
from models import copies
from models.database import database, migrate
from services import accounts, retention, submissions
from services.context import settings
from services.retention import Gone

log = logs.get(__name__)

_NAME = re.compile(r"strategiarahoitus-(\d{8}T\d{6}Z)\.db\.gz(\.encrypted)?")
_KEPT = re.compile(r".+\.before-(\d{8}T\d{6}Z)(-wal|-shm)?")
_STAMP = "%Y%m%dT%H%M%SZ"
_GZIP = b"\x1f\x8b"
_LEVEL = 3
"""Of compression: most of a database is documents, which are compressed already."""


class BackupError(Exception):
    """Not made, or not restored and nothing replaced; the message says why."""


@dataclass(frozen=True)
class Backup:
    path: Path
    made_at: datetime

    @property
    def is_encrypted(self) -> bool:
        return not self.path.name.endswith(".gz")

    @property
    def bytes(self) -> int:
        return self.path.stat().st_size


@dataclass(frozen=True)
class Contents:
    """What a verified copy holds."""

    applications: int
    versions: frozenset[str]
    """Each sent version by its name, its fingerprint computed anew."""


@dataclass(frozen=True)
class Restored:
    contents: Contents
    kept: Path | None
    """The database that was replaced; None where there was none."""
    lost: list[str] | None
    """Versions that were sent after the backup; None where the replaced database can't be read."""
    gone: Gone
    """What was past its time in the backup."""


def all_there_are() -> list[Backup]:
    """The backups in the folder, the newest first."""
    folder = settings().effective_backup_dir
    names = [_NAME.fullmatch(path.name) for path in folder.iterdir()] if folder.is_dir() else []
    found = [Backup(folder / name[0], _instant(name[1])) for name in names if name]
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)


def run(at: datetime) -> tuple[Backup, Contents]:
    """Make a backup, and let old ones go. Raises BackupError; then nothing of it is left."""
    source = _database_file()
    folder = settings().effective_backup_dir
    suffix = ".encrypted" if settings().backup_encrypt else ""
    path = folder / f"strategiarahoitus-{at.astimezone(UTC).strftime(_STAMP)}.db.gz{suffix}"
    begun = path.with_name(f"{path.name}.part")
    with _told(), _alone(source.parent) as aside:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in folder.glob("strategiarahoitus-*.part"):
            left.unlink()
        copy = aside / "copy.db"
        copies.copy(source, copy)
        contents = _verified(copy)
        try:
            _write(copy, begun)
            begun.replace(path)
        finally:
            begun.unlink(missing_ok=True)
        _rotate(at)
    made = Backup(path, at)
    log.info("backup_made", name=path.name, bytes=made.bytes, versions=len(contents.versions))
    return made, contents


def restore(file: Path, at: datetime) -> Restored:
    """Put a backup in the database's place, and let go what is past its time in it.

    Raises BackupError, with nothing replaced, for one that is not whole and while anybody has the database open.
    """
    target = _database_file()
    kept = target.with_name(f"{target.name}.before-{at.astimezone(UTC).strftime(_STAMP)}")
    with _told(), _alone(target.parent) as aside:
        new = aside / "restored.db"
        _unpack(file, new)
        contents = _verified(new)
        if unknown := copies.unknown_migrations(new):
            raise BackupError(f"it is of a newer program, which took the steps {', '.join(sorted(unknown))}")
        had_one = target.exists()
        try:
            copies.replace(target, new, kept)
        except copies.InUseError as error:
            raise BackupError(
                f"{target} is in use: stop the service and the mail loop, or see to it that each "
                "web process has answered a request in maintenance"
            ) from error
    migrate()
    with database.connection_context():
        # Who was signed out or put out of use since then must not be back by a cookie.
        accounts.end_all_sessions()
        accounts.note("restored", None, reason=file.name)
        gone = retention.run(at)
    log.warning("backup_restored", name=file.name, versions=len(contents.versions))
    return Restored(contents, kept if had_one else None, _lost(kept, contents) if had_one else [], gone)


def _database_file() -> Path:
    found = copies.database_file()
    if found is None:
        raise BackupError(
            "the database is not SQLite; back it up with its own tools: "
            'pg_dump --format=custom "$DATABASE_URL" and pg_restore --clean (without +pool in the address)'
        )
    return found


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """One at a time, each with an empty place aside, on the database's disk; what a killed one left there goes.

    It is not in the folder of backups, which may be elsewhere: what lies here is not encrypted.
    """
    aside = folder / ".backup-aside"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".backup-lock").open("w") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupError("another backup or restore is under way") from error
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
        try:
            yield aside
        finally:
            shutil.rmtree(aside)


@contextmanager
def _told() -> Iterator[None]:
    """Whatever disk and database say becomes a BackupError."""
    try:
        yield
    except (OSError, ValueError, EOFError, sqlite3.Error, zlib.error) as error:
        raise BackupError(f"{type(error).__name__}: {error}") from error


def _verified(copy: Path) -> Contents:
    """What a copy holds. Raises BackupError unless it is sound and every version has the fingerprint of its record."""
    if faults := copies.faults(copy):
        raise BackupError(f"the database is damaged: {'; '.join(faults[:5])}")
    names = set()
    for sent in copies.sent_records(copy):
        if submissions.fingerprint_of(json.loads(sent.record)) != sent.fingerprint:
            raise BackupError(f"the record of {sent.name} is not the one that was sent")
        names.add(sent.name)
    return Contents(copies.count_applications(copy), frozenset(names))


def _write(copy: Path, begun: Path) -> None:
    """Compressed and, where there is a command, encrypted; read back where that can be undone here."""
    descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as out:
        if command := settings().backup_encrypt:
            with _piped(command, stdin=subprocess.PIPE, stdout=out) as process:
                assert process.stdin
                _compress(copy, process.stdin)
                process.stdin.close()
            if os.fstat(descriptor).st_size == 0:
                raise BackupError(f"{command} wrote nothing")
        else:
            _compress(copy, out)
        out.flush()
        os.fsync(out.fileno())
    if settings().backup_encrypt and not settings().backup_decrypt:
        return
    again = copy.with_name("again.db")
    _unpack(begun, again)
    if _sha256(again) != _sha256(copy):
        raise BackupError("what was written does not read back as what it was made from")


def _compress(copy: Path, out: IO[bytes]) -> None:
    with copy.open("rb") as source, gzip.GzipFile("", "wb", _LEVEL, out, 0) as packed:
        shutil.copyfileobj(source, packed, 1 << 20)


def _unpack(file: Path, target: Path) -> None:
    """The opposite, by what the file holds, not by its name. Raises what _told knows."""
    # Unbuffered: the command reads on from where the file stands.
    with file.open("rb", buffering=0) as source, open(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
        is_plain = source.read(2) == _GZIP
        source.seek(0)
        if is_plain:
            with gzip.GzipFile(fileobj=source) as packed:
                shutil.copyfileobj(packed, out, 1 << 20)
            return
        if not settings().backup_decrypt:
            raise BackupError(f"{file.name} is encrypted, or no backup; BACKUP_DECRYPT is the command that opens it")
        with _piped(settings().backup_decrypt, stdin=source, stdout=subprocess.PIPE) as process:
            assert process.stdout
            with gzip.GzipFile(fileobj=process.stdout) as packed:
                shutil.copyfileobj(packed, out, 1 << 20)


@contextmanager
def _piped(command: str, **ends: int | IO[bytes]) -> Iterator["subprocess.Popen[bytes]"]:
    """A configured command at work. Raises BackupError where it fails; what it says goes where ours does."""
    words = shlex.split(command)
    # The operator's own command, from the settings.
    with subprocess.Popen(words, stdin=ends["stdin"], stdout=ends["stdout"]) as process:  # noqa: S603  # nosec B603
        try:
            yield process
        except (BrokenPipeError, EOFError, gzip.BadGzipFile, zlib.error):
            # Where the command failed, its status says more than what it broke here.
            if process.stdout:
                process.stdout.close()
            if process.wait() <= 0:
                raise
    if process.returncode:
        raise BackupError(f"{words[0]} failed with status {process.returncode}")


def _rotate(at: datetime) -> None:
    """Let go what is older than BACKUP_DAYS, and all but the newest BACKUP_COUNT.

    So do databases that a restore has put aside. Half a day early: the next nightly run would be too late.
    """
    oldest = at - timedelta(days=settings().backup_days) + timedelta(hours=12)
    # Beyond the newest one, which stays however old it is.
    for number, backup in enumerate(all_there_are()):
        if number and (number >= settings().backup_count or backup.made_at < oldest):
            backup.path.unlink()
    for path in _database_file().parent.iterdir():
        name = _KEPT.fullmatch(path.name)
        if name and _instant(name[1]) < oldest:
            path.unlink()


def _lost(kept: Path, contents: Contents) -> list[str] | None:
    try:
        return [sent.name for sent in copies.sent_records(kept) if sent.name not in contents.versions]
    except sqlite3.Error:
        return None


def _instant(stamp: str) -> datetime:
    return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)


def _sha256(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
