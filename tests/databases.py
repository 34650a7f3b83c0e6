"""The databases that tests run on: files of SQLite, and PostgreSQL on a private server that the first test to need it
starts, in about a second, for all processes of a run.

``DATABASE=postgresql`` runs everything on PostgreSQL. Without it tests run on SQLite, those marked ``both`` on either.
A folder has a database of its own, empty and at this program's schema when it is first asked for.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from models.database import bind, database, migrate

SQLITE, POSTGRESQL = KINDS = ("sqlite", "postgresql")
DEFAULT = os.environ.get("DATABASE", SQLITE)
ABOUT_FILES = "sqlite"
"""The marker of tests about what only files have: a full, read-only or copied disk, a torn log, a lock on a file."""
IN_CI = os.environ.get("CI") == "true"
FILE = "strategiarahoitus.db"
_PLACE = "TESTS_POSTGRESQL"
_EMPTY = "empty"

_kinds = [DEFAULT]
"""The last is that of now."""
_numbers = count()
_made: dict[Path, str] = {}
"""The databases on the server by their folders."""


class Server:
    """PostgreSQL in a folder of its own, reached by a socket in it alone."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self._options = " ".join(["-c listen_addresses=", f"-c unix_socket_directories={folder}", *options])

    def _run(self, program: str, *words: str) -> None:
        found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}")) or shutil.which(program)
        if not found:
            (pytest.fail if IN_CI else pytest.skip)("PostgreSQL is missing: sudo make setup")
        path = str(found if isinstance(found, str) else found[-1])
        # It refuses to run as root.
        who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run([*who, path, *words], check=True, cwd="/", stdout=subprocess.DEVNULL)

    def make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        how = ("-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
        self._run("initdb", "-D", str(self.folder / "data"), *how)

    @property
    def is_made(self) -> bool:
        return (self.folder / "data").exists()

    def start(self) -> None:
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", log, "-o", self._options, "start")

    def stop(self, how: str = "fast") -> None:
        """``fast`` ends all connections; ``immediate`` is as a crash: what is committed comes back from the log."""
        if (self.folder / "data/postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", how, "stop")

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def ask(self, name: str, sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
        """The same as ask_at."""
        return ask_at(self.url(name), sql, values)


def ask_at(url: str, sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
    """The rows that a statement gives on PostgreSQL, outside of any transaction; ``?`` stands for a value."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql.replace("?", "%s"), values)
        return cursor.fetchall() if cursor.description else []


def server() -> Server:
    """The server of this run, with a database to copy."""
    # What is lost when the machine stops is lost.
    found = Server(Path(os.environ[_PLACE]), "-c fsync=off -c full_page_writes=off -c synchronous_commit=off")
    with (Path(os.environ[_PLACE]) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.is_made:
            found.make()
            found.start()
            found.ask("postgres", f"CREATE DATABASE {_EMPTY}")
            before = database.obj
            bind(found.url(_EMPTY))
            migrate()
            database.initialize(before)
    return found


def is_file() -> bool:
    """Whether a folder's database is a file in it now."""
    return _kinds[-1] == SQLITE


def url_of(folder: Path, kind: str | None = None) -> str:
    """The address of a folder's database, nothing where it is the file that a service makes there by itself."""
    if (kind or _kinds[-1]) == SQLITE:
        return ""
    if folder not in _made:
        name = f"t{os.getpid()}_{next(_numbers)}"
        server().ask("postgres", f"CREATE DATABASE {name} TEMPLATE {_EMPTY}")
        _made[folder] = name
    return server().url(_made[folder])


def ask(folder: Path, sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
    """The rows that a statement gives on a folder's database, beside whatever uses it; ``?`` stands for a value."""
    if _kinds[-1] == POSTGRESQL:
        url_of(folder)
        return server().ask(_made[folder], sql, values)
    connection = sqlite3.connect(folder / FILE)
    with closing(connection), connection:
        return connection.execute(sql, values).fetchall()


def check(folder: Path) -> None:
    """A folder's file is whole. PostgreSQL checks what it reads."""
    if _kinds[-1] == SQLITE:
        assert ask(folder, "PRAGMA integrity_check") == [("ok",)]


def bytes_of(folder: Path) -> bytes:
    """All that stands in the files of a folder's database, on SQLite its log of changes among them."""
    if _kinds[-1] == SQLITE:
        files = sorted(folder.glob(f"{FILE}*"))
    else:
        ask(folder, "CHECKPOINT")
        [(number,)] = ask(folder, "SELECT oid FROM pg_database WHERE datname = current_database()")
        files = sorted((server().folder / f"data/base/{number}").iterdir())
    assert files
    return b"".join(path.read_bytes() for path in files)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Nobody else can write into a folder's database meanwhile."""
    if _kinds[-1] == SQLITE:
        connection = sqlite3.connect(folder / FILE, isolation_level=None)
        with closing(connection):
            connection.execute("BEGIN IMMEDIATE")
            yield
        return
    with psycopg.connect(url_of(folder)) as holder:
        tables = ask(folder, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        holder.execute(f"LOCK TABLE {', '.join(table for (table,) in tables)} IN EXCLUSIVE MODE")
        yield


def wait_for_a_waiter(folder: Path) -> None:
    """Until somebody waits for what another holds; SQLite tells nobody, there whoever comes waits at the beginning."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    until = time.monotonic() + 4
    while _kinds[-1] == POSTGRESQL and not ask(folder, waiting):
        assert time.monotonic() < until, "nobody waits"


@contextmanager
def using(kind: str) -> Iterator[None]:
    """From here on, folders have databases of a kind; at the end those go that came since."""
    known = set(_made)
    _kinds.append(kind)
    try:
        yield
    finally:
        _kinds.pop()
        if database.obj is not None:
            database.close_all()
        for folder in _made.keys() - known:
            server().ask("postgres", f"DROP DATABASE {_made.pop(folder)} WITH (FORCE)")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ[_PLACE] = tempfile.mkdtemp(prefix="pg-")
        Path(os.environ[_PLACE]).chmod(0o755)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        folder = Path(os.environ[_PLACE])
        Server(folder).stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if DEFAULT == SQLITE and metafunc.definition.get_closest_marker("both"):
        metafunc.parametrize("database_kind", KINDS, indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if DEFAULT == SQLITE:
        return
    about_files = [item for item in items if item.get_closest_marker(ABOUT_FILES)]
    config.hook.pytest_deselected(items=about_files)
    items[:] = [item for item in items if item not in about_files]


@pytest.fixture(autouse=True)
def database_kind(request: pytest.FixtureRequest) -> Iterator[str]:
    """What a test runs on."""
    kind = str(getattr(request, "param", DEFAULT))
    with using(kind):
        yield kind
