"""Larger letters, wider spaces, a small window: everything is still there to read (WCAG 1.4.4, 1.4.10, 1.4.12)."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.accessibility.layout import layout_troubles
from tests.accessibility.looks import DEVELOPMENT, fill
from tests.browser import send
from tests.service import Service

# The words of 1.4.12, and stronger than whatever the page says.
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }"""
LARGE = "html { font-size: 200% !important; }"
WAYS = {
    "spaced": (SPACED, 1280, 800),
    "spaced and narrow": (SPACED, 320, 640),
    "twice as large": (LARGE, 1280, 800),
    # 1280 at 400 %.
    "reflowed": ("/* as it is */", 320, 256),
}


def look_in_every_way(page: Page, name: str) -> list[str]:
    """What is wrong with the page in which way to see it: a line each."""
    found = []
    for way, (style, width, height) in WAYS.items():
        page.set_viewport_size({"width": width, "height": height})
        added = page.add_style_tag(content=style)
        found += [f"{name}, {way}: {trouble}" for trouble in layout_troubles(page)[:5]]
        added.evaluate("style => style.remove()")
    return found


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_everything_stays_readable(browser: Browser, service: Service, fields: dict[str, Any], language: str) -> None:
    # The service's own content policy takes no style from outside.
    context = browser.new_context(base_url=service.url, locale="fi-FI", bypass_csp=True)
    page = context.new_page()
    reference = fill(page, {**fields, "q7.henkilosto": "1.318.400", "q9.alku": "31.2.2021"})
    home = f"/hakemus/{reference}"
    pages = [
        f"{home}/hakija?tarkista=1",
        f"{home}/{DEVELOPMENT}?tarkista=1",
        f"{home}/yhteenveto",
        f"{home}/tallennettu",
    ]
    pages += ["/", "/haku/strategiarahoitus-2021", "/linkki", "/tarkistus?tunnus=&sormenjalki=0"]
    page.goto(f"/?kieli={language}")
    found: list[str] = []
    for address in pages:
        page.goto(address)
        found += look_in_every_way(page, address)
    context.close()
    assert found == [], "\n".join(found)


def test_the_receipt_stays_readable(browser: Browser, service: Service, fields: dict[str, Any]) -> None:
    context = browser.new_context(base_url=service.url, locale="fi-FI", bypass_csp=True)
    page = context.new_page()
    fill(page, fields)
    send(page, "Lähetä")
    expect(page.get_by_text("Versio 1 (voimassa)")).to_be_visible()
    found = look_in_every_way(page, "receipt")
    context.close()
    assert found == [], "\n".join(found)
