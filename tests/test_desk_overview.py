"""The call at a glance: its sums are the list's, and what they leave out is left out everywhere."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import clock
from models.application import Application
from models.handling import Handling
from services import listed, submissions
from services.accounts import Role
from services.context import calls
from tests.applicant import Applicant
from tests.conftest import ROOT, Desk
from tests.desk import Officer, signed_in
from tests.forms_of_pages import text_of

LIST = "/virkailija/strategiarahoitus-2021/"
PAGE = f"{LIST}yleiskuva"
TAMPERE, HELSINKI, ESPOO = "0211675-2", "0201256-6", "0502454-6"
OTHERS = (TAMPERE, HELSINKI, ESPOO, "0242746-2", "0124610-9", "0204819-8")


def sent(app: Flask, answers: dict[str, Any], **changes: Any) -> Applicant:
    return Applicant(app).begin().fill({**answers, **changes}).send()


def withdraw(app: Flask, applicant: Applicant) -> None:
    with app.app_context():
        application = Application.get(Application.reference == applicant.reference)
        submission = submissions.last(application)
        assert submission is not None
        Handling.create(application=application, withdrawn_at=clock.now())
        listed.recount(calls()[application.call_key], submission.provider)


def rows(officer: Officer, section: str) -> dict[str, list[str]]:
    """The figures of a section's table by the name of the row; empty without the section."""
    assert officer.page is not None
    sections = [node for node in officer.page.iter("section") if node.get("aria-labelledby") == section]
    lines = [[text_of(cell) for cell in row] for node in sections for body in node.iter("tbody") for row in body]
    return {name: figures for name, *figures in lines}


def absent(officer: Officer) -> list[str]:
    assert officer.page is not None
    [found] = [node for node in officer.page.iter("ul") if node.get("class") == "absent"]
    return [text_of(item) for item in found]


