"""Maintenance: switched on and off under a running service, told in each language, with everybody's text kept."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from models.database import database
from tests.accessibility.looks import violations
from tests.applicant import Applicant
from tests.browser import begin, new_page, press
from tests.desk import signed_in
from tests.faults.test_backups import flask
from tests.service import Service
from tests.test_pages_around import heading
from tests.words import Words

TEXT = "Palvelinta huolletaan."
LONG = "Tämä teksti on kirjoitettu huolella\n\n  ja sisennetty."


def maintenance(app: Flask, *words: str) -> str:
    ran = app.test_cli_runner().invoke(args=["maintenance", *words])
    assert ran.exit_code == 0, ran.output
    return str(ran.output)


def test_every_page_says_so_and_nothing_is_done(
    app: Flask, reader: Applicant, words: Words, language: str, at: Callable[[str], None]
) -> None:
    at("2026-11-27T22:00:00")
    reader.begin()
    reference = reader.reference
    maintenance(app, "on", TEXT, "--in", "sv", "Servern underhålls.", "--minutes", "30")
    for address in ("/", f"/hakemus/{reference}/hakija", "/jatka/x", "/tietosuoja", "/virkailija/", "/olematon"):
        assert reader.get(address).status == 503, address
        assert heading(reader) == words("Palvelussa on huoltokatko")
        assert reader.language == language
        assert {"fi": TEXT, "sv": "Servern underhålls."}[language] in reader.text
        assert "22.30" in reader.text
        assert reader.response is not None
        assert reader.response.headers["Retry-After"] == "1800"
    assert reader.post("/haku/strategiarahoitus-2021/aloita", {}).status == 503
    client = app.test_client()
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").get_json()["maintenance"] is True
    assert client.get("/static/app.css", buffered=True).status_code == 200
    at("2026-11-27T22:45:00")
    assert reader.get("/").response.headers["Retry-After"] == "60"  # type: ignore[union-attr]
    assert maintenance(app, "off") == "Maintenance is off.\n"
    assert maintenance(app, "off") == "Maintenance was not on.\n"
    assert reader.get(f"/hakemus/{reference}/hakija").status == 200
    assert client.get("/health/ready").get_json()["maintenance"] is False


@pytest.mark.parametrize("written", ["", "{", '{"texts": 7}', "[]"])
def test_a_file_written_by_hand_counts(app: Flask, tmp_path: Path, written: str) -> None:
    (tmp_path / "maintenance.json").write_text(written)
    applicant = Applicant(app).get("/")
    assert (applicant.status, heading(applicant)) == (503, "Palvelussa on huoltokatko")
    assert applicant.response is not None
    assert applicant.response.headers["Retry-After"] == "300"


def test_an_unknown_language_is_refused(app: Flask) -> None:
    ran = app.test_cli_runner().invoke(args=["maintenance", "on", "--in", "xx", "text"])
    assert ran.exit_code != 0
    assert "no language xx" in ran.output
    assert Applicant(app).get("/").status == 200


@pytest.mark.sqlite
def test_a_posted_form_comes_back_as_typed(small: Callable[..., Applicant], tmp_path: Path) -> None:
    """Without scripts, and without a database: the folder of it is not even there."""
    applicant = small("text")
    app = applicant.client.application
    maintenance(app, "on", TEXT)
    database.close_idle()
    for path in tmp_path.glob("strategiarahoitus.db*"):
        path.rename(path.with_suffix(f"{path.suffix}.away"))
    applicant.press("Tallenna", {"q1": LONG})
    assert applicant.status == 503
    assert "Kaikki kirjoittamanne on tällä sivulla" in applicant.text
    assert TEXT in applicant.text
    assert applicant.value("q1") == LONG
    # Another language does not cost the text either.
    applicant.press("På svenska")
    assert (applicant.status, applicant.language, applicant.value("q1")) == (503, "sv", LONG)
    assert list(tmp_path.glob("strategiarahoitus.db")) == []
    for path in tmp_path.glob("strategiarahoitus.db*.away"):
        path.rename(str(path).removesuffix(".away"))
    maintenance(app, "off")
    applicant.press("Spara")
    assert applicant.status == 200
    assert applicant.value("q1") == LONG


def test_an_autosave_says_that_it_is_tried_again(small: Callable[..., Applicant]) -> None:
    applicant = small("text")
    data = applicant.form("Tallenna").data
    maintenance(applicant.client.application, "on")
    answer = applicant.client.post(applicant.address, data={**data, "q1": LONG}, headers={"HX-Request": "true"})
    assert answer.status_code == 503
    assert "huoltokatko" in answer.text
    assert 'hx-swap-oob="innerHTML:#ilmoitus"' in answer.text


def test_an_officers_text_comes_back(app: Flask, short: dict[str, Any]) -> None:
    applicant = Applicant(app).begin().fill(short).send()
    officer = signed_in(app)
    officer.get(f"/virkailija/strategiarahoitus-2021/{applicant.reference}/lisaaika")
    reason = "Järjestäjän verkko oli poikki koko illan."
    maintenance(app, "on")
    officer.press("Anna lisäaikaa", {"perustelu": reason, "viimeistaan": "1.6.2031"})
    assert officer.status == 503
    assert reason in officer.text
    assert "csrf" not in officer.text
    wrong = {"sahkoposti": officer.email, "salasana": "salasana jossa on monta sanaa", "koodi": "123456"}
    assert "monta sanaa" not in officer.post("/virkailija/kirjaudu", wrong).text


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Service]:
    """A service of its own: in maintenance it stops everybody."""
    calls = tmp_path / "calls"
    shutil.copytree(Path(__file__).parent.parent / "calls", calls)
    with Service(tmp_path, CALLS_DIR=str(calls)) as running:
        yield running


def test_text_waits_in_the_browser_and_is_saved_when_it_ends(alone: Service, browser: Browser) -> None:
    page = new_page(browser, alone)
    reference = begin(page)
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    page.locator("[name=q3][value=opetus]").check()
    page.locator("[name=q4]").wait_for()
    plain = new_page(browser, alone, scripts=False)
    begin(plain)
    looked_at = browser.new_context(base_url=alone.url, locale="fi-FI", bypass_csp=True).new_page()
    begin(looked_at)
    assert flask(alone, "maintenance", "on", TEXT).returncode == 0

    looked_at.fill("[name='q2.nimi']", "Aino Esimerkki")
    looked_at.evaluate("document.getElementById('lomake').submit()")
    expect(looked_at.get_by_text("Kaikki kirjoittamanne on tällä sivulla")).to_be_visible()
    found = violations(looked_at, "the form given back")
    looked_at.goto("/")
    expect(looked_at.get_by_role("heading", name="Palvelussa on huoltokatko")).to_be_visible()
    assert [*found, *violations(looked_at, "maintenance")] == []

    page.locator("[name=q4]").fill(LONG)
    expect(page.locator("#q4").get_by_text("Ei tallennettu – yritetään uudelleen")).to_be_visible()
    expect(page.locator("#ilmoitus")).to_contain_text("huoltokatko")
    # A press takes nobody away from the page.
    press(page, "Tallenna")
    assert page.input_value("[name=q4]") == LONG
    plain.fill("[name='q2.nimi']", "Aino Esimerkki")
    press(plain, "Tallenna")
    expect(plain.get_by_text("Kaikki kirjoittamanne on tällä sivulla")).to_be_visible()
    assert plain.input_value("[name='q2.nimi']") == "Aino Esimerkki"

    assert flask(alone, "maintenance", "off").returncode == 0
    expect(page.locator("#q4").get_by_text("Tallennettu klo")).to_be_visible()
    assert page.request.get(f"/hakemus/{reference}/hakemus.json").json()["answers"]["q4"] == LONG
    press(plain, "Tallenna")
    expect(plain.locator("#q2").get_by_text("Tallennettu klo")).to_be_visible()
    assert plain.input_value("[name='q2.nimi']") == "Aino Esimerkki"
    page.context.close()
    plain.context.close()
    looked_at.context.close()
