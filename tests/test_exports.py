"""Exports as the ministry gets them: opened again by other programs, with hostile answers in them."""

import csv
import json
import shutil
from collections.abc import Callable
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import clock
from forms.definition import Call
from forms.kinds.amounts import AmountsQuestion
from models.application import Application
from models.database import database
from models.handling import Handling
from models.submission import Submission
from services import exports, submissions
from services.context import calls
from services.exports.content import Export
from services.exports.workbook import MOST_IN_CELL, units
from tests.applicant import Applicant
from tests.conftest import ROOT
from tests.exporting import exported, lines_of, rows_of, sent, workbook
from tests.words import Words

HOSTILE = ["=HYPERLINK(A1)", "+358 50 1234567", "-10", "@nimi", "0501234567", "0123456-7", "1-2", "3E5"]


def test_a_workbook_has_every_answer_and_the_sums_of_the_summary(
    app: Flask, answers: dict[str, Any], call: Call, tmp_path: Path
) -> None:
    applicant = sent(app, answers)
    book = workbook(exported(app, tmp_path, "xlsx"))
    (row,) = rows_of(book, "Hakemukset")
    record = applicant.client.get(f"/hakemus/{applicant.reference}/versio/1/tietue.json").json
    assert record
    assert row["Hakemuksen tunnus"] == applicant.reference
    assert (row["Versio"], row["Kieli"], row["Y-tunnus"]) == (1, "fi", answers["1"])
    arrived = clock.in_helsinki(datetime.fromisoformat(record["sent_at"])).replace(tzinfo=None)
    assert abs((row["Saapunut (Suomen aikaa)"] - arrived).total_seconds()) < 1
    assert (row["Haettava yhteensä"], row["Kustannukset yhteensä"]) == (
        record["totals"]["requested"],
        record["totals"]["costs"],
    )
    amounts = rows_of(book, "Summat")
    for number, value in answers.items():
        question = call.question(f"q{number}")
        if isinstance(question, AmountsQuestion):
            found = [line["Summa, euroa"] for line in amounts if line["Numero"] == question.number]
            assert found == list(value.values())
    typed = [line for line in amounts if not line["Laskettu muista"]]
    requested = sum(line["Summa, euroa"] or 0 for line in typed if line["Rivi"].startswith("OKM:ltä"))
    assert requested == row["Haettava yhteensä"]
    computed = sum(line["Summa, euroa"] or 0 for line in amounts if line["Laskettu muista"] == "kyllä")
    assert computed == row["Haettava yhteensä"]
    texts = {line["Vastaus"] for line in rows_of(book, "Tekstit")}
    partners = {line["Nimi"] for line in rows_of(book, "Kumppanit")}
    for number, value in answers.items():
        if isinstance(value, list) and number != "3":
            assert {name for name in value if name} <= partners
        elif isinstance(value, str) and number != "1":
            assert value in texts
    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == sheet.dimensions


def test_csv_and_json_have_every_answer(app: Flask, answers: dict[str, Any], call: Call, tmp_path: Path) -> None:
    sent(app, answers)
    (line,) = lines_of(exported(app, tmp_path, "csv"))
    for number, value in answers.items():
        question = call.question(f"q{number}")
        heads = [head for head in line if head.startswith(f"{question.number}. ")]
        if isinstance(question, AmountsQuestion):
            assert [line[head] for head in heads] == ["" if n is None else str(n) for n in value.values()]
        elif isinstance(value, list) and number != "3":
            assert line[heads[0]].split("\n") == [name for name in value if name]
        elif isinstance(value, str) and number != "1":
            assert line[heads[0]] == value
    whole = json.loads(exported(app, tmp_path, "json"))
    (application,) = whole["applications"]
    assert application["fingerprint"] == submissions.fingerprint_of(application["record"]) == line["Sormenjälki"]
    assert application["personal"]["q2"] == answers["2"]
    typed = [amount["euros"] or 0 for amount in application["amounts"] if amount["question"] == "q7"]
    assert sum(typed) == sum(amount or 0 for amount in answers["7"].values())


def test_nothing_that_looks_like_a_formula_a_number_or_a_day_becomes_one(
    small: Callable[..., Applicant], tmp_path: Path
) -> None:
    applicant = small("partners")
    fields = {f"q1.{row}": text for row, text in enumerate(HOSTILE)}
    applicant.press("Tallenna", {name: text for name, text in fields.items() if int(name[3:]) < 5})
    applicant.press("Lisää rivejä", {}).press("Tallenna", fields)
    applicant.go("yhteenveto").send()
    app = applicant.client.application
    data = exported(app, tmp_path, "xlsx", call="partners")
    cells = [row[-1] for row in workbook(data)["Kumppanit"].iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type) for cell in cells] == [(text, "s") for text in HOSTILE]
    raw = exported(app, tmp_path, "csv", call="partners")
    (line,) = lines_of(raw)
    assert line["1. Kumppanit"].split("\n") == HOSTILE
    # A reader that goes by the quotes takes nothing for a number but what is one.
    by_quotes = csv.reader(StringIO(raw.decode("utf-8-sig")), delimiter=";", quoting=csv.QUOTE_NONNUMERIC)
    assert [isinstance(value, float) for value in list(by_quotes)[1]].count(True) == 1, "the version"


