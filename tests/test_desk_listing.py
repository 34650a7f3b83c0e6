"""The ministry's list: what it shows, finds, sums, and what it never shows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from models.application import Application
from models.handling import Handling
from services import listed
from services.accounts import Role
from services.context import calls
from services.listing import DOCUMENTS, STATES
from tests.applicant import Applicant
from tests.conftest import ROOT, Desk
from tests.desk import Officer, signed_in
from tests.prepared import Once

pytestmark = pytest.mark.both
LIST = "/virkailija/strategiarahoitus-2021/"


def sent(app: Flask, answers: dict[str, Any], **changes: Any) -> Applicant:
    return Applicant(app).begin().fill({**answers, **changes}).send()


def rows(officer: Officer, address: str = LIST) -> list[str]:
    """The references in the list, in its order."""
    officer.get(address)
    assert officer.status == 200
    assert officer.page is not None
    return [str(cell.text) for cell in officer.page.iter("td") if cell.get("class") == "reference"]


def test_what_the_list_shows(desk: Desk) -> None:
    officer, applicant = desk(Role.OFFICER)
    assert rows(officer) == [applicant.reference]
    for words in ("Tampereen kaupunki", "1 hakemus", "Versio 1, Suomeksi", "Lähetetty", "Puuttuu"):
        assert words in officer.text, words
    totals = " ".join(text for text in applicant.text.split("Summat kehittämiskokonaisuuksittain")[1].split()[:40])
    requested = totals.split("Yhteensä ")[1].split(" €")[0] + " €"
    assert f"Haettu yhteensä {requested}" in officer.text


def test_a_draft_is_a_number_and_no_more(app: Flask, officer: Officer) -> None:
    draft = Applicant(app).begin()
    draft.press("Tallenna", {"q2.nimi": "Salainen Nimi"})
    assert rows(officer) == []
    assert "Lisäksi 1 luonnos, jota ei ole lähetetty." in officer.text
    assert draft.reference not in officer.text
    assert "Salainen" not in officer.text


def test_states(app: Flask, short: dict[str, Any], at: Callable[[str], None]) -> None:
    at("2021-05-17T15:00:00")
    edited, plain = sent(app, short), sent(app, short, **{"1": "0201256-6"})
    at("2021-05-17T15:05:00")
    edited.go("kehittamiskokonaisuudet").press("Tallenna", {"q4": "Muutettu"})
    officer = signed_in(app)
    assert rows(officer, f"{LIST}?tila=muokattu") == [edited.reference]
    assert rows(officer, f"{LIST}?tila=lahetetty") == [plain.reference]
    assert "Muutettu" not in officer.text
    assert rows(officer, f"{LIST}?tila=myohassa") == []
    assert rows(officer, f"{LIST}?asiakirja=puuttuu&jarjestys=jarjestaja") == [plain.reference, edited.reference]
    assert rows(officer, f"{LIST}?jarjestys=-jarjestaja") == [edited.reference, plain.reference]


def test_what_is_refused_is_no_edit(desk: Desk) -> None:
    officer, applicant = desk(Role.OFFICER)
    officer.get(f"{LIST}{applicant.reference}/hyvaksy-myohassa").press("Ota vastaan", {"perustelu": "Katko"})
    assert officer.status == 422
    assert rows(officer, f"{LIST}?tila=muokattu") == []


def test_one_of_a_providers_applications_is_counted(app: Flask, desk: Desk, short: dict[str, Any]) -> None:
    officer, first = desk(Role.OFFICER)
    second = sent(app, short)
    assert set(rows(officer)) == {first.reference, second.reference}
    assert "Summassa on mukana 1 hakemus" in officer.text
    assert officer.text.count("Järjestäjällä useita, tämä lasketaan") == 1
    one = officer.text.split("Haettu yhteensä ")[1].split("€")[0]
    with app.app_context():
        call = calls()["strategiarahoitus-2021"]
        application = Application.get(Application.reference == first.reference)
        Handling.create(application=application, counts=True)
        listed.recount(call, "0211675-2")
    assert rows(officer, f"{LIST}?tila=useita") == [second.reference, first.reference]
    assert officer.text.split("Haettu yhteensä ")[1].split("€")[0] == one
    place = officer.text.index(first.reference)
    assert "tämä lasketaan" in officer.text[place:]
    # A new version for another provider leaves the first one alone.
    second.go("hakija").press_known("Seuraava: Kehittämiskokonaisuudet", {"q1": "0201256-6"})
    second.go("yhteenveto").send("Lähetä uudelleen")
    rows(officer)
    assert "lasketaan" not in officer.text


def test_those_who_apply_for_an_area(app: Flask, officer: Officer, short: dict[str, Any]) -> None:
    both, one = sent(app, short, **{"3": ["opetus", "kilpailut"]}), sent(app, short, **{"3": ["opetus"]})
    assert rows(officer, f"{LIST}?alue=kilpailut") == [both.reference]
    assert "Opetus ja ohjaus, Kilpailut" in officer.text
    assert rows(officer, f"{LIST}?alue=opetus") == [one.reference, both.reference]
    assert rows(officer, f"{LIST}?alue=hakija%25") == [one.reference, both.reference]


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("yhdistymis", True),
        ("YHDISTYMINEN", True),
        ("yhdistymistä tukeminen", True),
        ("yhdistymisten kilpailu", False),
        ("tampereen", True),
        ("jarjestajien YHDISTYMÎSTEN", True),
        ("0211675-2", True),
        ('"*', True),
        ("AND OR NOT (", False),
        ("tampere'; drop", False),
    ],
)
def test_words_are_found_in_any_form(app: Flask, once: Once, short: dict[str, Any], words: str, is_found: bool) -> None:
    text = "Koulutuksen järjestäjien yhdistymisten tukeminen."
    officer, applicant = once("sent with words", lambda: (signed_in(app), sent(app, short, **{"4": text})))
    found = rows(officer, f"{LIST}?haku={words}")
    assert found == ([applicant.reference] if is_found else [])


@pytest.mark.parametrize("words", ["Helsingin", "helsinki", "Helsingissä", "Helsingfors", "helsingin kaupungille"])
def test_providers_are_found_by_name(app: Flask, once: Once, short: dict[str, Any], words: str) -> None:
    officer, applicant = once(
        "sent by Helsinki", lambda: (signed_in(app), sent(app, short, **{"1": "0201256-6"}), sent(app, short))[:2]
    )
    assert rows(officer, f"{LIST}?haku={words}") == [applicant.reference]


def test_names_stand_in_the_order_of_the_alphabet(app: Flask, officer: Officer, short: dict[str, Any]) -> None:
    names = ["Äänekoulu", "zeniittikoulu", "Ålandskoulu"]
    references = {name: sent(app, short, **{"1": {"muu": name}}).reference for name in names}
    in_order = ["zeniittikoulu", "Ålandskoulu", "Äänekoulu"]
    assert rows(officer, f"{LIST}?jarjestys=jarjestaja") == [references[name] for name in in_order]
    assert rows(officer, f"{LIST}?jarjestys=-jarjestaja") == [references[name] for name in reversed(in_order)]


def test_a_sum_may_be_of_many_digits(app: Flask, officer: Officer, short: dict[str, Any]) -> None:
    most = {"henkilosto": "999999999999", "toimitilat": None, "palvelut": None, "muut": None}
    financing = {"okm": "900000000000", "oma": "99999999999", "julkinen": None, "yksityinen": None}
    sent(app, short, **{"7": most, "8": financing})
    rows(officer)
    assert "Haettu yhteensä 900 000 000 000 €" in officer.text


def test_personal_details_are_not_searched(desk: Desk, short: dict[str, Any]) -> None:
    officer, _ = desk(Role.OFFICER)
    assert rows(officer, f"{LIST}?haku={short['2']['nimi']}") == []


def test_a_fragment_is_the_table_alone(desk: Desk) -> None:
    officer, _ = desk(Role.OFFICER)
    answer = officer.client.get(LIST, headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith("<section")
    assert "<html" not in answer.text


def test_pages_turn(app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch, short: dict[str, Any]) -> None:
    monkeypatch.setattr("services.listing.PER_PAGE", 1)
    officer, first = desk(Role.OFFICER)
    second = sent(app, short, **{"1": "0201256-6"})
    assert rows(officer) == [second.reference]
    assert "Sivu 1/2" in officer.text
    assert rows(officer, f"{LIST}?sivu=2") == [first.reference]
    assert rows(officer, f"{LIST}?sivu=99") == [first.reference]
    assert "Sivu 2/2" in officer.text
    assert rows(officer, f"{LIST}?sivu=abc") == [second.reference]


def test_officers_look_at_once_at_what_is_new(app: Flask, officer: Officer, short: dict[str, Any]) -> None:
    """Whoever looks first lists it; others who look meanwhile, or save, are in nobody's way."""
    expected = {sent(app, short).reference for _ in range(4)}
    browsers = [officer, *(signed_in(app, email=f"{number}@example.fi") for number in range(3))]
    with ThreadPoolExecutor(len(browsers)) as pool:
        statuses = list(pool.map(lambda browser: browser.client.get(LIST).status_code, browsers))
    assert statuses == [200] * len(browsers)
    assert set(rows(officer)) == expected
    assert "4 hakemusta" in officer.text


def test_a_call_that_is_not_there(officer: Officer) -> None:
    assert officer.get("/virkailija/ei-ole/").status == 404


def test_every_filter_is_offered() -> None:
    page = (ROOT / "templates/desk/applications.html").read_text()
    assert [name for name in [*STATES, *DOCUMENTS] if f'("{name}", ' not in page] == []
