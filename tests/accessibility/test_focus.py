"""Where the focus is: in the order of reading, always seen, never lost (WCAG 2.4.3, 2.4.7, 2.4.11, 3.2.1)."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.accessibility.keyboard import is_on, reach
from tests.accessibility.looks import AREAS, DEVELOPMENT, fill, open_areas
from tests.browser import begin, press, saved

SIZES = [(1280, 800), (320, 640), (640, 400)]

# How the element with the focus shows it, and how much of it can be seen: points of its boxes, as far as they are in
# the window, are looked at from above.
LOOK = """() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) { return null; }
    const style = getComputedStyle(focused);
    let points = 0;
    let seen = 0;
    for (const box of focused.getClientRects()) {
        const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
        const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
        for (const x of [0.1, 0.5, 0.9]) {
            for (const y of [0.1, 0.3, 0.5, 0.7, 0.9]) {
                points += 1;
                if (left >= right || top >= bottom) { continue; }
                const above = document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
                if (focused.contains(above)) { seen += 1; }
            }
        }
    }
    return {
        name: focused.id || focused.textContent.trim().slice(0, 60),
        isFirst: focused.matches(".skip"),
        isMarked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        seen: points ? seen / points : 0,
    };
}"""


def walk(page: Page, key: str) -> tuple[int, list[str]]:
    """Go from stop to stop to the page's end; says how many there are, and what is wrong with each."""
    troubles: list[str] = []
    for count in range(400):
        page.keyboard.press(key)
        look = page.evaluate(LOOK)
        if look is None or (count and look["isFirst"]):
            return count, troubles
        if not look["isMarked"]:
            troubles.append(f"{look['name']}: no mark of the focus")
        if look["seen"] < 0.2:
            troubles.append(f"{look['name']}: {look['seen']:.0%} seen with {key}")
    raise AssertionError("more than 400 stops")


def test_the_focus_is_seen_at_every_stop(page: Page, fields: dict[str, Any]) -> None:
    reference = fill(page, fields)
    found = {}
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"/hakemus/{reference}/{DEVELOPMENT}")
        # Backwards only where something sticks to the window: on a low one nothing does.
        for key in ("Tab", "Shift+Tab") if height > 480 else ("Tab",):
            count, found[f"{width}x{height} {key}"] = walk(page, key)
            assert count > 100
    assert {name: troubles for name, troubles in found.items() if troubles} == {}


# What sticks to the window's lower edge, and how much of it is kept free of what has the focus.
STUCK = """() => {
    const isStuck = node => getComputedStyle(node).position === "sticky";
    const stuck = [...document.querySelectorAll(".bar, .save")].find(isStuck);
    const free = parseFloat(getComputedStyle(document.documentElement).scrollPaddingBottom);
    return {high: stuck.getBoundingClientRect().height, free};
}"""


def test_what_sticks_is_no_higher_than_what_is_kept_free(page: Page) -> None:
    reference = begin(page)
    # A saved page says more in its bar than one just begun.
    page.fill("[name='q2.nimi']", "Aino Esimerkki")
    press(page, "Tallenna")
    for language in ("fi", "sv"):
        for place in ("hakija", DEVELOPMENT):
            page.goto(f"/hakemus/{reference}/{place}?kieli={language}")
            for width in (320, 768, 960, 1200, 1260, 1280, 1440):
                page.set_viewport_size({"width": width, "height": 800})
                stuck = page.evaluate(STUCK)
                assert stuck["high"] <= stuck["free"], (language, place, width)


# The header, the side with its steps, then the questions in their order, what saves them, and the foot.
ORDER = [
    ".skip",
    "header .top-name a",
    "#sivupalkki a[aria-current]",
    "#q3-opetus",
    "#q3-kilpailut",
    "#q4-vastaus",
    "#q7-henkilosto",
    "#q8-okm",
    "#q9-alku",
    "#q11-4",
    ".bar [value=tallenna]",
    ".bar [value=myohemmin]",
    ".bar [value=seuraava]",
    ".bottom a",
]


