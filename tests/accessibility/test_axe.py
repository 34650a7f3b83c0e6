"""axe finds nothing to say about any page in any state: every rule of WCAG 2.2 A and AA, and best practice."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.accessibility.looks import AREAS, DEVELOPMENT, fill, open_areas, put, violations
from tests.browser import begin, new_page, press, saved, send
from tests.service import Service

WRONG = {"q4": "x " * 1300, "q7.henkilosto": "1.319.500", "q7.muut": "500", "q8.okm": "100", "q9.alku": "31.2.2021"}


class Reviewer:
    """Collects what axe says, so that one run of a test names everything that is wrong."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []

    def look(self, name: str, page: Page | None = None, within: str | None = None) -> None:
        self.found += violations(page or self.page, name, within)

    def visit(self, address: str) -> None:
        self.page.goto(address)
        self.look(address)

    def expect_nothing(self) -> None:
        assert self.found == [], "\n".join(self.found)


@pytest.fixture
def reviewer(visitor: Page) -> Iterator[Reviewer]:
    reviewer = Reviewer(visitor)
    yield reviewer
    reviewer.expect_nothing()


def test_axe_on_pages_around_the_form(reviewer: Reviewer) -> None:
    for address in (
        "/",
        "/haku/strategiarahoitus-2021",
        "/haku/tuleva",
        "/haku/paattynyt",
        "/saavutettavuus",
        "/tietosuoja",
        "/ohje",
        "/evasteet",
        "/linkki",
        "/tarkistus",
        "/tarkistus?tunnus=&sormenjalki=0",
        f"/tarkistus?tunnus=SR21-2222222&sormenjalki={'0' * 64}",
        "/jatka/tuntematon",
        "/ei-ole",
        "/hakemus/SR21-AAAA-AAAA/hakija",
    ):
        reviewer.visit(address)
    page = reviewer.page
    page.goto("/linkki")
    page.fill("#sahkoposti", "ei osoite")
    press(page, "Lähetä linkki")
    expect(page.locator("#sahkoposti-virhe")).to_be_visible()
    reviewer.look("wrong address")
    page.fill("#sahkoposti", "kuka@example.fi")
    press(page, "Lähetä linkki")
    page.get_by_role("status").wait_for()
    reviewer.look("link asked for")
    page.goto("/tarkistus")
    press(page, "Tarkista tiedosto")
    expect(page.locator("#tiedosto")).to_be_focused()
    reviewer.look("no file to check")


def test_axe_on_the_form_while_it_is_filled_in(reviewer: Reviewer) -> None:
    page = reviewer.page
    reference = begin(page)
    reviewer.look("applicant, empty")
    reviewer.visit(f"/hakemus/{reference}/{DEVELOPMENT}")
    for area in AREAS:
        open_areas(page, reference, [area])
        reviewer.look(f"area {area}", within=f"#alue-{area}")
    open_areas(page, reference, AREAS[:1])
    put(page, WRONG)
    press(page, "Tallenna")
    expect(page.locator("#q4-tila")).to_contain_text("liikaa")
    reviewer.look("with errors")
    reviewer.visit(f"/hakemus/{reference}/{DEVELOPMENT}?tarkista=1")
    reviewer.visit(f"/hakemus/{reference}/hakija?tarkista=1")
    reviewer.visit(f"/hakemus/{reference}/yhteenveto")
    press(page, "Lähetä")
    expect(page.locator("#este")).to_be_visible()
    reviewer.look("refused")
    reviewer.visit(f"/hakemus/{reference}/linkit")
    press(page, "Tee lukulinkki")
    page.locator(".personal-link").wait_for()
    reviewer.look("reading link")
    reviewer.visit(f"/hakemus/{reference}/tiedot")
    reviewer.visit(f"/hakemus/{reference}/tiedot/poista")
    reviewer.visit("/")
    reviewer.visit(f"/hakemus/{reference}/tallennettu")
    page.fill("#sahkoposti", "ei osoite")
    press(page, "Lähetä linkki")
    expect(page.locator("#sahkoposti-virhe")).to_be_visible()
    reviewer.look("link to a wrong address")


