"""Calls live in the database: the program's files are taken up there, and what was in force once stays."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from models.call import CallVersion
from models.database import database, migrate
from services.call_versions import read_folder, take_up
from tests.applicant import Applicant
from tests.conftest import ROOT
from tests.test_at_once import MANY, at_once

pytestmark = pytest.mark.both
Started = Callable[..., Flask]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of calls with a small one in it."""
    made = tmp_path / "calls"
    made.mkdir()
    shutil.copy(ROOT / "tests/calls/text.toml", made)
    return made


@pytest.fixture
def started(make_app: Callable[..., Flask], folder: Path) -> Started:
    """The service, started (again) on the folder's calls after texts in the small one were replaced."""

    def start(*changes: tuple[str, str], **settings: Any) -> Flask:
        file = folder / "text.toml"
        text = file.read_text()
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        file.write_text(text)
        return make_app(calls_dir=folder, **settings)

    return start


def kept() -> list[tuple[str, int, bool]]:
    """The versions in the database, and whether each is published."""
    with database.connection_context():
        rows = CallVersion.select().order_by(CallVersion.id)
        return [(row.call_key, row.number, row.publish_at is not None) for row in rows]


def test_a_file_is_taken_up_once(started: Started) -> None:
    for _ in range(2):
        assert "Pieni haku" in Applicant(started()).get("/").text
    assert kept() == [("text", 1, True)]


def test_it_stays_when_the_file_goes(started: Started, folder: Path) -> None:
    applicant = Applicant(started()).begin("text").press("Tallenna", {"q1": "Teksti."})
    shutil.copy(ROOT / "tests/calls/partners.toml", folder / "text.toml")
    app = started(('"PIENI"', '"TOINEN"'))
    assert applicant.moved_to(app).go("hakemus").value("q1") == "Teksti."
    assert kept() == [("text", 1, True), ("partners", 1, True)]


def test_a_changed_file_waits_for_somebody_to_publish_it(started: Started, caplog: pytest.LogCaptureFixture) -> None:
    Applicant(started()).get("/")
    changed = started(("limit = 20", "limit = 10"))
    assert "20 merkkiä jäljellä" in Applicant(changed).begin("text").text
    assert "call_not_published" in caplog.text
    Applicant(started()).get("/")
    assert kept() == [("text", 1, True), ("text", 2, False)]


def test_a_change_that_hurts_nobody_is_in_force_at_once(started: Started) -> None:
    Applicant(started()).get("/")
    changed = started(("limit = 20", "limit = 30"), ('"Kuvaus"', '"Kuvatkaa"'))
    assert "30 merkkiä jäljellä" in Applicant(changed).begin("text").text
    assert "20 merkkiä jäljellä" not in Applicant(started()).begin("text").text
    assert kept() == [("text", 1, True), ("text", 2, True)]


def test_a_wrong_file_stops_the_start(started: Started) -> None:
    Applicant(started()).get("/")
    with pytest.raises(SystemExit, match=r"text\.toml:27: kysymys q1"):
        started(("limit = 20", "limit = 0"))
    assert kept() == [("text", 1, True)]


def test_whoever_starts_first_takes_them_up(started: Started, folder: Path) -> None:
    app, files = started(), read_folder(folder)

    def take() -> None:
        with database.connection_context():
            take_up(files)

    at_once(app, *[take] * MANY)
    assert kept() == [("text", 1, True)]


def test_commands_work_before_there_are_tables(started: Started, tmp_path: Path) -> None:
    app = started(database_url=f"sqlite:///{tmp_path / 'new.db'}")
    database.close_all()
    (tmp_path / "new.db").unlink()
    runner = app.test_cli_runner()
    assert "ei virheitä" in runner.invoke(args=["call", "check", str(ROOT / "tests/calls/text.toml")]).output
    assert "0017_call_versions" in runner.invoke(args=["db", "upgrade"]).output
    assert runner.invoke(args=["retention", "run", "--dry-run"]).output.startswith("text: drafts to delete: none")
    migrate()
    assert kept() == [("text", 1, True)]


def test_trying_a_publication_says_what_it_would_do(started: Started, folder: Path, tmp_path: Path) -> None:
    app = started()
    Applicant(app).get("/")
    runner = app.test_cli_runner()
    new = tmp_path / "uusi.toml"
    text = (folder / "text.toml").read_text()
    new.write_text(text.replace('key = "text"', 'key = "uusi"').replace('"PIENI"', '"UUSI"'))
    assert "uusi is a new call" in runner.invoke(args=["call", "publish", str(new), "--dry-run"]).output
    same = runner.invoke(args=["call", "publish", str(folder / "text.toml"), "--dry-run"])
    assert same.exit_code == 1
    assert "Tiedosto on sama kuin versiossa 1" in same.output
    assert kept() == [("text", 1, True)]
