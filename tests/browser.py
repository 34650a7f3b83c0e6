"""What a person does in a browser: open the service, begin, fill in, press, send; an officer signs in."""

import re
import subprocess
import sys
from itertools import count
from typing import Any

import pyotp
from playwright.sync_api import Browser, Page, expect

import clock
from forms.texts import SOURCE
from tests.desk import PASSWORD
from tests.service import Service
from tests.words import FINNISH, Words

# Milliseconds. A shared machine may stand still for some seconds, and a page that saves, sends or draws has work to do
# on it; what is waited for is there at once otherwise.
PATIENCE = 40_000


def new_page(browser: Browser, service: Service, scripts: bool = True, language: str = SOURCE) -> Page:
    context = browser.new_context(java_script_enabled=scripts, base_url=service.url, locale=f"{language}-FI")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def begin(page: Page, words: Words = FINNISH) -> str:
    page.goto("/haku/strategiarahoitus-2021")
    press(page, words("Aloita hakemus"))
    page.wait_for_url("**/hakemus/**")
    return page.url.split("/")[4]


def open_area(page: Page, area: str) -> None:
    """Tick an area, and wait until its questions are there."""
    page.locator(f"[name=q3][value={area}]").check()
    expect(page.locator(f"#alue-{area} h2")).to_be_visible()


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


class Telephone:
    """The officer's: it gives each code once."""

    def __init__(self, secret: str) -> None:
        self._totp = pyotp.TOTP(secret)
        self._steps = count(int(clock.now().timestamp()) // self._totp.interval)

    def code(self) -> str:
        return self._totp.generate_otp(next(self._steps))


def sign_in(page: Page, service: Service, email: str = "virkailija@example.fi", role: str = "officer") -> None:
    """From the account that an operator adds to the list of calls."""
    command = [sys.executable, "-m", "flask", "officer", "add", email, "--role", role]
    subprocess.run(command, cwd=service.program, env=service.environment, check=True)
    body = service.inbox.expect(1, email)[0].get_body(("plain",)).get_content()
    link = re.search(r"http\S+/kayttoonotto/\S+", body)
    assert link
    page.goto(link[0])
    telephone = Telephone(page.locator("code").inner_text().replace(" ", ""))
    page.get_by_label("Salasana", exact=True).fill(PASSWORD)
    page.get_by_label("Koodi, jonka sovellus antaa").fill(telephone.code())
    page.get_by_role("button", name="Ota käyttäjätunnus käyttöön").last.click()
    expect(page.get_by_role("heading", name="Käyttäjätunnus on käytössä")).to_be_visible()
    page.get_by_role("link", name="Kirjaudu").click()
    page.get_by_label("Sähköpostiosoite").fill(email)
    page.get_by_label("Salasana").fill(PASSWORD)
    page.get_by_label("Kertakäyttöinen koodi").fill(telephone.code())
    page.get_by_role("button", name="Kirjaudu").last.click()
    expect(page.get_by_role("heading", name="Haut", exact=True)).to_be_visible()
