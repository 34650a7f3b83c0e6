"""What many tests begin with: done once in each process as people do it, then copied for all who begin with it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from flask import Flask

from tests import databases
from tests.applicant import Applicant

People = TypeVar("People")
"""A browser, or several."""


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's own copy, in which the log's part is; whoever has the target open reads the new one."""
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)


def _copy_files(source: Path, target: Path) -> None:
    """What the service keeps: its database, and the mails that it has written."""
    _copy_database(source / databases.FILE, target / databases.FILE)
    (target / "mail").mkdir(parents=True, exist_ok=True)
    for path in (source / "mail").glob("*.eml"):
        (target / "mail" / path.name).write_bytes(path.read_bytes())


def _moved(people: People, app: Flask) -> People:
    if isinstance(people, tuple):
        return cast(People, tuple(_moved(one, app) for one in people))
    assert isinstance(people, Applicant)
    return people.moved_to(app)


@dataclass
class Once:
    """Does something to the service of a test, or copies what it left when another test of this process did it."""

    app: Flask
    folder: Path
    """Where the service of this test keeps its files."""
    kept: dict[str, tuple[Any, Path]]
    """By what was done: the browsers, and a folder with the files of the service, as they were then."""
    place: Path
    """Where those folders are made."""

    def __call__(self, what: str, act: Callable[[], People]) -> People:
        """The browsers that ``act`` returns, as it leaves them and the service, to which nothing may have been done.

        Within a module the same ``what`` is the same act. On PostgreSQL it is done each time.
        """
        if not databases.is_file():
            return act()
        with closing(sqlite3.connect(self.folder / databases.FILE)) as connection:
            for table in ("application", "officer"):
                assert connection.execute(f"select count(*) from {table}").fetchone() == (0,), "something was done"
        key = f"{act.__module__}: {what}"
        if key in self.kept:
            people, files = self.kept[key]
            _copy_files(files, self.folder)
        else:
            people, files = act(), self.place / str(len(self.kept))
            files.mkdir()
            _copy_files(self.folder, files)
            self.kept[key] = people, files
        return cast(People, _moved(people, self.app))
