"""Every target is large enough, every field and page has its name (WCAG 2.5.8, 4.1.2, 1.3.5, 2.4.2, 3.1.1, 3.1.2)."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.accessibility.looks import AREAS, DEVELOPMENT, fill, open_areas, put
from tests.browser import begin, press, send

# A link in a sentence is as high as its line, which 2.5.8 allows; it stands beside words of the same block.
SMALL_TARGETS = """() => {
    const small = [];
    for (const node of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
        if (node.type === "hidden" || !node.checkVisibility() || node.closest(".skip, .unseen")) { continue; }
        const block = node.closest("p, li, dd, td, div");
        const beside = block ? block.textContent.replace(node.textContent, "").trim() : "";
        const isInSentence = node.tagName === "A" && getComputedStyle(node).display === "inline" && beside !== "";
        const box = node.getBoundingClientRect();
        if (!isInSentence && (box.width < 24 || box.height < 24)) {
            small.push(`${node.outerHTML.slice(0, 120)} ${Math.round(box.width)}×${Math.round(box.height)}`);
        }
    }
    return small;
}"""

# By what a person knows each field: its label, in its group.
UNNAMED = """() => [...document.querySelectorAll("main input, main select, main textarea")]
    .filter(field => field.type !== "hidden" && field.getAttribute("aria-hidden") !== "true")
    .filter(field => ![...field.labels].some(label => label.textContent.trim()) || !field.id)
    .map(field => field.outerHTML)"""


def test_targets_are_large_enough(page: Page, fields: dict[str, Any]) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    reference = fill(page, fields)
    small = {"summary": page.evaluate(SMALL_TARGETS)}
    for address in ("hakija", f"{DEVELOPMENT}?tarkista=1", "linkit", "tallennettu"):
        page.goto(f"/hakemus/{reference}/{address}")
        small[address] = page.evaluate(SMALL_TARGETS)
    page.goto(f"/hakemus/{reference}/yhteenveto")
    send(page, "Lähetä")
    expect(page.get_by_text("Versio 1 (voimassa)")).to_be_visible()
    small["receipt"] = page.evaluate(SMALL_TARGETS)
    page.goto("/")
    small["front page"] = page.evaluate(SMALL_TARGETS)
    assert {name: found for name, found in small.items() if found} == {}


def test_every_field_has_its_name_and_says_what_it_is_for(page: Page) -> None:
    reference = begin(page)
    assert page.evaluate(UNNAMED) == []
    tokens = {"nimi": "name", "tehtava": "organization-title", "puhelin": "tel", "sahkoposti": "email"}
    for row, token in tokens.items():
        expect(page.locator(f"[name='q2.{row}']")).to_have_attribute("autocomplete", token)
    # Rows of a table and of a list are known by their own label, the group by the question.
    open_areas(page, reference, AREAS)
    assert page.evaluate(UNNAMED) == []
    for name, words in {"q7": "Henkilöstökulut", "q9": "Aloituspäivämäärä", "q11": "1. Koulutuksen järjestäjä"}.items():
        group = page.locator(f"#{name}").get_by_role("group")
        expect(group).to_have_accessible_name(page.locator(f"#{name} legend").inner_text())
        expect(group.get_by_role("textbox", name=words)).to_have_count(1)
    expect(page.get_by_role("textbox", name="4. Lyhyt kuvaus")).to_have_attribute("id", "q4-vastaus")
    page.goto(f"/hakemus/{reference}/tallennettu")
    expect(page.get_by_label("Sähköpostiosoite")).to_have_attribute("autocomplete", "email")


def test_the_description_of_a_field_is_its_own(page: Page) -> None:
    """Whatever a field refers to is there, and what is wrong with one row is said of no other."""
    reference = begin(page)
    open_areas(page, reference, AREAS[:1])
    put(page, {"q7.henkilosto": "1.319.500", "q7.muut": "500", "q9.alku": "31.2.2021", "q4": "x" * 2600})
    press(page, "Tallenna")
    advice = {}
    for name in ("q7.henkilosto", "q9.alku", "q4"):
        field = page.locator(f"[name='{name}']")
        expect(field).to_have_attribute("aria-invalid", "true")
        own = page.locator(f"[data-field='{field.get_attribute('id')}']").locator(".problem")
        expect(own).to_be_visible()
        advice[name] = own.inner_text().strip()
    described = page.evaluate(
        """() => [...document.querySelectorAll("main [aria-describedby]")].map(field => ({
            name: field.name,
            isWrong: field.getAttribute("aria-invalid") === "true",
            missing: field.getAttribute("aria-describedby").split(" ").filter(id => !document.getElementById(id)),
            words: field.getAttribute("aria-describedby").split(" ")
                .map(id => (document.getElementById(id) || {textContent: ""}).textContent).join(" "),
        }))"""
    )
    assert [field for field in described if field["missing"]] == []
    assert {field["name"] for field in described if field["isWrong"]} == set(advice)
    for name, words in advice.items():
        assert {field["name"] for field in described if words in field["words"]} == {name}


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_every_page_has_its_language_and_its_own_title(page: Page, language: str) -> None:
    page.goto(f"/?kieli={language}")
    page.goto("/haku/strategiarahoitus-2021")
    page.locator("button.main").click()
    page.wait_for_url("**/hakemus/**")
    home = page.url.rpartition("/")[0]
    addresses = ["hakija", DEVELOPMENT, "yhteenveto", "linkit", "tallennettu", "aiemmat/q2"]
    pages = [f"{home}/{address}" for address in addresses]
    pages += ["/", "/haku/strategiarahoitus-2021", "/linkki", "/saavutettavuus", "/tietosuoja", "/ohje", "/evasteet"]
    pages += ["/tarkistus"]
    titles = {}
    feet = set()
    for address in pages:
        page.goto(address)
        titles[address] = page.title()
        assert page.locator("html").get_attribute("lang") == language
        # Each part in the other language says so: the switch, wherever it stands.
        switch = page.locator(".languages")
        expect(switch.get_by_text("På svenska")).to_have_attribute("lang", "sv")
        expect(switch.get_by_text("Suomeksi")).to_have_attribute("lang", "fi")
        expect(page.locator("h1")).to_have_count(1)
        # Help, and what the ministry says of itself, stand on every page in the same place.
        feet.add(page.locator("footer").inner_text())
    assert len(set(titles.values())) == len(titles), titles
    assert min(len(title) for title in titles.values()) > 5
    assert len(feet) == 1


def test_nothing_is_asked_for_twice(page: Page) -> None:
    """What was typed is there wherever it is needed again (3.3.7)."""
    reference = begin(page)
    put(page, {"q2.sahkoposti": "aino@example.fi"})
    press(page, "Tallenna ja jatka myöhemmin")
    page.wait_for_url("**/tallennettu")
    expect(page.locator("#sahkoposti")).to_have_value("aino@example.fi")
    page.goto(f"/hakemus/{reference}/hakija")
    expect(page.locator("[name='q2.sahkoposti']")).to_have_value("aino@example.fi")
