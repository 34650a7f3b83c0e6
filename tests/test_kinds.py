"""A walk over all kinds of questions, each in a small call of its own: page, save, summary, PDF, JSON, Swedish."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from forms.kinds import KINDS, AnyQuestion
from forms.question import MOST_IN_LINE
from tests.applicant import Applicant
from tests.conftest import ROOT
from tests.forms_of_pages import parse, text_of
from tests.test_journey_http import pdf_text


@dataclass
class Walk:
    """What is typed into a kind's fields, and how it reads afterwards.

    A field holds afterwards what was typed; where cleaning changes that, ``kept`` says what it holds instead.
    """

    fields: dict[str, Any]
    reads: list[str]
    stored: Any = None
    swedish: list[str] = field(default_factory=list)
    blank: str = "Ei vastauksia"
    kept: dict[str, str] = field(default_factory=dict)


PICTURE = ROOT / "docs/screens/1-begun.png"

WALKS = {
    "text": Walk(
        {"q1": "Rivi\n  toinen & <kolmas>"}, ["Rivi toinen & <kolmas>"], "Rivi\n  toinen & <kolmas>", ["Beskrivning"]
    ),
    "amounts": Walk(
        {"q1.palkat": "1 319 500 €"},
        ["Palkat 1 319 500 €", "Muut Ei vastauksia", "Yhteensä 1 319 500 €"],
        {"palkat": "1 319 500 €", "muut": ""},
        ["Löner 1 319 500 €", "Övriga Inga svar"],
    ),
    "period": Walk(
        {"q1.alku": "01.06.2021", "q1.loppu": "2022-12-31"},
        ["Aloituspäivämäärä 1.6.2021", "Lopetuspäivämäärä 31.12.2022"],
        {"alku": "01.06.2021", "loppu": "2022-12-31"},
        ["Startdatum 1.6.2021"],
    ),
    "partners": Walk(
        {"q1.1": "Helsingin verkosto\t(Espoo, Vantaa)"},
        ["1. Ei vastauksia 2. Helsingin verkosto (Espoo, Vantaa) 3. Ei vastauksia"],
        ["", "Helsingin verkosto (Espoo, Vantaa)", "", "", ""],
        ["1. Inga svar"],
        kept={"q1.1": "Helsingin verkosto (Espoo, Vantaa)"},
    ),
    "contact": Walk(
        {"q1.nimi": "Aino O'Åkerö", "q1.puhelin": "0401234567", "q1.sahkoposti": "aino@Äänekoski.fi"},
        ["Nimi Aino O'Åkerö", "Tehtävänimike Ei vastauksia", "Puhelin 040 1234567", "Sähköposti aino@Äänekoski.fi"],
        {"nimi": "Aino O'Åkerö", "tehtava": "", "puhelin": "0401234567", "sahkoposti": "aino@Äänekoski.fi"},
        ["Namn Aino O'Åkerö", "Tjänstebeteckning Inga svar"],
    ),
    "choice": Walk({"q1": "0201256-6"}, ["Aamun ammattikoulu"], "0201256-6", ["Morgonens yrkesskola"]),
    "areas": Walk({"q1": ["kaksi"]}, ["Kaksi"], ["kaksi"], ["Två"]),
    "single_choice": Walk({"q1": "yhdessa"}, ["Järjestäjä & kumppanit"], "yhdessa", ["Anordnaren & partner"]),
    "multiple_choice": Walk({"q1": ["muu", "tyo"]}, ["Oppiminen työssä", "Muu"], ["tyo", "muu"], ["Lärande i arbetet"]),
    "number": Walk({"q1": "999,5"}, ["Matka 999,5 km"], "999,5", ["Sträcka 999,5 km"]),
    "table": Walk(
        {"q1.0-nimi": "Kunta & <Oy>", "q1.0-osuus": "1 200 €", "q1.1-tyo": "0,25", "q1.0-tyo": "1.5"},
        ["Kunta & <Oy> 1 200 € 1,5 htv 0,25 htv", "Yhteensä, Osuus: 1 200 €", "Yhteensä, Työmäärä: 1,75 htv"],
        [{"nimi": "Kunta & <Oy>", "osuus": "1 200 €", "tyo": "1.5"}, {"nimi": "", "osuus": "", "tyo": "0,25"}],
        ["Namn Andel Arbete", "Sammanlagt, Arbete: 1,75 årsverken"],
    ),
    "attachment": Walk(
        {"q1.tiedosto": (str(PICTURE), "Kuva & <1>.png")},
        [f"Kuva & -1-.png ({-(-PICTURE.stat().st_size // 1000)} kt)"],
        {
            "tiiviste": hashlib.sha256(PICTURE.read_bytes()).hexdigest(),
            "nimi": "Kuva & -1-.png",
            "koko": str(PICTURE.stat().st_size),
            "laji": "image/png",
        },
        ["Budget Kuva & -1-.png"],
    ),
    "yes_no": Walk({"q1": "ei"}, ["alkanut? Ei"], "ei", ["börjat? Nej"]),
    "derived": Walk(
        {"q1.palkat": "100", "q1.muut": "20"},
        ["Osio 100 € Haettava yhteensä 100 € Kaikki kulut 120 €"],
        {"palkat": "100", "muut": "20"},
        ["Alla kostnader 120 €"],
        blank="Osio Ei vastauksia Haettava yhteensä 0 €",
    ),
}


def test_every_kind_is_walked() -> None:
    kinds = {kind.model_fields["kind"].annotation.__args__[0] for kind in get_args(get_args(AnyQuestion)[0])}
    templates = {path.stem for path in (ROOT / "templates/kinds").glob("*.html")} - {"options", "rows"}
    assert kinds == set(WALKS) == templates


def schema_beside(applicant: Applicant, saved: TestResponse) -> dict[str, Any]:
    """The schema that an application's file names."""
    address = re.fullmatch(r'<(.+)>; rel="describedby"', saved.headers["Link"])
    assert address
    schema = applicant.client.get(address[1])
    assert schema.mimetype == "application/schema+json"
    found: dict[str, Any] = json.loads(schema.text)
    Draft202012Validator.check_schema(found)
    assert found["$id"].endswith(address[1])
    return found