def test_axe_where_text_could_not_be_saved(reviewer: Reviewer, browser: Browser, service: Service) -> None:
    page = reviewer.page
    reference = begin(page)
    open_areas(page, reference, AREAS[:1])
    page.goto(f"/hakemus/{reference}/tallennettu")
    link = page.locator(".personal-link a").get_attribute("href")
    assert link
    page.goto(f"/hakemus/{reference}/{DEVELOPMENT}")

    other = new_page(browser, service)
    other.goto(link)
    other.goto(f"/hakemus/{reference}/{DEVELOPMENT}")
    with saved(other):
        other.fill("[name=q4]", "Toisen teksti")
        other.locator("[name=q4]").blur()
    with saved(other):
        other.fill("[name=q4]", "Toisen toinen teksti")
        other.locator("[name=q4]").blur()
    expect(other.locator("#q4-tila .earlier")).to_be_visible()
    other.goto(f"/hakemus/{reference}/aiemmat/q4")
    reviewer.look("earlier answers", other)

    page.fill("[name=q4]", "Minun tekstini")
    expect(page.locator("#q4-ristiriita")).to_contain_text("Toisen toinen teksti")
    reviewer.look("clash by htmx")
    press(page, "Tallenna")
    expect(page.get_by_text("Molemmat vastaukset ovat tallella.")).to_be_visible()
    reviewer.look("clash by the button")
    page.locator("#lomaketunniste").evaluate("field => { field.value = 'x' }")
    press(page, "Tallenna oma vastaukseni")
    expect(page.get_by_text("Sivu oli vanhentunut.")).to_be_visible()
    reviewer.look("lost token")

    other.goto(f"/hakemus/{reference}/linkit")
    press(other, "Tee lukulinkki")
    reading = other.locator(".personal-link a").get_attribute("href")
    other.context.clear_cookies()
    assert reading
    other.goto(reading)
    expect(other.locator("h1")).to_have_text("Hakemus luettavana")
    reviewer.look("reading the draft", other)
    other.goto(f"/hakemus/{reference}/hakija")
    reviewer.look("reading link refused", other)
    other.context.close()

    page.goto(f"/hakemus/{reference}/{DEVELOPMENT}")
    page.context.clear_cookies()
    press(page, "Tallenna")
    expect(page.get_by_text("Tämä selain ei enää tunnista hakemustanne.")).to_be_visible()
    reviewer.look("lost access")


def test_axe_on_a_whole_application(reviewer: Reviewer, fields: dict[str, Any]) -> None:
    page = reviewer.page
    reference = fill(page, fields)
    reviewer.look("summary before sending")
    reviewer.visit(f"/hakemus/{reference}/hakija")
    reviewer.visit(f"/hakemus/{reference}/{DEVELOPMENT}")
    page.goto(f"/hakemus/{reference}/yhteenveto")
    send(page, "Lähetä")
    expect(page.get_by_text("Versio 1 (voimassa)")).to_be_visible()
    reviewer.look("receipt")


def test_axe_after_sending(reviewer: Reviewer, fields: dict[str, Any]) -> None:
    page = reviewer.page
    reference = fill(page, {**fields, "q3": list(AREAS[:1])})
    send(page, "Lähetä")
    expect(page.get_by_text("Versio 1 (voimassa)")).to_be_visible()
    page.fill("#sahkoposti", "ei osoite")
    press(page, "Lähetä yhteenveto")
    expect(page.locator("#sahkoposti-virhe")).to_be_visible()
    reviewer.look("copy to a wrong address")
    page.goto(f"/hakemus/{reference}/hakija")
    put(page, {"q2.nimi": "Toinen Nimi"})
    press(page, "Tallenna")
    expect(page.locator("#sivupalkki .unsent")).to_be_visible()
    reviewer.look("edited after sending")
    reviewer.visit(f"/hakemus/{reference}/yhteenveto")
    send(page, "Lähetä uudelleen")
    expect(page.get_by_text("Versio 2 (voimassa)")).to_be_visible()
    reviewer.look("second receipt")
    reviewer.visit(f"/hakemus/{reference}/muutokset/1/2")
    check = page.get_by_role("link", name="Tarkista lähetetty hakemus").first.get_attribute("href")
    assert check
    reviewer.visit(check)
    reviewer.visit(f"/hakemus/{reference}/versio/1")
    check = page.get_by_role("link", name="Tarkista lähetetty hakemus").first.get_attribute("href")
    assert check
    reviewer.visit(check)
    reviewer.visit("/")
