"""A site moves into another database, and back: nothing is lost on the way, and life goes on there."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import models
from models.application import Application
from models.database import bind, database
from models.submission import Submission
from tests import databases
from tests.applicant import Applicant
from tests.desk import Officer, signed_in
from tests.mailing import flask, mail_link
from tests.test_sending import filled

# Each begins in a file.
pytestmark = pytest.mark.sqlite
LIST = "/virkailija/strategiarahoitus-2021/"


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, by table."""
    with database.connection_context():
        found: dict[str, Any] = {table.__name__: table.select().order_by(table.id).dicts() for table in models.ALL}
        return {name: list(rows) for name, rows in found.items()}


def empty(folder: Path, kind: str) -> str:
    """The address of an empty database of a kind."""
    folder.mkdir()
    with_kind = databases.url_of(folder, kind)
    return with_kind or f"sqlite:///{folder / databases.FILE}"


@pytest.fixture
def site(app: Flask, short: dict[str, Any]) -> Officer:
    """A site with something in most tables, seen by an officer."""
    applicant = filled(app, short)
    applicant.send()
    applicant.go("kehittamiskokonaisuudet").press("Tallenna", {"q4": "Äkkiä muutettu – ”näin”"})
    applicant.go("yhteenveto").send("Lähetä uudelleen")
    applicant.go("kehittamiskokonaisuudet").press("Tallenna", {"q4": ""})
    mail_link(applicant, "kollega@example.fi")
    Applicant(app).begin().press("Tallenna", {"q2.nimi": "Kesken"})
    officer = signed_in(app)
    officer.get(LIST)
    return officer


def test_there_and_back(site: Officer, app: Flask, tmp_path: Path, short: dict[str, Any]) -> None:
    before = everything()
    assert len(before["Submission"]) == 2
    assert before["Submission"][0]["pdf"]
    assert before["AnswerVersion"]
    first = f"sqlite:///{tmp_path / databases.FILE}"
    there = empty(tmp_path / "there", databases.POSTGRESQL)
    said = flask(app, "db", "copy", first, there)
    assert "submission: 2" in said
    assert "2 submissions with the fingerprints they were given" in said
    bind(there)
    assert everything() == before
    # The officer is still signed in, finds what was sent, and new rows get numbers of their own.
    reference = Application.get().reference
    assert reference in site.get(f"{LIST}?haku={reference}").text
    newest = filled(app, short)
    newest.send()
    assert "Versio 1" in newest.text
    assert newest.reference in site.get(LIST).text
    after = everything()
    assert len(after["Submission"]) == 3

    back = empty(tmp_path / "back", databases.SQLITE)
    assert "submission: 3" in flask(app, "db", "copy", there, back)
    bind(back)
    assert everything() == after
    assert newest.go("yhteenveto").status == 200


def test_what_is_not_copied(site: Officer, app: Flask, tmp_path: Path) -> None:
    """Into a database with something in it, from an older one, from nowhere; and nothing of half of it."""
    own = f"sqlite:///{tmp_path / databases.FILE}"
    before = everything()
    assert "Nothing was copied. The target is not empty: officer" in flask(app, "db", "copy", own, own)
    assert "The source lacks steps of this program" in flask(
        app, "db", "copy", f"sqlite:///{tmp_path / 'nobody.db'}", own
    )
    assert "Nothing was copied. The address of a database begins" in flask(app, "db", "copy", "mysql://x/y", own)
    bind(own)
    assert everything() == before
    Submission.update(record="{}").where(Submission.version == 2).execute()
    there = empty(tmp_path / "there", databases.POSTGRESQL)
    assert "has another fingerprint than it was given" in flask(app, "db", "copy", own, there)
    bind(there)
    assert not any(everything().values())
