"""What officers do to an application beside asking for completion: more time, late ones, withdrawal, links."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from models.application import Application, Link
from models.event import Event
from models.handling import Handling
from models.submission import Submission
from services.accounts import Role
from tests.applicant import CALL, Applicant
from tests.desk import Officer, signed_in
from tests.prepared import Once
from tests.test_completion import AFTER, BEFORE, address, ask
from tests.test_sending import filled

LIST = f"/virkailija/{CALL}/"
REASON = {"perustelu": "Katko 17.5. klo 16"}
ACTS = ["taydennys", "lisaaika", "hyvaksy-myohassa", "peruutus", "linkki"]


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """The service with the call's real times."""
    return make_app(held_open=frozenset())


@pytest.fixture
def draft(app: Flask, once: Once, short: dict[str, Any], at: Callable[[str], None]) -> Applicant:
    """One whose application was filled in before the closing; the clock then stands after it."""
    at(BEFORE)
    found = once("a draft", lambda: filled(app, short))
    at(AFTER)
    return found


@pytest.fixture
def both(app: Flask, once: Once, short: dict[str, Any], at: Callable[[str], None]) -> tuple[Officer, Applicant]:
    def begin() -> tuple[Officer, Applicant]:
        at(BEFORE)
        applicant = filled(app, short).send()
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


def last_event() -> tuple[str, str, str, dict[str, Any]]:
    """The last act on record: what, of which application, why, and what else is to be known."""
    event: Any = Event.select().where(Event.reason != "").order_by(Event.id.desc()).get()
    assert event.officer.email == "virkailija@example.fi"
    return event.kind, event.application.reference, event.reason, event.details


def subjects(mails: Callable[[], list[Any]], address: str) -> list[str]:
    return [mail["Subject"] for mail in mails() if mail["To"] == address]


def test_an_application_is_opened_again_for_a_time(
    officer: Officer, applicant: Applicant, at: Callable[[str], None]
) -> None:
    officer.get(address(applicant, "lisaaika"))
    assert "Hakemuksen lähetysaika päättyi 17.5.2021 klo 16.15." in officer.text
    officer.press("Avaa uudelleen lähetettäväksi", {"viimeistaan": "21.5.2021", **REASON})
    assert last_event() == (
        "extended",
        applicant.reference,
        "Katko 17.5. klo 16",
        {"until": "2021-05-21T13:15:00+00:00"},
    )
    applicant.go("kehittamiskokonaisuudet").press("Tallenna", {"q4": "Uusi", "q5": "Uusi"})
    at("2021-05-21T16:15:00")
    assert "Hakuaika päättyy 21.5.2021 klo 16.15" in applicant.go("yhteenveto").text
    at("2021-05-21T16:15:00.001")
    applicant.send("Lähetä uudelleen")
    assert "Hakuaika päättyi 21.5.2021 klo 16.15 (Suomen aikaa), ja hakemuksenne saapui sen jälkeen." in applicant.text
    at("2021-05-21T16:15:00")
    applicant.go("yhteenveto").send("Lähetä uudelleen")
    assert "Versio 2 (voimassa)" in applicant.text


def test_more_time_is_more_and_only_for_what_can_be_sent(
    officer: Officer, applicant: Applicant, at: Callable[[str], None]
) -> None:
    at("2021-05-10T12:00:00")
    officer = signed_in(officer.client.application, email="aikainen@example.fi")
    officer.get(address(applicant, "lisaaika")).press("Anna lisäaikaa", {"viimeistaan": "12.5.2021", **REASON})
    assert "Valitkaa päivä hakuajan päättymisen jälkeen." in officer.text
    officer.get(address(applicant, "peruutus")).press("Merkitse perutuksi", {"paiva": "10.5.2021", **REASON})
    officer.get(address(applicant, "lisaaika")).press("Anna lisäaikaa", {"viimeistaan": "21.5.2021", **REASON})
    assert "Hakemus on peruttu. Kumotkaa ensin peruminen." in officer.text
    assert Application.get().sending_until is None


