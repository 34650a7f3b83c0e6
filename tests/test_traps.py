"""The traps of the real application of 2021 (docs/cases.md, S1–S14), tried with its own answers."""

import re
import subprocess
from pathlib import Path
from typing import Any

from flask import Flask
from lxml import etree

from forms.answers import answers_from_json
from forms.definition import Call
from forms.kinds.text import TextQuestion
from tests.applicant import Applicant
from tests.conftest import SHARED, need

SEED_SUMMARY = SHARED / "seed/strategiarahoitus-2021-yhteenveto.txt"


def test_the_real_application_keeps_out_of_its_traps(app: Flask, seed: dict[str, Any]) -> None:
    applicant = Applicant(app).begin().fill(seed)
    text = applicant.text
    # S1, S11: the split as the financing plans have it, and its total.
    assert "Opetuksen ja ohjauksen laadun parantaminen 1 319 500 €" in text
    assert "Koulutuksen järjestäjien tieto-osaamisen parantaminen 1 424 150 €" in text
    assert "Haettava yhteensä 3 316 950 €" in text
    # S3
    assert "Kustannukset yhteensä 3 645 000 €" in text
    assert text.count("Koulutuksen järjestäjän oma rahoitus: 9 % rahoituksesta") == 3
    # S2: typed zeros in Q7, blanks in Q21.
    assert "Toimitilakulut 0 € Ulkopuoliset palvelut 50 000 €" in text
    assert "Toimitilakulut Ei vastauksia Ulkopuoliset palvelut 680 000 €" in text
    # S4
    assert (
        "1. AMKE digitalisaatiotyöryhmä 2. pääkaupunkiseudun yhteistyöverkosto (Helsinki, Vantaa, Espoo) 3. Ei" in text
    )
    # S7: 13 is followed by 15, 24 by 40; headings of areas not chosen stand without questions.
    assert applicant.page is not None
    heads = [" ".join("".join(node.itertext()).split()) for node in applicant.page.iter("h3")]
    numbers = [int(head.split(".")[0]) for head in heads if re.match(r"\d+\. ", head)]
    in_preview = numbers[numbers.index(1) :]
    assert in_preview == [*range(1, 14), *range(15, 25), 40]
    assert "Koulutuksen järjestäjien yhdistymisten tukeminen Ei valittu." in text


def test_answers_at_the_limit_fit(call: Call, seed: dict[str, Any]) -> None:
    for number in ("4", "12", "19", "20"):
        question = call.question(f"q{number}")
        assert isinstance(question, TextQuestion)
        text = seed[number]
        assert not question.problems({"": question.clean(text.replace("\n", "\r\n"))})
        raw = text + "x" * (question.limit + 22 - len(text))
        assert [problem.message.params["n"] for problem in question.problems({"": question.clean(raw)})] == [22]


def test_the_sample_application_is_complete(app: Flask, call: Call, sample: dict[str, Any]) -> None:
    answers = answers_from_json(call, {f"q{number}": texts(value) for number, value in sample.items()})
    assert [problem.message.original for problem in answers.errors] == []
    assert len(answers.open_questions) == 40


def texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "" if text is None else str(text) for key, text in value.items()}
    return value


def test_limits_are_shown_at_every_long_text(applicant: Applicant, call: Call) -> None:
    applicant.begin().go("kehittamiskokonaisuudet")
    areas = ["opetus", "ymparistot", "tieto", "yhdistymiset", "kilpailut"]
    page = applicant.press("Näytä valitut kysymykset", {"q3": areas}).page
    assert page is not None
    shown = {node.get("id"): node for node in page.iter() if node.get("id")}
    for question in call.of_kind(TextQuestion):
        field = shown[question.field_id("")]
        said = [" ".join(" ".join(shown[id_].itertext()).split()) for id_ in field.get("aria-describedby").split()]
        assert any(f"Enimmäispituus on {question.limit:,} merkkiä.".replace(",", " ") in words for words in said)


def test_a_new_application_is_empty(applicant: Applicant) -> None:
    applicant.begin().go("kehittamiskokonaisuudet").press("Näytä valitut kysymykset", {"q3": ["opetus"]})
    data = applicant.form("Tallenna").data
    typed = {name: value for name, value in data.items() if re.match(r"q\d+", name) and not name.endswith(".rev")}
    assert {name for name, value in typed.items() if value} == {"q3"}


def test_indents_are_printed(app: Flask, sample: dict[str, Any], tmp_path: Path) -> None:
    applicant = Applicant(app).begin().fill(sample)
    path = tmp_path / "draft.pdf"
    path.write_bytes(applicant.client.get(f"/hakemus/{applicant.reference}/yhteenveto.pdf").data)
    run = subprocess.run([need("pdftotext"), "-bbox", path, "-"], capture_output=True, check=True, text=True)
    words = etree.fromstring(run.stdout.encode(), etree.XMLParser(recover=True))
    lines = [line for line in sample["12"].split("\n") if line.startswith("      - ")]
    assert lines
    starts = {
        word.getnext().text: float(word.get("xMin"))
        for word in words.iter("{*}word")
        if word.text == "-" and word.getnext() is not None
    }
    margin = min(float(word.get("xMin")) for word in words.iter("{*}word"))
    for line in lines:
        assert starts[line.split()[1]] > margin + 8


def test_every_printed_page_says_what_it_is(app: Flask, sample: dict[str, Any], tmp_path: Path) -> None:
    applicant = Applicant(app).begin().fill(sample).send()
    path = tmp_path / "sent.pdf"
    path.write_bytes(applicant.client.get(f"/hakemus/{applicant.reference}/yhteenveto.pdf").data)
    run = subprocess.run([need("pdftotext"), "-layout", path, "-"], capture_output=True, check=True, text=True)
    pages = run.stdout.split("\f")[:-1]
    assert len(pages) > 5
    for number, page in enumerate(pages, start=1):
        text = " ".join(page.split())
        for words in (
            "Tampereen kaupunki",
            f"{applicant.reference}, Versio 1",
            "(Suomen aikaa)",
            f"Sivu {number}/{len(pages)}",
        ):
            assert words in text
    assert "(Suomen aikaa)" in pages[0]
