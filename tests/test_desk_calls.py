"""Versions of a call at the desk: brought as files, looked at, published and taken back, by admins alone."""

import random
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from forms.call_file import load_call
from models.call import CallVersion
from models.event import Event
from services.accounts import Role
from tests.applicant import Applicant
from tests.conftest import ROOT
from tests.desk import Officer, signed_in
from tests.mending import Asked, folder_with, text_of, until
from tests.test_call_fuzz import FILES, REGISTERS, mutated

PATH = "/virkailija/hakujen-versiot"
ONE, TWO = Asked("q1", "Tavoitteet"), Asked("q2", "Toimet")
TEXTS = {"q1": "Tavoitteena on rauha.", "q2": "Toimia on monta."}
WHY = {"perustelu": "Kirjoitusvirhe"}


@pytest.fixture
def app(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    return make_app(calls_dir=folder_with(tmp_path / "calls", text_of("haku", [ONE, TWO])))


@pytest.fixture
def admin(app: Flask) -> Officer:
    return signed_in(app, Role.ADMIN, "paakayttaja@example.fi")


def bring(officer: Officer, text: str | bytes, name: str = "haku.toml", **more: Any) -> Officer:
    content = text.encode() if isinstance(text, str) else text
    officer.get(f"{PATH}/uusi").press("Tarkista ja lisää", {"haku": (BytesIO(content), name), **more})
    return officer


def kept() -> int:
    return int(CallVersion.select().count())


def acts() -> list[tuple[str, str]]:
    """The acts on record about calls, with their reasons."""
    query = Event.select().where(Event.kind.startswith("call_"), Event.officer.is_null(False)).order_by(Event.id)
    return [(event.kind, event.reason) for event in query]


def test_a_mended_call_goes_from_file_to_applicants(app: Flask, admin: Officer) -> None:
    writer = Applicant(app).begin("haku").press("Tallenna", TEXTS)
    bring(admin, text_of("haku", [Asked("q1", "Tavoitteet", 2500), TWO]))
    assert admin.address == f"{PATH}/haku/2/"
    assert "Versio 2 on lisätty. Sitä ei ole vielä julkaistu." in admin.text
    assert "Kysymys 1: enimmäispituus 2 000 → 2 500" in admin.text.replace("\xa0", " ")
    assert "voi haitata luonnoksia" not in admin.text
    assert "2 500" not in writer.go("hakemus").text.replace("\xa0", " ")
    admin.get(f"{PATH}/haku/2/julkaise").press("Julkaise", {"perustelu": ""})
    assert admin.status == 422
    assert "Kirjoittakaa perustelu." in admin.text
    admin.press("Julkaise", WHY)
    assert "Versio 2 on voimassa." in admin.text
    assert "enimmäispituus 2 000 → 2 500" in writer.go("hakemus").text.replace("\xa0", " ")
    assert writer.value("q1") == TEXTS["q1"]
    assert acts() == [("call_version_added", ""), ("call_published", "Kirjoitusvirhe")]
    listed = admin.get(PATH).text
    assert "paakayttaja@example.fi" in listed
    assert "Kirjoitusvirhe" in listed
    assert "Korvattu, tuli voimaan" in listed
    assert "Lisäsi haun version" in admin.get("/virkailija/loki").text


def test_faults_stand_beside_their_lines(admin: Officer) -> None:
    text = text_of("haku", [ONE, TWO]).replace('kind = "text"', 'kind = "teksti"', 1) + "\nlisa = 3\n"
    number = 1 + text[: text.index("teksti")].count("\n")
    bring(admin, text)
    assert admin.status == 422
    assert "Tiedostoa ei lisätty: siinä on 2 virhettä." in admin.text
    assert admin.page is not None
    lines = {int(run.get("start", 0)): run for run in admin.page.iter("ol") if run.get("class") == "lines"}
    first = min(lines)
    wrong = lines[first][number - first]
    assert wrong.get("class") == "wrong"
    assert "".join(wrong[0].itertext()) == 'kind = "teksti"'
    assert "Nimeä teksti ei ole. Tarkoititteko text?" in "".join(wrong.itertext())
    assert kept() == 1
    admin.get(f"{PATH}/uusi?kieli=sv")
    admin.press("Kontrollera och lägg till", {"haku": (BytesIO(text.encode()), "haku.toml")})
    assert "Menade ni text?" in admin.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Tieto puuttuu."),
        (b"key = ", "haku.toml"),
        (b"\xff\xfe", "Tiedosto ei ole UTF-8-muotoa."),
        (b"a = " + b"[" * 100_000, "haku.toml"),
        (b'x = 1\n[[sections]]\nkey = "\\u0000"', "Nimeä x ei ole."),
        (b"#" * 250_001, "Tiedosto on liian suuri. Siinä saa olla enintään 250 000 tavua."),
        (b'x = "<script>alert(1)</script>"\n', "Nimeä x ei ole."),
    ],
)
def test_a_bad_file_is_told(admin: Officer, content: bytes, words: str) -> None:
    bring(admin, content)
    assert admin.status == 422
    assert words in admin.text.replace("\xa0", " ")
    assert kept() == 1
    assert acts() == []