def test_a_real_application_keeps_to_its_schema(applicant: Applicant, answers: dict[str, Any]) -> None:
    applicant.begin()
    blank = applicant.client.get(f"/hakemus/{applicant.reference}/hakemus.json")
    validator = Draft202012Validator(schema_beside(applicant, blank))
    validator.validate(blank.json)
    applicant.fill(answers)
    filled = applicant.client.get(f"/hakemus/{applicant.reference}/hakemus.json").json
    validator.validate(filled)
    assert filled
    answers = filled["answers"]
    for spoilt in (answers | {"q99": "x"}, answers | {"q4": 1}, answers | {"q3": ["opetus", "opetus"]}, {"q4": "x"}):
        assert not validator.is_valid({**filled, "answers": spoilt})
    for spoilt in ({"call": "toinen"}, {"reference": f"X{filled['reference']}"}, {"reference": 1}, {"muuta": "x"}):
        assert not validator.is_valid({**filled, **spoilt})


@pytest.mark.parametrize("kind", WALKS)
def test_a_kind_from_field_to_pdf(small: Callable[..., Applicant], kind: str, tmp_path: Path) -> None:
    walk = WALKS[kind]
    applicant = small(kind)
    assert walk.blank in applicant.go("yhteenveto").text
    applicant.go("hakemus").press("Tallenna", walk.fields)
    for name, typed in walk.fields.items():
        if isinstance(typed, str):
            assert applicant.value(name) == walk.kept.get(name, typed)
    applicant.go("yhteenveto")
    for words in walk.reads:
        assert words in applicant.text
    base = f"/hakemus/{applicant.reference}"
    saved = applicant.client.get(f"{base}/hakemus.json")
    assert saved.json
    assert saved.json["answers"]["q1"] == walk.stored
    Draft202012Validator(schema_beside(applicant, saved)).validate(saved.json)
    printed = pdf_text(applicant.client.get(f"{base}/yhteenveto.pdf").data, tmp_path)
    assert "LUONNOS" in printed
    for words in walk.reads:
        assert words in printed
    applicant.press("På svenska")
    for words in walk.swedish:
        assert words in applicant.text


