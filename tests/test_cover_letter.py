"""The cover letter, and what the receipt says is still to do."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from pypdf import PdfReader

import clock
from models.application import Application
from services import officers
from tests.applicant import Applicant
from tests.forms_of_pages import text_of
from tests.test_check import fingerprint
from tests.test_pages_around import hrefs
from tests.test_sending import filled

WORDS = {
    "fi": (
        "Tampereen kaupunki",
        "Saatekirje",
        "Opetus- ja kulttuuriministeriön kirjaamo",
        "kirjaamo@minedu.fi",
        "hakemus {reference}, versio 1",
        "17.5.2021 klo 15.42.07 (Suomen aikaa)",
        "Haettava yhteensä 374 920 €",
        "Paikka ja päiväys",
        "Allekirjoitus",
        "Nimenselvennys",
        "Virka- tai tehtävänimike",
        "Liite Hakemuksen yhteenveto, versio 1",
        "Lisätietoja {name}",
    ),
    "sv": (
        "Tammerfors stad",
        "Följebrev",
        "Undervisnings- och kulturministeriets registratorskontor",
        "kirjaamo@minedu.fi",
        "ansökan {reference}, version 1",
        "17.5.2021 kl. 15.42.07 (finsk tid)",
        "Sökt belopp sammanlagt 374 920 €",
        "Ort och datum",
        "Underskrift",
        "Namnförtydligande",
        "Tjänstebeteckning",
        "Bilaga Sammandrag av ansökan, version 1",
        "Ytterligare information {name}",
    ),
}


def first_page(document: bytes) -> str:
    """The text of a PDF's first page, with runs of white space as one blank."""
    return " ".join(PdfReader(BytesIO(document)).pages[0].extract_text().split())


def drawn(document: bytes) -> list[bytes]:
    """What each page of a PDF is drawn by."""
    contents = [page.get_contents() for page in PdfReader(BytesIO(document)).pages]
    return [content.get_data() for content in contents if content is not None]


def mail_to_registry(applicant: Applicant) -> tuple[str, str, str]:
    """Address, subject and text of the mail that the receipt begins."""
    (address,) = [href for href in hrefs(applicant) if href.startswith("mailto:")]
    assert " " not in address
    assert "+" not in address
    parts = urlsplit(address)
    said = parse_qs(parts.query, strict_parsing=True)
    return parts.path, said["subject"][0], said["body"][0]


def steps(applicant: Applicant) -> list[str]:
    assert applicant.page is not None
    return [text_of(step) for step in applicant.page.xpath("//*[@id='saatekirje']//ol/li")]


def written(small: Callable[..., Applicant], **settings: Any) -> Applicant:
    """An application of a small call, ready to be sent."""
    applicant = small("contact", **settings)
    applicant.press("Tallenna", {"q1.nimi": "Aino Virta", "q1.sahkoposti": "aino@example.fi"})
    return applicant.go("yhteenveto")


@pytest.fixture
def contact(small: Callable[..., Applicant]) -> Applicant:
    return written(small)


def said_last(mails: Callable[[], list[Any]], kind: str) -> str:
    """The text of the newest mail of a kind, with runs of white space as one blank."""
    found = [mail for mail in mails() if mail["Message-ID"].startswith(f"<{kind}.")]
    return " ".join(found[-1].get_body(("plain",)).get_content().split())


def again(applicant: Applicant, name: str) -> Applicant:
    """Changed and sent once more."""
    applicant.go("hakemus").press("Tallenna", {"q1.nimi": name})
    return applicant.go("yhteenveto").send("Lähetä uudelleen")


