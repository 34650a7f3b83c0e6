"""Hostile and broken requests get a plain page, and the draft stays as it was (cases A, D, G)."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.test import encode_multipart

from models.application import Answer
from tests.applicant import Applicant
from tests.desk import signed_in
from tests.forms_of_pages import parse, text_of

HTMX = {"HX-Request": "true"}


def urlencoded(fields: dict[str, str]) -> tuple[bytes, str]:
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def multipart(fields: dict[str, str]) -> tuple[bytes, str]:
    boundary, body = encode_multipart(fields)
    return body, f"multipart/form-data; boundary={boundary}"


def test_a_lost_token_gives_the_form_back_as_typed(small: Callable[..., Applicant]) -> None:
    applicant = small("text").press("Tallenna", {"q1": "vanha"})
    address, data = applicant.form("Tallenna").pressed("Tallenna")
    data.update({"csrf_token": "x"})
    data["csrf_token"], data["q1"] = "lost", "uusi,\r\nkirjoitettu pitkään"
    applicant.post(address, data)
    assert applicant.status == 400
    assert "Kaikki kirjoittamanne on tällä sivulla. Painakaa Tallenna uudelleen." in applicant.text
    assert applicant.value("q1") == "uusi,\nkirjoitettu pitkään"
    applicant.press("Tallenna")
    assert applicant.status == 200
    assert applicant.value("q1") == "uusi,\nkirjoitettu pitkään"


def test_a_lost_token_of_an_autosave_is_renewed_in_the_page(small: Callable[..., Applicant]) -> None:
    applicant = small("text")
    address, data = applicant.form("Tallenna").pressed("Tallenna")
    data["csrf_token"], data["q1"] = "lost", "uusi"
    answer = applicant.client.post(address, data=data, headers=HTMX)
    assert answer.status_code == 400
    fragment = parse(answer.text, fragment=True)
    assert not list(fragment.iter("textarea"))
    token = next(field for field in fragment.iter("input") if field.get("name") == "csrf_token")
    assert token.get("hx-swap-oob") == "true"
    data["csrf_token"] = token.get("value")
    assert applicant.client.post(address, data=data, headers=HTMX).status_code == 200


def test_a_lost_session_gives_the_text_back_too(small: Callable[..., Applicant]) -> None:
    applicant = small("text").press("Tallenna", {"q1": "vanha"})
    link = applicant.go("tallennettu").text
    applicant.go("hakemus")
    address, data = applicant.form("Tallenna").pressed("Tallenna")
    data["q1"] = "kirjoitettu evästeen kadottua"
    stranger = Applicant(applicant.client.application)
    stranger.get("/")
    stranger.get("/linkki").post(address, {**data, "csrf_token": stranger.form("Lähetä linkki").data["csrf_token"]})
    assert stranger.status == 403
    assert stranger.value("q1") == "kirjoitettu evästeen kadottua"
    assert "Avatkaa henkilökohtainen linkkinne toisessa välilehdessä" in stranger.text
    assert "vanha" not in stranger.text
    # In another tab of the same browser the link is opened; then the second press works.
    form = stranger.form("Tallenna").pressed("Tallenna")
    stranger.get(link[link.index("/jatka/") :].split()[0])
    stranger.post(*form)
    assert stranger.status == 200
    assert stranger.value("q1") == "kirjoitettu evästeen kadottua"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
def test_too_large_a_request(small: Callable[..., Applicant], headers: dict[str, str]) -> None:
    applicant = small("text").press("Tallenna", {"q1": "tallella"})
    address, data = applicant.form("Tallenna").pressed("Tallenna")
    for big in ({"q1": "x" * 5_000_000}, {f"kentta{n}": "x" for n in range(1_100)}):
        for encode in (urlencoded, multipart):
            body, kind = encode({**data, **big})
            answer = applicant.client.post(address, data=body, headers=headers, content_type=kind)
            assert answer.status_code == 413
            text = text_of(parse(answer.text, fragment=bool(headers)))
            assert "Lyhentäkää tekst" in text
    assert applicant.go("hakemus").value("q1") == "tallella"


def test_six_hundred_kilobytes_are_kept_either_way(small: Callable[..., Applicant]) -> None:
    applicant = small("text")
    for encode in (urlencoded, multipart):
        address, data = applicant.form("Tallenna").pressed("Tallenna")
        data["q1"] = "x" * 600_000 + encode.__name__
        body, kind = encode(data.to_dict())
        applicant.client.post(address, data=body, content_type=kind)
        assert applicant.go("hakemus").value("q1") == data["q1"]


def test_unknown_names_are_nothing(applicant: Applicant) -> None:
    applicant.begin().go("kehittamiskokonaisuudet")
    address, data = applicant.form("Tallenna").pressed("Tallenna")
    data.setlist("q3", ["opetus", "tuntematon", "'; drop table answer"])
    data.update({"q99.rev": "1", "q99": "x", "q1.rev": "zz z=z", "lisaa": "q99"})
    applicant.post(address, data)
    assert applicant.status == 200
    assert Answer.get(Answer.question == "q3").value == {"opetus": "x"}


@pytest.mark.both
def test_nothing_is_too_odd_for_a_database(small: Callable[..., Applicant]) -> None:
    """NUL, and letters that become three when made small, where nobody types them."""
    applicant = small("choice").press("Tallenna", {"q1.muu": "ΐ" * 300, "sivu": "\0" * 40})
    assert applicant.status == 200
    applicant.go("yhteenveto").press("Lähetä", {"vakuutus": "1", "huomautukset": "1", "lahetys": "\0", "sivu": "\0"})
    assert "Hakemus on lähetetty" in applicant.text
    officer = signed_in(applicant.client.application)
    assert "ΐ" * 300 in officer.get("/virkailija/choice/?jarjestys=jarjestaja&haku=%00").text
    officer.press("Kirjaudu ulos")
    odd = {"sahkoposti": "a\0@example.fi", "salasana": "\0", "koodi": "\0"}
    assert officer.get("/virkailija/kirjaudu").press("Kirjaudu", odd).status == 422
    assert applicant.get("/tarkistus").press("Tarkista", {"tunnus": "\0", "tarkiste": "\0"}).status < 500


@pytest.mark.parametrize(
    "address",
    [
        "/haku/tuntematon",
        "/hakemus/SR21-NOSUCH2/hakija",
        "/hakemus/%00/hakija",
        "/virkailija/a/b/c/d/e",
        "/hakemus/a/b/c/d",
        "/%C3%28",
    ],
)
def test_unknown_addresses(applicant: Applicant, address: str) -> None:
    applicant.get(address)
    assert applicant.status in (403, 404)
    assert "Etusivulle" in applicant.text


def test_wrong_methods(applicant: Applicant) -> None:
    assert applicant.client.put("/linkki").status_code in (400, 405)


def test_an_unexpected_error_shows_no_trace(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.testing = False
    monkeypatch.setattr("views.calls.my_applications", lambda: 1 / 0)
    applicant = Applicant(app).get("/")
    assert applicant.status == 500
    assert "Palvelussa tapahtui virhe" in applicant.text
    assert "Traceback" not in applicant.text
    assert "ZeroDivision" not in applicant.text


def test_every_page_speaks_swedish_too(small: Callable[..., Applicant]) -> None:
    applicant = small("text")
    applicant.headers = {"Accept-Language": "sv"}
    applicant.get("/?kieli=sv")
    assert applicant.page is not None
    assert applicant.page.get("lang") == "sv"
    applicant.get("/jatka/x")
    assert "Länken" in applicant.text


def test_cookies_stay_small(applicant: Applicant, app: Flask) -> None:
    for _ in range(25):
        applicant.begin()
    assert applicant.cookie is not None
    assert len(applicant.cookie) < 2_000
    assert applicant.get("/").text.count("Poistu SR21") == 20


@pytest.mark.parametrize("name", ["q1", "q1.muu"])
def test_markup_in_a_name_stays_text(small: Callable[..., Applicant], name: str) -> None:
    applicant = small("choice").press("Tallenna", {name: "<img src=x onerror=alert(1)>"})
    assert "<img src=x" in applicant.go("yhteenveto").text
    assert applicant.page is not None
    assert not list(applicant.page.iter("img"))


def test_nothing_is_stored_by_proxies_or_browsers(applicant: Applicant) -> None:
    applicant.begin()
    for page in ("hakija", "yhteenveto", "hakemus.json", "yhteenveto.pdf"):
        answer = applicant.client.get(f"/hakemus/{applicant.reference}/{page}")
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "HX-Request" in answer.headers["Vary"]
        assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_lost_token_on_sending_gives_the_sending_page_back(small: Callable[..., Applicant]) -> None:
    applicant = small("text").press("Tallenna", {"q1": "vastaus"}).go("yhteenveto")
    address, data = applicant.form("Lähetä").pressed("Lähetä")
    data["csrf_token"], data["vakuutus"] = "lost", "1"
    applicant.post(address, data)
    assert applicant.status == 400
    assert applicant.form("Lähetä").data["vakuutus"] == "1"
    applicant.press("Lähetä")
    assert "Hakemus on lähetetty" in applicant.text


@pytest.mark.parametrize("path", ["/linkki", "tallennettu"])
def test_a_lost_token_of_a_small_form_keeps_the_address(applicant: Applicant, path: str) -> None:
    applicant.begin()
    address = path if path.startswith("/") else f"/hakemus/{applicant.reference}/{path}"
    applicant.get(address).post(address, {"csrf_token": "lost", "sahkoposti": "aino@example.fi"})
    assert applicant.status == 400
    assert applicant.value("sahkoposti") == "aino@example.fi"
    applicant.press("Lähetä linkki")
    assert applicant.status == 200


def test_a_lost_token_of_a_copy_keeps_the_address(small: Callable[..., Applicant]) -> None:
    applicant = small("contact").press("Tallenna", {"q1.nimi": "Aino Virta", "q1.sahkoposti": "aino@example.fi"})
    applicant.go("yhteenveto").send()
    address = f"/hakemus/{applicant.reference}/versio/1/kopio"
    applicant.post(address, {"csrf_token": "lost", "sahkoposti": "toinen@example.fi"})
    assert applicant.status == 400
    assert applicant.value("sahkoposti") == "toinen@example.fi"
    assert "Sivu oli vanhentunut. Painakaa painiketta uudelleen." in applicant.text


@pytest.mark.parametrize("path", ["tallennettu", "versio/1/kopio"])
def test_a_lost_token_of_a_browser_without_access_says_so(applicant: Applicant, app: Flask, path: str) -> None:
    app.testing = False
    address = f"/hakemus/{applicant.begin().reference}/{path}"
    stranger = Applicant(app).get("/linkki").post(address, {"csrf_token": "lost", "sahkoposti": "aino@example.fi"})
    assert stranger.status == 403
    assert "Hakemus ei avaudu tässä selaimessa" in stranger.text


def test_both_a_chosen_and_a_typed_provider_stop_sending(small: Callable[..., Applicant]) -> None:
    applicant = small("choice").press("Tallenna", {"q1": "0201256-6", "q1.muu": "Oma Oppilaitos"})
    applicant.go("yhteenveto")
    assert "Valitkaa järjestäjä luettelosta tai kirjoittakaa nimi, mutta ei molempia." in applicant.text
    assert "1 kohta estää lähettämisen" in applicant.text


@pytest.mark.parametrize("kind", ["partners", "contact"])
def test_a_name_without_end_stops_sending_only(small: Callable[..., Applicant], kind: str) -> None:
    name = {"partners": "q1.0", "contact": "q1.nimi"}[kind]
    applicant = small(kind).press("Tallenna", {name: "x" * 301})
    assert applicant.value(name) == "x" * 301
    assert "enimmäispituus on 300 merkkiä." in applicant.go("yhteenveto").text


def test_every_address_gives_a_whole_page_to_history(applicant: Applicant) -> None:
    """A restored history entry asks like htmx but wants the page."""
    applicant.begin()
    for page in ("hakija", "kehittamiskokonaisuudet", "yhteenveto", "tallennettu", "linkit"):
        address = f"/hakemus/{applicant.reference}/{page}"
        for headers in ({}, {**HTMX, "HX-History-Restore-Request": "true"}, {**HTMX, "HX-Boosted": "true"}):
            answer = applicant.client.get(address, headers=headers)
            assert answer.status_code == 200
            assert answer.text.startswith("<!doctype html>")