@pytest.mark.parametrize("kind", WALKS)
def test_a_kind_by_htmx(small: Callable[..., Applicant], kind: str) -> None:
    """A pause in typing saves, and brings parts that find their places and hold no field."""
    applicant = small(kind)
    assert applicant.page is not None
    ids = [node.get("id") for node in applicant.page.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    form = applicant.form("Tallenna")
    for name, typed in WALKS[kind].fields.items():
        form.data.setlist(name, typed if isinstance(typed, list) else [typed])
    answer = applicant.client.post(form.action, data=form.data, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    fragment = parse(answer.text, fragment=True)
    swapped = [node for node in fragment.iter() if node.get("hx-swap-oob")]
    assert swapped
    assert {node.get("id") or node.get("hx-swap-oob").partition("#")[2] for node in swapped} <= set(ids)
    visible = [node for node in fragment.iter("input", "textarea", "select") if node.get("type") != "hidden"]
    in_opened = [node for area in fragment.iter("section") for node in area.iter("input", "textarea", "select")]
    assert [node for node in visible if node not in in_opened] == []
    assert "Tallennettu klo" in text_of(fragment)


@pytest.mark.parametrize("kind", WALKS)
def test_an_answer_without_end_is_cut_on_paper(
    small: Callable[..., Applicant], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A draft holds any length; printing all of it would hold a worker. Here less is printed, to be quick."""
    monkeypatch.setattr("services.pdf._MOST_PRINTED", 2_000)
    applicant = small(kind)
    question = applicant.client.application.extensions["calls"][kind.replace("_", "-")].question("q1")
    applicant.press("Tallenna", dict.fromkeys(question.field_names, "Lause, jossa on sanoja. " * 1_000))
    pdf = applicant.client.get(f"/hakemus/{applicant.reference}/yhteenveto.pdf").data
    # That much of the answer, of each of its rows (20 at most) what can be sent, and what stands round it.
    assert len(pdf_text(pdf, tmp_path)) < 2_000 + 20 * MOST_IN_LINE + 2_000


MISSING = {
    "text": " – Vastaus puuttuu.",
    "amounts": " – Täyttäkää vähintään yksi rivi.",
    "period": " – Merkitkää käyttöaika.",
    "partners": " – Kirjoittakaa vähintään yksi nimi.",
    "choice": " – Valitkaa koulutuksen järjestäjä luettelosta.",
    "areas": " – Valitkaa vähintään yksi kehittämiskokonaisuus.",
    "single_choice": " – Valitkaa yksi vaihtoehto.",
    "multiple_choice": " – Valitkaa vähintään 1 vaihtoehto.",
    "number": " – Kirjoittakaa luku.",
    "table": " – Täyttäkää vähintään yksi rivi.",
    "attachment": " – Lisätkää tiedosto.",
    "yes_no": " – Valitkaa kyllä tai ei.",
    # What is computed misses nothing, whatever the call asks for.
    "derived": "Mikään ei estä hakemuksen lähettämistä.",
}
"""What the summary says of each kind that asks for an answer as a whole (``missing``), while there is none."""


@pytest.mark.parametrize("kind", [kind.kind_name() for kind in KINDS if "missing" in kind.checks])
def test_a_kind_says_what_it_misses(make_app: Callable[..., Flask], tmp_path: Path, kind: str) -> None:
    for name in (f"{kind}.toml", "three-providers.csv"):
        text = re.sub("severity = .*\n", "", (ROOT / "tests/calls" / name).read_text())
        asked = f'kind = "{kind}"'
        (tmp_path / name).write_text(text.replace(asked, f'{asked}\nseverity = {{ missing = "error" }}', 1))
    applicant = Applicant(make_app(calls_dir=tmp_path)).begin(kind.replace("_", "-")).go("yhteenveto")
    assert MISSING[kind] in applicant.text


def test_the_register_is_sorted_and_searched_as_finns_expect(small: Callable[..., Applicant]) -> None:
    applicant = small("choice")
    assert applicant.page is not None
    options = [text_of(option) for option in applicant.page.iter("option")]
    assert [option.split()[0] for option in options[1:]] == ["Aamun", "Ålandin", "Öljymäen"]
    for typed, found in {"oljy": "Öljymäen", "ÅLAND": "Ålandin", "0201256": "Aamun", "morgonens": "Aamun"}.items():
        answer = applicant.client.get("/haku/choice/jarjestajat/q1", query_string={"q1.haku": typed})
        names = [text_of(option) for option in parse(answer.text, fragment=True).iter("option")]
        assert [name.split()[0] for name in names[1:]] == [found]


def test_a_name_outside_the_register_is_allowed_and_flagged(small: Callable[..., Applicant]) -> None:
    applicant = small("choice").press("Tallenna", {"q1.muu": "Uusi koulu Oy"})
    assert "Kirjoittamanne nimi ei ole järjestäjäluettelossa." in applicant.text
    assert "Mikään ei estä hakemuksen lähettämistä." in applicant.go("yhteenveto").text


def test_blanks_are_no_name_outside_the_register(small: Callable[..., Applicant]) -> None:
    applicant = small("choice").press("Tallenna", {"q1": "0201256-6", "q1.muu": "  "})
    assert "Mikään ei estä hakemuksen lähettämistä." in applicant.go("yhteenveto").text
    assert "Aamun ammattikoulu" in applicant.text


@pytest.mark.parametrize(
    "phone",
    ["050 337 1956", "+358 50 337 1956", "0295 3 30020", "09-1234567", "+358 (0)50 3371956", "050\u00a0337–1956"],
)
def test_usual_telephone_numbers(small: Callable[..., Applicant], phone: str) -> None:
    applicant = small("contact").press("Tallenna", {"q1.puhelin": phone})
    assert "epätavallinen" not in applicant.text


def test_a_contact_is_asked_for_by_each_field(small: Callable[..., Applicant]) -> None:
    applicant = small("contact").press("Tallenna", {"q1.tehtava": "Rehtori"}).go("yhteenveto")
    assert "2 kohtaa estää lähettämisen" in applicant.text
    for said in (
        "Nimi – Kirjoittakaa yhteyshenkilön nimi.",
        "Sähköposti – Kirjoittakaa yhteyshenkilön sähköpostiosoite.",
        "Puhelin – Puhelinnumero puuttuu.",
    ):
        assert said in applicant.text
    applicant.go("hakemus").press("Tallenna", {"q1.nimi": "Aino", "q1.sahkoposti": "aino@"}).go("yhteenveto")
    assert "1 kohta estää lähettämisen" in applicant.text
    assert "Sähköposti – Tarkistakaa sähköpostiosoite." in applicant.text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("0503371956", "050 3371956"),
        ("+358503371956", "+358 50 3371956"),
        ("00358503371956", "+358 50 3371956"),
        ("+46 8 566 330 00", "+46 8 566 330 00"),
        ("vaihde 123", "vaihde 123"),
    ],
)
def test_a_telephone_number_is_grouped_and_stays_the_same(
    small: Callable[..., Applicant], typed: str, shown: str
) -> None:
    applicant = small("contact").press("Tallenna", {"q1.puhelin": typed})
    assert applicant.value("q1.puhelin") == typed
    assert f"Puhelin {shown} Sähköposti" in applicant.go("yhteenveto").text


@pytest.mark.parametrize("phone", ["123", "soita", "1234567890123456"])
def test_odd_telephone_numbers_are_remarked(small: Callable[..., Applicant], phone: str) -> None:
    applicant = small("contact").press("Tallenna", {"q1.puhelin": phone})
    assert "Puhelinnumero on epätavallinen." in applicant.text


def test_the_list_is_searched_without_scripts_too(small: Callable[..., Applicant]) -> None:
    applicant = small("choice").press("Etsi", {"q1.haku": "oljy", "q1.muu": "kesken"})
    assert applicant.page is not None
    assert [text_of(option).split()[0] for option in applicant.page.iter("option")][1:] == ["Öljymäen"]
    assert "1 osuma" in applicant.text
    assert applicant.value("q1.haku") == "oljy"
    assert applicant.value("q1.muu") == "kesken"
