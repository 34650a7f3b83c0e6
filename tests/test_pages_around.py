"""The pages around the form: help, statements, cookies, and a call that has closed."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from pydantic import ValidationError
from werkzeug.http import parse_cookie
from werkzeug.http import parse_date as parse_date_header

from forms.kinds.amounts import parse_euros
from forms.kinds.period import parse_date
from settings import Settings
from tests.applicant import Applicant
from tests.conftest import ROOT
from tests.forms_of_pages import text_of
from tests.test_links import shown_link
from views.calls import AMOUNTS_TAKEN, DAYS_TAKEN

PAGES = {
    "/ohje": ("Ohje", "Anvisningar"),
    "/saavutettavuus": ("Saavutettavuusseloste", "Tillgänglighetsutlåtande"),
    "/tietosuoja": ("Tietosuojaseloste", "Dataskyddsbeskrivning"),
    "/evasteet": ("Evästeet", "Kakor"),
    "/tarkistus": ("Tarkista lähetetty hakemus", "Kontrollera en sänd ansökan"),
}
BUTTONS = """Aloita hakemus|Tallenna ja jatka myöhemmin|Poistu|Tallenna|Ei tallennettu|Aiemmat vastaukset|Kumoa
Tallenna oma vastaukseni|Ota tallennettu vastaus|Muokkaa molempia yhdessä|Linkit|Lähetä|Lähetä uudelleen
Siirry sisältöön""".replace("\n", "|").split("|")


def hrefs(applicant: Applicant) -> list[str]:
    assert applicant.page is not None
    return [link.get("href") for link in applicant.page.iter("a")]


def heading(applicant: Applicant) -> str:
    assert applicant.page is not None
    (found,) = applicant.page.iter("h1")
    return text_of(found)


@pytest.mark.parametrize("address", PAGES)
def test_each_page_opens_in_both_languages(reader: Applicant, language: str, address: str) -> None:
    reader.get(address)
    assert reader.status == 200
    assert reader.page is not None
    assert reader.page.get("lang") == language
    assert heading(reader) == PAGES[address][language == "sv"]
    for target in [href[1:] for href in hrefs(reader) if href.startswith("#")]:
        assert reader.page.xpath("//*[@id=$id]", id=target), target


def test_every_page_around_can_be_reached_from_the_first(applicant: Applicant) -> None:
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        address = waiting.pop()
        if address not in seen and address.startswith("/") and "?" not in address:
            seen.add(address)
            waiting += hrefs(applicant.get(address))
    assert seen >= set(PAGES)


def test_the_help_names_things_as_the_pages_do(app: Flask) -> None:
    catalogue = read_po(BytesIO((ROOT / "translations/sv/LC_MESSAGES/messages.po").read_bytes()))
    finnish = Applicant(app, "fi").get("/ohje").text
    swedish = Applicant(app, "sv").get("/ohje").text
    for name in BUTTONS:
        message = catalogue.get(name)
        assert name in finnish
        assert message is not None, f"no page says {name!r} any more"
        assert str(message.string) in swedish


def test_what_the_help_says_can_be_typed_can(reader: Applicant) -> None:
    text = reader.get("/ohje").text
    for amount in AMOUNTS_TAKEN:
        assert amount.replace("\u00a0", " ") in text
        assert parse_euros(amount) == 1319500
    assert {str(parse_date(day)) for day in DAYS_TAKEN if day in text} == {"2021-06-01"}


STATEMENT = {
    "which service": ("strategiarahoituksen hakupalvelua osoitteessa http", "på adressen http"),
    "whose": ("Palvelusta vastaa opetus- ja kulttuuriministeriö", "Undervisnings- och kulturministeriet ansvarar"),
    "law": ("306/2019", "306/2019"),
    "model": ("(EU) 2018/1523", "(EU) 2018/1523"),
    "level": ("(WCAG 2.1, tasot A ja AA) suurimmaksi osaksi", "till största delen kraven"),
    "own aim": ("WCAG 2.2, taso AA", "WCAG 2.2, nivå AA"),
    "what is not": ("PDF-tiedostossa", "PDF-filen"),
    "which criteria": ("1.3.1", "4.1.2"),
    "why": ("Syy on", "Orsaken är"),
    "alternative": ("Saavutettava vaihtoehto on palvelun yhteenvetosivu", "tjänstens sammandragssida"),
    "method": ("arvioineet palvelun itse", "själva bedömt"),
    "axe": ("axe-ohjelmalla", "programmet axe"),
    "nobody from outside": ("Ulkopuolinen ei ole arvioinut", "Ingen utomstående"),
    "no users of screen readers": ("Ruudunlukijan käyttäjät eivät ole", "inte testats av personer"),
    "made": ("laadittu 25.11.2026", "upprättades 25.11.2026"),
    "updated": ("päivitetty viimeksi", "uppdaterades senast"),
    "feedback": ("palaute@example.fi", "palaute@example.fi"),
    "answer": ("Vastaamme 14 päivässä", "inom 14 dagar"),
    "unit": ("Kirjaamo ottaa palautteen vastaan", "Registratorskontoret tar emot"),
    "supervisor": ("Liikenne- ja viestintävirasto Traficom", "Transport- och kommunikationsverket Traficom"),
    "first to us": ("Antakaa palautetta ensin meille", "Ge först respons till oss"),
}
PRIVACY = {
    "controller": ("Rekisterinpitäjä Opetus- ja", "Personuppgiftsansvarig Undervisnings- och"),
    "contact": ("palaute@example.fi", "palaute@example.fi"),
    "officer": ("Tietosuojavastaava vastaava@example.fi", "Dataskyddsombud vastaava@example.fi"),
    "purpose": ("vastaanottamiseen ja käsittelyyn", "för att ta emot och behandla"),
    "basis e": ("e alakohta", "artikel 6.1 e"),
    "basis c": ("c alakohta", "artikel 6.1 c"),
    "data": ("yhteyshenkilön nimi, tehtävänimike, puhelinnumero", "kontaktpersonens namn, tjänstebeteckning"),
    "whether one must": ("Ilman yhteyshenkilön nimeä", "Utan kontaktpersonens namn"),
    "recipients": ("Kuka saa tiedot", "Vem som får uppgifterna"),
    "publicity": ("621/1999", "621/1999"),
    "retention": ("Kuinka kauan tiedot säilyvät", "Hur länge uppgifterna bevaras"),
    "transfers": ("Euroopan talousalueen ulkopuolelle", "utanför Europeiska unionen"),
    "decisions": ("ei tehdä automaattisia päätöksiä", "Inga automatiska beslut"),
    "access": ("saada ne nähtäväksenne", "ta del av dem"),
    "rectification": ("oikaisemista", "rättas"),
    "erasure and restriction": ("poistamista tai niiden käsittelyn rajoittamista", "raderas eller att behandlingen"),
    "objection": ("vastustaa", "göra invändningar"),
    "complaint": ("valituksen tietosuojavaltuutetulle", "klagomål till dataombudsmannen"),
}


@pytest.mark.parametrize(("address", "items"), [("/saavutettavuus", STATEMENT), ("/tietosuoja", PRIVACY)])
def test_the_statements_hold_what_the_law_asks(
    make_app: Callable[..., Flask], language: str, address: str, items: dict[str, tuple[str, str]]
) -> None:
    app = make_app(feedback_email="palaute@example.fi", data_protection_email="vastaava@example.fi")
    reader = Applicant(app, language).get(address)
    assert [item for item, words in items.items() if words[language == "sv"] not in reader.text] == []
    assert "mailto:palaute@example.fi" in hrefs(reader)
    outside = {"/saavutettavuus": "https://www.saavutettavuusvaatimukset.fi", "/tietosuoja": "https://tietosuoja.fi"}
    assert outside[address] in hrefs(reader)
    assert reader.page is not None
    assert not reader.page.xpath("//@target")


def test_the_cookie_page_names_every_cookie_of_a_whole_visit(
    make_app: Callable[..., Flask], short: dict[str, Any], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(session_days=12)
    set_cookies: list[str] = []
    serve = app.wsgi_app

    def listening(environ: Any, start: Any) -> Any:
        def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            set_cookies.extend(value for name, value in headers if name == "Set-Cookie")
            return start(status, headers, *more)

        return serve(environ, started)

    monkeypatch.setattr(app, "wsgi_app", listening)
    applicant = Applicant(app).get("/?kieli=fi").begin().fill(short).send()
    assert "Hakemus on lähetetty" in applicant.text
    link = shown_link(applicant)
    # The question that open pages ask every twenty seconds.
    applicant.client.get(f"/hakemus/{applicant.reference}/muut")
    applicant.get(link).go("linkit").press("Tee lukulinkki").get("/linkki?kieli=sv")
    names = {next(iter(parse_cookie(cookie.partition(";")[0]))) for cookie in set_cookies}
    text = applicant.get(f"/evasteet?kieli={language}").text
    assert set(re.findall(r"(?:Eväste|Kakan) ([a-z]+) (?:Evästeessä|Kakan)", text)) == names
    assert {"fi": "voimassa 12 vuorokautta", "sv": "gäller i 12 dygn"}[language] in text
    ends = {parse_date_header(found[1]) for cookie in set_cookies if (found := re.search("Expires=([^;]+)", cookie))}
    assert {round((end - datetime.now(UTC)) / timedelta(days=1)) for end in ends if end} == {12}
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in set_cookies)


def test_where_faults_in_security_are_told(make_app: Callable[..., Flask], at: Callable[[str], None]) -> None:
    """RFC 9116."""
    assert make_app().test_client().get("/.well-known/security.txt").status_code == 404
    at("2021-05-17T16:15:00")
    contact = "mailto:tietoturva@example.fi"
    app = make_app(security_contact=contact, base_url="https://haku.example.fi")
    answer = app.test_client().get("/.well-known/security.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        f"Contact: {contact}",
        "Expires: 2021-11-13T00:00:00Z",
        "Preferred-Languages: fi, sv, en",
        "Canonical: https://haku.example.fi/.well-known/security.txt",
    ]
    # Under a path it stands elsewhere than it says, so it does not say.
    under = make_app(security_contact=contact, base_url="https://example.fi/haku").test_client()
    assert "Canonical" not in under.get("/haku/.well-known/security.txt").text


@pytest.mark.parametrize("contact", ["tietoturva@example.fi", "http://example.fi", "mailto:x", "mailto:a@b\nX: y"])
def test_a_contact_that_is_no_address_stops_the_start(contact: str) -> None:
    with pytest.raises(ValidationError):
        Settings(tryout=True, security_contact=contact)


def test_nothing_else_is_kept_in_the_browser_than_the_cookie_page_says() -> None:
    """The page says of the script's memory: the place on the page, until the next page."""
    script = (ROOT / "static/app.js").read_text()
    assert re.findall(r"localStorage|document\.cookie|indexedDB", script) == []
    assert set(re.findall(r"sessionStorage\.\w+\((\w+)", script)) <= {"place"}