def test_late_edits_are_taken_in(officer: Officer, applicant: Applicant) -> None:
    ask(officer, applicant)
    officer.get(address(applicant, "hyvaksy-myohassa")).press("Ota vastaan", REASON)
    assert officer.status == 422
    assert "Ministeriöllä on jo kaikki, mitä hakija on tallentanut." in officer.text
    applicant.go("kehittamiskokonaisuudet").press("Tallenna", {"q5": "Myöhässä"})
    officer.press("Ota vastaan", REASON)
    assert last_event() == ("accepted_late", applicant.reference, "Katko 17.5. klo 16", {})
    assert "Myöhässä" in applicant.go("yhteenveto").text
    assert "Versio 2 (voimassa)" in applicant.text


def test_a_late_draft_is_taken_in_unseen(
    app: Flask, draft: Applicant, short: dict[str, Any], mails: Callable[[], list[Any]]
) -> None:
    officer = signed_in(app).get(LIST)
    assert "Ota myöhästynyt hakemus vastaan" in officer.text
    officer.get(f"{LIST}myohassa").press("Ota vastaan", {"tunnus": "SR21-AAAAAAA", **REASON})
    assert officer.status == 422
    assert "Tässä haussa ei ole hakemusta, jolla on tämä tunnus." in officer.text
    officer.press("Ota vastaan", {"tunnus": draft.reference, "perustelu": ""})
    assert "Kirjoittakaa perustelu." in officer.text
    assert short["2"]["nimi"] not in officer.text
    assert Submission.select().count() == 0
    # As it was read off paper.
    officer.press("Ota vastaan", {"tunnus": draft.reference.lower().replace("-", " "), **REASON})
    assert last_event() == ("accepted_late", draft.reference, "Katko 17.5. klo 16", {})
    assert "Hakemus on lähetetty" in draft.go("yhteenveto").text
    assert any("on saapunut" in subject for subject in subjects(mails, short["2"]["sahkoposti"]))


def test_what_is_wrong_with_a_late_draft_is_not_told(app: Flask, draft: Applicant) -> None:
    draft.go("kehittamiskokonaisuudet").press("Tallenna", {"q4": ""})
    officer = signed_in(app).get(f"{LIST}myohassa").press("Ota vastaan", {"tunnus": draft.reference, **REASON})
    assert officer.status == 422
    assert "Hakemuksessa on korjattavaa." in officer.text
    assert "Lyhyt kuvaus" not in officer.text


def test_what_can_be_sent_is_not_taken_in(app: Flask, draft: Applicant, at: Callable[[str], None]) -> None:
    """An officer sends nobody's application."""
    at(BEFORE)
    officer = signed_in(app).get(f"{LIST}myohassa").press("Ota vastaan", {"tunnus": draft.reference, **REASON})
    assert "Hakija voi lähettää hakemuksen itse." in officer.text
    assert Submission.select().count() == 0


def test_a_withdrawal_and_its_undoing(app: Flask, short: dict[str, Any], at: Callable[[str], None]) -> None:
    at(BEFORE)
    applicant = filled(app, short).send()
    applicant.go("kehittamiskokonaisuudet").press("Tallenna", {"q4": "Muutettu"})
    applicant.go("yhteenveto")
    officer = signed_in(app)
    officer.get(address(applicant, "peruutus"))
    officer.press("Merkitse perutuksi", {"paiva": "18.5.2021", **REASON})
    assert "Pyynnön päivä ei voi olla tulevaisuudessa." in officer.text
    officer.press("Merkitse perutuksi", {"paiva": "16.5.2021"})
    assert last_event() == ("withdrawn", applicant.reference, "Katko 17.5. klo 16", {"asked_on": "2021-05-16"})
    assert "Summassa on mukana 0 hakemusta" in officer.get(LIST).text
    applicant.send("Lähetä uudelleen")
    assert applicant.status == 422
    for page in ("hakija", "yhteenveto", "versio/1"):
        applicant.go(page)
        assert "Hakemus on peruttu 17.5.2021 klo 12.00." in applicant.text, page
        assert "Lähetä uudelleen" not in applicant.text
    officer.get(address(applicant)).press("Lähetä täydennyspyyntö")
    assert "Kumotkaa ensin peruminen." in officer.text

    officer.get(address(applicant, "peruutus")).press("Kumoa peruminen", {"perustelu": ""})
    assert officer.status == 422
    officer.press("Kumoa peruminen", {"perustelu": "Virhe"})
    assert last_event() == ("withdrawal_undone", applicant.reference, "Virhe", {})
    assert Handling.get().withdrawn_at is None
    assert "Summassa on mukana" not in officer.get(LIST).text
    assert "Versio 2 (voimassa)" in applicant.go("yhteenveto").send("Lähetä uudelleen").text


