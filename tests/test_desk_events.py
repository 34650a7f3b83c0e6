"""The event log as admins read it: in words, newest first, by pages, found by officer, kind, application and day."""

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

import clock
from models.database import database
from models.event import Event
from models.officer import Officer as Account
from services import event_log
from services.accounts import Role
from services.event_log import View
from tests.applicant import CALL, Applicant
from tests.conftest import ROOT
from tests.desk import Officer, signed_in
from tests.mailing import flask
from tests.test_desk_access import methods, rules
from tests.test_sending import filled

LOG = "/virkailija/loki"
LIST = f"/virkailija/{CALL}/"
AINO = "aino.virkailija@example.fi"


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """The service with the call's real times."""
    return make_app(held_open=frozenset())


@pytest.fixture
def admin(app: Flask, at: Callable[[str], None]) -> Officer:
    at("2021-05-18T12:00:00")
    return signed_in(app, Role.ADMIN, "paakayttaja@example.fi")


@pytest.fixture
def sent(app: Flask, short: dict[str, Any], at: Callable[[str], None]) -> Applicant:
    at("2021-05-17T12:00:00")
    return filled(app, short).send()


def lines(admin: Officer, query: str = "") -> list[list[str]]:
    """What the log says, cell by cell; the look itself comes into the log after its page."""
    page = admin.get(f"{LOG}{query}").page
    assert page is not None
    rows = [[" ".join(" ".join(cell.itertext()).split()) for cell in row] for row in page.iter("tr")]
    return rows[1:]


def test_what_was_done_in_words(app: Flask, sent: Applicant, admin: Officer, at: Callable[[str], None]) -> None:
    at("2021-05-18T09:30:15")
    aino = signed_in(app, Role.OFFICER, AINO)
    aino.get(f"{LIST}{sent.reference}/lisaaika")
    aino.press("Avaa uudelleen lähetettäväksi", {"viimeistaan": "21.5.2021", "perustelu": "<b>Katko</b> 17.5."})
    flask(app, "application", "extend", sent.reference, "--until", "2021-05-22T16:15:00", "--reason", "sairaus")
    admin.get("/virkailija/kayttajatunnukset/2").press("Muuta roolia", {"rooli": "reader"})
    found = lines(admin)
    until = "Voi lähettää {}.5.2021 klo 16.15 asti."
    when = "18.5.2021 klo 09.30.15"
    paa = "paakayttaja@example.fi"
    assert found[:6] == [
        [when, paa, "Avasi sivun: Käyttäjätunnukset", "–", "–"],
        [when, paa, "Muutti roolia", AINO, "Rooli: Lukija."],
        [when, paa, "Avasi sivun: Yksi käyttäjätunnus", "–", "–"],
        [
            when,
            "Palvelimen ylläpito",
            "Antoi lisäaikaa",
            sent.reference,
            f"{until.format(22)} sairaus",
        ],
        [when, AINO, "Avasi sivun: Hakemus", sent.reference, "–"],
        [when, AINO, "Antoi lisäaikaa", sent.reference, f"{until.format(21)} <b>Katko</b> 17.5."],
    ]
    assert lines(admin, "?kieli=sv")[2][2:] == ["Ändrade rollen", AINO, "Roll: Läsare."]


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        (f"?virkailija={AINO}&laji=tehdyt", ["Antoi lisäaikaa", "Kirjautui sisään", "Otti käyttäjätunnuksen käyttöön"]),
        ("?virkailija=palvelin", ["Antoi lisäaikaa", "Lisäsi käyttäjätunnuksen", "Lisäsi käyttäjätunnuksen"]),
        ("?laji=extended", ["Antoi lisäaikaa", "Antoi lisäaikaa"]),
        ("?laji=seen%20extend", ["Avasi sivun: Anna lisäaikaa"]),
        ("?laji=avatut&paiva=19.5.2021", ["Avasi sivun: Hakemus", "Avasi sivun: Anna lisäaikaa", "Avasi sivun: Haut"]),
        ("?paiva=2021-05-20", ["Antoi lisäaikaa"]),
        ("?tunnus=REF&laji=extended&virkailija=palvelin&paiva=20.5.2021", ["Antoi lisäaikaa"]),
        ("?tunnus=ref", ["Antoi lisäaikaa", "Avasi sivun: Hakemus", "Antoi lisäaikaa", "Avasi sivun: Anna lisäaikaa"]),
        ("?tunnus=SR21-AAAAAAA", []),
        ("?virkailija=ei@example.fi", []),
        ("?laji=tuntematon", []),
    ],
)
def test_what_is_asked_for_is_found(
    app: Flask, sent: Applicant, admin: Officer, at: Callable[[str], None], query: str, kinds: list[str]
) -> None:
    at("2021-05-19T23:59:00")
    aino = signed_in(app, Role.OFFICER, AINO)
    aino.get(f"{LIST}{sent.reference}/lisaaika")
    aino.press("Avaa uudelleen lähetettäväksi", {"viimeistaan": "21.5.2021", "perustelu": "Katko"})
    at("2021-05-20T00:00:00")
    flask(app, "application", "extend", sent.reference, "--until", "2021-05-22T16:15:00", "--reason", "sairaus")
    at("2021-05-21T00:00:00")
    admin.sign_in()
    as_read = sent.reference.lower().replace("-", "%20")
    query = query.replace("REF", sent.reference).replace("=ref", f"={as_read}")
    assert [line[2] for line in lines(admin, query) if line[1] != admin.email] == kinds
    if not kinds:
        assert "Yksikään tapahtuma ei vastaa hakua." in admin.text
    # What was asked stands in the fields, to be changed.
    assert admin.value("paiva") == (re.search("paiva=([^&]+)", query) or ["", ""])[1]


