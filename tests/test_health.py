"""What a monitor is told, and the figures that officers who look after the service see."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from models.database import MIGRATIONS, database
from models.figure import Figure
from services import figures, outbox
from services.accounts import Role
from services.figures import Event
from tests import databases
from tests.applicant import Applicant
from tests.conftest import ROOT
from tests.desk import signed_in
from tests.faults.test_disk_and_process import writer_with
from tests.forms_of_pages import text_of
from tests.service import Service


def ready(app: Flask) -> tuple[int, dict[str, Any]]:
    answer = app.test_client().get("/health/ready")
    return answer.status_code, answer.get_json()


def test_a_sound_service_is_ready(app: Flask, tmp_path: Path) -> None:
    status, said = ready(app)
    assert status == 200
    assert said.pop("version") in (ROOT / "pyproject.toml").read_text()
    assert said == {
        "status": "ok",
        "wrong": [],
        "oldest_unsent_mail_seconds": 0,
        "newest_backup_seconds": None,
        "maintenance": False,
    }
    assert str(tmp_path) not in json.dumps(said)


def test_a_database_of_an_older_program_is_not_ready(app: Flask, tmp_path: Path) -> None:
    last = max(path.stem for path in MIGRATIONS.glob("0*.py"))
    databases.ask(tmp_path, "delete from schema_migration where name = ?", [last])
    status, said = ready(app)
    assert (status, said["status"], said["wrong"]) == (503, "stopped", ["migrations"])


@pytest.mark.sqlite
@pytest.mark.parametrize("fault", ["empty", "no database", "gone"])
def test_a_database_that_does_not_work_is_not_ready(app: Flask, tmp_path: Path, fault: str) -> None:
    database.close_idle()
    for path in tmp_path.glob("strategiarahoitus.db*"):
        path.unlink()
    if fault == "no database":
        (tmp_path / "strategiarahoitus.db").write_bytes(b"something else " * 1000)
    elif fault == "gone":
        (tmp_path / "strategiarahoitus.db").mkdir()
    status, said = ready(app)
    assert (status, said["wrong"]) == (503, ["database"])
    assert said["oldest_unsent_mail_seconds"] is None
    assert app.test_client().get("/health/live").status_code == 200


def test_a_disk_that_runs_full_is_not_ready(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    much = shutil.disk_usage(tmp_path).total // 1_000_000 + 1
    assert ready(make_app(disk_free_mb=much))[1]["wrong"] == ["disk"]


@pytest.mark.sqlite
def test_late_mail_and_old_backups_want_attention(
    make_app: Callable[..., Flask], at: Callable[[str], None], tmp_path: Path
) -> None:
    app = make_app(mail_age_minutes=30, backup_age_hours=26)
    at("2026-11-27T12:00:00")
    with app.app_context(), database.connection_context():
        outbox.queue("links", "aino@example.fi", "fi")
    assert ready(app)[1]["wrong"] == ["backup"]
    made = app.test_cli_runner().invoke(args=["backup", "run"])
    assert made.exit_code == 0, made.output
    assert ready(app)[1] | {"version": ""} == {
        "status": "ok",
        "wrong": [],
        "version": "",
        "oldest_unsent_mail_seconds": 0,
        "newest_backup_seconds": 0,
        "maintenance": False,
    }
    at("2026-11-27T12:31:00")
    status, said = ready(app)
    assert (status, said["status"], said["wrong"]) == (200, "attention", ["mail"])
    assert said["oldest_unsent_mail_seconds"] == 31 * 60
    at("2026-11-28T14:01:00")
    assert ready(app)[1]["wrong"] == ["mail", "backup"]


def lines(page: Applicant) -> dict[str, list[str]]:
    """The rows of the page's tables by their names."""
    assert page.page is not None
    rows = ([text_of(cell) for cell in row] for row in page.page.iter("tr"))
    return {row[0]: row[1:] for row in rows}


def test_figures_of_what_happened(make_app: Callable[..., Flask], tmp_path: Path, at: Callable[[str], None]) -> None:
    folder = tmp_path / "calls"
    folder.mkdir()
    shutil.copy(ROOT / "tests/calls/text.toml", folder)
    app = make_app(calls_dir=folder)
    figures.write()
    Figure.delete().execute()
    at("2026-11-20T12:00:00")
    applicant = Applicant(app).begin("text").press("Tallenna", {"q1": "liian pitkä vastaus tähän kysymykseen"})
    other = applicant.form("Tallenna").data
    applicant.press("Tallenna", {"q1": "kolmas vastaus, sekin liian pitkä"})
    assert applicant.client.post(applicant.address, data={**other, "sivu": "toinen", "q1": "ohi"}).status_code == 409
    applicant.go("yhteenveto").press("Lähetä")
    assert applicant.status == 422
    figures.write()
    at("2026-11-30T12:00:00")
    applicant.go("hakemus").press("Tallenna", {"q1": "lyhyt"})
    applicant.go("yhteenveto").send()
    seen = lines(signed_in(app, Role.ADMIN).get("/virkailija/luvut"))
    assert seen["Hakemuksia aloitettu"] == ["0", "0", "1"]
    assert seen["Tallennuksia"] == ["1", "1", "3"]
    assert seen["Ristiriitoja"] == ["0", "0", "1"]
    assert seen["Lähetyksiä"] == ["1", "1", "1"]
    assert seen["Lähetyksiä, jotka eivät onnistuneet"] == ["0", "0", "1"]
    assert seen["Viestejä lähetetty"][0] == seen["Viestejä lähetetty"][2] != "0"
    assert seen["Lähetettyjä hakemuksia"] == ["1"]
    at("2026-11-21T12:00:00")
    seen = lines(signed_in(app, Role.ADMIN, "toinen@example.fi").get("/virkailija/luvut"))
    assert seen["Hakemuksessa oli korjattavaa"] == ["1"]
    assert seen["Vakuutus puuttui"] == ["1"]
    assert [times for name, times in seen.items() if "vastaus on liian pitkä" in name] == [["1"]]


def test_what_cannot_be_written_is_kept(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    figures.write()
    before = Figure.select().where(Figure.event == Event.CLASH).count()
    figures.count(Event.CLASH)
    with monkeypatch.context() as broken:
        broken.setattr(Figure, "insert", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            figures.write()
    figures.write()
    assert Figure.select().where(Figure.event == Event.CLASH).count() == before + 1


def test_every_process_writes_its_figures(tmp_path: Path) -> None:
    """What two workers have counted is there once they have ended, though nobody has looked."""
    folder = tmp_path / "calls"
    folder.mkdir()
    shutil.copy(ROOT / "tests/calls/text.toml", folder)
    with Service(tmp_path, CALLS_DIR=str(folder)) as service:
        writer = writer_with(service, "yksi")
        for number in range(9):
            assert writer.save(f"teksti {number}") == 200
        service.change_workers()
        assert databases.ask(tmp_path, "select sum(times) from figure where event = 'save'") == [(10,)]
