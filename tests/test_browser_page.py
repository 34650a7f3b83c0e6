"""What a page and its browser keep and show: ids, the way back, storage, addresses."""

from playwright.sync_api import Browser, Page, expect

from tests.browser import begin, new_page, open_area, press, saved
from tests.service import Service

AREAS = ("opetus", "ymparistot", "tieto")


def test_ids_stay_unique_through_swaps(page: Page) -> None:
    reference = begin(page)
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    for area in AREAS:
        open_area(page, area)
    with saved(page):
        page.locator("[name='q7.muut']").fill("5")
    page.locator("#q11").get_by_role("button", name="Lisää rivejä").click()
    page.locator("[name='q11.9']").wait_for()
    page.locator("[name=q3][value=tieto]").uncheck()
    expect(page.locator("#alue-tieto h2")).to_have_count(0)
    doubled = page.evaluate(
        "() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);"
        " return ids.filter((id, i) => ids.indexOf(id) !== i) }"
    )
    assert doubled == []
    assert page.locator("#q7 #q7, #alue-opetus #alue-opetus").count() == 0


def test_buttons_work_after_going_back(page: Page) -> None:
    reference = begin(page)
    press(page, "Seuraava: Kehittämiskokonaisuudet")
    expect(page.locator("h1")).to_have_text("Kehittämiskokonaisuudet")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Hakija")
    page.fill("[name='q2.nimi']", "Aino Esimerkki")
    with page.expect_navigation():
        press(page, "Tallenna")
    assert page.input_value("[name='q2.nimi']") == "Aino Esimerkki"
    assert reference in page.url


def test_nothing_is_left_in_the_browsers_storage(page: Page) -> None:
    begin(page)
    page.fill("[name='q2.nimi']", "Salainen Nimi")
    press(page, "Seuraava: Kehittämiskokonaisuudet")
    expect(page.locator("h1")).to_have_text("Kehittämiskokonaisuudet")
    page.goto("/")
    stored = page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "Salainen" not in stored
    assert stored.startswith("[{},")


def test_tokens_stay_out_of_addresses_and_logs(page: Page, browser: Browser, service: Service) -> None:
    reference = begin(page)
    page.goto(f"/hakemus/{reference}/tallennettu")
    link = page.locator(".personal-link a").get_attribute("href")
    assert link
    other = new_page(browser, service)
    other.goto(link)
    token = link.rpartition("/")[2]
    assert token not in other.url
    with other.expect_request("**/yhteenveto") as seen:
        other.get_by_role("link", name="Yhteenveto ja lähetys").click()
    assert token not in seen.value.headers.get("referer", "")
    other.context.close()
    assert token not in service.log.read_text()