def euros(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def sum_of_the_list(officer: Officer) -> int:
    officer.get(LIST)
    return euros(officer.text.split("Haettu yhteensä ")[1].split("€")[0])


@pytest.fixture
def with_appropriation(make_app: Callable[..., Flask], tmp_path: Path) -> Callable[[str], Flask]:
    """The service with another line in the place of the call's appropriation."""

    def make(line: str) -> Flask:
        shutil.copytree(ROOT / "calls", tmp_path / "calls")
        path = tmp_path / "calls/strategiarahoitus-2021.toml"
        path.write_text(path.read_text().replace("appropriation = 15_000_000", line))
        return make_app(calls_dir=tmp_path / "calls")

    return make


def test_sums_are_those_of_the_list(
    app: Flask, officer: Officer, sample: dict[str, Any], short: dict[str, Any]
) -> None:
    sent(app, short, **{"1": HELSINKI})
    sent(app, sample)
    whole = sum_of_the_list(officer)
    officer.get(PAGE)
    *areas, total = rows(officer, "kokonaisuudet").items()
    assert total == ("Yhteensä 2 hakemusta", ["2 049 690 €", "13,7 %"])
    assert sum(euros(figures[0]) for _, figures in areas) == whole == 2_049_690
    assert areas[0] == ("Opetuksen ja ohjauksen laadun parantaminen 2 hakemusta", ["749 840 €", "5 %"])
    assert [name.rsplit(" ", 2)[1:] for name, _ in areas[1:]] == [["1", "hakemus"]] * 4
    assert rows(officer, "jarjestajat") == {
        "Tampereen kaupunki": [TAMPERE, "1 674 770 €"],
        "Helsingin kaupunki": [HELSINKI, "374 920 €"],
        "Yhteensä": ["", "2 049 690 €"],
    }
    assert rows(officer, "maararaha") == {
        "Määräraha": ["15 000 000 €", "100 %"],
        "Haettu yhteensä": ["2 049 690 €", "13,7 %"],
        "Määrärahaa jää": ["12 950 310 €", "86,3 %"],
    }


def test_what_is_not_counted_is_left_out_everywhere(app: Flask, desk: Desk, short: dict[str, Any]) -> None:
    officer, _ = desk(Role.OFFICER)
    sent(app, short)
    withdraw(app, sent(app, short, **{"1": HELSINKI}))
    draft = Applicant(app).begin().press_known("Tallenna", {"q1": ESPOO})
    officer.get(PAGE)
    assert "3 hakemusta. Haettu yhteensä 374 920 €. Summassa on mukana 1 hakemus: perutut puuttuvat" in officer.text
    assert "Lisäksi 1 luonnos, jota ei ole lähetetty." in officer.text
    assert draft.reference not in officer.text
    assert list(rows(officer, "jarjestajat")) == ["Tampereen kaupunki", "Yhteensä"]
    assert rows(officer, "kokonaisuudet")["Yhteensä 1 hakemus"][0] == "374 920 €"
    assert list(rows(officer, "kertyma").values()) == [["1", "1"]]
    assert "137 luettelon 138 järjestäjästä." in officer.text
    names = absent(officer)
    assert len(names) == 137
    assert f"Helsingin kaupunki {HELSINKI}, hakemus peruttu" in names
    assert f"Espoon seudun koulutuskuntayhtymä Omnia {ESPOO}" in names
    assert not any(TAMPERE in name for name in names)


def test_an_applicant_whom_the_register_lacks(app: Flask, officer: Officer, short: dict[str, Any]) -> None:
    name = "Ääkkös & <b>Kumpp</b> Oy"
    Applicant(app).begin().fill({**short, "1": ""}).go("hakija").press_known("Tallenna", {"q1.muu": name}).go(
        "yhteenveto"
    ).send()
    officer.get(PAGE)
    assert rows(officer, "jarjestajat")[name] == ["Ei luettelossa", "374 920 €"]
    assert len(absent(officer)) == 138
    assert officer.page is not None
    [link] = [node for node in officer.page.iter("a") if node.text == name]
    officer.get(link.get("href"))
    assert "1 hakemus." in officer.text


def test_days_hours_and_what_came_after_closing(app: Flask, short: dict[str, Any], at: Callable[[str], None]) -> None:
    moments = (
        "05-03T10:00:00",
        "05-03T23:59:59",
        "05-17T15:30:00",
        "05-17T16:15:00",
        "05-17T16:15:01",
        "05-18T09:00:00",
    )
    for provider, moment in zip(OTHERS, moments, strict=True):
        at(f"2021-{moment}")
        applicant = sent(app, short, **{"1": provider})
    # A new version is no new application.
    applicant.go("hakija").press_known("Tallenna", {"q2.nimi": "Toinen Nimi"}).go("yhteenveto").send("Lähetä uudelleen")
    officer = signed_in(app)
    officer.get(PAGE)
    assert rows(officer, "kertyma") == {
        "3.5.2021": ["2", "2"],
        "17.5.2021 klo 15–16": ["1", "3"],
        "17.5.2021 klo 16–17": ["1", "4"],
        "17.5.2021 klo 16–17 hakuajan jälkeen": ["1", "5"],
        "18.5.2021 hakuajan jälkeen": ["1", "6"],
    }
    assert officer.page is not None
    curves = [node for node in officer.page.iter() if node.get("role") == "img"]
    assert [text_of(curve[0]) for curve in curves] == [
        "Hakemusten kertymä: Koko hakuaika",
        "Hakemusten kertymä: Viimeinen päivä",
    ]
    # The day begins with the two that were there and ends with five of six.
    path = str(curves[1][2].get("d"))
    assert path.startswith("M0 240H0V160H646V120H677V")
    assert path.endswith("V40H1000V240Z")


def test_a_curve_ends_now(app: Flask, short: dict[str, Any], at: Callable[[str], None]) -> None:
    at("2021-05-03T02:00:00")
    sent(app, short)
    officer = signed_in(app)
    officer.get(PAGE)
    assert officer.page is not None
    [curve] = [node for node in officer.page.iter() if node.get("role") == "img"]
    assert curve[2].get("d") == "M0 240H491V0H491V240Z"


def test_more_than_there_is_to_grant(with_appropriation: Callable[[str], Flask], short: dict[str, Any]) -> None:
    app = with_appropriation("appropriation = 100_000")
    sent(app, short)
    officer = signed_in(app)
    officer.get(PAGE)
    assert rows(officer, "maararaha")["Haettu yli määrärahan"] == ["274 920 €", "274,9 %"]


def test_a_call_without_an_appropriation(with_appropriation: Callable[[str], Flask], short: dict[str, Any]) -> None:
    app = with_appropriation("")
    sent(app, short)
    officer = signed_in(app)
    officer.get(PAGE)
    assert "määräraha" not in officer.text.lower()
    assert rows(officer, "kokonaisuudet")["Yhteensä 1 hakemus"] == ["374 920 €"]


def test_before_anything_has_come(app: Flask, officer: Officer) -> None:
    officer.get(PAGE)
    assert officer.status == 200
    assert "0 hakemusta. Haettu yhteensä 0 €." in officer.text
    assert rows(officer, "jarjestajat") == rows(officer, "kertyma") == {}
    assert len(absent(officer)) == 138


@pytest.mark.parametrize(
    ("name", "fields", "sections"),
    [
        ("text", {"q1": "Vastaus"}, ["kertyma"]),
        ("areas", {"q1": ["yksi"]}, ["kertyma"]),
        ("derived", {"q1.palkat": "1200", "q1.muut": "50"}, ["kertyma"]),
        ("choice", {"q1": "0214822-8"}, ["hakematta", "jarjestajat", "kertyma"]),
    ],
)
def test_calls_that_ask_for_less(
    small: Callable[..., Applicant], name: str, fields: dict[str, Any], sections: list[str]
) -> None:
    applicant = small(name).press("Tallenna", fields)
    applicant.go("yhteenveto").send()
    officer = signed_in(applicant.client.application)
    officer.get(f"/virkailija/{name}/yleiskuva")
    assert officer.status == 200
    assert officer.page is not None
    assert sorted(node.get("aria-labelledby") for node in officer.page.iter("section")) == sections
    assert ("€" in officer.text) is (name == "derived")
    if name == "derived":
        # Its sections are no areas.
        assert "Haettu yhteensä 1 200 €." in officer.text
    if name == "choice":
        assert rows(officer, "jarjestajat") == {"Öljymäen opisto": ["0214822-8"]}
        assert absent(officer) == ["Aamun ammattikoulu 0201256-6", "Ålandin kuviteltu koulu 0208589-6"]


def test_in_swedish(app: Flask, officer: Officer, short: dict[str, Any]) -> None:
    sent(app, short, **{"1": HELSINKI})
    officer.get(f"{PAGE}?kieli=sv")
    assert officer.language == "sv"
    assert rows(officer, "jarjestajat")["Helsingfors stad"] == [HELSINKI, "374 920 €"]
    assert rows(officer, "maararaha")["Anslag"] == ["15 000 000 €", "100 %"]
    assert "Yleiskuva" not in officer.text


def test_who_may_look_and_the_way_there(app: Flask) -> None:
    assert Applicant(app).get(PAGE).address == "/virkailija/kirjaudu"
    reader = signed_in(app, Role.READER)
    reader.get(LIST)
    assert reader.page is not None
    [link] = [node for node in reader.page.iter("a") if node.text == "Yleiskuva"]
    assert link.get("href") == PAGE
    assert reader.get(PAGE).status == 200
    assert reader.get("/virkailija/ei-ole/yleiskuva").status == 404
