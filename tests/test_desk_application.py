"""One application at the desk: its versions and their differences, and what officers note of it."""

import copy
from typing import Any

import pytest
from flask import Flask

from models.event import Event
from models.handling import Note
from models.submission import Submission
from services.accounts import Role
from tests.applicant import Applicant
from tests.conftest import Desk
from tests.desk import Officer

LIST = "/virkailija/strategiarahoitus-2021/"


@pytest.fixture
def both(desk: Desk) -> tuple[Officer, Applicant]:
    return desk(Role.OFFICER)


@pytest.fixture
def officer(both: tuple[Officer, Applicant]) -> Officer:
    return both[0]


@pytest.fixture
def applicant(both: tuple[Officer, Applicant]) -> Applicant:
    return both[1]


def again(applicant: Applicant, fields: dict[str, str]) -> None:
    """Change some answers and send a new version."""
    applicant.go("kehittamiskokonaisuudet").press_known("Seuraava: Yhteenveto ja lähetys", fields)
    applicant.send("Lähetä uudelleen")


def test_the_application_with_sums_and_remarks(officer: Officer, applicant: Applicant, short: dict[str, Any]) -> None:
    officer.get(f"{LIST}{applicant.reference}/")
    for words in ("Tampereen kaupunki", "Versio 1", short["4"], short["2"]["nimi"], "Yhteensä", "Asiakirja puuttuu."):
        assert words in officer.text, words
    assert Submission.get().fingerprint == "".join(officer.text.split("Sormenjälki (Versio 1): ")[1].split()[:4])


def test_versions_and_what_changed_between_them(officer: Officer, applicant: Applicant, short: dict[str, Any]) -> None:
    again(applicant, {"q4": f"{short['4']} Lisäksi uutta."})
    place = f"{LIST}{applicant.reference}/"
    officer.get(place)
    assert "Muutokset versiosta 1" in officer.text
    officer.get(f"{place}muutokset/1/2")
    assert "Lisäksi uutta." in officer.text
    assert officer.page is not None
    assert [" ".join(node.itertext()).split()[-2:] for node in officer.page.iter("ins")] == [["Lisäksi", "uutta."]]
    assert "Tämän version on korvannut versio 2." in officer.get(f"{place}?versio=1").text
    assert "Lisäksi uutta." not in officer.text
    assert officer.get(f"{place}muutokset/1/3").status == 404
    made = officer.client.get(f"{place}versio/2/yhteenveto.pdf")
    assert made.mimetype == "application/pdf"


def test_unsent_edits_are_not_for_officers(officer: Officer, applicant: Applicant) -> None:
    applicant.go("kehittamiskokonaisuudet").press("Tallenna", {"q4": "Vielä salaista"})
    assert "Vielä salaista" not in officer.get(f"{LIST}{applicant.reference}/").text


def test_case_handler_and_labels(officer: Officer, applicant: Applicant) -> None:
    officer.get(f"{LIST}{applicant.reference}/")
    typed = {"asianumero": "VN/12345/2021", "kasittelija": officer.email, "tunnisteet": "kiireinen, talous ,"}
    officer.press("Tallenna", typed)
    assert officer.value("asianumero") == "VN/12345/2021"
    assert officer.value("tunnisteet") == "kiireinen, talous"
    assert officer.value("kasittelija") == officer.email
    assert "VN/12345/2021" in officer.get(f"{LIST}?haku=VN/12345").text
    assert Event.get(Event.kind == "case entered").reason == f"VN/12345/2021; {officer.email}; kiireinen, talous"


def test_the_signed_document_is_known_by_its_fingerprint(officer: Officer, applicant: Applicant) -> None:
    place = f"{LIST}{applicant.reference}/"
    officer.get(place)
    officer.press("Merkitse saapuneeksi", {"saapunut": "18.5.2021", "sormenjalki": "f" * 64})
    assert officer.status == 422
    assert "ei ole minkään tämän hakemuksen version" in officer.text
    assert officer.value("saapunut") == "18.5.2021"
    officer.press("Merkitse saapuneeksi", {"saapunut": "31.2.2021"})
    assert "ei ole kalenterissa" in officer.text
    fingerprint = Submission.get().fingerprint
    on_paper = " ".join(fingerprint[start : start + 16].upper() for start in range(0, 64, 16))
    officer.press("Merkitse saapuneeksi", {"saapunut": "18.5.2021", "sormenjalki": on_paper})
    assert "Saapunut 18.5.2021, versio 1." in officer.text
    assert "Yksikään hakemus" in officer.get(f"{LIST}?asiakirja=puuttuu").text
    officer.get(place).press("Merkitse saapuneeksi", {"saapunut": "19.5.2021", "sormenjalki": fingerprint[:15]})
    assert officer.status == 422
    officer.press("Merkitse saapuneeksi", {"saapunut": "19.5.2021", "sormenjalki": fingerprint[:16]})
    assert "Saapunut 19.5.2021, versio 1." in officer.text
    again(applicant, {"q4": "Toinen teksti"})
    assert "Voimassa on versio 2." in officer.get(place).text
    assert applicant.reference in officer.get(f"{LIST}?asiakirja=vanha").text
    officer.get(place)
    officer.press("Merkitse saapuneeksi", {"saapunut": ""})
    assert "Asiakirja puuttuu." in officer.text


