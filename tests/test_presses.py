"""A press of a button counts, whatever a save does to the page while the button is held down."""

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import begin, new_page, press, saved
from tests.service import Service


def hold_down(page: Page, button: Locator) -> None:
    """Press a button with the mouse and keep it pressed until a save has been answered."""
    button.hover()
    with saved(page):
        page.mouse.down()


def test_a_press_counts_when_an_answer_moves_the_button_meanwhile(page: Page) -> None:
    # The page begins at the top of a high window: where it is scrolled, Chromium keeps things in their places.
    page.set_viewport_size({"width": 1280, "height": 2400})
    begin(page)
    page.locator("[name='q2.nimi']").fill("Aino")
    onwards = page.locator("button.next")
    onwards.hover()
    top = "() => document.querySelector('button.next').getBoundingClientRect().y"
    before = page.evaluate(top)
    hold_down(page, onwards)
    page.wait_for_function(f"before => ({top})() !== before", arg=before)
    page.mouse.up()
    page.wait_for_url("**/kehittamiskokonaisuudet")


def test_a_press_counts_when_an_answer_brings_the_button_anew(page: Page, browser: Browser, service: Service) -> None:
    reference = begin(page)
    page.goto(f"/hakemus/{reference}/hakija")
    press(page, "Tallenna ja jatka myöhemmin")
    link = page.locator(".personal-link a").get_attribute("href")
    assert link
    page.goto(f"/hakemus/{reference}/hakija")
    other = new_page(browser, service)
    other.goto(link)
    with saved(other):
        other.locator("[name='q2.nimi']").fill("Toinen")
        other.locator("[name='q2.nimi']").blur()
    other.context.close()

    with saved(page):
        page.locator("[name='q2.nimi']").fill("Minä")
    mine = page.get_by_role("button", name="Tallenna oma vastaukseni")
    expect(mine).to_be_visible()
    page.locator("[name='q2.puhelin']").fill("040 123")
    page.evaluate("() => { window.old = document.querySelector('[name=pida]') }")
    hold_down(page, mine)
    page.wait_for_function("() => !window.old.isConnected")
    page.mouse.up()
    expect(page.locator("#q2-ristiriita")).to_be_empty()
    expect(page.locator("[name='q2.nimi']")).to_have_value("Minä")


def test_a_press_that_is_drawn_away_does_not_count(page: Page) -> None:
    reference = begin(page)
    page.get_by_role("button", name=re.compile("Seuraava")).hover()
    page.mouse.down()
    page.mouse.move(5, 5)
    page.mouse.up()
    page.locator("[name='q2.nimi']").fill("Aino")
    with saved(page):
        page.locator("[name='q2.nimi']").blur()
    assert page.url.endswith(f"/hakemus/{reference}/hakija")
