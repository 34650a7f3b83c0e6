"""No other site acts in a person's name: form tokens, cookies, signing in and out."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from models.officer import OfficerSession
from tests.applicant import Applicant
from tests.desk import PASSWORD, Officer, signed_in
from tests.routes import routes

OPEN = {"check.read_file"}
"""It changes nothing, and scripts of the registry's use it."""


@pytest.mark.parametrize("token", [None, "", "wrong", "another browser's"])
def test_every_post_wants_its_forms_token(app: Flask, short: dict[str, Any], token: str | None) -> None:
    officer = signed_in(app)
    officer.begin().fill(short).send()
    if token == "another browser's":
        token = Applicant(app).get("/linkki").value("csrf_token")
    data = {} if token is None else {"csrf_token": token}
    posts = routes(app, officer.reference, "POST")
    assert len(posts) > 25
    for route in posts:
        answer = officer.client.post(route.address, data=data)
        assert answer.status_code == (422 if route.endpoint in OPEN else 400), route
    assert officer.get("/virkailija/").address == "/virkailija/", "nothing was done"


def test_nothing_but_a_post_changes_anything(app: Flask) -> None:
    """Every other method only reads, so that a link or a picture of another site does nothing."""
    assert {method for rule in app.url_map.iter_rules() for method in rule.methods or ()} == {
        "GET",
        "HEAD",
        "OPTIONS",
        "POST",
    }
    officer = signed_in(app)
    officer.get("/virkailija/ulos")
    assert officer.get("/virkailija/").address == "/virkailija/"


def test_nobody_is_signed_in_by_another_site(app: Flask) -> None:
    """With the attacker's own account, whose token is of the attacker's browser."""
    attacker = Officer(app)
    attacker.set_up()
    token = attacker.get("/virkailija/kirjaudu").value("csrf_token")
    form = {"csrf_token": token, "sahkoposti": attacker.email, "salasana": PASSWORD, "koodi": attacker.code()}
    victim = Applicant(app).get("/linkki")
    assert victim.client.post("/virkailija/kirjaudu", data=form).status_code == 400
    assert victim.get("/virkailija/").address == "/virkailija/kirjaudu"


def test_a_prepared_cookie_is_worth_nothing_after_signing_in(app: Flask) -> None:
    officer = Officer(app)
    officer.set_up()
    officer.get("/virkailija/kirjaudu")
    prepared, token = officer.cookie, officer.value("csrf_token")
    officer.sign_in()
    assert officer.get("/virkailija/istunnot").value("csrf_token") != token
    assert officer.client.post("/virkailija/ulos", data={"csrf_token": token}).status_code == 400
    attacker = Applicant(app)
    attacker.headers |= {"Cookie": f"istunto={prepared}"}
    assert attacker.get("/virkailija/").address == "/virkailija/kirjaudu"


def test_a_cookie_from_before_signing_out_opens_nothing(app: Flask) -> None:
    officer = signed_in(app)
    kept = officer.cookie
    officer.press("Kirjaudu ulos")
    thief = Applicant(app)
    thief.headers |= {"Cookie": f"istunto={kept}"}
    assert thief.get("/virkailija/").address == "/virkailija/kirjaudu"


def test_signing_in_again_ends_the_session_before(app: Flask, at: Callable[[str], None]) -> None:
    at("2021-05-17T12:00:00")
    officer = signed_in(app)
    at("2021-05-17T12:01:00")
    token = officer.get("/virkailija/istunnot").value("csrf_token")
    form = {"csrf_token": token, "sahkoposti": officer.email, "salasana": PASSWORD, "koodi": officer.code()}
    assert officer.client.post("/virkailija/kirjaudu", data=form).status_code == 303
    assert OfficerSession.select().where(OfficerSession.ended_at.is_null()).count() == 1


@pytest.mark.parametrize("change", ["cut", "other key", "garbage"])
def test_a_cookie_that_we_did_not_sign_is_none(app: Flask, applicant: Applicant, change: str) -> None:
    applicant.begin()
    cookie = str(applicant.cookie)
    forged = {"cut": cookie[:-3], "other key": "e30.aAbBcC.0000000000000000000000000000", "garbage": "\x7f\\x00;;"}
    stranger = Applicant(app)
    stranger.headers |= {"Cookie": f"istunto={forged[change]}"}
    assert stranger.get(f"/hakemus/{applicant.reference}/hakija").status == 403