def test_files_too_large_for_a_request_are_told(admin: Officer) -> None:
    # As a browser sends it; more than the service reads of any request.
    admin.post(f"{PATH}/uusi", {"haku": "#" * 3_100_000})
    assert admin.status == 413
    assert "Haun tiedostossa saa olla enintään 250 000 tavua" in admin.text.replace("\xa0", " ")
    admin.get(f"{PATH}/uusi").press("Tarkista ja lisää")
    assert "Valitkaa haun tiedosto." in admin.text


def test_a_file_changed_at_random_is_refused_or_can_be_looked_at(admin: Officer) -> None:
    refused = 0
    for seed in range(60):
        chance = random.Random(seed)
        text = mutated(chance.choice(FILES).read_text(), chance)
        beside = [(BytesIO(content), name) for name, content in REGISTERS.items()]
        token = {"csrf_token": admin.get(f"{PATH}/uusi").value("csrf_token")}
        admin.post(f"{PATH}/uusi", {**token, "haku": (BytesIO(text.encode()), "muutettu.toml"), "luettelot": beside})
        if admin.status == 422:
            refused += 1
            assert "muutettu.toml" in admin.text, seed
            continue
        here = admin.address
        assert "/uusi" not in here, seed
        for page in ("", "esikatselu", "esikatselu/yhteenveto", "esikatselu/viesti", "julkaise"):
            assert admin.get(f"{here}{page}").status == 200, (seed, page)
        document = admin.client.get(f"{here}esikatselu/yhteenveto.pdf") if seed % 10 == 0 else None
        assert document is None or document.data.startswith(b"%PDF"), seed
    assert 0 < refused < 60


def test_a_register_comes_along_and_stays(admin: Officer) -> None:
    text = (ROOT / "tests/calls/choice.toml").read_text()
    content = (ROOT / "tests/calls/three-providers.csv").read_bytes()
    bring(admin, text)
    assert "Luetteloa three-providers.csv ei ole haun vieressä." in admin.text
    bring(admin, text, luettelot=(BytesIO(b"business_id,name_fi,name_sv\n1,A,B\n"), "three-providers.csv"))
    assert "1 ei ole Y-tunnus." in admin.text
    bring(admin, text, luettelot=(BytesIO(b"business_id,name_fi,name_sv\n0201256-6,A\0,B\n"), "three-providers.csv"))
    assert "Tiedosto ei ole CSV-muotoa." in admin.text
    bring(admin, text, luettelot=(BytesIO(content), "three-providers.csv"))
    assert admin.address == f"{PATH}/choice/1/"
    assert "Tämä on haun ensimmäinen versio." in admin.text
    bring(admin, text.replace('fi = "', 'fi = "Uusi: ', 1))
    assert admin.address == f"{PATH}/choice/2/"
    for name, expected in (("three-providers.csv", content), ("haku.toml", None)):
        answer = admin.client.get(f"{PATH}/choice/2/tiedosto/{name}")
        assert answer.mimetype == "text/plain"
        assert "attachment" in answer.headers["Content-Disposition"]
        assert expected is None or answer.data == expected
    assert admin.get(f"{PATH}/choice/2/tiedosto/ei-ole.csv").status == 404