def test_notes_stay_among_officers(officer: Officer, applicant: Applicant) -> None:
    officer.get(f"{LIST}{applicant.reference}/")
    officer.press("Lisää", {"teksti": "Soitettu <b>hakijalle</b>.\n\nPalataan."})
    assert "Soitettu <b>hakijalle</b>." in officer.text
    assert [note.officer and note.officer.email for note in Note.select()] == [officer.email]
    assert "Soitettu" not in applicant.go("yhteenveto").text


def test_an_officer_says_which_application_counts(
    app: Flask, officer: Officer, applicant: Applicant, short: dict[str, Any]
) -> None:
    first, second = applicant, Applicant(app).begin().fill(short).send()
    officer.get(f"{LIST}{first.reference}/")
    assert f"muitakin hakemuksia: {second.reference}" in officer.text
    officer.press("Laske summiin tämä")
    assert "Tämä lasketaan summiin." in officer.text
    listed = officer.get(LIST).text
    assert listed.index("tämä lasketaan") > listed.index(first.reference) > listed.index("tätä ei lasketa")


def test_a_reader_reads_only(desk: Desk) -> None:
    reader, applicant = desk(Role.READER)
    place = f"{LIST}{applicant.reference}/"
    assert reader.get(place).status == 200
    for button in ("Tallenna", "Merkitse saapuneeksi", "Lisää", "Laske summiin tämä"):
        assert button not in reader.text.split("Hakija")[0]
    token = reader.form("Kirjaudu ulos").data["csrf_token"]
    assert reader.post(f"{place}muistiinpano", {"teksti": "Ei saa", "csrf_token": token}).status == 403
    assert Note.select().count() == 0


@pytest.mark.parametrize(
    ("button", "typed", "advice"),
    [
        ("Tallenna", {"asianumero": "V" * 61}, "siinä saa olla enintään 60 merkkiä"),
        ("Tallenna", {"tunnisteet": ",".join("abcdefghijk")}, "Tunnisteita saa olla enintään 10."),
        ("Merkitse saapuneeksi", {"sormenjalki": "f" * 64}, "Kirjoittakaa päivä."),
        ("Merkitse saapuneeksi", {"saapunut": "1.1.2099"}, "Saapumispäivä ei voi olla tulevaisuudessa."),
        ("Lisää", {"teksti": "a" * 4001}, "siinä saa olla enintään 4 000 merkkiä"),
        ("Lisää", {"teksti": " "}, "Kirjoittakaa muistiinpano."),
    ],
)
def test_what_can_not_be_kept_is_said_and_stays_as_typed(
    officer: Officer, applicant: Applicant, button: str, typed: dict[str, str], advice: str
) -> None:
    officer.get(f"{LIST}{applicant.reference}/").press(button, typed)
    assert officer.status == 422
    assert advice in officer.text.replace("\xa0", " ")
    assert all(officer.value(name).strip() == text.strip() for name, text in typed.items())
    assert Event.select().where(Event.kind.in_(["case entered", "document taken back", "note added"])).count() == 0


def test_two_officers_at_once_keep_what_each_has_changed(officer: Officer, applicant: Applicant) -> None:
    place = f"{LIST}{applicant.reference}/"
    officer.get(place)
    other = copy.copy(officer)
    officer.press("Tallenna", {"asianumero": "VN/1/2021"})
    other.press("Tallenna", {"tunnisteet": "kesken"})
    assert (other.value("asianumero"), other.value("tunnisteet")) == ("VN/1/2021", "kesken")
    other.press("Tallenna", {"tunnisteet": ""})
    assert (other.value("asianumero"), other.value("tunnisteet")) == ("VN/1/2021", "")


def test_a_note_pressed_twice_is_one(officer: Officer, applicant: Applicant) -> None:
    officer.get(f"{LIST}{applicant.reference}/")
    other = copy.copy(officer)
    for browser in (officer, other):
        browser.press("Lisää", {"teksti": "Soitettu"})
    assert Note.select().count() == 1


def test_a_withdrawn_application_is_never_said_to_count(
    app: Flask, officer: Officer, applicant: Applicant, short: dict[str, Any]
) -> None:
    first, second = applicant, Applicant(app).begin().fill(short).send()
    assert "Tämä lasketaan summiin." in officer.get(f"{LIST}{second.reference}/").text
    officer.get(f"{LIST}{first.reference}/").press("Laske summiin tämä")
    officer.get(f"{LIST}{first.reference}/peruutus")
    officer.press("Merkitse perutuksi", {"paiva": "1.6.2021", "perustelu": "Pyydetty"})
    assert "summiin" not in officer.get(f"{LIST}{first.reference}/").text
    officer.get(f"{LIST}{second.reference}/")
    assert f"{first.reference} (hakemus peruttu)" in officer.text
    assert "Tämä lasketaan summiin." in officer.text


def test_only_what_was_sent_in_this_call_is_there(app: Flask, officer: Officer, applicant: Applicant) -> None:
    draft = Applicant(app).begin()
    for reference in (draft.reference, "SR21-AAAAAAA"):
        assert officer.get(f"{LIST}{reference}/").status == 404
    assert officer.get(f"/virkailija/toinen-haku/{applicant.reference}/").status == 404
