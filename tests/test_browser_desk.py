"""An officer's day in Chromium, scripts on and off: from signing in to signing out, with an applicant who completes."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

import clock
from tests.applicant import CALL, fields_of_answers
from tests.browser import new_page, press, send, sign_in
from tests.conftest import BUSINESS_IDS
from tests.desk_screens import apply
from tests.service import Service
from tests.test_journey_http import euros


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_an_officers_day(browser: Browser, tmp_path: Path, real: dict[str, Any], scripts: bool) -> None:
    fields = fields_of_answers(real)
    (tmp_path / "open").mkdir()
    with Service(tmp_path / "open", data=tmp_path) as service:
        applicant = new_page(browser, service, scripts)
        reference = apply(applicant, fields, scripts)
        cookies = applicant.context.cookies()
        applicant.context.close()

    # The call has closed since: what it allows now, its own times say.
    with Service(tmp_path, HELD_OPEN="[]") as service:
        page = new_page(browser, service, scripts)
        sign_in(page, service)

        # Find it: by the beginning of a word of its text.
        page.get_by_role("link", name="Strategiarahoitus 2021").first.click()
        word = max(re.findall(r"[a-zäö]+", fields["q4"]), key=len)[:-2]
        page.get_by_label("Etsi sanoilla").fill(word)
        if scripts:
            page.wait_for_url(f"**haku={quote(word)}**")
        else:
            press(page, "Etsi")
        expect(page.locator("#luettelo").get_by_role("status")).to_contain_text("1 hakemus")
        provider = next(name for name, number in BUSINESS_IDS.items() if number == fields["q1"])
        page.locator("#luettelo").get_by_role("link", name=provider).click()
        expect(page.get_by_role("heading", name=provider)).to_be_visible()

        # Compare its two versions.
        page.get_by_role("link", name="Muutokset versiosta 1").click()
        expect(page.locator("ins").filter(has_text="Täsmennys.")).to_be_visible()
        money = page.locator(".part").filter(has_text="Ulkopuoliset palvelut")
        for amount in (int(fields["q7.palvelut"]), int(fields["q7.palvelut"]) + 1000):
            expect(money).to_contain_text(euros(amount))
        expect(money).to_contain_text("(+1 000 €)")
        page.get_by_role("navigation", name="Virkailijan työpöytä").get_by_role("link", name=reference).click()

        # Ask for a completion; the applicant gets a mail.
        page.get_by_role("link", name="Pyydä täydennystä").click()
        page.get_by_label("Mitä pyydätte täydentämään?").fill("Kertokaa, kuka ohjaa hanketta.")
        page.locator("#kysymys-q4").check()
        until = clock.in_helsinki(clock.now()).date() + timedelta(days=14)
        page.get_by_label("Vastattava viimeistään").fill(f"{until.day}.{until.month}.{until.year}")
        press(page, "Lähetä täydennyspyyntö")
        expect(page.get_by_role("status")).to_contain_text("Täydennyspyyntö on lähetetty.")
        expect(page.get_by_text("Odottaa vastausta.")).to_be_visible()
        told = service.inbox.expect(1, fields["q2.sahkoposti"], "Täydennyspyyntö")[0]
        assert "Kertokaa, kuka ohjaa hanketta." in told.get_body(("plain",)).get_content()

        # The applicant answers, in the browser of then.
        applicant = new_page(browser, service, scripts)
        applicant.context.add_cookies(cookies)  # type: ignore[arg-type]
        applicant.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
        expect(applicant.get_by_text("Kertokaa, kuka ohjaa hanketta.").first).to_be_visible()
        applicant.fill("[name=q4]", "Hanketta ohjaa rehtori.")
        press(applicant, "Seuraava: Yhteenveto ja lähetys")
        send(applicant, "Lähetä uudelleen")
        expect(applicant.get_by_text("Versio 3 (voimassa)")).to_be_visible()
        applicant.goto(f"/hakemus/{reference}/versio/3")
        fingerprint = applicant.locator(".fingerprint").first.inner_text()
        applicant.context.close()

        # It is there as a new version; the signed letter comes, of that version.
        page.reload()
        expect(page.get_by_text("Vastattu: versio 3.")).to_be_visible()
        expect(page.locator("#q4")).to_contain_text("Hanketta ohjaa rehtori.")
        today = clock.in_helsinki(clock.now()).date()
        page.get_by_label("Saapumispäivä").fill(f"{today.day}.{today.month}.{today.year}")
        page.get_by_label("Sormenjälki asiakirjassa").fill(fingerprint)
        press(page, "Merkitse saapuneeksi")
        expect(page.get_by_text(f"Saapunut {today.day}.{today.month}.{today.year}, versio 3.")).to_be_visible()

        # Export what the list shows, and leave.
        page.get_by_role("link", name="Hakemukset", exact=True).click()
        page.get_by_role("link", name="Vie nämä tiedostoon").click()
        press(page, "Tee tiedosto")
        with page.expect_download() as fetched:
            page.get_by_role("link", name="Lataa tiedosto").click()
        sheet = load_workbook(BytesIO(fetched.value.path().read_bytes())).worksheets[0]
        cells = {cell.value for row in sheet.iter_rows() for cell in row}
        applied = sum(answer["okm"] or 0 for answer in real.values() if isinstance(answer, dict) and "okm" in answer)
        assert {reference, applied} <= cells
        press(page, "Kirjaudu ulos")
        page.goto(f"/virkailija/{CALL}/")
        expect(page.get_by_role("heading", name="Virkailijan kirjautuminen")).to_be_visible()
        page.context.close()