def test_a_letter_is_ready_to_sign(
    app: Flask, sample: dict[str, Any], at: Callable[[str], None], language: str
) -> None:
    at("2021-05-17T15:42:07")
    applicant = filled(app, sample, **{"3": ["opetus"]})
    applicant.press("På svenska" if language == "sv" else "Suomeksi").send("Sänd" if language == "sv" else "Lähetä")
    mark = fingerprint(applicant, 1)
    home = f"/hakemus/{applicant.reference}/versio/1"
    letter, joined = [href for href in hrefs(applicant) if "saatekirje.pdf" in href][::-1]
    answer = applicant.client.get(letter)
    name = {"fi": "versio-1-saatekirje", "sv": "version-1-foljebrev"}[language]
    assert f"{applicant.reference}-{name}.pdf" in answer.headers["Content-Disposition"]
    text = first_page(answer.data)
    for words in WORDS[language]:
        assert words.format(reference=applicant.reference, name=sample["2"]["nimi"]) in text, words
    assert mark in text.replace(" ", "")
    assert len(drawn(answer.data)) == 1

    # Behind the letter the summary as it is filed, to the drawing instruction.
    filed = applicant.client.get(f"{home}/yhteenveto.pdf").data
    assert drawn(applicant.client.get(joined).data) == drawn(answer.data) + drawn(filed)


def test_the_letter_keeps_the_language_that_was_sent(contact: Applicant) -> None:
    contact.press("På svenska").send("Sänd")
    contact.press("Suomeksi").go("versio/1")
    assert "Hakemus ei ole vielä valmis." in contact.text
    letter = contact.client.get(f"/hakemus/{contact.reference}/versio/1/saatekirje.pdf").data
    assert "Följebrev" in first_page(letter)
    assert mail_to_registry(contact)[1].endswith("undertecknat följebrev, Liten utlysning")


@pytest.mark.parametrize("name", ['O\'Hara & Pojat <Oy> "Ab" – åäö ', "Pitkänimisen koulutuskuntayhtymän liitto "])
def test_a_letter_is_one_page_whatever_the_name(app: Flask, sample: dict[str, Any], name: str) -> None:
    applicant = filled(app, sample, **{"1": "", "3": ["opetus"]})
    typed = (name * 20)[:290].strip()
    applicant.go("hakija").press("Tallenna", {"q1": "", "q1.muu": typed, "q2.nimi": typed, "q2.tehtava": typed})
    applicant.go("yhteenveto").send()
    letter = applicant.client.get(f"/hakemus/{applicant.reference}/versio/1/saatekirje.pdf").data
    assert "".join(typed.split()) in first_page(letter).replace(" ", "")
    assert len(drawn(letter)) == 1


def test_the_receipt_begins_the_mail_to_the_registry(contact: Applicant) -> None:
    contact.send()
    address, subject, body = mail_to_registry(contact)
    assert address == "kirjaamo@example.fi"
    assert subject == f"{contact.reference}, versio 1: allekirjoitettu saatekirje, Pieni haku"
    assert body.splitlines() == [
        "Toimitamme liitteinä allekirjoitetun saatekirjeen ja hakemuksen yhteenvedon.",
        "",
        f"Hakemuksen tunnus: {contact.reference}",
        "Versio: 1",
        f"Sormenjälki: {fingerprint(contact, 1)}",
    ]
    assert "\r\n" in body


def test_a_letter_belongs_to_its_version(contact: Applicant) -> None:
    contact.send()
    assert "ei enää vastaa" not in contact.text
    old = f"/hakemus/{contact.reference}/versio/1/saatekirje.pdf"
    assert contact.client.get(old).mimetype == "application/pdf"

    again(contact, "Toinen Nimi")
    assert "Versiosta 1 tehty saatekirje ei enää vastaa hakemusta. Tehkää uusi." in contact.text
    assert len(steps(contact)) == 3
    # A page that was open before: the version says what to do instead.
    contact.get(f"{old}?yhteenveto=1")
    assert contact.address == f"/hakemus/{contact.reference}/versio/1"
    assert "Tästä versiosta tehty saatekirje ei enää vastaa hakemusta." in contact.text
    assert f"/hakemus/{contact.reference}/versio/2#saatekirje" in hrefs(contact)
    assert steps(contact) == []
    assert not [href for href in hrefs(contact) if "saatekirje.pdf" in href or href.startswith("mailto:")]

    again(contact, "Kolmas Nimi")
    assert "Versioista 1–2 tehdyt saatekirjeet eivät enää vastaa hakemusta. Tehkää uusi." in contact.text


