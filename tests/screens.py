"""Pictures of every page, to be looked at: ``make screens`` writes them to screens/, key states to docs/screens/."""

import json
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.applicant import fields_of_answers
from tests.browser import begin, fill_known, press, send
from tests.call_screens import key_states_of_a_call
from tests.conftest import CHROMIUM, ROOT, SAMPLE, need, with_provider
from tests.desk_screens import desk_pages, key_states_of_the_desk
from tests.key_states import key_states, take
from tests.service import Service

FOLDER = ROOT / "screens"
WIDTHS = (1280, 320)
WRONG = {"q4": "x " * 1300, "q7.henkilosto": "1.319.500", "q7.muut": "500", "q8.okm": "100", "q9.alku": "31.2.2021"}


class Photographer:
    """Takes each page in every width."""

    def __init__(self, page: Page, prefix: str) -> None:
        self.page = page
        self.prefix = prefix

    def take(self, name: str) -> None:
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.screenshot(path=FOLDER / f"{self.prefix}-{name}-{width}.png", full_page=True)


def picture(prefix: str, page: Page, name: str) -> None:
    Photographer(page, prefix).take(name)


def journey(page: Page, prefix: str, fields: dict[str, Any], scripts: bool) -> None:
    """One application from the first page to the receipt, with mistakes on the way."""
    camera = Photographer(page, prefix)
    page.goto("/")
    camera.take("01-etusivu")
    page.goto("/haku/strategiarahoitus-2021")
    camera.take("02-haku")
    reference = begin(page)
    camera.take("03-hakija-tyhja")
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    for area in fields["q3"][:2]:
        page.locator(f"[name=q3][value={area}]").check()
    if not scripts:
        press(page, "Näytä valitut kysymykset")
    page.locator("[name=q4]").wait_for()
    fill_known(page, WRONG)
    press(page, "Tallenna")
    camera.take("04-virheita")
    page.goto(f"/hakemus/{reference}/yhteenveto")
    press(page, "Lähetä")
    camera.take("05-ei-lahetetty")
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    for area in fields["q3"]:
        page.locator(f"[name=q3][value={area}]").check()
    press(page, "Näytä valitut kysymykset")
    fill_known(page, fields)
    press(page, "Tallenna")
    camera.take("06-kehittamiskokonaisuudet")
    page.goto(f"/hakemus/{reference}/hakija")
    fill_known(page, fields)
    press(page, "Tallenna ja jatka myöhemmin")
    camera.take("07-tallennettu")
    page.goto(f"/hakemus/{reference}/yhteenveto")
    camera.take("08-yhteenveto")
    send(page, "Lähetä")
    camera.take("09-lahetetty")
    letter = page.get_by_role("link", name="Saatekirje ja yhteenveto").get_attribute("href")
    page.get_by_role("link", name="Tarkista lähetetty hakemus").first.click()
    camera.take("18-tarkistus")
    page.goto(f"/hakemus/{reference}/hakija?kieli=sv")
    camera.take("10-hakija-sv")
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    camera.take("11-kehittamiskokonaisuudet-sv")
    page.goto("/linkki?kieli=fi")
    page.fill("[name=sahkoposti]", "ei osoite")
    press(page, "Lähetä linkki")
    camera.take("12-linkki-virhe")
    page.goto("/jatka/tuntematon")
    camera.take("13-linkki-ei-toimi")
    for number, name in enumerate(("ohje", "saavutettavuus", "tietosuoja", "evasteet"), start=14):
        page.goto(f"/{name}")
        camera.take(f"{number}-{name}")
    document = FOLDER / f"{prefix}.pdf"
    document.write_bytes(page.request.get(letter or "").body())
    subprocess.run(["pdftoppm", "-r", "70", "-png", document, document.with_suffix("")], check=True)
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    page.fill("[name=q4]", fields["q4"].replace("jokainen", "moni", 1))
    page.fill("[name='q11.4']", "Uusi Kumppani Oy")
    press(page, "Tallenna")
    page.goto(f"/hakemus/{reference}/yhteenveto")
    send(page, "Lähetä uudelleen")
    page.goto(f"/hakemus/{reference}/muutokset/1/2")
    camera.take("19-muutokset")


def run(browser: Browser, service: Service) -> None:
    fields = fields_of_answers(with_provider(json.loads(SAMPLE.read_text())))
    key_states(browser, service, fields)
    key_states_of_the_desk(browser, service, fields, take)
    key_states_of_a_call(browser, service, take)
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts, base_url=service.url, locale="fi-FI")
        prefix = "skriptit" if scripts else "ei-skripteja"
        journey(context.new_page(), prefix, fields, scripts)
        context.close()
        desk_pages(browser, service, fields, scripts, partial(picture, prefix))


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        Service(Path(folder), TRYOUT="true") as service,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=need(CHROMIUM), args=["--no-sandbox"])
        run(browser, service)
        browser.close()
    print(f"Pictures in {FOLDER}")


if __name__ == "__main__":
    main()
