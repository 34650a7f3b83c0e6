"""Conditions and the newer kinds in Chromium: answered by keys alone, with scripts and without."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.accessibility.looks import violations
from tests.browser import new_page, press, saved
from tests.conftest import ROOT
from tests.service import Service

KINDS = ("attachment", "single_choice", "multiple_choice", "yes_no", "number", "table")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One with the small calls of these tests."""
    folder = tmp_path_factory.mktemp("conditions")
    calls: Path = folder / "calls"
    calls.mkdir()
    for name in ("conditions", *KINDS):
        text = (ROOT / f"tests/calls/{name}.toml").read_text()
        prefix = f'reference_prefix = "{name[:6].replace("_", "").upper()}"'
        (calls / f"{name}.toml").write_text(text.replace('reference_prefix = "PIENI"', prefix))
    shutil.copy(ROOT / "tests/calls/three-providers.csv", calls)
    with Service(folder, CALLS_DIR=str(calls)) as running:
        yield running


def begin(page: Page, call: str) -> None:
    page.goto(f"/haku/{call}")
    press(page, "Aloita hakemus")
    page.wait_for_url("**/hakemus/**")


def test_answers_open_and_close_questions_as_one_goes(page: Page) -> None:
    begin(page, "conditions")
    expect(page.get_by_role("group", name="2. Kumppanien laji")).to_have_count(0)
    page.get_by_role("radio", name="Kyllä").press("Space")
    page.get_by_role("group", name="2. Kumppanien laji").get_by_label("Yritys").press("Space")
    role = page.get_by_label("3. Yrityksen rooli")
    with saved(page):
        role.fill("Maksaa laitteet")
    expect(page.locator("#q1 button")).to_be_hidden()
    # Amounts decide at a pause; the caret stays where one types.
    page.get_by_label("Palkat").press_sequentially("100001")
    expect(page.get_by_role("group", name="5. Suurten kulujen erittely")).to_be_visible()
    expect(page.get_by_label("Palkat").first).to_be_focused()
    # One last word, and at once the answer that closes its question.
    role.press_sequentially(" ja kouluttaa")
    page.get_by_role("radio", name="Ei").check()
    expect(page.locator("#q3 .kept")).to_contain_text("vastauksenne on säilytetty")
    expect(page.locator("#ilmoitus")).to_contain_text("Suljettu: 3. Yrityksen rooli.")
    page.get_by_role("radio", name="Kyllä").check()
    expect(page.get_by_label("3. Yrityksen rooli")).to_have_value("Maksaa laitteet ja kouluttaa")
    page.reload()
    expect(page.get_by_label("3. Yrityksen rooli")).to_have_value("Maksaa laitteet ja kouluttaa")


def test_the_same_without_scripts(browser: Browser, service: Service) -> None:
    page = new_page(browser, service, scripts=False)
    begin(page, "conditions")
    page.get_by_role("radio", name="Kyllä").check()
    page.locator("#q1").get_by_role("button", name="Näytä valitut kysymykset").click()
    assert page.url.endswith("#q1")
    page.get_by_label("Yritys").check()
    press(page, "Tallenna")
    expect(page.get_by_label("3. Yrityksen rooli")).to_be_visible()
    page.context.close()


def test_a_table_is_filled_in_and_grows(page: Page) -> None:
    begin(page, "table")
    first = page.get_by_role("group", name="Kumppani 1", exact=True)
    first.get_by_label("Nimi").fill("Kunta")
    with saved(page):
        first.get_by_label("Osuus (€)").fill("1 200")
    expect(page.locator("#q1-summa")).to_contain_text("1 200 €")
    press(page, "Lisää rivejä")
    third = page.get_by_role("group", name="Kumppani 3", exact=True).get_by_label("Nimi")
    expect(third).to_be_focused()
    with saved(page):
        third.press_sequentially("Naapuri")
    page.reload()
    expect(page.get_by_role("group", name="Kumppani 3", exact=True).get_by_label("Nimi")).to_have_value("Naapuri")


WRONG = {"number": ("q1", "1.250"), "table": ("q1.0-osuus", "1.250")}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_stands_in_anybodys_way(page: Page, name: str, width: int) -> None:
    """Axe, and no scrolling to the side; with an error where one can be made."""
    page.set_viewport_size({"width": width, "height": 800})
    begin(page, name.replace("_", "-"))
    if name in WRONG:
        field, typed = WRONG[name]
        page.locator(f"[name='{field}']").fill(typed)
        press(page, "Tallenna")
        expect(page.locator(f"[name='{field}']")).to_have_attribute("aria-invalid", "true")
    assert violations(page, name) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(page.url.rsplit("/", 1)[0] + "/yhteenveto")
    assert violations(page, name) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


FILE = ROOT / "docs/screens/1-begun.png"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_is_attached_replaced_and_taken_off(browser: Browser, service: Service, scripts: bool) -> None:
    page = new_page(browser, service, scripts)
    begin(page, "attachment")
    for path, words in ((FILE, "1-begun.png (110 kt)"), (ROOT / "README.md", "Tiedosto ei ole PDF-tiedosto eikä kuva")):
        page.get_by_label("1. Talousarvio").set_input_files(path)
        if not scripts:
            press(page, "Tallenna")
        expect(page.locator("#q1")).to_contain_text(words)
        # The one that is kept stays.
        expect(page.get_by_role("link", name="1-begun.png (110 kt)")).to_be_visible()
        expect(page.get_by_label("1. Talousarvio")).to_have_value("")
    expect(page.get_by_label("1. Talousarvio")).to_have_attribute("aria-invalid", "true")
    with page.expect_download() as download:
        page.get_by_role("link", name="1-begun.png (110 kt)").click()
    assert download.value.path().read_bytes() == FILE.read_bytes()
    press(page, "Poista tiedosto")
    expect(page.get_by_role("link", name="1-begun.png (110 kt)")).to_have_count(0)
    page.context.close()
