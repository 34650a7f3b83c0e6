"""Officers' accounts: made by a command, set up by a mail, signed in with a one-time code, locked for nobody else."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

import clock
from models.event import Event
from models.handling import CompletionRequest
from models.officer import Officer as Account
from models.officer import OfficerSession
from services.accounts import Role
from tests.conftest import Desk
from tests.desk import PASSWORD, Officer, signed_in
from tests.prepared import Once

WRONG = "Osoite, salasana tai koodi on väärä."


@pytest.fixture
def officer(app: Flask, once: Once) -> Officer:
    """One who has not signed in yet."""

    def set_up() -> Officer:
        made = Officer(app)
        made.set_up()
        return made

    return once("set up", set_up)


def test_from_the_command_to_the_desk(app: Flask, mails: Callable[[], list[Any]]) -> None:
    runner = app.test_cli_runner()
    made = runner.invoke(args=["officer", "add", "Aino.Virkailija@example.fi", "--role", "admin"])
    assert made.exit_code == 0, made.output
    [mail] = mails()
    assert mail["To"] == "aino.virkailija@example.fi"
    link = re.search(r"http\S+(/virkailija/kayttoonotto/\S+)", mail.get_body(("plain",)).get_content())
    assert link
    officer = Officer(app, Role.ADMIN, "aino.virkailija@example.fi")
    assert officer.get(link[1]).status == 404, "a newer link takes its place"
    codes = officer.set_up()
    assert len(set(codes)) == 10
    assert officer.get(f"/virkailija/kayttoonotto/{officer.setup_token}").status == 404, "it works once"
    officer.sign_in()
    assert "Haut" in officer.text
    assert "aino.virkailija@example.fi admin in use" in runner.invoke(args=["officer", "list"]).output


def test_opening_the_link_changes_nothing(app: Flask) -> None:
    officer = Officer(app)
    officer.get(f"/virkailija/kayttoonotto/{officer.setup_token}")
    first = officer.text
    officer.get(f"/virkailija/kayttoonotto/{officer.setup_token}")
    assert officer.text == first
    officer.press("Ota käyttäjätunnus käyttöön", {"salasana": "lyhyt", "koodi": officer.code()})
    assert officer.status == 422
    assert "vähintään 12 merkkiä" in officer.text
    officer.press("Ota käyttäjätunnus käyttöön", {"salasana": PASSWORD, "koodi": "000000"})
    assert officer.status == 422
    assert "Koodi on väärä" in officer.text


@pytest.mark.parametrize(
    ("email", "password", "code"),
    [
        (None, "aivan muu salasana", None),
        (None, PASSWORD, "000000"),
        (None, PASSWORD, ""),
        ("joku.muu@example.fi", PASSWORD, None),
        ("", "", ""),
    ],
)
def test_whatever_is_wrong_is_said_alike(officer: Officer, email: str | None, password: str, code: str | None) -> None:
    officer.email = officer.email if email is None else email
    officer.sign_in(password, code)
    assert officer.status == 422
    assert WRONG in officer.text
    assert PASSWORD not in officer.response.text if officer.response else False
    assert officer.get("/virkailija/").address == "/virkailija/kirjaudu"


def test_a_code_is_taken_once(app: Flask, officer: Officer) -> None:
    code = officer.code()
    officer.sign_in(code=code)
    officer.press("Kirjaudu ulos")
    assert WRONG in officer.sign_in(code=code).text


def test_a_recovery_code_is_taken_once(app: Flask) -> None:
    officer = Officer(app)
    codes = officer.set_up()
    assert "Haut" in officer.sign_in(code=codes[3].upper()).text
    officer.press("Kirjaudu ulos")
    assert WRONG in officer.sign_in(code=codes[3]).text
    assert "Haut" in officer.sign_in(code=codes[4]).text


def test_too_many_tries_lock_nobody_else_out(app: Flask, at: Callable[[str], None]) -> None:
    at("2021-05-17T12:00:00")
    officer = Officer(app)
    officer.set_up()
    officer.sign_in().press("Kirjaudu ulos")
    stranger = officer.in_another_browser()
    for _ in range(5):
        assert WRONG in stranger.sign_in("arvaus", "123456").text
    assert stranger.sign_in("arvaus", "123456").status == 429
    assert "Odottakaa" in stranger.text
    # The officer's own browser, at the same address, stands for itself.
    at("2021-05-17T12:01:00")
    assert "Haut" in officer.sign_in().text
    # So does a new browser elsewhere.
    assert "Haut" in officer.in_another_browser("192.0.2.7").sign_in().text
    at("2021-05-17T12:16:00")
    assert WRONG in stranger.sign_in("arvaus", "123456").text


def test_a_session_is_seen_and_ended_from_another_browser(app: Flask, at: Callable[[str], None]) -> None:
    at("2021-05-17T12:00:00")
    officer = signed_in(app)
    at("2021-05-17T12:01:00")
    other = officer.in_another_browser().sign_in()
    officer.get("/virkailija/istunnot")
    assert officer.text.count("Kirjauduttu") == 2
    browser = other.client.get("/").request.user_agent.string
    officer.press(f"Kirjaa ulos : 17.5.2021 klo 12.01, {browser}")
    assert other.get("/virkailija/").address == "/virkailija/kirjaudu"
    assert officer.get("/virkailija/").address == "/virkailija/"


def test_a_session_ends_by_itself(app: Flask, at: Callable[[str], None]) -> None:
    at("2021-05-17T08:00:00")
    officer = signed_in(app)
    at("2021-05-17T08:59:00")
    assert officer.get("/virkailija/").address == "/virkailija/"
    at("2021-05-17T10:00:00")
    assert officer.get("/virkailija/istunnot").address == "/virkailija/kirjaudu"


def test_an_account_out_of_use_is_out_everywhere(app: Flask, at: Callable[[str], None]) -> None:
    at("2021-05-17T12:00:00")
    officer = signed_in(app)
    at("2021-05-17T12:01:00")
    assert app.test_cli_runner().invoke(args=["officer", "remove", officer.email]).exit_code == 0
    assert officer.get("/virkailija/").address == "/virkailija/kirjaudu"
    assert WRONG in officer.sign_in().text


def test_signing_in_leads_where_one_wanted_to_go_and_nowhere_else(officer: Officer) -> None:
    officer.get("/virkailija/istunnot")
    officer.press("Kirjaudu", {"sahkoposti": officer.email, "salasana": PASSWORD, "koodi": officer.code()})
    assert officer.address == "/virkailija/istunnot"
    for elsewhere in ("https://example.com/", "//example.com/virkailija/", "/virkailija/\\example.com", "/linkki"):
        answer = officer.client.get("/virkailija/kirjaudu", query_string={"jatko": elsewhere})
        assert answer.location == "/virkailija/"


def test_what_is_done_and_seen_is_on_record(app: Flask) -> None:
    officer = signed_in(app)
    officer.get("/virkailija/istunnot")
    officer.press("Kirjaudu ulos")
    kinds = [event.kind for event in Event.select().order_by(Event.id)]
    assert kinds == ["account_invited", "account_set_up", "signed_in", "seen home", "seen sessions", "signed_out"]
    assert {event.officer for event in Event.select().where(Event.kind != "account_invited")} == {Account.get()}


def test_what_was_written_comes_back_to_a_browser_without_its_cookie(desk: Desk) -> None:
    officer, applicant = desk(Role.OFFICER)
    officer.get(f"/virkailija/strategiarahoitus-2021/{applicant.reference}/taydennys")
    officer.client = officer.client.application.test_client()
    officer.press("Lähetä täydennyspyyntö", {"pyynto": "Kirjoitettu huolella, ennen kuin eväste katosi."})
    assert officer.status == 400
    assert "Kirjoitettu huolella, ennen kuin eväste katosi." in officer.text


def test_what_was_written_when_the_session_ended_is_given_back(desk: Desk) -> None:
    officer, applicant = desk(Role.OFFICER)
    written = "Täydentäkää kohta 4: mihin palkatut opettajat sijoittuvat?"
    officer.get(f"/virkailija/strategiarahoitus-2021/{applicant.reference}/taydennys")
    # As old is the page of an officer who has signed in again in another window.
    stale = officer.form("Lähetä täydennyspyyntö")
    stale.data["pyynto"], stale.data["csrf_token"] = written, "another"
    assert written in copy.copy(officer).post(*stale.pressed("Lähetä täydennyspyyntö")).text
    OfficerSession.update(ended_at=clock.now()).execute()
    officer.press("Lähetä täydennyspyyntö", {"pyynto": written})
    assert officer.status == 403
    assert "Mitään ei tallennettu." in officer.text
    assert written in officer.text
    assert CompletionRequest.select().count() == 0
