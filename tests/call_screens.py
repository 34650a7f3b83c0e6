"""Pictures of a call as docs/making-a-call.md makes it, for ``make screens``: new, and mended while people write."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Browser, Page

import clock
from tests.browser import new_page, press, sign_in
from tests.mending import until
from tests.service import Service

KEY = "avustus"
TEXT = (
    "Uudistamme hitsauksen oppimisympäristön kahdessa toimipisteessä. Opiskelijat harjoittelevat simulaattorilla, "
    "ja opettaja näkee jokaisen edistymisen."
)


def _flask(service: Service, *words: str, typed: str = "") -> None:
    command = [sys.executable, "-m", "flask", "call", *words]
    subprocess.run(command, cwd=service.program, env=service.environment, input=typed, text=True, check=True)


def _all_know(page: Page, address: str, words: str) -> None:
    """Wait until every worker of the service has heard of what was published."""
    seen: list[bool] = []

    def as_published() -> bool:
        seen.append(words in page.request.get(address).text())
        return seen[-20:] == [True] * 20

    until(as_published)


def key_states_of_a_call(browser: Browser, service: Service, take: Callable[[Page, str], None]) -> None:
    """A new call, a draft of it after a question was taken away and another got shorter, that version at the desk."""
    file = service.folder / f"{KEY}.toml"
    opens, closes = (clock.in_helsinki(clock.now() + timedelta(days=days)) for days in (-1, 60))
    answers = [
        KEY,
        "AV",
        "Valtionavustus oppimisympäristöihin",
        "Statsunderstöd för lärmiljöer",
        f"{opens:%d.%m.%Y} klo 8.00",
        f"{closes:%d.%m.%Y} klo 16.15",
        "kirjaamo@example.fi",
        "n",
    ]
    _flask(service, "new", str(file), typed="\n".join([*answers, ""]))
    _flask(service, "publish", str(file))
    page = new_page(browser, service)
    page.set_viewport_size({"width": 1280, "height": 720})
    _all_know(page, f"/haku/{KEY}", "Aloita hakemus")
    page.goto(f"/haku/{KEY}")
    take(page, "12-call-new")
    press(page, "Aloita hakemus")
    page.wait_for_url("**/hakemus/**")
    page.fill("[name='q2']", TEXT)
    page.fill("[name='q3.palvelut']", "30000")
    press(page, "Tallenna")

    text = file.read_text().replace("limit = 2000", "limit = 100")
    file.write_text(text[: text.rindex("[[questions]]")])
    _flask(service, "publish", str(file), "--accept", "--note", "Kustannuksia ei kysytä.")
    _all_know(page, page.url, "Hakemuslomaketta on muutettu")
    page.goto(page.url)
    take(page, "13-call-mended")
    page.locator(".earlier-question").scroll_into_view_if_needed()
    take(page, "14-earlier-question")
    page.context.close()

    page = new_page(browser, service)
    page.set_viewport_size({"width": 1280, "height": 720})
    sign_in(page, service, "haut@example.fi", "admin")
    page.goto(f"/virkailija/hakujen-versiot/{KEY}/2/")
    take(page, "15-desk-call-version")
    page.context.close()