def test_a_day_that_is_none_is_said_and_nothing_shown(admin: Officer) -> None:
    assert lines(admin, "?paiva=31.2.2021") == []
    assert admin.status == 422
    assert "Tätä päivää ei ole kalenterissa." in admin.text
    for odd in ("?ennen=x", "?ennen=-1", "?ennen=" + "9" * 400, "?laji=%00", "?tunnus=%F0%9F%98%80"):
        assert admin.get(f"{LOG}{odd}").status == 200, odd


def test_pages_stay_as_they_are_while_the_log_grows(admin: Officer) -> None:
    account = Account.get()
    for number in range(120):
        Event.create(at=clock.now(), kind="extended", officer=account, reason=f"nro {number}.")
    seen = [line[4] for line in lines(admin, "?laji=extended")]
    pages = 1
    while "Vanhemmat" in admin.text:
        assert admin.page is not None
        [older] = [str(link.get("href")) for link in admin.page.iter("a") if link.text == "Vanhemmat"]
        Event.create(at=clock.now(), kind="extended", officer=account, reason="uusi")
        seen += [line[4] for line in lines(admin, older.removeprefix(LOG))]
        pages += 1
    assert pages == 3
    assert seen == [f"nro {number}." for number in reversed(range(120))]
    assert "Uusimmat" in admin.text


def test_no_token_and_no_answer_gets_into_the_log(
    app: Flask, sent: Applicant, admin: Officer, short: dict[str, Any]
) -> None:
    aino = signed_in(app, Role.OFFICER, AINO)
    # Whoever is signed in may open a set-up link too.
    toinen = Officer(app, email="toinen@example.fi")
    assert aino.get(f"/virkailija/kayttoonotto/{toinen.setup_token}").status == 200
    for page in (f"{LIST}{sent.reference}/", f"{LIST}?haku={short['4'][:20]}", f"{LIST}{sent.reference}/linkki"):
        aino.get(page)
    aino.press("Lähetä linkki", {"sahkoposti": "oikea@example.fi", "perustelu": "Soitti"})
    text = " ".join(" ".join(line) for line in lines(admin))
    assert "Avasi sivun: Käyttäjätunnuksen käyttöönotto" in text
    assert "Osoite: muu kuin yhteyshenkilön. Soitti" in text
    for hidden in (toinen.setup_token, aino.setup_token, short["4"][:20], short["2"]["nimi"], "oikea@example.fi"):
        assert hidden not in text
        assert all(hidden not in f"{event.reason} {event.details}" for event in Event.select())


def kinds_in_the_code() -> Iterator[str]:
    """What the services put into the log."""
    for path in (ROOT / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("note", "accounts.note"):
                kind = node.args[0]
                assert isinstance(kind, ast.Constant), ast.unparse(node)
                yield str(kind.value)


def test_every_kind_of_event_has_words(app: Flask) -> None:
    pages = {rule.endpoint.removeprefix("desk.") for rule in rules(app) if "GET" in methods(rule)}
    assert set(event_log.PAGES) == pages - {"sign_in", "sign_out"}
    assert set(event_log.ACTS) == set(kinds_in_the_code())


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "view",
    [
        View(),
        View(officer=event_log.SERVER),
        View(officer=AINO),
        View(kind="extended"),
        View(kind=event_log.DONE),
        View(reference="SR21-AAAAAAA"),
        View(before=100),
    ],
)
def test_no_view_reads_the_whole_log(app: Flask, view: View) -> None:
    """Each page is found by an index, or is the newest of the log."""
    with database.connection_context():
        sql, params = event_log.found(view).order_by(Event.id.desc()).limit(event_log.PER_PAGE).sql()
        plan = [row[3] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", params)]
    whole = [step for step in plan if re.match(r"SCAN (t1|event)\b", step)]
    is_newest = view in (View(), View(kind=event_log.DONE))
    assert whole == (["SCAN t1"] if is_newest else []), plan
    assert not [step for step in plan if is_newest and "TEMP B-TREE" in step], plan
