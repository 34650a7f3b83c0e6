"""A completion request: asked at the desk, mailed, answered by a version in which nothing else is changed."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from models.application import Application, Link
from models.event import Event
from models.handling import CompletionRequest
from models.submission import Submission
from tests.applicant import CALL, Applicant
from tests.desk import Officer, signed_in
from tests.mailing import flask, mail_link
from tests.prepared import Once
from tests.test_sending import filled

BEFORE, AFTER = "2021-05-17T12:00:00", "2021-05-20T09:00:00"
ASKED: dict[str, Any] = {
    "pyynto": "Tarkentakaa kuvausta.\nLisätkää <tulokset>.",
    "kysymykset": ["q4"],
    "viimeistaan": "1.6.2021",
}


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """The service with the call's real times."""
    return make_app(held_open=frozenset())


@pytest.fixture
def both(app: Flask, once: Once, short: dict[str, Any], at: Callable[[str], None]) -> tuple[Officer, Applicant]:
    def begin() -> tuple[Officer, Applicant]:
        at(BEFORE)
        applicant = filled(app, short)
        mail_link(applicant, "kollega@example.fi")
        applicant.go("yhteenveto").send()
        at(AFTER)
        return signed_in(app), applicant

    found = once("sent before the closing", begin)
    at(AFTER)
    return found


@pytest.fixture
def officer(both: tuple[Officer, Applicant]) -> Officer:
    """One who signed in after the closing; there the clock stands."""
    return both[0]


@pytest.fixture
def applicant(both: tuple[Officer, Applicant]) -> Applicant:
    """One whose application was sent before the closing."""
    return both[1]


def address(applicant: Applicant, act: str = "taydennys") -> str:
    return f"/virkailija/{CALL}/{applicant.reference}/{act}"


def ask(officer: Officer, applicant: Applicant, **changes: Any) -> Officer:
    officer.get(address(applicant)).press("Lähetä täydennyspyyntö", {**ASKED, **changes})
    return officer


def records() -> list[dict[str, Any]]:
    """The answers of each version, oldest first."""
    rows = Submission.select().order_by(Submission.version)
    return [json.loads(row.record)["answers"] for row in rows]


def test_from_asking_to_a_version_with_the_asked_answer_alone(
    officer: Officer, applicant: Applicant, mails: Callable[[], list[Any]], short: dict[str, Any]
) -> None:
    before = len(mails())
    ask(officer, applicant)
    told = [mail for mail in mails()[before:] if mail["Subject"].startswith("Täydennyspyyntö")]
    assert sorted(mail["To"] for mail in told) == sorted([short["2"]["sahkoposti"], "kollega@example.fi"])
    body = told[0].get_body(("plain",)).get_content().replace("\r\n", "\n")
    for words in ("Tarkentakaa kuvausta.\nLisätkää <tulokset>.", "4. Lyhyt kuvaus", "1.6.2021 klo 16.15"):
        assert words in body.replace("\xa0", " "), words
    assert "/jatka/" not in body

    for page in ("hakija", "kehittamiskokonaisuudet"):
        applicant.go(page)
        assert "Ministeriö pyytää täydennystä viimeistään 1.6.2021 klo 16.15" in applicant.text
        assert "Lisätkää <tulokset>." in applicant.text
        assert "Vain nämä vastaukset lähetetään." in applicant.text
    applicant.press("Tallenna", {"q4": "Tarkennettu kuvaus", "q5": "Tätä ei pyydetty", "q7.muut": "999999"})
    applicant.go("yhteenveto")
    preview, sending = applicant.text.split("Muutokset, joita ei lähetetä")
    assert "Tarkennettu kuvaus" in preview
    assert "Tätä ei pyydetty" not in preview
    assert "999 999" not in preview
    assert "5. " in sending
    applicant.send("Lähetä uudelleen")
    assert applicant.status == 200
    assert "Versio 2 (voimassa)" in applicant.text
    assert "Muutoksia ei ole lähetetty." in applicant.text

    officer.get(f"/virkailija/{CALL}/")
    assert "Versio 2, Suomeksi" in officer.text
    assert ", hakuajan jälkeen" not in officer.text, "a completion is not late"
    assert applicant.reference not in officer.get(f"/virkailija/{CALL}/?tila=myohassa").text

    first, second = records()
    assert second["q4"] == "Tarkennettu kuvaus"
    # The contact's details are the same, under another salt.
    assert [key for key in first if first[key] != second[key]] == ["q2", "q4"]
    old, new = Submission.select().order_by(Submission.version)
    assert old.personal == new.personal
    applicant.go("kehittamiskokonaisuudet")
    assert applicant.value("q5") == "Tätä ei pyydetty", "typed text is never lost"
    assert "Ministeriö pyytää" not in applicant.text, "it is answered"
    assert "Hakemusta ei voi enää lähettää" in applicant.text


