"""Exports without contact details, and the documents in them."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from forms.definition import Call
from models.database import database
from models.submission import Submission
from services import exports
from tests.applicant import CALL
from tests.exporting import exported, lines_of, parts_of, sent
from tests.test_journey_http import pdf_text

LEFT_OUT, ERASED = "Yhteystiedot jätetty pois", "Yhteystiedot poistettu"


def test_documents_come_with_a_list_by_which_they_verify(app: Flask, short: dict[str, Any], tmp_path: Path) -> None:
    applicant = sent(app, short)
    reference = applicant.reference
    archive = parts_of(exported(app, tmp_path, "zip"))
    (line,) = lines_of(archive["luettelo.csv"])
    document = archive[line["Tiedosto"]]
    assert line["Tiedosto"] == f"{reference}-versio-1.pdf"
    assert hashlib.sha256(document).hexdigest() == line["Tiedoston SHA-256"]
    assert (line["Hakemuksen tunnus"], line["Versio"]) == (reference, "1")
    checked = applicant.get(f"/tarkistus?tunnus={reference}&sormenjalki={line['Sormenjälki']}").text
    assert "voimassa" in checked
    # As filed, to the byte.
    assert document == applicant.client.get(f"/hakemus/{reference}/versio/1/yhteenveto.pdf").data


@pytest.mark.parametrize("kind", exports.FORMATS)
def test_contact_details_stay_behind(app: Flask, short: dict[str, Any], kind: str, tmp_path: Path) -> None:
    sent(app, short)
    kept = exported(app, tmp_path, kind)
    without = exported(app, tmp_path, kind, "--without-contacts")
    texts = [text_in(data, kind, tmp_path) for data in (kept, without)]
    for value in short["2"].values():
        found = [re.sub(r"\s", "", value) in re.sub(r"\s", "", text) for text in texts]
        assert found == [True, False], value
    if kind == "zip":
        assert texts[1].count(LEFT_OUT) == 3
        assert LEFT_OUT not in texts[0]


def text_in(data: bytes, kind: str, folder: Path) -> str:
    if kind not in ("xlsx", "zip"):
        return data.decode()
    parts = parts_of(data)
    return " ".join(pdf_text(part, folder) if name.endswith(".pdf") else part.decode() for name, part in parts.items())


def test_erased_contact_details_are_said_to_be(app: Flask, short: dict[str, Any], call: Call, tmp_path: Path) -> None:
    sent(app, short)
    with database.connection_context():
        Submission.update(personal=None, salt=None, pdf=None).execute()
    for options in ((), ("--without-contacts",)):
        archive = parts_of(exported(app, tmp_path, "zip", *options))
        (line,) = lines_of(archive["luettelo.csv"])
        assert line["Huomattavaa"] == ERASED
        text = pdf_text(archive[line["Tiedosto"]], tmp_path)
        assert text.count(f"{ERASED}.") == 2
        assert short["2"]["nimi"] not in text
    (line,) = lines_of(exported(app, tmp_path, "csv"))
    assert [value for head, value in line.items() if head.startswith("2. ")] == [ERASED]
    assert json.loads(exported(app, tmp_path, "json"))["applications"][0]["personal"] is None


def test_a_document_that_cannot_be_made_is_named(
    app: Flask, short: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = sent(app, short).reference
    monkeypatch.setattr("services.typesetter._MOST_SECONDS", 0)
    out = tmp_path / "a.zip"
    arguments = ["call", "export", CALL, "--format", "zip", "--out", str(out), "--without-contacts"]
    result = app.test_cli_runner().invoke(args=arguments)
    assert f"{reference} has no document in it" in result.output
    (line,) = lines_of(parts_of(out.read_bytes())["luettelo.csv"])
    assert (line["Tiedosto"], line["Huomattavaa"]) == ("", "Tiedostoa ei voitu tehdä.")
