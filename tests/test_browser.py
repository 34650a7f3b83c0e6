"""The form in Chromium: the real application in each language, scripts on and off, and what happens while one types."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from forms.definition import Call
from tests.applicant import fields_of_answers
from tests.browser import begin, fill_known, new_page, open_area, press, saved, send
from tests.service import Service
from tests.test_journey_http import elsewhere, expect_all_answers, expect_mails, expect_receipt, expect_steps, file_name
from tests.words import Words

AREAS = {"opetus": "q4", "ymparistot": "q12", "tieto": "q19"}


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Service]:
    """A service of one applicant: no mails about a provider's second application go out before the receipt."""
    with Service(tmp_path) as running:
        yield running


@pytest.mark.parametrize(
    ("language", "scripts"),
    # Without scripts it goes in Finnish by plain HTTP, in test_journey_http.
    [("fi", True), ("sv", True), ("sv", False)],
    ids=["fi-scripts", "sv-scripts", "sv-no-scripts"],
)
def test_a_real_application_goes_through(
    browser: Browser,
    alone: Service,
    real: dict[str, Any],
    call: Call,
    words: Words,
    scripts: bool,
    tmp_path: Path,
) -> None:
    fields = fields_of_answers(real)
    page = new_page(browser, alone, scripts, words.language)
    reference = begin(page, words)
    expect(page.locator("html")).to_have_attribute("lang", words.language)
    fill_known(page, fields)
    press(page, words.next_button(call, "kehittamiskokonaisuudet"))
    for area in fields["q3"]:
        page.locator(f"[name=q3][value={area}]").check()
    if not scripts:
        press(page, words("Näytä valitut kysymykset"))
    for area in fields["q3"]:
        expect(page.locator(f"#alue-{area} h2")).to_be_visible()
    page.fill("[name=q4]", fields["q4"])

    # Leave in the middle, and come back by the link in the mail on another machine, whose browser asks for another
    # language.
    press(page, words("Tallenna ja jatka myöhemmin"))
    mailbox = f"jatkaja-{reference.lower()}@example.fi"
    page.fill("[name=sahkoposti]", mailbox)
    press(page, words("Lähetä linkki"))
    expect(page.get_by_text(words("Linkki lähetetään osoitteeseen %(email)s.", email=mailbox))).to_be_visible()
    body = alone.inbox.expect(1, mailbox)[0].get_body(("plain",)).get_content()
    link = re.search(r"http\S+/jatka/\S+", body)
    assert link
    page.context.close()

    page = new_page(browser, alone, scripts, elsewhere(words.language))
    page.goto(link[0])
    expect(page.locator("html")).to_have_attribute("lang", words.language)
    expect(page.locator("[name='q2.nimi']")).to_have_value(fields["q2.nimi"])
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    expect(page.locator("[name=q4]")).to_have_value(fields["q4"])
    fill_known(page, fields)
    assert words.foreign(page.inner_text("body")) == set()
    press(page, words.next_button(call, "yhteenveto"))
    expect(page.get_by_text(words("Mikään ei estä hakemuksen lähettämistä."))).to_be_visible()
    send(page, words("Lähetä"))
    current = f"{words('Versio %(number)s')} ({words('voimassa')})"
    expect(page.get_by_text(current % {"number": 1})).to_be_visible()
    expect_receipt(page.inner_text("main"), reference, call, words)
    expect_steps(page.inner_text("main"), call, words)
    expect_all_answers(page.inner_text("main"), real, call, words)

    # One amount changes; the total is right again only when the financing follows.
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    page.fill("[name='q7.palvelut']", str(int(fields["q7.palvelut"] or 0) + 1000))
    page.fill("[name='q8.oma']", str(int(fields["q8.oma"]) + 1000))
    press(page, words.next_button(call, "yhteenveto"))
    unsent = words("Teillä on muutoksia, joita ei ole lähetetty.")
    expect(page.locator("#lomake").get_by_text(unsent)).to_be_visible()
    send(page, words("Lähetä uudelleen"))
    expect(page.get_by_text(current % {"number": 2})).to_be_visible()
    page.goto(f"/hakemus/{reference}/versio/1")
    expect(page.get_by_text(words("Tämän version on korvannut versio %(number)s.", number=2))).to_be_visible()
    expect_receipt(page.inner_text("main"), reference, call, words)
    expect_all_answers(page.inner_text("main"), real, call, words)

    made = page.request.get(f"/hakemus/{reference}/versio/1/yhteenveto.pdf")
    assert made.headers["content-disposition"] == f"inline; filename={file_name(reference, words)}"
    # Two processes send: the mails about version 2 may come first.
    receipt = first_version(alone.inbox.expect(2, fields["q2.sahkoposti"]))
    registry = first_version(alone.inbox.expect(2, call.registry.email))
    expect_mails(receipt, registry, reference, real, call, words, tmp_path)
    assert made.body() == next(registry.iter_attachments()).get_content()
    page.context.close()


