"""Pictures of the ministry's desk, a part of ``make screens``: its pages with two applications, errors, Swedish."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page

from tests.applicant import CALL
from tests.browser import begin, fill_known, new_page, press, send, sign_in
from tests.service import Service

DESK = f"/virkailija/{CALL}"
Take = Callable[[Page, str], None]


def apply(page: Page, fields: dict[str, Any], scripts: bool) -> str:
    """An application sent twice, the second time with a text and two amounts changed; returns its reference."""
    reference = begin(page)
    fill_known(page, fields)
    press(page, "Seuraava: Kehittämiskokonaisuudet")
    for area in fields["q3"]:
        page.locator(f"[name=q3][value={area}]").check()
    if not scripts:
        press(page, "Näytä valitut kysymykset")
    for area in fields["q3"]:
        page.locator(f"#alue-{area} h2").wait_for()
    fill_known(page, fields)
    press(page, "Seuraava: Yhteenveto ja lähetys")
    send(page, "Lähetä")
    page.goto(f"/hakemus/{reference}/kehittamiskokonaisuudet")
    page.fill("[name=q4]", f"{fields['q4']} Täsmennys.")
    page.fill("[name='q7.palvelut']", str(int(fields["q7.palvelut"] or 0) + 1000))
    page.fill("[name='q8.oma']", str(int(fields["q8.oma"]) + 1000))
    press(page, "Seuraava: Yhteenveto ja lähetys")
    send(page, "Lähetä uudelleen")
    page.get_by_text("Versio 2 (voimassa)").wait_for()
    return reference


def desk_pages(browser: Browser, service: Service, fields: dict[str, Any], scripts: bool, take: Take) -> None:
    """``take`` is given each page and its name."""
    applicant = new_page(browser, service, scripts)
    reference = apply(applicant, fields, scripts)
    apply(applicant, {**fields, "q1": "0201256-6"}, scripts)
    applicant.context.close()

    page = new_page(browser, service, scripts)
    page.goto("/virkailija/")
    take(page, "30-kirjautuminen")
    page.get_by_role("button", name="Kirjaudu").last.click()
    take(page, "31-kirjautuminen-virhe")
    sign_in(page, service, f"paakayttaja-{scripts}@example.fi".lower(), "admin")
    take(page, "32-haut")
    application = f"{DESK}/{reference}"
    for number, (name, path) in enumerate(_PAGES.items(), start=33):
        page.goto(path.format(desk=DESK, application=application))
        take(page, f"{number}-{name}")
    for name, path in _PAGES.items():
        page.goto(f"{path.format(desk=DESK, application=application)}?kieli=sv")
        take(page, f"60-sv-{name}")
    page.goto(f"{application}/taydennys?kieli=fi")
    press(page, "Lähetä täydennyspyyntö")
    take(page, "80-taydennys-virhe")
    page.goto(f"{application}/")
    page.fill("[name=sormenjalki]", "abc")
    press(page, "Merkitse saapuneeksi")
    take(page, "81-asiakirja-virhe")
    page.goto(f"{DESK}/?haku=ei-ole")
    take(page, "82-ei-loydy")
    page.goto(f"{DESK}/vienti")
    press(page, "Tee tiedosto")
    page.get_by_role("link", name="Lataa tiedosto").wait_for()
    take(page, "83-vienti-valmis")
    page.context.close()


def key_states_of_the_desk(browser: Browser, service: Service, fields: dict[str, Any], take: Take) -> None:
    """The list, one application, and what changed in it."""
    applicant = new_page(browser, service)
    reference = apply(applicant, fields, scripts=True)
    apply(applicant, {**fields, "q1": "0201256-6", "q3": fields["q3"][:2]}, scripts=True)
    applicant.context.close()
    page = new_page(browser, service)
    page.set_viewport_size({"width": 1280, "height": 720})
    sign_in(page, service)
    for number, (name, path) in enumerate(
        (("list", ""), ("application", f"{reference}/"), ("overview", "yleiskuva")), 9
    ):
        page.goto(f"{DESK}/{path}")
        take(page, f"{number}-desk-{name}")
    page.context.close()


_PAGES = {
    "luettelo": "{desk}/",
    "yleiskuva": "{desk}/yleiskuva",
    "hakemus": "{application}/",
    "muutokset": "{application}/muutokset/1/2",
    "taydennys": "{application}/taydennys",
    "lisaaika": "{application}/lisaaika",
    "peruutus": "{application}/peruutus",
    "linkki": "{application}/linkki",
    "vienti": "{desk}/vienti",
    "myohassa": "{desk}/myohassa",
    "kasittely": "{desk}/kasittely",
    "istunnot": "/virkailija/istunnot",
    "tunnukset": "/virkailija/kayttajatunnukset",
    "uusi-tunnus": "/virkailija/kayttajatunnukset/uusi",
    "loki": "/virkailija/loki",
    "luvut": "/virkailija/luvut",
    "versiot": "/virkailija/hakujen-versiot",
    "uusi-versio": "/virkailija/hakujen-versiot/uusi",
    "versio": f"/virkailija/hakujen-versiot/{CALL}/1/",
    "esikatselu": f"/virkailija/hakujen-versiot/{CALL}/1/esikatselu",
    "esikatselu-yhteenveto": f"/virkailija/hakujen-versiot/{CALL}/1/esikatselu/yhteenveto",
    "esikatselu-viesti": f"/virkailija/hakujen-versiot/{CALL}/1/esikatselu/viesti",
    "julkaise": f"/virkailija/hakujen-versiot/{CALL}/1/julkaise",
}
