"""Exports at the desk: asked for, written after the answer, fetched."""

import json
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from models.event import Event
from models.handling import ExportJob
from models.submission import Submission
from services.accounts import Role
from tests.applicant import Applicant
from tests.conftest import Desk
from tests.desk import Officer, signed_in
from tests.exporting import lines_of, rows_of, workbook
from tests.prepared import Once

_HELSINKI = {"1": "0201256-6"}
CALL = "/virkailija/strategiarahoitus-2021/"


@pytest.fixture
def reader(app: Flask, once: Once) -> Officer:
    return once("a reader", lambda: signed_in(app, Role.READER))


def fetched(officer: Officer, typed: dict[str, str], view: str = "") -> bytes:
    officer.get(f"{CALL}vienti{view}").press("Tee tiedosto", typed)
    assert "Tiedosto on valmis." in officer.get(officer.address).text
    answer = officer.client.get(f"{officer.address}/tiedosto", buffered=True)
    assert answer.status_code == 200
    assert f"strategiarahoitus-2021.{typed['muoto']}" in answer.headers["Content-Disposition"]
    return bytes(answer.data)


def test_a_workbook_of_what_the_list_shows(app: Flask, desk: Desk, short: dict[str, Any]) -> None:
    reader, first = desk(Role.READER)
    second = Applicant(app).begin().fill({**short, "1": "0201256-6"}).send()
    sheet = load_workbook(BytesIO(fetched(reader, {"muoto": "xlsx"}))).worksheets[0]
    references = {cell.value for row in sheet.iter_rows() for cell in row}
    assert {first.reference, second.reference} <= references
    only = fetched(reader, {"muoto": "csv"}, "?haku=0211675-2").decode("utf-8-sig")
    assert first.reference in only
    assert second.reference not in only


def test_what_counts_in_a_workbook_sums_up_to_what_the_list_says(app: Flask, desk: Desk, short: dict[str, Any]) -> None:
    officer, first = desk(Role.OFFICER)
    second, withdrawn = (Applicant(app).begin().fill({**short, **changes}).send() for changes in ({}, _HELSINKI))
    officer.get(f"{CALL}{withdrawn.reference}/peruutus")
    officer.press("Merkitse perutuksi", {"paiva": "1.6.2021", "perustelu": "Pyydetty"})
    officer.get(f"{CALL}{second.reference}/")
    day, fingerprint = "18.5.2021", Submission.get(Submission.application == 2).fingerprint
    officer.press("Merkitse saapuneeksi", {"saapunut": day, "sormenjalki": fingerprint})
    rows = rows_of(workbook(fetched(officer, {"muoto": "xlsx"})), "Hakemukset")
    found = {row["Hakemuksen tunnus"]: (row["Lasketaan summiin"], row["Peruttu"]) for row in rows}
    assert found == {
        first.reference: ("ei", None),
        second.reference: ("kyllä", None),
        withdrawn.reference: ("ei", "kyllä"),
    }
    requested = sum(row["Haettava yhteensä"] for row in rows if row["Lasketaan summiin"] == "kyllä")
    assert f"Haettu yhteensä {requested:,} €".replace(",", " ") in officer.get(CALL).text
    arrived = [row["Asiakirja saapunut"].date() for row in rows if row["Asiakirja saapunut"]]
    assert arrived == [date(2021, 5, 18)]
    lines = lines_of(fetched(officer, {"muoto": "csv"}))
    assert [line["Asiakirja saapunut"] for line in lines].count("2021-05-18") == 1
    whole = json.loads(fetched(officer, {"muoto": "json"}))["applications"]
    assert sum(one["record"]["totals"]["requested"] for one in whole if one["is_counted"]) == requested


@pytest.mark.parametrize("is_wanted", [True, False])
def test_contact_details_only_when_asked_for(desk: Desk, short: dict[str, Any], is_wanted: bool) -> None:
    reader, _ = desk(Role.READER)
    text = fetched(reader, {"muoto": "json", **({"yhteystiedot": "1"} if is_wanted else {})}).decode()
    assert (short["2"]["nimi"] in text) is is_wanted
    [event] = Event.select().where(Event.kind == "exported")
    assert event.details == {"kind_of_file": "json", "count": 1, "with_contacts": is_wanted}


def test_an_export_is_its_officers_alone_and_goes_after_a_day(
    app: Flask, short: dict[str, Any], at: Callable[[str], None]
) -> None:
    at("2021-05-18T09:00:00")
    reader = signed_in(app, Role.READER)
    other = signed_in(app, Role.ADMIN, "toinen@example.fi")
    Applicant(app).begin().fill(short)
    fetched(reader, {"muoto": "json"})
    place = reader.address
    assert other.get(place).status == 404
    assert other.get(f"{place}/tiedosto").status == 404
    at("2021-05-19T09:01:00")
    reader = reader.in_another_browser().sign_in()
    fetched(reader, {"muoto": "json"})
    assert reader.get(place).status == 404
    assert ExportJob.select().count() == 1


def test_the_nightly_run_takes_old_exports_away(app: Flask, at: Callable[[str], None], tmp_path: Path) -> None:
    at("2021-05-18T09:00:00")
    reader = signed_in(app, Role.READER)
    Applicant(app).begin()
    fetched(reader, {"muoto": "json", "yhteystiedot": "1"})
    assert len(list((tmp_path / "exports").iterdir())) == 1
    at("2021-05-19T09:01:00")
    assert app.test_cli_runner().invoke(args=["retention", "run"]).exit_code == 0
    assert list((tmp_path / "exports").iterdir()) == []


def test_an_export_that_died_is_said_so(app: Flask, reader: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise OSError("no room left")

    monkeypatch.setattr("services.exports.write", die)
    reader.get(f"{CALL}vienti").press("Tee tiedosto", {"muoto": "xlsx"})
    assert "Tiedoston teko keskeytyi." in reader.get(reader.address).text
    assert reader.client.get(f"{reader.address}/tiedosto").status_code == 404


def test_progress_is_shown_until_it_is_done(app: Flask, reader: Officer) -> None:
    reader.get(f"{CALL}vienti").press("Tee tiedosto", {"muoto": "json"})
    ExportJob.update(finished_at=None, done=3, total=7).execute()
    assert "Tiedostoa tehdään: 3/7 hakemusta." in reader.get(reader.address).text
    assert reader.response is not None
    assert reader.response.headers["Refresh"] == "5"
    part = reader.client.get(reader.address, headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="vienti"')
    assert "Refresh" not in part.headers


def test_an_unknown_format_is_refused(app: Flask, reader: Officer) -> None:
    reader.get(f"{CALL}vienti").press("Tee tiedosto", {"muoto": "exe"})
    assert reader.status == 400
