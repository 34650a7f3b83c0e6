"""A language is one catalogue and the call's texts: a third one is put beside a copy of the program, and used."""

import json
import shutil
import tomllib
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from playwright.sync_api import Browser, expect

from forms.register import read_register
from forms.texts import LANGUAGES
from tests.applicant import Applicant, fields_of_answers
from tests.browser import fill_known, new_page, press, send
from tests.conftest import ROOT
from tests.service import Service
from tests.test_journey_http import pdf_text
from tests.words import Words

PROGRAM = ("commands", "forms", "models", "services", "views", "templates", "static", "calls", "translations")
MARK = "[en] "


def in_toml(value: Any) -> str:
    """A value of a TOML file, written on one line."""
    match value:
        case dict():
            return "{ " + ", ".join(f"{key} = {in_toml(part)}" for key, part in value.items()) + " }"
        case list():
            return f"[{', '.join(map(in_toml, value))}]"
        case date():
            return value.isoformat()
        case _:
            # JSON writes strings, numbers, true and false as TOML does.
            return json.dumps(value, ensure_ascii=False)


def with_third_language(value: Any) -> Any:
    """The data of a call with a third text wherever there are two."""
    match value:
        case {"fi": str(finnish), "sv": _}:
            return {**value, "en": MARK + finnish}
        case dict():
            return {key: part if key == "provenance" else with_third_language(part) for key, part in value.items()}
        case list():
            return [with_third_language(part) for part in value]
        case _:
            return value


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A copy of the program with a catalogue and a call's texts in a third language, and nothing else changed."""
    copy = tmp_path / "program"
    for folder in PROGRAM:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (*ROOT.glob("*.py"), ROOT / "pyproject.toml"):
        shutil.copy(file, copy)

    known = read_po(BytesIO((ROOT / "translations/sv/LC_MESSAGES/messages.po").read_bytes()))
    third = Catalog(locale="en")
    for message in known:
        if message.id:
            plural = isinstance(message.id, tuple)
            third.add(message.id, tuple(MARK + form for form in message.id) if plural else MARK + str(message.id))
    catalogue = copy / "translations/en/LC_MESSAGES/messages.po"
    catalogue.parent.mkdir(parents=True)
    with catalogue.open("wb") as po, catalogue.with_suffix(".mo").open("wb") as mo:
        write_po(po, third)
        write_mo(mo, third)

    call = copy / "calls/strategiarahoitus-2021.toml"
    for other in {*call.parent.glob("*.toml")} - {call}:
        other.unlink()
    data = with_third_language(tomllib.loads(call.read_text()))
    call.write_text("".join(f"{key} = {in_toml(value)}\n" for key, value in data.items()))
    return copy


@pytest.fixture
def speaking_three(program: Path, tmp_path: Path) -> Iterator[Service]:
    with Service(tmp_path, program=program) as running:
        yield running


def test_a_third_language_is_a_catalogue_and_the_texts_of_the_call(
    browser: Browser, speaking_three: Service, program: Path, sample: dict[str, Any], tmp_path: Path
) -> None:
    words = Words("en", program / "translations")
    fields = fields_of_answers(sample)
    page = new_page(browser, speaking_three, scripts=False)
    page.goto("/haku/strategiarahoitus-2021")
    expect(page.locator(".languages a")).to_have_text(["Suomeksi", "[en] Suomeksi", "På svenska"])
    page.get_by_role("link", name="[en] Suomeksi").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("[en] Strategiarahoitus 2021")
    press(page, words("Aloita hakemus"))

    expect(page.locator("h1")).to_have_text("[en] Hakija")
    # The register has no names in this language: they stand in Finnish.
    expect(page.locator("[name=q1] option[value='0201256-6']")).to_have_text("Helsingin kaupunki (0201256-6)")
    fill_known(page, fields)
    press(page, f"{words('Seuraava')}: [en] Kehittämiskokonaisuudet")
    for area in fields["q3"]:
        page.locator(f"[name=q3][value={area}]").check()
    press(page, words("Näytä valitut kysymykset"))
    for area in fields["q3"]:
        expect(page.locator(f"#alue-{area} h2")).to_be_visible()
    fill_known(page, fields)
    press(page, words("Tallenna"))
    expect(page.locator("[name=q4]")).to_have_value(fields["q4"])
    expect(page.locator("#q4-laskuri")).to_contain_text("[en] Enimmäispituus on 2,500 merkkiä.")
    press(page, f"{words('Seuraava')}: [en] Yhteenveto ja lähetys")
    send(page, words("Lähetä"))

    expect(page.locator("h1")).to_have_text(words("Hakemus on lähetetty"))
    reference = page.url.split("/")[4]
    expect(page.locator("main")).to_contain_text("[en] Opetuksen ja ohjauksen laadun parantaminen")
    document = pdf_text(page.request.get(f"/hakemus/{reference}/versio/1/yhteenveto.pdf").body(), tmp_path)
    mail = speaking_three.inbox.expect(1, sample["2"]["sahkoposti"])[0]
    assert f"[en] Hakemus {reference} on saapunut: [en] Strategiarahoitus 2021" in mail["Subject"]
    assert "[en] Haettava yhteensä: " in mail.get_body(("plain",)).get_content()
    for text in (document, pdf_text(next(mail.iter_attachments()).get_content(), tmp_path)):
        assert "[en] Sormenjälki" in text
        assert "[en] Kehittämistoimenpiteessä tavoiteltavat tulokset ja niiden seuranta" in text
    # The other two are what they were.
    page.get_by_role("button", name="På svenska").click()
    expect(page.locator("h1")).to_have_text("Ansökan har sänts")
    page.context.close()


def test_every_language_has_its_own_name_on_the_switch(applicant: Applicant) -> None:
    page = applicant.get("/").page
    assert page is not None
    names = {link.get("lang"): link.text for link in page.iter("a") if link.get("hreflang")}
    assert tuple(names) == LANGUAGES
    assert names == {"fi": "Suomeksi", "sv": "På svenska"}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("sv-FI,sv;q=0.9,fi;q=0.8", "sv"), ("en-GB,en;q=0.9,sv;q=0.5", "sv"), ("de", "fi"), ("", "fi"), ("fi", "fi")],
)
def test_the_first_page_speaks_what_the_browser_asks_for(applicant: Applicant, accepted: str, language: str) -> None:
    applicant.headers = {"Accept-Language": accepted}
    page = applicant.get("/").page
    assert page is not None
    assert page.get("lang") == language


def test_a_register_may_have_no_names_in_other_languages(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("business_id,name_fi\n0201256-6,Helsingin kaupunki\n")
    provider = read_register(path.name, path.read_bytes()).get("0201256-6")
    assert provider
    assert {provider.name.in_language(language) for language in LANGUAGES} == {"Helsingin kaupunki"}
