"""A whole application over plain HTTP, as a browser without scripts does it."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from tests.applicant import Applicant
from tests.conftest import need

BASE = "http://127.0.0.1:8000"


def link_in(mail: Any) -> str:
    """The personal link of a mail, without the host."""
    body = mail.get_body().get_content()
    match = re.search(rf"^{BASE}(/jatka/\S+)\s*$", body, re.MULTILINE)
    assert match, body
    return match[1]


def pdf_text(document: bytes, folder: Path) -> str:
    """The text of a PDF as it is printed, with runs of white space as one blank."""
    path = folder / "read.pdf"
    path.write_bytes(document)
    out = subprocess.run([need("pdftotext"), "-layout", path, "-"], capture_output=True, check=True)
    return " ".join(out.stdout.decode().split())


def expect_all_answers(text: str, answers: dict[str, Any]) -> None:
    """Every word and figure of the answers is in the text, in order within each answer."""
    words = text.split()
    joined = "".join(words)
    for number, value in answers.items():
        if number in ("1", "3", "9", "17", "31", "37"):
            continue
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        for part in parts:
            if part is None or (isinstance(value, dict) and "puhelin" in value and part == value["puhelin"]):
                continue
            expected = f"{part:,}".replace(",", "") if isinstance(part, int) else part
            # A PDF's page breaks fall into long answers; their first and last words are enough to see it whole.
            for sample in (expected[:60], expected[-60:]) if isinstance(expected, str) else ():
                assert "".join(sample.split()) in joined, f"answer {number}: {sample!r}"


def test_a_real_application_goes_through(
    app: Flask, answers: dict[str, Any], mails: Callable[[], list[Any]], tmp_path: Path
) -> None:
    applicant = Applicant(app).begin()
    applicant.press_known("Tallenna ja jatka myöhemmin", {"q1": answers["1"]})
    assert "Vastauksenne on tallennettu" in applicant.text
    applicant.press("Lähetä linkki", {"sahkoposti": "toinen@example.fi"})

    other = Applicant(app).get(link_in(mails()[-1]))
    assert other.value("q1") == answers["1"]
    other.fill(answers)
    assert "Mikään ei estä hakemuksen lähettämistä." in other.text
    other.send()
    assert "Hakemus on lähetetty" in other.text
    assert "Versio 1" in other.text
    expect_all_answers(other.text, answers)

    receipt, registry = mails()[-2:]
    assert receipt["To"] == answers["2"]["sahkoposti"]
    assert registry["To"] == "kirjaamo@minedu.fi"
    attached = next(registry.iter_attachments()).get_content()
    expect_all_answers(pdf_text(attached, tmp_path), answers)

    other.go("kehittamiskokonaisuudet")
    assert "Teillä on muutoksia" not in other.text
    changed = int(answers["7"]["palvelut"]) + 1000
    own = int(answers["8"]["oma"]) + 1000
    other.press("Tallenna", {"q7.palvelut": str(changed), "q8.oma": str(own)})
    assert "Teillä on muutoksia, joita ei ole lähetetty." in other.text
    other.go("yhteenveto").send("Lähetä uudelleen")
    assert "Versio 2 (voimassa)" in other.text
    other.get(f"/hakemus/{other.reference}/versio/1")
    assert "Tämän version on korvannut versio 2." in other.text
    expect_all_answers(other.text, answers)