def test_by_when(small: Callable[..., Applicant], at: Callable[[str], None]) -> None:
    at("2030-12-31T12:00:00")
    applicant = written(small).send()
    assert steps(applicant)[2] == "Asiakirjojen pitää olla kirjaamossa viimeistään 1.1.2031 klo 00.00 (Suomen aikaa)."
    until = datetime.fromisoformat("2031-01-08T12:00:00").replace(tzinfo=clock.HELSINKI)
    officers.extend(Application.get(), until, "verkkokatko", None)
    assert "viimeistään 8.1.2031 klo 12.00 (Suomen aikaa)." in steps(applicant.go("yhteenveto"))[2]
    # What was to be done is still there to read when the time is past.
    at("2031-02-01T09:00:00")
    assert "viimeistään 8.1.2031 klo 12.00" in steps(applicant.go("yhteenveto"))[2]


def test_what_is_sent_after_the_time_goes_to_the_registry_at_once(
    small: Callable[..., Applicant], at: Callable[[str], None], mails: Callable[[], list[Any]]
) -> None:
    at("2031-02-01T09:00:00")
    applicant = written(small, held_open=frozenset({"contact"})).send()
    at_once = "Hakuaika päättyi 1.1.2031 klo 00.00 (Suomen aikaa). Toimittakaa asiakirjat kirjaamoon heti."
    assert steps(applicant)[2] == at_once
    assert at_once in said_last(mails, "receipt")


def test_a_tryout_sends_nobody_to_the_registry(small: Callable[..., Applicant], mails: Callable[[], list[Any]]) -> None:
    applicant = written(small, tryout=True).send()
    warning = "Tämä on kokeilu. Älkää lähettäkö asiakirjoja kirjaamoon."
    assert warning in applicant.text
    assert warning in said_last(mails, "receipt")


def test_the_receipt_says_where_the_letter_is_and_that_an_older_one_is_void(
    contact: Applicant, mails: Callable[[], list[Any]]
) -> None:
    contact.send()
    assert "Saatekirje on hakemuksen sivulla" in said_last(mails, "receipt")
    again(contact, "Toinen Nimi")
    assert "Versiosta 1 tehty saatekirje ei enää vastaa hakemusta." in said_last(mails, "receipt")
    assert "Tämä versio korvaa version 1." in said_last(mails, "registry")
    contact.go("versio/1").press("Lähetä yhteenveto", {"sahkoposti": "kollega@example.fi"})
    assert "Tämän version on korvannut versio 2." in said_last(mails, "copy")


def test_a_letter_and_its_summary_keep_what_readers_ask_for(contact: Applicant) -> None:
    contact.press("På svenska").send("Sänd")
    address = f"/hakemus/{contact.reference}/versio/1/saatekirje.pdf?yhteenveto=1"
    reader = PdfReader(BytesIO(contact.client.get(address).data))
    assert str(reader.root_object["/Lang"]) == "sv"
    assert reader.metadata is not None
    assert reader.metadata.subject == "Liten utlysning"
    assert reader.metadata.author
    assert reader.metadata.title == f"Liten utlysning {contact.reference}"


def test_who_may_only_read_may_print_the_letter_and_strangers_may_not(contact: Applicant) -> None:
    contact.send().go("linkit").press("Tee lukulinkki")
    assert contact.page is not None
    (link,) = [node.get("href") for node in contact.page.iter("a") if "/jatka/" in (node.get("href") or "")][-1:]
    reader = Applicant(contact.client.application).get(urlsplit(link).path)
    stranger = Applicant(contact.client.application)
    for name in ("saatekirje.pdf", "saatekirje.pdf?yhteenveto=1", "tietue.json"):
        address = f"/hakemus/{contact.reference}/versio/1/{name}"
        assert reader.client.get(address).status_code == 200
        assert stranger.get(address).status == 403
        assert contact.get(address.replace("versio/1", "versio/9")).status == 404
