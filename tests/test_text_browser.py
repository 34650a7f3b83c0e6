"""The service in a text browser: lynx, in a terminal, knows neither scripts nor styles."""

import re
from pathlib import Path

from tests.service import Service
from tests.test_journey_http import pdf_text
from tests.text_browser import TextBrowser

LONG = """Kehitämme ohjausta – yhdessä.

- ensimmäinen kohta
- toinen ”kohta”, 1 500 € ja Öljymäki"""


def test_an_application_is_filled_in_and_sent_from_a_text_browser(service: Service, tmp_path: Path) -> None:
    with TextBrowser(service.url) as lynx:
        lynx.expect("Haku on auki")
        lynx.press("Strategiarahoitus 2021")
        lynx.expect("Lomakkeen täyttöohjeet")
        lynx.press("Aloita hakemus")
        lynx.expect("Hakija – Strategiarahoitus 2021")
        lynx.choose("Järjestäjä", "Helsingin kaupunki (0201256-6)")
        lynx.fill("Nimi", "Äijä Öhman")
        lynx.fill("Tehtävänimike", "Suunnittelija")
        lynx.fill("Puhelin", "050 337 1956")
        lynx.fill("Sähköposti", "aija@example.fi")
        lynx.press("Seuraava: Kehittämiskokonaisuudet")

        lynx.expect("Kehittämiskokonaisuudet – Strategiarahoitus 2021", "[ ] Opetuksen ja ohjauksen")
        lynx.press("Opetuksen ja ohjauksen laadun")
        lynx.expect("[X] Opetuksen ja ohjauksen laadun")
        lynx.press("Näytä valitut kysymykset")
        lynx.expect("4. Lyhyt kuvaus")
        lynx.write("4. Lyhyt kuvaus", LONG)
        lynx.write("5. Kehittämistoimenpiteessä", "Tulokset")
        lynx.write("6. Kehittämistoimenpiteen", "Ei muuta rahoitusta")
        lynx.fill("Henkilöstökulut", "100 000")
        lynx.fill("Ulkopuoliset palvelut", "50000")
        lynx.fill("OKM:ltä haettava strategiarahoitus", "120 000 €")
        lynx.fill("Koulutuksen järjestäjän oma rahoitus", "30000")
        lynx.fill("Aloituspäivämäärä", "1.8.2021")
        lynx.fill("Lopetuspäivämäärä", "31.12.2022")
        lynx.press("Tallenna")
        lynx.expect("Haettava yhteensä 120 000 €", "Kustannukset yhteensä 150 000 €")
        lynx.press("Seuraava: Yhteenveto ja lähetys")

        screen = lynx.expect(
            "Mikään ei estä hakemuksen lähettämistä.", "Opetuksen ja ohjauksen laadun parantaminen 120 000 €"
        )
        reference = re.search(r"SR21-\w+", screen.text)
        assert reference
        lynx.press("Vakuutamme")
        lynx.expect("[X] Vakuutamme")
        lynx.press("Lähetä")
        lynx.expect("Hakemus on lähetetty", "Versio 1")
    mail = service.inbox.expect(1, "kirjaamo@minedu.fi", about=reference[0])[0]
    document = pdf_text(next(mail.iter_attachments()).get_content(), tmp_path)
    assert all(line in document for line in LONG.split("\n"))