def test_separators_quotes_and_line_breaks_stay_inside_their_cells(
    small: Callable[..., Applicant], tmp_path: Path
) -> None:
    text = 'a;b,"c"\n\n;å'
    applicant = small("text").press("Tallenna", {"q1": text})
    applicant.go("yhteenveto").send()
    app = applicant.client.application
    data = exported(app, tmp_path, "csv", call="text")
    assert [line["1. Kuvaus"] for line in lines_of(data)] == [text]
    assert b"\n\n;" in data
    (row,) = rows_of(workbook(exported(app, tmp_path, "xlsx", call="text")), "Tekstit")
    assert row["Vastaus"] == text


@pytest.fixture
def long(make_app: Callable[..., Flask], tmp_path: Path) -> Applicant:
    """An application in a call that takes a text longer than a cell."""
    folder = tmp_path / "calls"
    folder.mkdir()
    text = (ROOT / "tests/calls/text.toml").read_text()
    (folder / "text.toml").write_text(text.replace("limit = 20", "limit = 100_000"))
    shutil.copy(ROOT / "tests/calls/three-providers.csv", folder)
    return Applicant(make_app(calls_dir=folder)).begin("text")


@pytest.mark.parametrize("sign", ["å", "😀"])
def test_a_text_longer_than_a_cell_is_cut_with_a_mark_and_whole_elsewhere(
    long: Applicant, sign: str, tmp_path: Path
) -> None:
    text = sign * 33_000
    long.press("Tallenna", {"q1": text}).go("yhteenveto").send()
    app = long.client.application
    result = app.test_cli_runner().invoke(
        args=["call", "export", "text", "--format", "xlsx", "--out", str(tmp_path / "a.xlsx")]
    )
    assert "1 cells too long for the format are cut" in result.output
    (row,) = rows_of(workbook((tmp_path / "a.xlsx").read_bytes()), "Tekstit")
    assert MOST_IN_CELL - 1 <= units(row["Vastaus"]) <= MOST_IN_CELL
    assert row["Vastaus"].endswith("[…] Teksti on katkaistu. CSV- ja JSON-vienti sisältävät sen kokonaan.")
    assert row["Vastaus"].startswith(sign * 10_000)
    (line,) = lines_of(exported(app, tmp_path, "csv", call="text"))
    assert line["1. Kuvaus"] == text


def test_control_characters_stop_no_export(small: Callable[..., Applicant], tmp_path: Path) -> None:
    applicant = small("text").press("Tallenna", {"q1": "a\vb\x16c _x0041_"})
    applicant.go("yhteenveto").send()
    app = applicant.client.application
    # What no form lets in may still stand in a database that something else has written.
    with database.connection_context():
        record = Submission.get().record
        Submission.update(record=record.replace("c _x", "c\\u0016\\u000b\uffff\ufffe_x")).execute()
    (row,) = rows_of(workbook(exported(app, tmp_path, "xlsx", call="text")), "Tekstit")
    assert row["Vastaus"].startswith("a\nbc\n")
    assert row["Vastaus"].endswith("_x0041_")
    assert len(lines_of(exported(app, tmp_path, "csv", call="text"))) == 1
    assert json.loads(exported(app, tmp_path, "json", call="text"))


def test_of_each_application_the_current_version_in_the_officers_language(
    app: Flask, short: dict[str, Any], tmp_path: Path
) -> None:
    first, second = sent(app, short), sent(app, short)
    first.go("kehittamiskokonaisuudet").press("Tallenna", {"q4": "Toinen versio"})
    first.go("yhteenveto").send("Lähetä uudelleen")
    words = Words("sv")
    book = workbook(exported(app, tmp_path, "xlsx", "--language", "sv"))
    rows = rows_of(book, words("Hakemukset"))
    found = [(row[words("Hakemuksen tunnus")], row[words("Versio")]) for row in rows]
    assert found == [(second.reference, 1), (first.reference, 2)]
    assert "Toinen versio" in {row[words("Vastaus")] for row in rows_of(book, words("Tekstit"))}
    assert book.sheetnames == [words(title) for title in ("Hakemukset", "Summat", "Tekstit", "Kumppanit", "Taulukot")]
    result = app.test_cli_runner().invoke(args=["call", "export", "x", "--format", "csv", "--out", str(tmp_path / "x")])
    assert result.exit_code == 1
    assert "There is no call x" in result.output


def test_a_view_exports_what_it_shows_and_tells_how_far_it_is(small: Callable[..., Applicant]) -> None:
    app = small("text").client.application
    sending = [Applicant(app).begin("text").press("Tallenna", {"q1": f"Teksti {number}"}) for number in range(3)]
    references = [applicant.reference for applicant in sending]
    for applicant in sending:
        applicant.go("yhteenveto").send()
    seen: list[tuple[int, int]] = []
    out = BytesIO()
    with app.app_context(), database.connection_context():
        call = calls()["text"]
        first, _, last = submissions.current(call)
        Handling.create(application=Application.get(reference=references[2]), case_number="VN/1234/2021")
        export = Export(call, [last, first], "fi", on_progress=lambda *far: seen.append(far))
        exports.write(export, "csv", out)
    rows = [(line["Hakemuksen tunnus"], line["Asianumero"], line["1. Kuvaus"]) for line in lines_of(out.getvalue())]
    assert rows == [(references[2], "VN/1234/2021", "Teksti 2"), (references[0], "", "Teksti 0")]
    assert seen == [(1, 2), (2, 2)]
