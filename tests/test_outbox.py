"""The outbox and the commands of an operator: refused addresses, silent servers, what is tried again."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import clock
from models.application import Application
from models.database import database
from models.outbox import OutboxMail
from services import outbox
from tests import databases
from tests.applicant import Applicant
from tests.mailing import CLOSED, CONTACT, begin, flask, mail_link
from tests.service import Mailbox, SilentServer

pytestmark = pytest.mark.both


def test_an_address_that_the_server_refuses_is_shown_on_the_receipt(
    small: Callable[..., Applicant], inbox: Mailbox
) -> None:
    applicant, app = begin(small, mail_server="127.0.0.1", mail_port=inbox.port)
    inbox.inbox.refuses = {"aino@example.fi", "johto@exmaple.fi"}
    applicant.press("Tallenna", CONTACT).go("yhteenveto").send()
    refused = "Osoite aino@example.fi ei ottanut viestiä vastaan."
    assert refused in applicant.text
    assert "Tarkistakaa yhteyshenkilön sähköpostiosoite." in applicant.text
    applicant.press("Lähetä yhteenveto", {"sahkoposti": "johto@exmaple.fi"})
    assert "Osoite johto@exmaple.fi ei ottanut viestiä vastaan." in applicant.go("yhteenveto").text
    # A page that was out before the server answered looks once more, and gets this part alone.
    part = f"/hakemus/{applicant.reference}/versio/1/osoitteet"
    fragment = applicant.client.get(part, headers={"HX-Request": "true"}).text
    assert refused in fragment
    assert "<html" not in fragment
    assert refused in applicant.get(part).text
    reader = applicant.go("linkit").press("Tee lukulinkki").page
    assert reader is not None
    reading = next(text for text in reader.itertext() if "/jatka/" in text).strip()
    assert "ei ottanut viestiä" not in Applicant(app).get(reading).text

    # Nothing is tried again by itself, and the operator sees why, but not to whom.
    assert flask(app, "mail", "send") == "0 mails sent.\n"
    status = flask(app, "mail", "status")
    assert status.startswith("1 sent, 0 waiting, 0 failing, 2 refused.\n")
    assert "receipt to a***@example.fi, attempts 1, refused" in status
    assert "550 5.1.1 <a***@example.fi>: Recipient address rejected" in status
    assert "aino" not in status

    receipt = OutboxMail.get(OutboxMail.kind == "receipt")
    assert "was not sent: 550" in flask(app, "mail", "retry", str(receipt.id))
    inbox.inbox.refuses = set()
    assert flask(app, "mail", "retry", str(receipt.id)) == f"Mail {receipt.id} is sent.\n"
    inbox.expect(1, "aino@example.fi")
    assert "was sent" in flask(app, "mail", "retry", str(receipt.id))
    assert "There is no mail 99" in flask(app, "mail", "retry", "99")
    applicant.go("yhteenveto")
    assert refused not in applicant.text
    assert "johto@exmaple.fi" in applicant.text


@pytest.mark.parametrize(
    ("answer", "is_of_address"),
    [
        ("550 5.1.1 User unknown", True),
        ("550 No such user here", True),
        ("551 User not local", True),
        ("550 5.2.1 Mailbox disabled", True),
        ("556 5.1.10 Domain takes no mail", True),
        ("554 5.7.1 Relay access denied", False),
        ("550 5.7.1 Relaying denied", False),
        ("554 Transaction failed", False),
        ("550 5.1.8 Sender address rejected: Domain not found", False),
        ("552 5.2.2 Mailbox full", False),
        ("450 4.1.1 User unknown, yet", False),
    ],
)
def test_only_a_refusal_of_the_address_is_for_good(
    small: Callable[..., Applicant], inbox: Mailbox, answer: str, is_of_address: bool
) -> None:
    applicant, app = begin(small, mail_server="127.0.0.1", mail_port=inbox.port)
    inbox.inbox.refuses = {"aino@example.fi"}
    inbox.inbox.refusal = answer
    applicant.press("Tallenna", CONTACT).go("yhteenveto").send()
    assert ("ei ottanut viestiä vastaan" in applicant.text) == is_of_address
    status = flask(app, "mail", "status")
    assert ("0 failing, 1 refused" if is_of_address else "1 failing, 0 refused") in status
    assert answer[4:] in status


def test_a_server_that_takes_a_mail_and_falls_silent_ends_the_run(small: Callable[..., Applicant]) -> None:
    """It may have the mail, so it is given its time; the page's thread waits for no second one."""
    with SilentServer(".") as server:
        settings = {"mail_timeout": 1, "mail_timeout_after_response": 0.5}
        applicant, app = begin(small, mail_server="127.0.0.1", mail_port=server.port, **settings)
        applicant.press("Tallenna", CONTACT).go("yhteenveto").send()
        assert [mail.attempts for mail in OutboxMail.select().order_by(OutboxMail.id)] == [1, 0]
        assert len(server.held) == 1
        assert "1 waiting, 1 failing" in flask(app, "mail", "status")


