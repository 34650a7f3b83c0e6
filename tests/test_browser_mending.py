"""In Chromium: a page that is open while its form is changed goes on and says so; opened anew it shows what changed."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.accessibility.looks import violations
from tests.browser import new_page, press
from tests.faults.test_backups import flask
from tests.mending import Asked, folder_with, text_of, until_all_know
from tests.service import Service

ONE, TWO = Asked("q1", "Tavoitteet"), Asked("q2", "Toimet")


def write(page: Page, key: str, text: str) -> None:
    """Fill in a field, and wait until the page says that it is saved: who leaves before is asked."""
    page.locator(f"[name={key}]").fill(text)
    expect(page.locator(f"#{key}")).to_have_attribute("data-save", "saved")


def test_a_page_is_open_while_its_form_is_changed(browser: Browser, tmp_path: Path) -> None:
    calls = folder_with(tmp_path / "calls", text_of("haku", [ONE, TWO]))
    with Service(tmp_path, CALLS_DIR=str(calls)) as service:
        page = new_page(browser, service)
        page.goto("/haku/haku")
        press(page, "Aloita hakemus")
        write(page, "q2", "Toimia on.")
        changed = tmp_path / "muutettu.toml"
        changed.write_text(text_of("haku", [Asked("q2", "Aivan muuta"), ONE.renamed("q3")]))
        done = flask(service, "call", "publish", str(changed), "--move", "q1", "q3", "--aside", "q2", "--accept")
        assert done.returncode == 0, done.stderr
        until_all_know(service, "haku", "Toimet")
        write(page, "q1", "Tavoitteita myös.")
        write(page, "q2", "Toimia on monta.")
        expect(page.locator("#ilmoitus")).to_contain_text("Hakemuslomaketta on muutettu. Vastauksenne on tallennettu.")
        expect(page.locator("[name=q2]")).to_have_value("Toimia on monta.")
        page.get_by_role("link", name="Avaa sivu uudelleen").click()
        expect(page.locator("[name=q3]")).to_have_value("Tavoitteita myös.")
        expect(page.locator("[name=q2]")).to_have_value("")
        earlier = page.locator(".earlier-question")
        expect(earlier).to_contain_text("Aiempi kysymys: 2. Toimet")
        expect(earlier).to_contain_text("Toimia on monta.")
        assert violations(page, "a changed form") == []
        press(page, "Olen lukenut muutokset")
        expect(page.locator("#lomake-muuttui")).to_have_count(0)
        expect(earlier).to_be_visible()
        page.context.close()
