"""Every error is answered with a page that says what happened, that nothing is lost, and what to do next."""

import re
from collections.abc import Callable

import peewee
import pytest
from flask import Flask

from models.application import Link
from tests.applicant import Applicant
from tests.forms_of_pages import parse, text_of
from tests.test_links import shown_link
from tests.test_pages_around import heading, hrefs

HELP_LINKS = {
    "fi": ("Etusivulle", "Tilaa uusi linkki", "Ohje"),
    "sv": ("Till startsidan", "Beställ en ny", "Anvisningar"),
}


def expect_help(reader: Applicant, status: int, title: str, language: str) -> None:
    """A page that says what happened, that nothing is lost, and where to go on."""
    assert reader.status == status
    assert heading(reader) == title
    for words in HELP_LINKS[language]:
        assert words in reader.text
    assert {"/", "/linkki", "/ohje"} <= set(hrefs(reader))
    assert re.search("ennallaan|tallella|Mitään ei muutettu|oförändrad|finns kvar|Ingenting ändrades", reader.text), (
        reader.text
    )


@pytest.mark.parametrize(
    ("address", "status", "titles"),
    [
        ("/olematon", 404, ("Sivua ei löydy", "Sidan hittades inte")),
        ("/haku/olematon", 404, ("Sivua ei löydy", "Sidan hittades inte")),
        ("/jatka/" + "a" * 43, 404, ("Linkki ei toimi", "Länken fungerar inte")),
        (
            "/haku/strategiarahoitus-2021/aloita",
            405,
            ("Osoitetta ei voi avata näin", "Adressen kan inte öppnas på detta sätt"),
        ),
    ],
)
def test_addresses_that_lead_nowhere_help(
    reader: Applicant, language: str, address: str, status: int, titles: tuple[str, str]
) -> None:
    expect_help(reader.get(address), status, titles[language == "sv"], language)


def test_a_refused_token_helps(reader: Applicant, language: str) -> None:
    reader.get("/linkki").post("/haku/strategiarahoitus-2021/aloita", {"csrf_token": "wrong"})
    expect_help(reader, 400, {"fi": "Sivu oli vanhentunut", "sv": "Sidan var föråldrad"}[language], language)


def test_an_application_of_others_helps(reader: Applicant, language: str) -> None:
    title = {"fi": "Hakemus ei avaudu tässä selaimessa", "sv": "Ansökan kan inte öppnas i denna webbläsare"}
    expect_help(reader.get("/linkki").get("/hakemus/SR21-NOSUCH2/hakija"), 403, title[language], language)


def test_too_large_a_post_helps(make_app: Callable[..., Flask], language: str) -> None:
    reader = Applicant(make_app(body_bytes=2_000), language)
    reader.begin().post(reader.address, {"q4": "x" * 3_000})
    title = {"fi": "Tietoja oli kerralla liikaa", "sv": "För många uppgifter på en gång"}
    expect_help(reader, 413, title[language], language)


def test_too_many_tries_say_when_to_try_again(make_app: Callable[..., Flask], language: str) -> None:
    reader = Applicant(make_app(link_requests="1 per hour"), language)
    assert reader.get("/jatka/x").status == 404
    expect_help(
        reader.get("/jatka/x"), 429, {"fi": "Liian monta yritystä", "sv": "För många försök"}[language], language
    )
    assert re.search(r"(Yrittäkää uudelleen|Försök på nytt) (\d+\.\d+\.\d+ )?kl(o|\.) \d\d\.\d\d\.", reader.text)


def test_a_link_taken_out_of_use_says_so(reader: Applicant, app: Flask, language: str) -> None:
    link = shown_link(reader.begin())
    reader.go("linkit").press(reader.words("Poista käytöstä"))
    assert Link.select().where(Link.revoked_at.is_null(False)).count() == 1
    other = Applicant(app, language).get(link + ".")
    title = {"fi": "Linkki on poistettu käytöstä", "sv": "Länken har tagits ur bruk"}[language]
    expect_help(other, 410, title, language)
    assert reader.reference not in other.text
    assert other.cookie is None