def test_the_same_file_is_no_new_version(admin: Officer) -> None:
    bring(admin, text_of("haku", [ONE, TWO]))
    assert admin.address == f"{PATH}/haku/1/"
    assert "Tiedosto on sama kuin versiossa 1." in admin.text
    admin.get(f"{PATH}/haku/1/julkaise").press("Julkaise", WHY)
    assert "Julkaistavaa ei ole." in admin.text
    assert kept() == 1


def test_what_needs_a_choice_is_asked_for(app: Flask, admin: Officer) -> None:
    writer = Applicant(app).begin("haku").press("Tallenna", TEXTS)
    bring(admin, text_of("haku", [ONE.renamed("q7"), Asked("q8", "Muuta")]))
    assert admin.text.count("voi haitata luonnoksia") == 2
    admin.get(f"{PATH}/haku/2/julkaise")
    admin.press("Julkaise", WHY)
    assert admin.text.count("Valitkaa, minne vastaukset siirtyvät.") == 2
    admin.press("Julkaise", {"siirto.q1": "q7", "siirto.q2": "-", **WHY})
    assert admin.status == 422
    assert "Osa muutoksista voi haitata luonnoksia." in admin.text
    assert "vastaukset siirtyvät avaimelta q1 avaimelle q7" in admin.text
    admin.press("Julkaise", {"hyvaksyn": "1"})
    assert "Versio 2 on voimassa." in admin.text
    assert writer.go("hakemus").value("q7") == TEXTS["q1"]
    assert "Aiempi kysymys: 2. Toimet" in writer.text
    assert TEXTS["q2"] in writer.text


def test_two_answers_do_not_go_to_one_question(admin: Officer) -> None:
    bring(admin, text_of("haku", [ONE.renamed("q7")]))
    admin.get(f"{PATH}/haku/2/julkaise")
    admin.press("Julkaise", {"siirto.q1": "q7", "siirto.q2": "q7", "hyvaksyn": "1", **WHY})
    assert "siirtyvät kysymykseen q7, johon mahtuvat vain yhdet" in admin.text
    admin.press("Julkaise", {"siirto.q1": "q40", "siirto.q2": "-"})
    assert "Valitkaa, minne vastaukset siirtyvät." in admin.text


def test_a_page_that_was_open_while_another_published(app: Flask, admin: Officer) -> None:
    bring(admin, text_of("haku", [ONE]))
    bring(admin, text_of("haku", [TWO]))
    admin.get(f"{PATH}/haku/2/julkaise")
    other = signed_in(app, Role.ADMIN, "toinen@example.fi")
    other.get(f"{PATH}/haku/3/julkaise").press("Julkaise", {"siirto.q1": "-", "hyvaksyn": "1", **WHY})
    admin.press("Julkaise", {"siirto.q2": "-", "hyvaksyn": "1", **WHY})
    assert "Haku on muuttunut sen jälkeen" in admin.text
    # The page now says what would change from there.
    admin.press("Julkaise", {"siirto.q2": "-"})
    assert "Versio 4 on voimassa." in admin.text


