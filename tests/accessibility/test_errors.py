"""What is wrong is found, heard and mended: the list, the fields, the way between (WCAG 3.3.1, 3.3.3, case 113)."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.accessibility.looks import AREAS, open_areas, put
from tests.browser import begin, new_page, press, saved
from tests.service import Service

WRONG = {"q4": "x" * 2600, "q7.henkilosto": "1.319.500", "q9.alku": "31.2.2021"}
# In another section, and in one that is taken out again before sending.
FURTHER = {"q20": "x" * 2100}
TAKEN_OUT = {"q12": "x" * 2600, "q15.muut": "1.319.500"}


def refused(page: Page) -> str:
    """An application with mistakes in three sections, one of them on another page, which was to be sent."""
    reference = begin(page)
    open_areas(page, reference, ["opetus", "ymparistot", "tieto"])
    put(page, {**WRONG, **FURTHER, **TAKEN_OUT, "q3": ["opetus", "tieto"]})
    press(page, "Näytä valitut kysymykset")
    page.locator("#alue-ymparistot .kept").wait_for()
    press(page, "Seuraava: Yhteenveto ja lähetys")
    page.wait_for_url("**/yhteenveto")
    press(page, "Lähetä")
    page.locator("#este").wait_for()
    return reference


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_refusal_is_read_first_and_leads_to_each_field(browser: Browser, service: Service, scripts: bool) -> None:
    page = new_page(browser, service, scripts)
    refused(page)
    expect(page.locator("#este")).to_be_focused()
    assert page.title().startswith("Hakemusta ei lähetetty: ")
    # Nothing of the page's own stands before it but the heading.
    assert page.evaluate(
        "() => [...document.querySelectorAll('h1, h2, main p')]"
        ".filter(node => !node.closest('aside, .languages'))[1].closest('#este') !== null"
    )
    links = page.locator("#este a")
    targets = [link.get_attribute("href") or "" for link in links.all()]
    wanted = ("#q1-vastaus", "#q2-nimi", "#q2-sahkoposti", "#q4-vastaus", "#q7-henkilosto", "#q9-alku", "#q20-vastaus")
    for anchor in (*wanted, "#vakuutus"):
        assert any(target.endswith(anchor) for target in targets), (anchor, targets)
    # Nobody is sent to mend what is not shown.
    assert [target for target in targets if "#q12" in target or "#q15" in target] == []
    # On this very page first; then those that lead to other pages.
    for target in sorted(targets, key=lambda target: not target.startswith("#")):
        if target.startswith("#"):
            page.locator(f"#este a[href='{target}']").first.press("Enter")
        else:
            page.goto(target)
        field = page.locator(f"[id='{target.partition('#')[2]}']")
        expect(field).to_be_focused()
        if not target.startswith("#"):
            expect(field).to_have_attribute("aria-invalid", "true")
            assert page.title().startswith("Korjattavaa: ")
    page.context.close()


def test_the_pages_own_list_leads_to_each_field(page: Page) -> None:
    reference = begin(page)
    open_areas(page, reference, AREAS[:1])
    put(page, WRONG)
    press(page, "Tallenna")
    links = page.locator("#korjattavat a")
    expect(links).to_have_count(len(WRONG))
    assert page.title().startswith("Korjattavaa: ")
    for link, target in zip(links.all(), ("q4-vastaus", "q7-henkilosto", "q9-alku"), strict=True):
        expect(link).to_have_attribute("href", f"#{target}")
        link.press("Enter")
        field = page.locator(f"#{target}")
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile("Kirjoittakaa|liikaa|kalenterissa"))


def test_marks_follow_while_one_types(page: Page) -> None:
    reference = begin(page)
    open_areas(page, reference, AREAS[:1])
    title = page.title()
    field = page.locator("#q7-henkilosto")
    expect(page.locator("#korjattavat")).not_to_contain_text("7.")
    with saved(page):
        field.fill("1.319.500")
        field.blur()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#q7-henkilosto-virhe")).not_to_be_empty()
    expect(page.locator("#korjattavat a[href='#q7-henkilosto']")).to_be_visible()
    expect(page.locator("#q7-toimitilat")).not_to_have_attribute("aria-invalid", "true")
    with saved(page):
        field.fill("1 319 500")
        field.blur()
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#q7-henkilosto-virhe")).to_have_text("")
    expect(page.locator("#korjattavat a[href='#q7-henkilosto']")).to_have_count(0)
    expect(page).to_have_title(title)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_what_could_not_be_saved_is_read_first(browser: Browser, service: Service, scripts: bool) -> None:
    page = new_page(browser, service, scripts)
    reference = begin(page)
    page.goto(f"/hakemus/{reference}/hakija")
    put(page, {"q2.nimi": "Aino Esimerkki"})
    page.locator("#lomaketunniste").evaluate("field => { field.value = 'x' }")
    press(page, "Tallenna")
    box = page.locator(".box.warning", has_text="Sivu oli vanhentunut.")
    expect(box).to_be_focused()
    assert page.title().startswith("Huomio: ")
    expect(page.locator("[name='q2.nimi']")).to_have_value("Aino Esimerkki")
    page.context.close()


def test_a_small_form_says_what_is_wrong_with_its_field(visitor: Page) -> None:
    visitor.goto("/linkki")
    visitor.fill("#sahkoposti", "ei osoite")
    press(visitor, "Lähetä linkki")
    field = visitor.locator("#sahkoposti")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("osoite"))
    expect(field).to_have_value("ei osoite")
    assert visitor.title().startswith("Virhe: ")