def test_a_mail_on_its_way_is_not_sent_a_second_time(small: Callable[..., Applicant], inbox: Mailbox) -> None:
    """Also after it failed before: a second mail would carry a second link."""
    applicant, app = begin(small, **CLOSED)
    mail_link(applicant, "aino@example.fi")
    app.extensions["mail"].port = inbox.port
    inbox.inbox.lets_go.clear()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(flask, app, "mail", "retry", "1")
        inbox.expect(1, "aino@example.fi")
        assert "Mail 1 is on its way. Look again after " in flask(app, "mail", "retry", "1")
        assert "1 waiting, 0 failing" in flask(app, "mail", "status")
        inbox.inbox.lets_go.set()
        assert first.result() == "Mail 1 is sent.\n"
    inbox.expect(1, "aino@example.fi")


def test_the_registrys_copy_is_never_given_up(small: Callable[..., Applicant], inbox: Mailbox) -> None:
    applicant, app = begin(small, mail_server="127.0.0.1", mail_port=inbox.port)
    inbox.inbox.refuses = {"kirjaamo@example.fi"}
    applicant.press("Tallenna", CONTACT).go("yhteenveto").send()
    assert "ei ottanut viestiä" not in applicant.text
    assert flask(app, "mail", "status").startswith("1 sent, 0 waiting, 1 failing, 0 refused.\nThe oldest")


def test_the_status_of_a_server_that_is_down(small: Callable[..., Applicant]) -> None:
    applicant, app = begin(small, **CLOSED)
    assert flask(app, "mail", "status") == "0 sent, 0 waiting, 0 failing, 0 refused.\n"
    mail_link(applicant, "aino@example.fi")
    status = flask(app, "mail", "status")
    assert status.startswith("0 sent, 0 waiting, 1 failing, 0 refused.\nThe oldest that is not sent was written ")
    assert "link to a***@example.fi, attempts 1, next try" in status
    assert "Connection refused" in status


@pytest.mark.parametrize("fault", ["typesetter.pisa.CreatePDF", "pdf.legible"])
def test_a_receipt_waits_for_no_document_that_cannot_be_made(
    small: Callable[..., Applicant],
    at: Callable[[str], None],
    mails: Callable[[], list[Any]],
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
) -> None:
    at("2030-12-20T12:00:00")
    applicant, app = begin(small)

    def broken(*arguments: object, **named: object) -> None:
        raise RuntimeError("no font today")

    monkeypatch.setattr(f"services.{fault}", broken)
    applicant.press("Tallenna", CONTACT).go("yhteenveto").send()
    assert "Hakemus on lähetetty" in applicant.text
    at("2030-12-20T12:01:00")
    flask(app, "mail", "send")
    reason = f"PDF: RuntimeError in {applicant.reference}"
    assert mails() == []
    assert "2 failing" in flask(app, "mail", "status")
    assert "PdfError: RuntimeError in" in flask(app, "mail", "status")
    at("2030-12-20T12:03:00")
    flask(app, "mail", "send")
    assert [message["To"] for message in mails()] == ["aino@example.fi", "kirjaamo@example.fi"]
    for message in mails():
        assert list(message.iter_attachments()) == []
        for part in ("plain", "html"):
            text = message.get_body((part,)).get_content()
            assert "ei voitu liittää tähän viestiin." in " ".join(text.split())
            assert "viestin liitteenä" not in text
    status = flask(app, "mail", "status")
    assert status.startswith("2 sent, 0 waiting, 0 failing, 0 refused.\n")
    assert status.count(f"attempts 3, sent 20.12.2030 12.03 Helsinki time: went out without its {reason}\n") == 2


def test_the_loop_outlives_a_locked_database(
    small: Callable[..., Applicant],
    tmp_path: Path,
    mails: Callable[[], list[Any]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    _, app = begin(small)
    with app.app_context(), database.connection_context():
        outbox.queue("link", "aino@example.fi", "fi", application=Application.get())
    held = ExitStack()
    held.enter_context(databases.held(tmp_path))
    pauses: list[list[Any]] = []

    def pause(seconds: float) -> None:
        pauses.append(mails())
        if len(pauses) == 2:
            raise KeyboardInterrupt
        assert "mail_run_failed" in caplog.text
        held.close()

    monkeypatch.setattr(time, "sleep", pause)
    assert "1 mails sent." in flask(app, "mail", "send", "--loop")
    assert [[message["To"] for message in found] for found in pauses] == [[], ["aino@example.fi"]]


def test_pauses_double_from_half_a_minute_to_two_hours(app: Flask, at: Callable[[str], None]) -> None:
    at("2026-01-12T12:00:00")
    with app.app_context(), database.connection_context():
        outbox.queue("links", "aino@example.fi", "fi")
        pauses = []
        for attempts in (1, 2, 3, 8, 9, 99):
            mail = OutboxMail.get()
            mail.attempts = attempts
            outbox.mark_failed(mail, "no room")
            pauses.append(OutboxMail.get().next_at - clock.now())
    assert [int(pause.total_seconds()) for pause in pauses] == [30, 60, 120, 3840, 7200, 7200]
