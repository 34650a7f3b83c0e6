"""Language, theme and width in pairs: what is right in one way to see the service is right in each."""

from itertools import combinations
from typing import Any, Literal

from playwright.sync_api import Page, expect

from tests.accessibility.layout import layout_troubles
from tests.accessibility.looks import AREAS, DEVELOPMENT, open_areas, put, violations
from tests.browser import begin, press

PAGES = ("front page", "call", "applicant", "areas with errors", "summary")
LANGUAGES = ("fi", "sv")
THEMES = ("light", "dark", "more contrast", "forced colours")
WIDTHS = (1280, 320)

# Each theme once on each page; languages and widths alternate so that every pair of any two occurs.
COMBINATIONS = [
    (page, LANGUAGES[(at + number) % 2], theme, WIDTHS[(at // 2 + number) % 2])
    for number, page in enumerate(PAGES)
    for at, theme in enumerate(THEMES)
]


def test_every_pair_of_two_ways_occurs() -> None:
    choices = (PAGES, LANGUAGES, THEMES, WIDTHS)
    for one, other in combinations(range(len(choices)), 2):
        seen = {(way[one], way[other]) for way in COMBINATIONS}
        assert seen == {(first, second) for first in choices[one] for second in choices[other]}


def dress(page: Page, theme: str) -> None:
    """See the page in a theme, as the system's settings would have it."""
    scheme: Literal["dark", "light"] = "dark" if theme == "dark" else "light"
    contrast: Literal["more", "no-preference"] = "more" if theme == "more contrast" else "no-preference"
    forced: Literal["active", "none"] = "active" if theme == "forced colours" else "none"
    page.emulate_media(color_scheme=scheme, contrast=contrast, forced_colors=forced)


def test_every_way_to_see_the_service(page: Page) -> None:
    reference = begin(page)
    open_areas(page, reference, AREAS[:1])
    put(page, {"q4": "x" * 2600, "q7.henkilosto": "1.319.500", "q7.muut": "500", "q9.alku": "31.2.2021"})
    press(page, "Tallenna")
    expect(page.locator("#q4-tila")).to_contain_text("liikaa")
    home = f"/hakemus/{reference}"
    addresses = {
        "front page": "/",
        "call": "/haku/strategiarahoitus-2021",
        "applicant": f"{home}/hakija",
        "areas with errors": f"{home}/{DEVELOPMENT}",
        "summary": f"{home}/yhteenveto",
    }
    found: list[str] = []
    for name, language, theme, width in COMBINATIONS:
        dress(page, theme)
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{addresses[name]}?kieli={language}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        way = f"{name}, {language}, {theme}, {width}"
        # Where the system chooses the colours, their contrast is its own; axe reads those of the style.
        found += [said for said in violations(page, way) if theme != "forced colours" or "color-contrast" not in said]
        found += [f"{way}: {trouble}" for trouble in layout_troubles(page)[:5]]
    assert found == [], "\n".join(found)


SIGNS = """() => {
    const border = selector => {
        const style = getComputedStyle(document.querySelector(selector));
        return [style.borderTopStyle, style.borderTopWidth, style.borderTopColor].join(" ");
    };
    return {
        wrong: border("#q9-alku"), right: border("#q9-loppu"),
        ticked: getComputedStyle(document.querySelector("#q3-opetus").closest("li")).borderLeftWidth,
        unticked: getComputedStyle(document.querySelector("#q3-tieto").closest("li")).borderLeftWidth,
    };
}"""


def test_nothing_is_said_by_colour_alone(page: Page) -> None:
    """Where the system takes all colours away, states still differ, and every state stands in words too (1.4.1)."""
    reference = begin(page)
    open_areas(page, reference, AREAS[:1])
    put(page, {"q9.alku": "31.2.2021"})
    press(page, "Tallenna")
    expect(page.locator("#q9-alku")).to_have_attribute("aria-invalid", "true")
    dress(page, "forced colours")
    signs: dict[str, Any] = page.evaluate(SIGNS)
    assert signs["wrong"] != signs["right"]
    assert signs["ticked"] != signs["unticked"]
    expect(page.locator("#q9-alku-virhe")).to_contain_text("Tätä päivää ei ole kalenterissa.")
    expect(page.locator("#sivupalkki")).to_contain_text("Korjattavaa")
    expect(page.locator("#sivupalkki [aria-current]")).to_have_count(1)
