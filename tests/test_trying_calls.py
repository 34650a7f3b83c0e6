"""A version of a call tried as an applicant: all works as for one, and nothing of it counts or reaches anybody."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import clock
from models.application import Application
from models.database import database
from models.figure import Figure
from models.outbox import OutboxMail
from models.submission import Submission
from services import figures, reminders, retention
from services.accounts import Role
from tests.applicant import Applicant
from tests.conftest import ROOT
from tests.desk import Officer, signed_in
from tests.mailing import CONTACT
from tests.mending import folder_with
from tests.test_desk_calls import PATH, bring

EMAIL = "paakayttaja@example.fi"
TEXT = (ROOT / "tests/calls/contact.toml").read_text()

pytestmark = pytest.mark.both


@pytest.fixture
def app(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    return make_app(calls_dir=folder_with(tmp_path / "calls", TEXT))


@pytest.fixture
def admin(app: Flask) -> Officer:
    """One who has begun to try a version that is over and not published."""
    admin = signed_in(app, Role.ADMIN, EMAIL)
    bring(admin, TEXT.replace("closes = 2031", "closes = 2022").replace("Yhteyshenkilö", "Kokeiltava henkilö"))
    admin.press("Kokeile hakijana")
    return admin


def sent(admin: Officer) -> str:
    """Fill in and send; returns the address of the application's receipt."""
    admin.press("Tallenna", CONTACT).go("yhteenveto").send()
    assert "Hakemus on lähetetty" in admin.text
    return admin.address


def test_all_works_as_for_an_applicant(admin: Officer, mails: Callable[[], list[Any]]) -> None:
    assert "KOKEILU: Pieni haku" in admin.text
    assert "Kokeiltava henkilö" in admin.text
    assert admin.reference.startswith("KOE-")
    receipt = sent(admin)
    assert "KOKEILU" in admin.get("/").text
    document = admin.client.get(f"/hakemus/{receipt.split('/')[2]}/versio/1/yhteenveto.pdf")
    assert document.data.startswith(b"%PDF")
    admin.get(receipt).go("hakemus").press("Tallenna", {"q1.nimi": "Toinen"}).go("yhteenveto").send("Lähetä uudelleen")
    assert "Versio 2 (voimassa)" in admin.text
    # For each version the receipt and what the registry gets.
    assert sum("KOE-" in mail["Subject"] for mail in mails()) == 4
    assert {mail["To"] for mail in mails()} == {EMAIL}


def test_nothing_of_it_counts(app: Flask, admin: Officer) -> None:
    with app.app_context(), database.connection_context():
        # Also what was counted in this process before.
        figures.write()
        Figure.delete().execute()
    admin.get(f"{PATH}/contact/2/").press("Kokeile hakijana").go("yhteenveto").send()
    assert admin.status == 422
    sent(admin.go("hakemus"))  # type: ignore[arg-type]
    for page in ("", "yleiskuva", "vienti"):
        text = admin.get(f"/virkailija/contact/{page}").text
        assert "KOE-" not in text
        assert "KOKEILU" not in text
    with app.app_context(), database.connection_context():
        figures.write()
        assert {row.event for row in Figure.select()} <= {"mail_sent"}
        assert Submission.get().application.tried_by_id is not None
        waiting = OutboxMail.select().count()
        reminders.queue_due()
        assert OutboxMail.select().count() == waiting


def test_nobody_else_finds_it(app: Flask, admin: Officer) -> None:
    receipt = sent(admin)
    with app.app_context(), database.connection_context():
        found = Submission.get()
        key = found.call_key
    other = Applicant(app)
    token = {"csrf_token": other.get("/linkki").value("csrf_token")}
    assert other.get(f"/haku/{key}").status == 404
    assert other.post(f"/haku/{key}/aloita", token).status == 404
    assert other.get(receipt).status == 403
    assert admin.get(f"/virkailija/{key}/").status == 404
    assert admin.get(f"/virkailija/contact/{found.application.reference}/").status == 404
    other.get(f"/tarkistus?tunnus={found.application.reference}&sormenjalki={found.fingerprint}")
    assert "Versio 1" not in other.text


def test_it_goes_after_two_weeks(app: Flask, admin: Officer) -> None:
    sent(admin)
    applicant = Applicant(app).begin("contact").press("Tallenna", CONTACT)
    with app.app_context(), database.connection_context():
        assert retention.run(clock.now() + timedelta(days=13)).drafts == 0
        assert retention.run(clock.now() + timedelta(days=15)).drafts == 1
        assert [one.reference for one in Application.select()] == [applicant.reference]
        assert Submission.select().count() == 0


def test_admins_alone_try(app: Flask, admin: Officer) -> None:
    for role in (Role.READER, Role.OFFICER):
        officer = signed_in(app, role, f"{role}@example.fi")
        assert "Kokeile hakijana" not in officer.get(f"{PATH}/contact/2/").text
        token = {"csrf_token": officer.get("/virkailija/istunnot").value("csrf_token")}
        assert officer.post(f"{PATH}/contact/2/kokeile", token).status == 403
    with app.app_context(), database.connection_context():
        assert Application.select().count() == 1
