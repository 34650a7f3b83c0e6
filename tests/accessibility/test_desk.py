"""The ministry's desk: axe, larger letters and small windows on its pages."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from forms.texts import LANGUAGES
from services.accounts import Role
from tests.accessibility.looks import fill, violations
from tests.accessibility.test_layout import look_in_every_way
from tests.browser import send
from tests.conftest import ROOT
from tests.desk import signed_in
from tests.service import Service

CALL = "/virkailija/strategiarahoitus-2021"
LIST = f"{CALL}/"
PAGES = ("/virkailija/", "/virkailija/istunnot", LIST, f"{CALL}/yleiskuva", f"{CALL}/kasittely", f"{CALL}/vienti")
ACCOUNTS = "/virkailija/kayttajatunnukset"
LOG = ("/virkailija/loki", "/virkailija/loki?paiva=1.6.")
VERSIONS = "/virkailija/hakujen-versiot"
VERSION = f"{VERSIONS}/strategiarahoitus-2021/1"
PREVIEWS = tuple(f"{VERSION}/esikatselu{page}" for page in ("", "/yhteenveto", "/viesti"))
OF_CALLS = (VERSIONS, f"{VERSIONS}/uusi", f"{VERSION}/", *PREVIEWS)
FOR_ADMINS = ("/virkailija/luvut", ACCOUNTS, f"{ACCOUNTS}/uusi", f"{ACCOUNTS}/1", *LOG, *OF_CALLS)
ACTS = ("", "taydennys", "lisaaika", "peruutus", "linkki")
"""The pages of one application."""


@pytest.fixture
def at_the_desk(make_app: Callable[..., Flask], browser: Browser, service: Service) -> Iterator[Page]:
    """The service's browser page of an officer, whose cookie comes from the same database and secret."""
    officer = signed_in(make_app(var_dir=service.data), Role.ADMIN)
    # The service's own content policy takes no style from outside.
    context = browser.new_context(base_url=service.url, locale="fi-FI", bypass_csp=True)
    context.add_cookies([{"name": "istunto", "value": officer.cookie or "", "url": service.url}])
    yield context.new_page()
    context.close()


def test_the_desk_is_for_everybody(at_the_desk: Page, service: Service, fields: dict[str, Any]) -> None:
    page = at_the_desk
    reference = fill(page, fields)
    send(page, "Lähetä")
    found: list[str] = []
    for language in LANGUAGES:
        for address in (*PAGES, *FOR_ADMINS, *(f"{CALL}/{reference}/{act}" for act in ACTS)):
            answer = page.goto(f"{address}{'&' if '?' in address else '?'}kieli={language}")
            assert answer is not None
            assert answer.status in (200, 422), service.log.read_text()[-4000:]
            expect(page.locator(".desk-nav")).to_be_visible()
            found += violations(page, address)
            # A table of nine columns needs two directions (WCAG 1.4.10): it scrolls in a place of its own.
            if address != LIST:
                found += look_in_every_way(page, address)
    found += of_files(page)
    assert found == [], "\n".join(found)


def of_files(page: Page) -> list[str]:
    """What is wrong with the pages that follow a file: its faults; its changes, with what is to be chosen."""
    text = (ROOT / "calls/strategiarahoitus-2021.toml").read_text()
    found: list[str] = []
    for content, words in (
        (text.replace("limit = ", f"{'x' * 200} = ", 1), "Tiedostoa ei lisätty"),
        (text.replace('key = "q13"', 'key = "q41"'), "Sitä ei ole vielä julkaistu"),
    ):
        page.goto(f"{VERSIONS}/uusi?kieli=fi")
        page.set_input_files("#haku", {"name": "haku.toml", "mimeType": "text/plain", "buffer": content.encode()})
        page.get_by_role("button", name="Tarkista ja lisää").click()
        expect(page.get_by_text(words)).to_be_visible()
        found += violations(page, words) + look_in_every_way(page, words)
    page.get_by_role("link", name="Julkaise versio").click()
    page.get_by_role("button", name="Julkaise").click()
    expect(page.get_by_text("Valitkaa, minne vastaukset siirtyvät.")).to_be_visible()
    return [*found, *violations(page, "julkaise"), *look_in_every_way(page, "julkaise")]
