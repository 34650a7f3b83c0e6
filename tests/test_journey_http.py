"""A whole application over plain HTTP, as a browser without scripts does it."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from forms.definition import Call
from forms.kinds.amounts import AmountsQuestion
from forms.kinds.areas import AreasQuestion
from forms.kinds.choice import ChoiceQuestion
from forms.kinds.period import PeriodQuestion, parse_date
from forms.question import Question
from tests.applicant import Applicant
from tests.conftest import need
from tests.service import Mailbox

BASE = "http://127.0.0.1:8000"


def link_in(mail: Any) -> str:
    """The personal link of a mail, without the host."""
    body = mail.get_body().get_content()
    match = re.search(rf"^{BASE}(/jatka/\S+)\s*$", body, re.MULTILINE)
    assert match, body
    return match[1]


def pdf_text(document: bytes, folder: Path) -> str:
    """The text of a PDF as it is printed between head and foot, with runs of white space as one blank."""
    path = folder / "read.pdf"
    path.write_bytes(document)
    area = ["-x", "0", "-y", "70", "-W", "600", "-H", "715"]
    out = subprocess.run([need("pdftotext"), *area, "-layout", path, "-"], capture_output=True, check=True)
    return " ".join(out.stdout.decode().split())


def compact(text: str) -> str:
    """A text without any white space, so that neither line nor page breaks matter."""
    return "".join(text.split())


def expect_all_answers(text: str, answers: dict[str, Any], call: Call) -> None:
    """Every answer is in the text whole, every word of it, each amount beside its label."""
    found = compact(text)
    for number, value in answers.items():
        for words in printed(call.question(f"q{number}"), value):
            assert compact(words) in found, f"answer {number}: {words[:80]!r}"


def printed(question: Question, value: Any) -> list[str]:
    """What has to stand in a summary for an answer of the seed's shape."""
    match question:
        case AmountsQuestion():
            amounts = [(row.label.in_language("fi"), value[row.key]) for row in question.rows]
            return [
                "".join(
                    f"{label} {'Ei vastauksia' if n is None else f'{n:,} €'.replace(',', ' ')}" for label, n in amounts
                )
            ]
        case AreasQuestion():
            return [area.title.in_language("fi") for area in question.areas if area.key in value]
        case ChoiceQuestion():
            provider = question.providers.get(value)
            return [provider.name.in_language("fi")] if provider else []
        case PeriodQuestion():
            days = [parse_date(text) for text in value.values()]
            return [f"{day.day}.{day.month}.{day.year}" for day in days if day]
        case _:
            return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]


def test_a_real_application_goes_through(
    make_app: Callable[..., Flask], inbox: Mailbox, answers: dict[str, Any], call: Call, tmp_path: Path
) -> None:
    app = make_app(mail_server="127.0.0.1", mail_port=inbox.port)
    applicant = Applicant(app).begin()
    applicant.press_known("Tallenna ja jatka myöhemmin", {"q1": answers["1"]})
    assert "Vastauksenne on tallennettu" in applicant.text
    applicant.press("Lähetä linkki", {"sahkoposti": "toinen@example.fi"})

    other = Applicant(app).get(link_in(inbox.expect(1, "toinen@example.fi")[0]))
    assert other.value("q1") == answers["1"]
    other.fill(answers)
    assert "Mikään ei estä hakemuksen lähettämistä." in other.text
    other.send()
    assert "Hakemus on lähetetty" in other.text
    assert "Versio 1" in other.text
    expect_all_answers(other.text, answers, call)

    inbox.expect(1, answers["2"]["sahkoposti"])
    registry = inbox.expect(1, "kirjaamo@minedu.fi")[0]
    attached = next(registry.iter_attachments()).get_content()
    expect_all_answers(pdf_text(attached, tmp_path), answers, call)

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
    expect_all_answers(other.text, answers, call)