def test_a_new_link(
    app: Flask, officer: Officer, applicant: Applicant, short: dict[str, Any], mails: Callable[[], list[Any]]
) -> None:
    contact = short["2"]["sahkoposti"]
    officer.get(address(applicant, "linkki"))
    officer.press("Lähetä linkki", REASON)
    assert last_event() == ("link_mailed", applicant.reference, "Katko 17.5. klo 16", {"to": "contact"})
    assert any("Linkki hakemukseen" in subject for subject in subjects(mails, contact))
    assert contact not in officer.get(address(applicant, "linkki")).text
    officer.press("Lähetä linkki", {"sahkoposti": "ei osoite", **REASON})
    assert "Tarkistakaa sähköpostiosoite." in officer.text
    officer.press("Lähetä linkki", {"sahkoposti": "oikea@example.fi"})
    assert last_event() == ("link_mailed", applicant.reference, "Katko 17.5. klo 16", {"to": "other"})
    mail = next(mail for mail in mails() if mail["To"] == "oikea@example.fi")
    link = next(word for word in mail.get_body(("plain",)).get_content().split() if "/jatka/" in word)
    assert Applicant(app).get(link.removeprefix("http://127.0.0.1:8000")).address == applicant.go("hakija").address


def test_a_new_link_to_a_draft_shows_nothing_of_it(
    app: Flask, draft: Applicant, short: dict[str, Any], mails: Callable[[], list[Any]]
) -> None:
    officer = signed_in(app).get(f"{LIST}linkki").press("Lähetä linkki", {"tunnus": draft.reference, **REASON})
    assert "Linkki on lähetetty." in officer.text
    assert short["2"]["sahkoposti"] not in officer.text
    assert last_event()[:2] == ("link_mailed", draft.reference)
    assert len(subjects(mails, short["2"]["sahkoposti"])) == 1
    nobodys = Applicant(app).client.application
    with nobodys.app_context():
        Application.update(contact_email=None).execute()
    officer.press("Lähetä linkki", {"tunnus": draft.reference, **REASON})
    assert "Hakemuksessa ei ole yhteyshenkilön osoitetta." in officer.text
    for act in ACTS:
        assert officer.get(address(draft, act)).status == 404


def test_links_are_mailed_within_the_caps(make_app: Callable[..., Flask], at: Callable[[str], None]) -> None:
    app = make_app(mails_per_address=1)
    draft = Applicant(app).begin()
    officer = signed_in(app)
    fields = {"tunnus": draft.reference, "sahkoposti": "oikea@example.fi", **REASON}
    officer.get(f"{LIST}linkki").press("Lähetä linkki", fields)
    officer.get(f"{LIST}linkki").press("Lähetä linkki", fields)
    assert officer.status == 422
    assert "Viestiä ei lähetetty" in officer.text
    assert Event.select().where(Event.kind == "link_mailed").count() == 1
    assert Link.select().where(Link.email == "oikea@example.fi").count() == 1


def test_who_may(app: Flask, officer: Officer, applicant: Applicant) -> None:
    reader = signed_in(app, Role.READER, "lukija@example.fi")
    nobody = Officer(app, email="ei-ketaan@example.fi")
    addresses = [*(address(applicant, act) for act in ACTS), f"{LIST}myohassa", f"{LIST}linkki"]
    for page in [*addresses, address(applicant, "peruutus/kumoa")]:
        token = {"csrf_token": reader.get("/virkailija/istunnot").value("csrf_token")}
        assert reader.post(page, {**token, **REASON}).status == 403, page
        assert nobody.client.post(page, data=REASON).status_code in (303, 403), page
    for page in addresses:
        assert reader.get(page).status == 403
        assert nobody.client.get(page).status_code == 303
    assert "Ota myöhästynyt" not in reader.get(LIST).text
    before = Event.select().count()
    for page in [*addresses, address(applicant, "peruutus/kumoa")]:
        assert officer.client.post(page, data={**REASON, "paiva": "1.5.2021"}).status_code == 400, "no token"
        assert officer.client.get(page.replace(CALL, "toinen-haku")).status_code in (404, 405)
    assert Event.select().count() == before
    for page in addresses:
        assert officer.get(page).status == 200