def test_focus_goes_the_way_one_reads(page: Page) -> None:
    reference = begin(page)
    open_areas(page, reference, AREAS[:1])
    page.goto(f"/hakemus/{reference}/{DEVELOPMENT}")
    assert order_of(page, ORDER) == ORDER
    # The switch of languages stands at the top, and comes before the questions.
    switch = ["[lang=sv]", "#q3-opetus"]
    assert order_of(page, switch) == switch


def order_of(page: Page, selectors: list[str]) -> list[str]:
    """The same, in the order in which Tab comes to them first."""
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); getSelection().removeAllRanges() }")
    found: list[str] = []
    for _ in range(100):
        page.keyboard.press("Tab")
        for selector in selectors:
            if selector not in found and is_on(page, selector):
                found.append(selector)
        if len(found) == len(selectors):
            break
    return found


def typed_twice(page: Page) -> str:
    """An area with an answer that has an earlier value, on a page that has just been loaded."""
    reference = begin(page)
    open_areas(page, reference, AREAS[:1])
    for text in ("Ensimmäinen", "Toinen"):
        with saved(page):
            page.fill("[name=q4]", text)
            page.locator("[name=q4]").blur()
    page.goto(f"/hakemus/{reference}/{DEVELOPMENT}")
    return reference


@pytest.mark.parametrize("link", ["#sivupalkki nav a[aria-current]", "#linkit", "#q4-tila .earlier a"])
def test_the_focus_stays_through_a_save(page: Page, link: str) -> None:
    typed_twice(page)
    page.locator(link).wait_for()
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        page.locator("[name=q4]").press_sequentially(" lisää")
        page.locator(link).focus()
    assert "#tallennettu" in answer.value.text() or 'id="tallennettu"' in answer.value.text()
    expect(page.locator("#q4")).to_have_attribute("data-save", "saved")
    expect(page.locator(link)).to_be_focused()


def test_the_focus_goes_to_the_box_when_its_section_goes(page: Page) -> None:
    reference = begin(page)
    open_areas(page, reference, AREAS[:2])
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(f"**/{DEVELOPMENT}", hold)
    box = page.locator("#q3-ymparistot")
    box.focus()
    with page.expect_request(f"**/{DEVELOPMENT}"):
        page.keyboard.press("Space")
    # The answer is slow, and one has gone on meanwhile, into the very section that it takes away.
    reach(page, "[name=q12]")
    held[0].continue_()
    expect(page.locator("[name=q12]")).to_have_count(0)
    expect(box).to_be_focused()


# Where the focus is as soon as the added fields are in the page: the first thing a browser does after that.
FIRST_SEEN = """field => {
    new MutationObserver((changes, watch) => {
        if (!document.querySelector(field)) { return; }
        window.focusedFirst = document.activeElement.id;
        watch.disconnect();
    }).observe(document.body, {childList: true, subtree: true});
}"""


def test_the_focus_is_in_added_fields_as_soon_as_they_are_there(page: Page) -> None:
    """A key pressed on a slow machine would go elsewhere, and the focus away under the next one, if it came later."""
    reference = begin(page)
    open_areas(page, reference, AREAS[:1])
    page.goto(f"/hakemus/{reference}/{DEVELOPMENT}")
    page.evaluate(FIRST_SEEN, "#q11-5")
    page.locator("#q11 [name=lisaa]").click()
    page.locator("#q11-5").wait_for()
    assert page.evaluate("window.focusedFirst") == "q11-5"


def test_focus_alone_changes_nothing(page: Page) -> None:
    """Going through all fields of a page sends nothing and leaves nothing (3.2.1)."""
    reference = begin(page)
    open_areas(page, reference, AREAS[:1])
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    address = page.url
    reach(page, "#q11-4", most=80)
    assert posts == []
    assert page.url == address
