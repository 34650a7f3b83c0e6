"""What a person prints from the browser has all of every text on it (case 109)."""

import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.accessibility.looks import DEVELOPMENT, fill, open_areas
from tests.applicant import fields_of_answers
from tests.browser import begin, new_page, press, saved, send
from tests.conftest import SEED, need
from tests.service import Service
from tests.words import compact

# Browsers that came before the style that lets a field grow know neither its name nor its value.
OLDER = (
    "const asked = CSS.supports.bind(CSS); CSS.supports = (...what) => what[0] !== 'field-sizing' && asked(...what);"
)
GROWS = "field-sizing: content;"
SIZING = "() => getComputedStyle(document.querySelector('textarea')).fieldSizing"
# What may show a part of its text only.
SLOTS = """() => [...document.querySelectorAll("main *")]
    .filter(node => node.matches("textarea") || getComputedStyle(node).overflowY !== "visible")
    .filter(node => node.checkVisibility() && !node.matches(".unseen, input"))
    .map(node => node.outerHTML.slice(0, 80))"""


@pytest.fixture
def application(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The real application where it is here, else the sample: paper is dear."""
    found: dict[str, Any] = request.getfixturevalue("seed" if SEED.exists() else "sample")
    return found


def printed(page: Page, folder: Path) -> str:
    """All that stands on the paper, without white space. What is cut off there isn't in it."""
    path = folder / "printed.pdf"
    page.pdf(path=path, prefer_css_page_size=True)
    run = subprocess.run([need("pdftotext"), "-layout", path, "-"], capture_output=True, check=True, text=True)
    return compact(run.stdout)


def missing(found: str, texts: list[str]) -> list[str]:
    return [text[:60] for text in texts if compact(text) not in found]


def long_texts(answers: dict[str, Any]) -> list[str]:
    return [value for number, value in answers.items() if number != "1" and isinstance(value, str)]


def make_older(page: Page) -> None:
    """Make the browser one whose fields don't grow by style."""

    def strip(route: Route) -> None:
        answer = route.fetch()
        assert GROWS in answer.text()
        route.fulfill(response=answer, body=answer.text().replace(GROWS, ""))

    page.add_init_script(OLDER)
    page.route("**/app*.css*", strip)


def test_the_printed_form_shows_all_text(
    browser: Browser, service: Service, application: dict[str, Any], tmp_path: Path
) -> None:
    page = new_page(browser, service)
    reference = fill(page, fields_of_answers(application))
    cookies = page.context.cookies()
    page.context.close()
    lost = {}
    for scripts, is_older in product((True, False), repeat=2):
        page = new_page(browser, service, scripts)
        page.context.add_cookies(
            [{"name": each["name"], "value": each["value"], "url": service.url} for each in cookies]
        )
        if is_older:
            make_older(page)
        page.goto(f"/hakemus/{reference}/{DEVELOPMENT}")
        assert page.evaluate(SIZING) == ("fixed" if is_older else "content")
        way = f"{'with' if scripts else 'no'} scripts, {'older' if is_older else 'newer'} browser"
        lost[way] = missing(printed(page, tmp_path), long_texts(application))
        page.context.close()
    assert {way: texts for way, texts in lost.items() if texts} == {}


@pytest.mark.parametrize("is_older", [False, True], ids=["newer", "older"])
def test_text_is_printed_as_soon_as_it_is_typed(
    page: Page, application: dict[str, Any], is_older: bool, tmp_path: Path
) -> None:
    if is_older:
        make_older(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    reference = begin(page)
    open_areas(page, reference, ["ymparistot"])
    with saved(page):
        page.fill("[name=q12]", application["12"])
    assert missing(printed(page, tmp_path), [application["12"]]) == []


def test_what_is_only_read_is_printed_whole(
    browser: Browser, service: Service, application: dict[str, Any], tmp_path: Path
) -> None:
    """The summary before sending, by a reading link, as it was sent, and a draft when the call has closed."""
    texts = [row for number, rows in application.items() if isinstance(rows, list) and number != "3" for row in rows]
    texts += long_texts(application)
    lost = {}

    def look(name: str, page: Page) -> None:
        page.emulate_media(media="print")
        assert page.evaluate(SLOTS) == [], name
        page.emulate_media(media="screen")
        lost[name] = missing(printed(page, tmp_path), texts)

    page = new_page(browser, service)
    reference = fill(page, fields_of_answers(application))
    look("summary", page)

    page.goto(f"/hakemus/{reference}/linkit")
    press(page, "Tee lukulinkki")
    reader = new_page(browser, service)
    reader.goto(page.locator(".personal-link").inner_text())
    expect(reader.locator("h1")).to_have_text("Hakemus luettavana")
    look("reading link", reader)
    reader.context.close()

    # The same service on the same data, without what holds a call open whose time is past.
    with Service(tmp_path, data=service.data, HELD_OPEN="[]") as closed:
        page.goto(f"{closed.url}/hakemus/{reference}/yhteenveto")
        expect(page.get_by_role("button", name="Lähetä", exact=True)).to_have_count(0)
        look("closed", page)

    page.goto(f"{service.url}/hakemus/{reference}/yhteenveto")
    send(page, "Lähetä")
    expect(page.get_by_text("Versio 1 (voimassa)")).to_be_visible()
    look("receipt", page)
    page.context.close()
    assert {name: texts for name, texts in lost.items() if texts} == {}