def first_version(mails: list[Any]) -> Any:
    return next(mail for mail in mails if re.search(r"version? 1\b", mail["Subject"], re.IGNORECASE))


def test_choosing_sections_without_scripts_keeps_what_was_typed(browser: Browser, service: Service) -> None:
    page = new_page(browser, service, scripts=False)
    reference = begin(page)
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    page.locator("[name=q3][value=opetus]").check()
    press(page, "Näytä valitut kysymykset")
    page.fill("[name=q4]", "Kesken jäänyt")
    page.fill("[name='q7.henkilosto']", "1 450 000")
    page.fill("[name='q11.2']", "Kumppani")
    page.locator("[name=q3][value=tieto]").check()
    press(page, "Näytä valitut kysymykset")
    expect(page.locator("#alue-tieto h2")).to_be_visible()
    expect(page.locator("[name=q4]")).to_have_value("Kesken jäänyt")
    expect(page.locator("[name='q7.henkilosto']")).to_have_value("1 450 000")
    expect(page.locator("[name='q11.2']")).to_have_value("Kumppani")
    # It counts and sums, and asks for nothing that nobody has come to yet.
    expect(page.locator("#q4-laskuri")).to_contain_text("2 487 merkkiä jäljellä")
    expect(page.locator("#q7-summa")).to_have_text("1 450 000 €")
    expect(page.locator(".problem.error, #korjattavat a, [aria-invalid=true]")).to_have_count(0)
    expect(page).to_have_title(re.compile("^Kehittämiskokonaisuudet"))
    page.locator("[name=q3][value=opetus]").uncheck()
    press(page, "Näytä valitut kysymykset")
    expect(page.locator("#alue-opetus")).to_contain_text("Vastauksenne on säilytetty")
    expect(page.locator("#alue-tieto h2")).to_be_visible()
    page.context.close()


def test_three_quick_ticks_open_three_sections(page: Page) -> None:
    reference = begin(page)
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    for area in AREAS:
        page.locator(f"[name=q3][value={area}]").click()
    for area, question in AREAS.items():
        expect(page.locator(f"#alue-{area} [name={question}]")).to_be_visible()
    page.reload()
    for area in AREAS:
        expect(page.locator(f"[name=q3][value={area}]")).to_be_checked()


def test_unticking_takes_a_section_out_and_keeps_its_answers(page: Page) -> None:
    reference = begin(page)
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    open_area(page, "opetus")
    page.fill("[name=q4]", "Säilyvä teksti")
    page.locator("[name=q3][value=opetus]").uncheck()
    expect(page.locator("#alue-opetus")).to_contain_text("Vastauksenne on säilytetty")
    expect(page.locator("[name=q4]")).to_have_count(0)
    open_area(page, "opetus")
    expect(page.locator("[name=q4]")).to_have_value("Säilyvä teksti")


def test_typing_goes_on_through_swaps(page: Page) -> None:
    reference = begin(page)
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    open_area(page, "opetus")
    text = page.locator("[name=q4]")
    text.fill("alku  loppu")
    text.evaluate("field => { field.focus(); field.setSelectionRange(5, 5) }")
    with saved(page):
        page.keyboard.type("keski", delay=30)
    page.keyboard.type("osa", delay=30)
    expect(page.locator("#q4-laskuri")).to_contain_text("2 481 merkkiä jäljellä")
    assert text.input_value() == "alku keskiosa loppu"
    assert text.evaluate("field => [document.activeElement === field, field.selectionStart]") == [True, 13]
    # A section opens meanwhile; the field and its caret stay.
    with saved(page):
        page.locator("[name=q3][value=tieto]").evaluate("box => box.click()")
    expect(page.locator("#alue-tieto h2")).to_be_visible()
    assert text.evaluate("field => field.selectionStart") == 13


