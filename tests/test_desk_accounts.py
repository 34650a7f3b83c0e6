"""Accounts in the hands of an admin: added, given another role, set up anew, taken out of use; one admin stays."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from models.event import Event
from models.officer import Officer as Account
from models.officer import OfficerSession
from services.accounts import Role
from tests.desk import PASSWORD, Officer, signed_in
from tests.test_desk_sign_in import WRONG

LIST = "/virkailija/kayttajatunnukset"
NEW = f"{LIST}/uusi"
AINO = "aino.virkailija@example.fi"


@pytest.fixture
def admin(app: Flask) -> Officer:
    return signed_in(app, Role.ADMIN, "paakayttaja@example.fi")


def page_of(officer: Officer) -> str:
    return f"{LIST}/{Account.get(Account.email == officer.email).id}"


def row_of(admin: Officer, email: str) -> str:
    """What the list says of an account."""
    page = admin.get(LIST).page
    assert page is not None
    [row] = [row for row in page.iter("tr") if email in row.itertext()]
    return " ".join(" ".join(row.itertext()).split())


def last_act() -> tuple[str, str, dict[str, Any]]:
    """The last thing done: what, by whom, and to whom."""
    event: Any = Event.select().where(~Event.kind.startswith("seen ")).order_by(Event.id.desc()).get()
    return event.kind, event.officer.email, event.details


def mailed_token(mails: Callable[[], list[Any]]) -> str:
    """That of the link in the last mail."""
    link = re.search(r"/virkailija/kayttoonotto/(\S+)", mails()[-1].get_body(("plain",)).get_content())
    assert link
    return link[1]


def set_up_again(officer: Officer, mails: Callable[[], list[Any]]) -> Officer:
    officer.tie(mailed_token(mails))
    officer.set_up()
    return officer


def test_an_account_from_the_desk(app: Flask, admin: Officer, mails: Callable[[], list[Any]]) -> None:
    admin.get("/virkailija/").get(NEW)
    admin.press("Lisää ja lähetä linkki", {"sahkoposti": "Aino.Virkailija@example.fi", "rooli": "officer"})
    assert admin.address == LIST
    assert "Käyttöönottolinkki on lähetetty osoitteeseen Aino.Virkailija@example.fi." in admin.text
    assert last_act() == ("account_invited", admin.email, {"account": AINO, "role": "officer"})
    assert row_of(admin, AINO) == f"{AINO} Virkailija Odottaa käyttöönottoa – 0"
    aino = Officer(app, email=AINO, token=mailed_token(mails))
    aino.set_up()
    assert "– 0" in row_of(admin, AINO)
    aino.sign_in()
    assert re.fullmatch(rf"{AINO} Virkailija Käytössä \d+\.\d+\.\d{{4}}\sklo\s\d\d\.\d\d 1", row_of(admin, AINO))


def test_the_mail_speaks_the_language_of_the_page(admin: Officer, mails: Callable[[], list[Any]]) -> None:
    admin.get(f"{LIST}?kieli=sv").get(NEW).press("Lägg till och sänd länken", {"sahkoposti": AINO, "rooli": "reader"})
    assert mails()[-1]["Subject"].startswith("Handläggarkonto")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"sahkoposti": "ei osoite", "rooli": "reader"}, "Tarkistakaa sähköpostiosoite."),
        ({"rooli": "reader"}, "Tarkistakaa sähköpostiosoite."),
        ({"sahkoposti": AINO}, "Valitkaa rooli."),
        ({"sahkoposti": AINO, "rooli": "owner"}, "Valitkaa rooli."),
        ({"sahkoposti": "PAAKAYTTAJA@example.fi", "rooli": "reader"}, "Osoitteella on jo käyttäjätunnus."),
    ],
)
def test_what_is_wrong_stands_beside_the_field(admin: Officer, typed: dict[str, str], said: str) -> None:
    admin.get(NEW)
    before = Account.select().count()
    token = {"csrf_token": admin.value("csrf_token")}
    admin.post(NEW, {**token, **typed})
    assert admin.status == 422
    assert said in admin.text
    assert typed.get("sahkoposti", "") == admin.value("sahkoposti")
    assert Account.select().count() == before


def test_another_role_goes_from_the_next_page_on(app: Flask, admin: Officer) -> None:
    aino = signed_in(app, Role.READER, AINO)
    assert aino.get(LIST).status == 403
    assert "Käyttäjätunnukset" not in aino.get("/virkailija/").text
    admin.get(page_of(aino)).press("Muuta roolia", {"rooli": "admin"})
    assert f"{AINO}: rooli on nyt Pääkäyttäjä." in admin.text
    assert last_act() == ("account_role_changed", admin.email, {"account": AINO, "role": "admin"})
    assert "Käyttäjätunnukset" in aino.get("/virkailija/").text
    assert aino.get(LIST).status == 200
    # And one gives up one's own.
    admin.get(page_of(admin)).press("Muuta roolia", {"rooli": "reader"})
    assert admin.address == "/virkailija/"
    assert "rooli on nyt Lukija" in admin.text
    assert admin.get(LIST).status == 403


def test_a_lost_telephone(app: Flask, admin: Officer, mails: Callable[[], list[Any]]) -> None:
    """What the account was set up with is good for nothing at once; the link sets it up anew."""
    aino = Officer(app, Role.OFFICER, AINO)
    codes = aino.set_up()
    aino.sign_in()
    admin.get(page_of(aino)).press("Lähetä uusi käyttöönottolinkki")
    assert last_act() == ("account_renewed", admin.email, {"account": AINO})
    assert aino.get("/virkailija/").address == "/virkailija/kirjaudu"
    assert WRONG in aino.sign_in().text
    assert WRONG in aino.sign_in(code=codes[0]).text
    assert row_of(admin, AINO).startswith(f"{AINO} Virkailija Odottaa käyttöönottoa")
    assert "Haut" in set_up_again(aino, mails).sign_in().text


def test_removed_at_once_and_added_again_without_the_old_secrets(
    app: Flask, admin: Officer, mails: Callable[[], list[Any]]
) -> None:
    aino = Officer(app, Role.OFFICER, AINO)
    codes = aino.set_up()
    aino.sign_in()
    page = page_of(aino)
    admin.get(page).press("Poista käytöstä")
    assert f"Käyttäjätunnus {AINO} on poistettu käytöstä." in admin.text
    assert last_act() == ("account_disabled", admin.email, {"account": AINO})
    assert "Poistettu käytöstä" in row_of(admin, AINO)
    assert aino.get("/virkailija/").address == "/virkailija/kirjaudu"
    assert admin.get(page).status == 404
    kept = Account.get(Account.email == AINO)
    assert (kept.password_hash, kept.totp_secret, kept.recovery_hashes) == (None, None, [])

    admin.get(NEW).press("Lisää ja lähetä linkki", {"sahkoposti": AINO, "rooli": "reader"})
    assert WRONG in aino.sign_in().text
    assert WRONG in aino.sign_in(code=codes[0]).text
    assert "Haut" in set_up_again(aino, mails).sign_in().text
    assert OfficerSession.select().where(OfficerSession.officer == kept, OfficerSession.ended_at.is_null()).count() == 1


def test_a_link_does_not_bring_back_an_account_removed_meanwhile(app: Flask, admin: Officer) -> None:
    aino = Officer(app, Role.OFFICER, AINO)
    aino.get(f"/virkailija/kayttoonotto/{aino.setup_token}")
    admin.get(page_of(aino)).press("Poista käytöstä")
    aino.press("Ota käyttäjätunnus käyttöön", {"salasana": PASSWORD, "koodi": aino.code()})
    assert aino.status == 404
    assert "Linkki ei toimi" in aino.text


@pytest.mark.parametrize(
    ("button", "fields"),
    [("Muuta roolia", {"rooli": "officer"}), ("Lähetä uusi käyttöönottolinkki", {}), ("Poista käytöstä", {})],
)
def test_the_last_admin_stays(app: Flask, admin: Officer, button: str, fields: dict[str, str]) -> None:
    # One who has not set the account up could not take over.
    Officer(app, Role.ADMIN, AINO)
    before = Event.select().where(~Event.kind.startswith("seen ")).count()
    admin.get(page_of(admin)).press(button, fields)
    assert admin.status == 422
    assert "Tämä on ainoa pääkäyttäjä." in admin.text
    assert Event.select().where(~Event.kind.startswith("seen ")).count() == before
    assert admin.get(LIST).status == 200
    signed_in(app, Role.ADMIN, "toinen@example.fi")
    admin.get(page_of(admin)).press(button, fields)
    assert admin.status in (200, 403)
    assert admin.get(LIST).status == 403 or admin.address == "/virkailija/kirjaudu"


def test_looking_at_sessions_keeps_none_of_them_open(app: Flask, at: Callable[[str], None]) -> None:
    at("2021-05-17T12:00:00")
    aino = signed_in(app, Role.OFFICER, AINO)
    at("2021-05-17T12:30:00")
    admin = signed_in(app, Role.ADMIN, "paakayttaja@example.fi")
    assert row_of(admin, AINO).endswith("klo 12.00 1")
    at("2021-05-17T13:00:00")
    assert row_of(admin, AINO).endswith("klo 12.00 0")
    assert aino.get("/virkailija/").address == "/virkailija/kirjaudu"