def test_links_out_of_use_are_no_wrong_tries(make_app: Callable[..., Flask]) -> None:
    applicant = Applicant(make_app(link_requests="2 per hour"))
    link = shown_link(applicant.begin())
    Link.update(revoked_at=Link.created_at).execute()
    stranger = Applicant(applicant.client.application)
    assert [stranger.get(link).status for _ in range(4)] == [410] * 4
    assert stranger.get("/jatka/x").status == 404


def test_an_unexpected_fault_of_a_view_shows_our_page(
    app: Flask, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.testing = False
    monkeypatch.setattr("services.drafts.begin", lambda *_: 1 / 0)
    reader = Applicant(app, language).begin()
    title = {"fi": "Palvelussa tapahtui virhe", "sv": "Ett fel uppstod i tjänsten"}[language]
    expect_help(reader, 500, title, language)
    assert "kirjaamo.okm@gov.fi" in reader.text


def test_a_database_that_does_not_work_helps(app: Flask, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Applicant(app, language)

    def fail(*_: object) -> None:
        raise peewee.OperationalError("database is locked")

    monkeypatch.setattr("services.drafts.begin", fail)
    title = {"fi": "Palvelussa on häiriö", "sv": "Störning i tjänsten"}[language]
    expect_help(reader.begin(), 503, title, language)


def test_a_link_that_only_reads_says_where_to_read(reader: Applicant, app: Flask, language: str) -> None:
    reference = reader.begin().reference
    reader.go("linkit").press(reader.words("Tee lukulinkki"))
    link = next(href for href in hrefs(reader) if "/jatka/" in href)
    other = Applicant(app, language).get(link[link.index("/jatka/") :]).get(f"/hakemus/{reference}/hakija")
    assert other.status == 403
    assert {f"/hakemus/{reference}/yhteenveto", "/", "/linkki", "/ohje"} <= set(hrefs(other))


def test_a_fault_while_saving_gives_the_text_back(
    small: Callable[..., Applicant], monkeypatch: pytest.MonkeyPatch
) -> None:
    applicant = small("text")
    applicant.client.application.testing = False
    with monkeypatch.context() as broken:
        broken.setattr("services.saving.save", lambda *_: 1 / 0)
        applicant.press("Tallenna", {"q1": "kirjoitettu\nhuolella"})
    assert applicant.status == 500
    assert "Kaikki kirjoittamanne on tällä sivulla" in applicant.text
    assert applicant.value("q1") == "kirjoitettu\nhuolella"
    assert applicant.press("Tallenna").status == 200
    assert applicant.go("hakemus").value("q1") == "kirjoitettu\nhuolella"


def test_a_form_that_cannot_be_shown_ends_on_a_plain_page(
    small: Callable[..., Applicant], monkeypatch: pytest.MonkeyPatch
) -> None:
    applicant = small("text")
    applicant.client.application.testing = False
    monkeypatch.setattr("services.saving.save", lambda *_: 1 / 0)
    monkeypatch.setattr("views.errors.page_without_access", lambda *_: 1 / 0)
    applicant.press("Tallenna", {"q1": "x"})
    expect_help(applicant, 500, "Palvelussa tapahtui virhe", "fi")


def test_a_fault_of_a_fragment_is_a_fragment(small: Callable[..., Applicant], monkeypatch: pytest.MonkeyPatch) -> None:
    applicant = small("text")
    applicant.client.application.testing = False
    address, data = applicant.form("Tallenna").pressed("Tallenna")
    monkeypatch.setattr("services.saving.save", lambda *_: 1 / 0)
    answer = applicant.client.post(address, data=data, headers={"HX-Request": "true"})
    assert answer.status_code == 500
    assert "Teksti on tallella tällä sivulla" in text_of(parse(answer.text, fragment=True))
