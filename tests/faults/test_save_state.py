"""What the page says of each answer, while the network and the service fail under a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, expect

from tests.browser import begin, new_page, open_area, press
from tests.service import Service


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    page = new_page(browser, service)
    reference = begin(page)
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    open_area(page, "opetus")
    yield page
    page.context.close()


def state(page: Page, question: str) -> Any:
    return page.locator(f"#{question}")


def hold_saves(page: Page) -> list[Route]:
    """From now on saves wait in this list until they are let go."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/kehittamiskokonaisuudet", hold)
    return held


def stored(page: Page, question: str) -> Any:
    reference = page.url.split("/")[4]
    return page.request.get(f"/hakemus/{reference}/hakemus.json").json()["answers"][question]


def test_an_answer_says_when_it_is_safe(page: Page) -> None:
    held = hold_saves(page)
    with page.expect_request("**/kehittamiskokonaisuudet"):
        page.locator("[name=q4]").fill("ensin")
    expect(state(page, "q4").get_by_text("Tallennetaan…")).to_be_visible()
    # What is typed while the save is under way is not called saved by its answer.
    page.locator("[name=q4]").press_sequentially(" ja sitten")
    with page.expect_request("**/kehittamiskokonaisuudet"):
        held.pop().continue_()
    expect(state(page, "q4")).to_have_attribute("data-save", "saving")
    expect(state(page, "q4").get_by_text("Tallennettu klo")).to_be_hidden()
    page.wait_for_function("() => true")
    held.pop().continue_()
    expect(state(page, "q4").get_by_text("Tallennettu klo")).to_be_visible()
    assert stored(page, "q4") == "ensin ja sitten"
    expect(state(page, "q4")).to_have_attribute("data-save", "saved")


def test_offline_text_stays_and_is_saved_when_the_network_is_back(page: Page) -> None:
    page.context.set_offline(True)
    page.locator("[name=q4]").fill("kirjoitettu junassa")
    expect(state(page, "q4").get_by_text("Ei tallennettu – yritetään uudelleen")).to_be_visible()
    expect(page.locator("#ilmoitus")).to_contain_text("Ei tallennettu")
    assert page.input_value("[name=q4]") == "kirjoitettu junassa"
    page.context.set_offline(False)
    expect(state(page, "q4").get_by_text("Tallennettu klo")).to_be_visible()
    expect(page.locator("#ilmoitus")).to_be_empty()
    assert stored(page, "q4") == "kirjoitettu junassa"


@pytest.mark.parametrize("status", [413, 429, 500, 502])
def test_an_error_page_replaces_nothing(page: Page, status: int) -> None:
    """Also not a proxy's, which is no page of ours; the next try saves."""
    answers = iter([status])
    page.route(
        "**/kehittamiskokonaisuudet",
        lambda route: (
            route.fulfill(status=code, body="<h1>Bad Gateway</h1>", content_type="text/html")
            if (code := next(answers, None))
            else route.continue_()
        ),
    )
    page.locator("[name=q4]").fill("ei katoa")
    expect(state(page, "q4")).to_have_attribute("data-save", "failed")
    assert page.input_value("[name=q4]") == "ei katoa"
    expect(page.get_by_text("Bad Gateway")).to_have_count(0)
    expect(state(page, "q4").get_by_text("Tallennettu klo")).to_be_visible()
    assert stored(page, "q4") == "ei katoa"


def test_leaving_with_unsaved_text_asks_first(page: Page) -> None:
    page.context.set_offline(True)
    page.locator("[name=q4]").press_sequentially("kesken")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.evaluate("() => { setTimeout(() => { location.href = '/' }) }")
    expect(page.locator("#ilmoitus")).to_contain_text("Ei tallennettu")
    assert asked == ["beforeunload"]
    assert page.input_value("[name=q4]") == "kesken"


def test_leaving_by_the_buttons_does_not_ask(page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.locator("[name=q4]").press_sequentially("kesken")
    with page.expect_navigation():
        press(page, "Tallenna")
    expect(page.locator("[name=q4]")).to_have_value("kesken")
    press(page, "Seuraava: Yhteenveto ja lähetys")
    expect(page.locator("h1")).to_have_text("Yhteenveto ja lähetys")


def test_late_and_reordered_answers_never_replace_newer_text(page: Page) -> None:
    """The first answer comes after the second one; focus, caret and selection stay where they are."""
    held = hold_saves(page)
    amount, text = page.locator("[name='q7.muut']"), page.locator("[name=q4]")
    with page.expect_request("**/kehittamiskokonaisuudet"):
        amount.fill("23")
    with page.expect_request("**/kehittamiskokonaisuudet"):
        text.fill("alku ja loppu")
    text.evaluate("field => field.setSelectionRange(2, 6)")
    page.wait_for_function("() => true")
    for route in reversed(held):
        route.continue_()
    held.clear()
    expect(state(page, "q7").get_by_text("Tallennettu klo")).to_be_visible()
    expect(state(page, "q4").get_by_text("Tallennettu klo")).to_be_visible()
    assert text.evaluate("f => [document.activeElement === f, f.selectionStart, f.selectionEnd]") == [True, 2, 6]
    assert (text.input_value(), amount.input_value()) == ("alku ja loppu", "23")
    expect(page.locator("#q7-summa")).to_have_text("23 €")


def test_typing_in_a_hidden_tab_is_saved_at_once(page: Page) -> None:
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.locator("[name=q4]").press_sequentially("viimeinen sana")
        page.evaluate(
            "() => { Object.defineProperty(document, 'visibilityState', {value: 'hidden'});"
            " document.dispatchEvent(new Event('visibilitychange')) }"
        )
    assert stored(page, "q4") == "viimeinen sana"


def test_a_tick_becomes_saved(page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.locator("[name=q3][value=tieto]").check()
    page.locator("#alue-tieto h2").wait_for()
    expect(state(page, "q3")).to_have_attribute("data-save", "saved")
    page.goto("/")


def test_a_refused_text_that_came_back_is_not_called_saved(page: Page, browser: Browser, service: Service) -> None:
    reference = page.url.split("/")[4]
    page.goto(f"/hakemus/{reference}/tallennettu")
    link = page.locator(".personal-link a").get_attribute("href")
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    other = new_page(browser, service)
    other.goto(str(link))
    other.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    other.fill("[name=q4]", "toisen")
    with other.expect_navigation():
        press(other, "Tallenna")
    other.context.close()
    page.evaluate("() => { document.querySelector('[name=q4]').value = 'minun' }")
    press(page, "Tallenna")
    expect(page.locator("#q4-ristiriita")).to_contain_text("toisen")
    expect(state(page, "q4").get_by_text("Tallennettu klo")).to_be_hidden()
    expect(state(page, "q4")).to_have_attribute("data-save", "clash")


def test_a_failed_search_empties_no_list(browser: Browser, service: Service) -> None:
    page = new_page(browser, service)
    begin(page)
    page.locator("[name=q1]").select_option("0201256-6")
    page.route("**/jarjestajat/**", lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
    with page.expect_response("**/jarjestajat/**"):
        page.get_by_label("Etsi nimellä tai Y-tunnuksella").press_sequentially("turku")
    assert page.input_value("[name=q1]") == "0201256-6"
    assert page.locator("[name=q1] option").count() > 100
    page.context.close()
