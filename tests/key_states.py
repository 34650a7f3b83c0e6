"""The states that show what the service is; ``make screens`` takes their pictures anew, into docs/screens/."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.accessibility.looks import AREAS, DEVELOPMENT, open_areas, put
from tests.browser import begin, new_page, press, saved, send
from tests.conftest import ROOT
from tests.service import Service

FOLDER = ROOT / "docs/screens"
WIDE = (1280, 720)
WRONG = {"q7.henkilosto": "1.318.400", "q9.alku": "31.2.2021", "q15.henkilosto": "214 000", "q16.okm": "150 000"}
MINE = "Tavoite: keskeyttämisiä enintään 6 % vuonna 2022. Mittarina on opintohallintojärjestelmä."
THEIRS = "Opintonsa keskeyttää vuonna 2022 enintään 6 % opiskelijoista. Seuraamme lukua kuukausittain."


def look_at(page: Page, selector: str, lower: int = 0) -> None:
    """Scroll so that a place stands at the window's top, so many pixels lower."""
    page.locator(selector).evaluate("(place, lower) => { place.scrollIntoView(); scrollBy(0, -lower); }", lower)


def take(page: Page, name: str) -> None:
    """What is in the window: a whole page would be a strip that nobody can read."""
    page.screenshot(path=FOLDER / f"{name}.png")


def first_areas(page: Page, reference: str, fields: dict[str, Any]) -> None:
    """The first area answered, the second begun with a mistake, the third only chosen."""
    put(page, fields)
    press(page, "Seuraava: Kehittämiskokonaisuudet")
    page.wait_for_url(f"**/{DEVELOPMENT}")
    open_areas(page, reference, fields["q3"][:3])
    put(page, {name: fields[name] for name in fields if name.startswith(("q4", "q5", "q6", "q7", "q8", "q9", "q11"))})
    put(page, {"q15.henkilosto": "214000", "q16.okm": "150.000"})
    press(page, "Tallenna")
    page.locator("#korjattavat a").first.wait_for()


def refusal(page: Page, reference: str) -> None:
    """Mistakes, named on the page and when it is to be sent."""
    put(page, WRONG)
    press(page, "Tallenna")
    page.locator("#korjattavat a[href='#q9-alku']").wait_for()
    look_at(page, "body")
    take(page, "3-to-mend")
    page.goto(f"/hakemus/{reference}/yhteenveto")
    press(page, "Lähetä")
    expect(page.locator("#este")).to_be_focused()
    take(page, "4-refused")


def clash(browser: Browser, service: Service) -> None:
    """Two people write into one answer."""
    page, other = new_page(browser, service), new_page(browser, service)
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    reference = begin(page)
    open_areas(page, reference, AREAS[:1])
    page.goto(f"/hakemus/{reference}/tallennettu")
    link = page.locator(".personal-link").inner_text()
    page.goto(f"/hakemus/{reference}/{DEVELOPMENT}")
    other.goto(link)
    other.goto(f"/hakemus/{reference}/{DEVELOPMENT}")
    with saved(other):
        other.fill("[name=q5]", THEIRS)
        other.locator("[name=q5]").blur()
    page.fill("[name=q5]", MINE)
    expect(page.locator("#q5")).to_have_attribute("data-save", "clash")
    look_at(page, "#q5-vastaus")
    take(page, "5-clash")
    other.context.close()
    page.context.close()


def key_states(browser: Browser, service: Service, fields: dict[str, Any]) -> None:
    FOLDER.mkdir(exist_ok=True)
    clash(browser, service)
    page = new_page(browser, service)
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    reference = begin(page)
    take(page, "1-begun")
    first_areas(page, reference, fields)
    look_at(page, "#q7", lower=200)
    take(page, "2-areas")
    refusal(page, reference)

    open_areas(page, reference, fields["q3"])
    put(page, fields)
    press(page, "Seuraava: Yhteenveto ja lähetys")
    page.wait_for_url("**/yhteenveto")
    look_at(page, ".preview", lower=-48)
    take(page, "6-summary")
    send(page, "Lähetä")
    expect(page.get_by_text("Versio 1 (voimassa)")).to_be_visible()
    take(page, "7-receipt")

    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"/hakemus/{reference}/{DEVELOPMENT}?kieli=sv")
    look_at(page, "#q7")
    take(page, "8-swedish-narrow-dark")
    page.context.close()
