"""From the front page to the receipt with nothing but a keyboard (WCAG 2.1.1, 2.1.2)."""

import re

from playwright.sync_api import Page, expect

from tests.accessibility.keyboard import is_on, reach, write

LONG = "Vahvistamme opiskelijoiden ohjausta yhdessä työpaikkojen kanssa. " * 3
CONTACT = {"nimi": "Aino Esimerkki", "tehtava": "Rehtori", "puhelin": "040 123 4567", "sahkoposti": "aino@example.fi"}
COSTS = {"henkilosto": "90 000", "toimitilat": "0", "palvelut": "10000", "muut": "0"}
FINANCING = {"okm": "91000", "oma": "9000", "julkinen": "0", "yksityinen": "0"}


def test_an_application_is_sent_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert is_on(page, ".skip")
    page.keyboard.press("Enter")
    assert is_on(page, "main")
    reach(page, "a[href='/haku/strategiarahoitus-2021']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/haku/strategiarahoitus-2021")
    reach(page, "button.main")
    page.keyboard.press("Enter")
    page.wait_for_url("**/hakija")

    write(page, "[name='q1.haku']", "tampereen kaupunki")
    options = page.locator("[name=q1] option:not([value=''])")
    expect(options).to_have_count(1)
    reach(page, "[name=q1]")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=q1]")).to_have_value("0211675-2")
    for row, text in CONTACT.items():
        write(page, f"[name='q2.{row}']", text)
    # Enter in a field saves, as the first button does, and leaves one where one was.
    page.keyboard.press("Enter")
    expect(page.locator("#tallennettu")).to_contain_text("Tallennettu")
    expect(page.locator("[name='q2.sahkoposti']")).to_have_value(CONTACT["sahkoposti"])
    reach(page, "[value=seuraava]")
    page.keyboard.press("Space")
    page.wait_for_url("**/kehittamiskokonaisuudet")

    reach(page, "[name=q3][value=opetus]")
    page.keyboard.press("Space")
    page.locator("[name=q4]").wait_for()
    # Past the other boxes, into the section that has come.
    write(page, "[name=q4]", LONG)
    page.keyboard.press("Enter")
    page.keyboard.type("Toinen kappale.")
    # Back and here again: no field holds the focus.
    reach(page, "[name=q3][value=kilpailut]", "Shift+Tab")
    reach(page, "[name=q4]")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Ja loppu.")
    for row, text in COSTS.items():
        write(page, f"[name='q7.{row}']", text)
    for row, text in FINANCING.items():
        write(page, f"[name='q8.{row}']", text)
    expect(page.locator("#q7-summa")).to_have_text(re.compile("100.000"))
    write(page, "[name='q9.alku']", "1.6.2021")
    write(page, "[name='q9.loppu']", "31.12.2022")
    write(page, "[name='q11.0']", "Yhteistyökumppani")
    reach(page, "#q11 [name=lisaa]")
    page.keyboard.press("Enter")
    page.locator("[name='q11.5']").wait_for()
    write(page, "[name='q11.5']", "Kuudes kumppani")
    reach(page, "[value=seuraava]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/yhteenveto")

    reach(page, "#vakuutus")
    page.keyboard.press("Space")
    reach(page, "#huomautukset")
    page.keyboard.press("Space")
    reach(page, "button.main")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Hakemus on lähetetty")
    for text in ("Toinen kappale. Ja loppu.", "Kuudes kumppani", "31.12.2022", "Tampereen kaupunki"):
        expect(page.locator("main")).to_contain_text(text)