def test_a_publication_waits_for_its_time(app: Flask, admin: Officer, at: Callable[[str], None]) -> None:
    at("2027-03-01T12:00:00")
    admin = signed_in(app, Role.ADMIN, "ajoissa@example.fi")
    bring(admin, text_of("haku", [Asked("q1", "Toinen teksti"), TWO]))
    admin.get(f"{PATH}/haku/2/julkaise")
    for typed, words in (
        ("huomenna", "Kirjoittakaa päivä ja kellonaika"),
        ("31.2.2027 klo 8.00", "Kirjoittakaa päivä ja kellonaika"),
        ("28.2.2027 klo 8.00", "Aika on jo mennyt."),
    ):
        admin.press("Julkaise", {"voimaan": typed, **WHY})
        assert admin.status == 422
        assert words in admin.text
    admin.press("Julkaise", {"voimaan": "2.3.2027 klo 8.00", **WHY})
    assert "Versio 2 tulee voimaan 2.3.2027 klo 08.00." in admin.text
    assert "Toinen teksti" not in Applicant(app).get("/haku/haku").text
    admin.press("Peru julkaisu")
    assert "Julkaisu on peruttu." in admin.text
    assert "Ei julkaistu" in admin.text
    admin.get(f"{PATH}/haku/2/julkaise").press("Julkaise", {"voimaan": "2.3.2027 klo 8.00", **WHY})
    at("2027-03-02T08:00:00")
    assert "Toinen teksti" in Applicant(app).get("/haku/haku").text


def test_a_new_call_is_looked_at_before_it_is_published(app: Flask, admin: Officer) -> None:
    text = (ROOT / "calls/strategiarahoitus-2021.toml").read_text()
    register = (ROOT / "calls/providers-2021.csv").read_bytes()
    bring(admin, text, "ensi.toml", luettelot=(BytesIO(register), "providers-2021.csv"))
    here = f"{PATH}/strategiarahoitus-2021/1/esikatselu"
    assert "Lomakkeen kysymykset" in admin.get(here).text
    call = load_call(ROOT / "calls/strategiarahoitus-2021.toml")
    assert not [question.key for question in call.questions if question.label.in_language("fi") not in admin.text]
    assert "Aloita hakemus" not in admin.text
    admin.get(f"{here}/yhteenveto")
    assert "Keksitty esimerkkivastaus" in admin.text
    assert "SR21-ESIMERKKI" in admin.get(f"{here}/viesti").text
    assert "Hakemuksenne on saapunut." in admin.text
    document = admin.client.get(f"{here}/yhteenveto.pdf")
    assert document.data.startswith(b"%PDF")
    assert Applicant(app).get("/haku/strategiarahoitus-2021").status == 404
    admin.get(f"{PATH}/strategiarahoitus-2021/1/julkaise").press("Julkaise", WHY)
    assert Applicant(app).get("/haku/strategiarahoitus-2021").status == 200


def test_another_process_hears_of_it(
    app: Flask, admin: Officer, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    """A second application on the same database, which has looked at the calls before."""
    other = Applicant(make_app(calls_dir=tmp_path / "calls"))
    assert "Toinen teksti" not in other.get("/haku/haku").text
    bring(admin, text_of("haku", [Asked("q1", "Toinen teksti"), TWO]))
    admin.get(f"{PATH}/haku/2/julkaise").press("Julkaise", WHY)
    until(lambda: "Toinen teksti" in other.get("/haku/haku").text)


def test_who_may_change_calls(app: Flask, admin: Officer) -> None:
    bring(admin, text_of("haku", [ONE]))
    for role in (Role.READER, Role.OFFICER):
        officer = signed_in(app, role, f"{role}@example.fi")
        assert "Lisää haun versio" not in officer.get(PATH).text
        assert officer.status == 200
        assert "Julkaise versio" not in officer.get(f"{PATH}/haku/2/").text
        assert officer.get(f"{PATH}/haku/2/esikatselu").status == 200
        token = {"csrf_token": officer.get("/virkailija/istunnot").value("csrf_token")}
        for address in (f"{PATH}/uusi", f"{PATH}/haku/2/julkaise", f"{PATH}/haku/2/peru"):
            assert officer.post(address, {**token, **WHY}).status == 403, address
        assert officer.get(f"{PATH}/uusi").status == 403
        assert officer.get(f"{PATH}/haku/2/julkaise").status == 403
    for address in (f"{PATH}/uusi", f"{PATH}/haku/2/julkaise", f"{PATH}/haku/2/peru"):
        assert admin.client.post(address, data=WHY).status_code == 400, "no token"
        assert Applicant(app).client.post(address, data=WHY).status_code in (303, 403)
    assert CallVersion.select().where(CallVersion.publish_at.is_null()).count() == 1
