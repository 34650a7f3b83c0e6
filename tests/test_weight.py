"""What pages cost on a slow line, through the real server."""

import gzip
import re
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.accessibility.looks import AREAS, DEVELOPMENT, fill, open_areas, put
from tests.applicant import fields_of_answers
from tests.browser import begin, new_page, press, send
from tests.service import Service

FIRST_VIEW = "/haku/strategiarahoitus-2021"


def fetched(service: Service, path: str, encoding: str, cookie: str = "") -> bytes:
    headers = {"Accept-Encoding": encoding, "Cookie": cookie}
    request = urllib.request.Request(service.url + path, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return bytes(answer.read())


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_the_first_view_is_light(service: Service, encoding: str) -> None:
    page = fetched(service, FIRST_VIEW, "identity").decode()
    parts = [FIRST_VIEW, *re.findall(r'(?:href|src)="(/static/[^"]+)"', page)]
    assert len(parts) == 4  # page, style, script, icon
    assert sum(len(fetched(service, part, encoding)) for part in parts) <= 40_000


def test_a_later_page_fetches_only_itself(page: Page) -> None:
    page.goto(FIRST_VIEW)
    # Style and script; this browser shows no icon and fetches none.
    page.wait_for_function("() => performance.getEntriesByType('resource').length === 2")
    page.goto("/ohje")
    parts = page.evaluate(
        "() => performance.getEntriesByType('resource').map(part => [new URL(part.name).origin, part.transferSize])"
    )
    assert len(parts) >= 2
    # What the browser keeps costs nothing, and nothing comes from elsewhere.
    assert {tuple(part) for part in parts} == {(page.url.removesuffix("/ohje"), 0)}


LATER_PAGE = 15_000
AROUND = ["/", "/ohje", "/saavutettavuus", "/tietosuoja", "/evasteet", "/linkki"]
WITHOUT_ANSWERS = ["hakija?tarkista=1", "linkit", "tallennettu"]


def weight_of(fields: dict[str, Any]) -> int:
    """What the applicant's own words weigh by themselves, compressed."""
    return len(gzip.compress("\n".join(str(value) for value in fields.values()).encode()))


class Scales:
    """Weighs pages as this browser gets them, each compressed in both ways."""

    def __init__(self, service: Service, page: Page, own: int = 0) -> None:
        self.service = service
        self.page = page
        self.own = own
        self.too_heavy: dict[str, int] = {}

    def weigh(self, *addresses: str, most: int = LATER_PAGE) -> None:
        cookie = "; ".join(f"{each['name']}={each['value']}" for each in self.page.context.cookies())
        for address in addresses:
            for encoding in ("br", "gzip"):
                self.note(f"{address} {encoding}", len(fetched(self.service, address, encoding, cookie)), most)

    def weigh_answers(self, *addresses: str) -> None:
        """Pages that show the applicant's own words, which weigh what they weigh."""
        self.weigh(*addresses, most=LATER_PAGE + self.own)

    def note(self, name: str, weight: int, most: int) -> None:
        if weight > most:
            self.too_heavy[name] = weight


def test_pages_without_text_are_light(page: Page, service: Service) -> None:
    """Every question of every area, with what is missing named at each, and nothing answered."""
    reference = begin(page)
    open_areas(page, reference, AREAS)
    scales = Scales(service, page)
    scales.weigh(*AROUND, *[f"/hakemus/{reference}/{address}" for address in WITHOUT_ANSWERS])
    scales.weigh(*[f"/hakemus/{reference}/{address}" for address in (DEVELOPMENT + "?tarkista=1", "yhteenveto")])
    assert scales.too_heavy == {}


def test_pages_of_a_real_application_are_light_but_for_its_text(
    browser: Browser, service: Service, answers: dict[str, Any]
) -> None:
    page = new_page(browser, service)
    fields = fields_of_answers(answers)
    home = f"/hakemus/{fill(page, fields)}"
    scales = Scales(service, page, own=weight_of(fields))
    scales.weigh(*[f"{home}/{address}" for address in WITHOUT_ANSWERS])
    scales.weigh_answers(f"{home}/{DEVELOPMENT}", f"{home}/yhteenveto")
    # A refusal is a whole page too; this one comes by the browser, compressed as it asks.
    with page.expect_response(lambda response: response.status == 422) as refused:
        press(page, "Lähetä")
    scales.note("refused", refused.value.request.sizes()["responseBodySize"], LATER_PAGE + scales.own)
    send(page, "Lähetä")
    expect(page.get_by_text("Versio 1 (voimassa)")).to_be_visible()
    scales.weigh_answers(f"{home}/yhteenveto", f"{home}/versio/1")
    page.goto(f"{home}/hakija")
    put(page, {"q2.nimi": "Toinen Nimi"})
    press(page, "Tallenna")
    expect(page.locator("#sivupalkki .unsent")).to_be_visible()
    scales.weigh_answers(f"{home}/yhteenveto")
    page.context.close()
    assert scales.too_heavy == {}