def test_counters_and_sums_follow(page: Page) -> None:
    reference = begin(page)
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    open_area(page, "opetus")
    page.fill("[name='q7.henkilosto']", "1 450 000 €")
    expect(page.locator("#q7-summa")).to_have_text("1 450 000 €")
    expect(page.locator("#q8-tila")).to_contain_text("Rahoituksesta puuttuu 1 450 000 €")
    page.fill("[name='q8.okm']", "1319500,00")
    page.fill("[name='q8.oma']", "130500")
    expect(page.locator("#q8-tila")).to_contain_text("Kustannukset ja rahoitus täsmäävät.")
    expect(page.locator("#q8-tila")).to_contain_text("9 % rahoituksesta")
    expect(page.locator("#sivupalkki")).to_contain_text("1 319 500 €")
    page.fill("[name='q8.okm']", "1319500,50")
    expect(page.locator("#q8-okm-virhe")).to_contain_text("kokonaisina euroina ilman senttejä")
    assert page.input_value("[name='q8.okm']") == "1319500,50"
    page.fill("[name=q4]", "x" * 2600)
    expect(page.locator("#q4-laskuri")).to_contain_text("100 merkkiä liikaa")


def test_saving_during_an_autosave_is_no_clash(page: Page, service: Service) -> None:
    reference = begin(page)
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    open_area(page, "opetus")
    held: list[Any] = []
    # The answer to the autosave is held back until Tallenna has been pressed.
    page.route(
        "**/kehittamiskokonaisuudet", lambda route: held.append(route) if is_autosave(route) else route.continue_()
    )
    with page.expect_request(lambda request: "hx-request" in request.headers):
        page.locator("[name=q4]").press_sequentially("ensin", delay=5)
    page.wait_for_function("() => true")
    fetched = held[0].fetch()
    page.locator("[name=q4]").press_sequentially(" ja sitten", delay=5)
    with page.expect_navigation():
        press(page, "Tallenna")
    assert fetched.status == 200
    expect(page.locator("h1")).to_have_text("Kehittämiskokonaisuudet")
    assert page.input_value("[name=q4]") == "ensin ja sitten"


def is_autosave(route: Any) -> bool:
    return "hx-request" in route.request.headers


def test_two_browsers_changing_the_same_answer_clash(page: Page, browser: Browser, service: Service) -> None:
    reference = begin(page)
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    open_area(page, "opetus")
    with saved(page):
        page.locator("[name=q4]").fill("Alkuperäinen")
        page.locator("[name=q4]").blur()
    page.goto(f"/hakemus/{reference}/tallennettu")
    link = page.locator(".personal-link a").get_attribute("href")
    assert link
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")

    other = new_page(browser, service)
    other.goto(link)
    other.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    with saved(other):
        other.locator("[name=q4]").fill("Toisen teksti")
        other.locator("[name=q4]").blur()
    other.context.close()

    page.locator("[name=q4]").fill("Minun tekstini")
    expect(page.locator("#q4-ristiriita")).to_contain_text("Toisen teksti")
    assert page.input_value("[name=q4]") == "Minun tekstini"
    # Nothing of mine is lost when I decide, and nothing of theirs was overwritten before.
    with page.expect_navigation():
        press(page, "Tallenna oma vastaukseni")
    assert page.input_value("[name=q4]") == "Minun tekstini"
    expect(page.locator("#q4-ristiriita")).to_be_empty()


def test_search_narrows_the_list_of_providers(page: Page) -> None:
    begin(page)
    page.get_by_label("Etsi nimellä tai Y-tunnuksella").press_sequentially("aanekosken", delay=20)
    options = page.locator("[name=q1] option:not([value=''])")
    expect(options).to_have_count(1)
    expect(options).to_contain_text("Äänekosken Ammatillisen Koulutuksen kuntayhtymä")


def test_more_rows_for_partners(page: Page) -> None:
    reference = begin(page)
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    open_area(page, "opetus")
    page.locator("[name='q11.0']").fill("Ensimmäinen")
    page.locator("#q11").get_by_role("button", name="Lisää rivejä").press("Enter")
    expect(page.locator("[name='q11.5']")).to_be_focused()
    page.locator("[name='q11.7']").fill("Kahdeksas")
    page.locator("[name='q11.7']").blur()
    expect(page.locator("#q11")).to_have_attribute("data-save", "saved")
    page.reload()
    expect(page.locator("[name='q11.7']")).to_have_value("Kahdeksas")
    expect(page.locator("[name='q11.0']")).to_have_value("Ensimmäinen")