def test_the_contact_person_is_completed_with_its_details(officer: Officer, applicant: Applicant) -> None:
    ask(officer, applicant, kysymykset=["q2"])
    applicant.go("hakija").press("Tallenna", {"q2.nimi": "Uusi Henkilö"})
    applicant.go("yhteenveto").send("Lähetä uudelleen")
    old, new = Submission.select().order_by(Submission.version)
    assert new.personal["q2"]["nimi"] == "Uusi Henkilö"
    assert [key for key in records()[0] if records()[0][key] != records()[1][key]] == ["q2"]
    assert "Uusi Henkilö" not in new.record
    assert old.personal["q2"]["nimi"] != "Uusi Henkilö"


def test_an_area_that_is_asked_for_comes_with_its_answers(officer: Officer, applicant: Applicant) -> None:
    ask(officer, applicant, kysymykset=["q3"])
    applicant.go("kehittamiskokonaisuudet").press("Näytä valitut kysymykset", {"q3": ["opetus", "kilpailut"]})
    applicant.press("Tallenna", {"q33": "Kilpailu kuvattuna", "q4": "Ei pyydetty"})
    preview = applicant.go("yhteenveto").text.split("Muutokset, joita ei lähetetä")[0]
    assert "Kilpailu kuvattuna" in preview
    assert "Ei pyydetty" not in preview


@pytest.mark.parametrize(("now", "is_in_time"), [("2021-06-01T16:15:00", True), ("2021-06-01T16:15:00.001", False)])
def test_the_time_for_it_to_the_millisecond(
    officer: Officer, applicant: Applicant, at: Callable[[str], None], now: str, is_in_time: bool
) -> None:
    ask(officer, applicant)
    at("2021-06-01T15:45:00")
    applicant.go("kehittamiskokonaisuudet").press("Tallenna", {"q4": "Viime hetkellä"})
    assert "Täydennyksen voi lähettää viimeistään 1.6.2021 klo 16.15" in applicant.go("yhteenveto").text
    assert "Aikaa on jäljellä 30 min." in applicant.text
    at(now)
    applicant.send("Lähetä uudelleen")
    assert ("Hakemus on lähetetty" in applicant.text) is is_in_time
    if not is_in_time:
        assert applicant.status == 422
        assert "Täydennyksen viimeinen lähetysaika oli 1.6.2021 klo 16.15" in applicant.text
        assert "Hakemusta ei voi enää lähettää" in applicant.go("yhteenveto").text


def test_while_the_call_is_open_everything_may_be_sent(
    app: Flask, short: dict[str, Any], at: Callable[[str], None]
) -> None:
    at(BEFORE)
    applicant = filled(app, short).send()
    ask(signed_in(app), applicant)
    applicant.go("kehittamiskokonaisuudet")
    assert "Ministeriö pyytää täydennystä" in applicant.text
    assert "Vain nämä vastaukset" not in applicant.text
    applicant.press("Tallenna", {"q4": "Uusi", "q5": "Myös uusi"})
    applicant.go("yhteenveto").send("Lähetä uudelleen")
    assert records()[1]["q5"] == "Myös uusi"
    assert "Ministeriö pyytää täydennystä" not in applicant.go("hakija").text


def test_what_the_other_saw_is_what_is_sent(app: Flask, officer: Officer, applicant: Applicant) -> None:
    """An edit of an answer that was not asked for does not stop the sending; one of the asked answer does."""
    ask(officer, applicant)
    applicant.go("kehittamiskokonaisuudet").press("Tallenna", {"q4": "Katsottu"})
    applicant.go("yhteenveto")
    other = Applicant(app)
    other.client = applicant.client
    other.address = applicant.address
    other.go("kehittamiskokonaisuudet").press("Tallenna", {"q4": "Ei katsottu"})
    applicant.send("Lähetä uudelleen")
    assert applicant.status == 422
    assert "Hakemus on muuttunut" in applicant.text
    other.press("Tallenna", {"q5": "Ei pyydetty"})
    applicant.send("Lähetä uudelleen")
    assert "Versio 2 (voimassa)" in applicant.text