def test_a_closed_call_helps_and_says_why_nothing_begins(
    make_app: Callable[..., Flask], at: Callable[[str], None], language: str
) -> None:
    app = make_app(held_open=frozenset())
    at("2021-05-17T16:15:00")
    reader = Applicant(app, language).get("/haku/strategiarahoitus-2021")
    begin = reader.form(reader.words("Aloita hakemus"))
    at("2021-05-17T16:15:01")
    reader.post(begin.action, begin.data)
    assert reader.status == 200
    assert reader.address == "/haku/strategiarahoitus-2021"
    expected = {
        "fi": ("Uutta hakemusta ei voi enää aloittaa", "päättyi 17.5.2021 klo 16.15", "lukea, tallentaa ja tulostaa"),
        "sv": (
            "Det går inte längre att påbörja en ny ansökan",
            "gick ut 17.5.2021 kl. 16.15",
            "läsa, spara och skriva ut",
        ),
    }
    for words in expected[language]:
        assert words in reader.text
    assert {"mailto:kirjaamo@minedu.fi", "/linkki", "/ohje"} <= set(hrefs(reader))
    assert reader.page is not None
    assert not list(reader.page.iter("button"))


def test_a_call_to_come_says_why_nothing_begins(make_app: Callable[..., Flask], at: Callable[[str], None]) -> None:
    app = make_app(held_open=frozenset())
    at("2021-05-01T12:00:00")
    reader = Applicant(app).get("/haku/strategiarahoitus-2021")
    begin = reader.form("Aloita hakemus")
    at("2021-04-01T12:00:00")
    reader.post(begin.action, begin.data)
    assert "Hakemuksen voi aloittaa, kun haku avautuu." in reader.text
