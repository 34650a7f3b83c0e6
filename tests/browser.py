"""What a person does in a browser: open the service, begin, fill in, press, send."""

from typing import Any

from playwright.sync_api import Browser, Page

from forms.texts import SOURCE
from tests.service import Service
from tests.words import FINNISH, Words


def new_page(browser: Browser, service: Service, scripts: bool = True, language: str = SOURCE) -> Page:
    context = browser.new_context(java_script_enabled=scripts, base_url=service.url, locale=f"{language}-FI")
    page = context.new_page()
    page.set_default_timeout(15_000)
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def begin(page: Page, words: Words = FINNISH) -> str:
    page.goto("/haku/strategiarahoitus-2021")
    press(page, words("Aloita hakemus"))
    page.wait_for_url("**/hakemus/**")
    return page.url.split("/")[4]


def fill_known(page: Page, fields: dict[str, Any]) -> None:
    # Asked for once: each question waits for the page's own work, and a whole application has many fields.
    names = page.locator("[name]").evaluate_all("fields => fields.map(field => field.getAttribute('name'))")
    for name, value in fields.items():
        if name == "q3" or names.count(name) != 1:
            continue
        field = page.locator(f"[name='{name}']")
        if name == "q1":
            field.select_option(value)
        else:
            field.fill(value)


def saved(page: Page) -> Any:
    """Wait until a save by htmx has been answered."""
    return page.expect_response(lambda response: response.request.method == "POST")


def send(page: Page, button: str) -> None:
    page.locator("#vakuutus").check()
    if page.locator("[name=huomautukset]").count():
        page.locator("[name=huomautukset]").check()
    press(page, button)