def test_a_reminder_of_a_request(
    app: Flask, officer: Officer, applicant: Applicant, at: Callable[[str], None], mails: Callable[[], list[Any]]
) -> None:
    """Once, also where nobody has begun; none after the answer, nor where the mail itself came late enough."""
    ask(officer, applicant)

    def subjects() -> list[str]:
        flask(app, "mail", "send")
        return [mail["Subject"] for mail in mails() if "ei ole lähetetty" in mail["Subject"]]

    at("2021-05-28T12:00:00")
    assert subjects() == []
    at("2021-05-30T12:00:00")
    assert len(subjects()) == 2
    assert subjects()[0].startswith("Täydennystä ei ole lähetetty")
    officer = signed_in(app, email="toinen@example.fi")
    officer.get(address(applicant))
    assert "Uusi pyyntö tulee sen tilalle." in officer.text
    officer.press("Lähetä täydennyspyyntö", ASKED)
    at("2021-05-31T12:00:00")
    assert len(subjects()) == 2


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ({"pyynto": " "}, "Kirjoittakaa hakijalle, mitä pyydätte"),
        ({"pyynto": "a" * 4001}, "enintään 4 000 merkkiä"),
        ({"kysymykset": []}, "Valitkaa kysymykset"),
        ({"kysymykset": ["q33"]}, "Valitkaa kysymykset"),
        ({"viimeistaan": ""}, "Kirjoittakaa päivä."),
        ({"viimeistaan": "31.2.2021"}, "Tätä päivää ei ole kalenterissa"),
        ({"viimeistaan": "19.5.2021"}, "Valitkaa päivä, jonka klo 16.15 ei ole vielä mennyt."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_lost(
    officer: Officer, applicant: Applicant, wrong: dict[str, Any], advice: str
) -> None:
    ask(officer, applicant, **wrong)
    assert officer.status == 422
    assert advice in officer.text.replace("\xa0", " ")
    assert officer.value("viimeistaan") == wrong.get("viimeistaan", ASKED["viimeistaan"])
    assert "Ministeriö pyytää" not in applicant.go("hakija").text
    assert Event.select().where(Event.kind == "completion_asked").count() == 0


def test_who_asked_what_is_on_record(officer: Officer, applicant: Applicant) -> None:
    ask(officer, applicant)
    event: Any = Event.get(Event.kind == "completion_asked")
    assert event.officer.email == "virkailija@example.fi"
    assert event.application.reference == applicant.reference
    assert (event.reason.split()[0], event.details["until"]) == ("Tarkentakaa", "2021-06-01T13:15:00+00:00")


def test_a_button_pressed_twice_asks_once(
    officer: Officer, applicant: Applicant, mails: Callable[[], list[Any]]
) -> None:
    officer.get(address(applicant))
    form = officer.form("Lähetä täydennyspyyntö")
    for name, value in ASKED.items():
        form.data.setlist(name, value if isinstance(value, list) else [value])
    pressed = form.pressed("Lähetä täydennyspyyntö")
    for _ in range(2):
        assert "Odottaa vastausta." in officer.post(*pressed).text
    assert CompletionRequest.select().count() == 1
    asked = [mail["To"] for mail in mails() if mail["Subject"].startswith("Täydennyspyyntö")]
    assert len(asked) == len(set(asked)) == 2, "the contact and the colleague"


def test_nobody_is_asked_where_no_address_is_left(officer: Officer, applicant: Applicant) -> None:
    Application.update(contact_email=None).execute()
    Link.update(email=None).execute()
    ask(officer, applicant)
    assert "Hakijan osoitetta ei ole." in officer.text
    assert CompletionRequest.select().count() == 0


def test_a_withdrawn_application_waits_for_no_answer(officer: Officer, applicant: Applicant) -> None:
    ask(officer, applicant)
    officer.get(address(applicant, "peruutus"))
    officer.press("Merkitse perutuksi", {"paiva": "20.5.2021", "perustelu": "Pyydetty"})
    assert "Hakemus on peruttu, joten pyyntöön ei voi vastata." in officer.text
    assert "Odottaa vastausta." not in officer.text
