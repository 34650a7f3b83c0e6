"""The reminder before closing: to whom, when, and how often."""

from collections.abc import Callable
from typing import Any

import pytest

from models.application import Link
from models.outbox import OutboxMail
from tests.applicant import Applicant
from tests.mailing import CONTACT, begin, flask, mail_link
from tests.service import Mailbox

pytestmark = pytest.mark.both


def reminders(mails: Callable[[], list[Any]]) -> list[tuple[str, str]]:
    """To whom, and what the subject begins with."""
    found = [(message["To"], message["Subject"].split(":")[0]) for message in mails()]
    return [(to, subject) for to, subject in found if "ei ole lähetetty" in subject]


def test_a_reminder_before_closing(
    small: Callable[..., Applicant], at: Callable[[str], None], mails: Callable[[], list[Any]]
) -> None:
    """Once, to every address that may know of what is unsent, with no link in it. The call closes at new year 2031."""
    at("2030-12-20T12:00:00")
    applicant, app = begin(small)
    applicant.press("Tallenna", CONTACT)
    mail_link(applicant, "kollega@example.fi")
    mail_link(applicant, "entinen@example.fi")
    Link.update(revoked_at=Link.created_at).where(Link.email == "entinen@example.fi").execute()
    empty = Applicant(app).begin("contact")
    mail_link(empty, "tyhja@example.fi")
    sent = Applicant(app).begin("contact").press("Tallenna", {**CONTACT, "q1.sahkoposti": "valmis@example.fi"})
    sent.go("yhteenveto").send()
    edited = Applicant(app).begin("contact").press("Tallenna", {**CONTACT, "q1.sahkoposti": "muokattu@example.fi"})
    edited.go("yhteenveto").send()
    at("2030-12-27T12:00:00")
    edited.go("hakemus").press("Tallenna", {"q1.nimi": "Toinen"})
    at("2030-12-28T23:59:59")
    flask(app, "mail", "send")
    assert reminders(mails) == []
    at("2030-12-29T00:00:00")
    for _ in range(3):
        flask(app, "mail", "send")
    assert sorted(reminders(mails)) == [
        ("aino@example.fi", "Hakemusta ei ole lähetetty"),
        ("kollega@example.fi", "Hakemusta ei ole lähetetty"),
        ("muokattu@example.fi", "Muutoksia ei ole lähetetty"),
    ]
    mail = mails()[-1]
    body = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "Hakuaika päättyy 1.1.2031 klo 00.00 (Suomen aikaa)." in " ".join(body.split())
    assert "\nhttp://127.0.0.1:8000/linkki\n" in body
    assert "/jatka/" not in mail.as_string()
    at("2030-12-31T12:00:00")
    edited.go("hakemus").press("Tallenna", {"q1.nimi": "Kolmas"})
    at("2030-12-31T20:00:00")
    flask(app, "mail", "send")
    assert len(reminders(mails)) == 3


def test_an_extension_brings_a_reminder_of_its_own(
    small: Callable[..., Applicant], at: Callable[[str], None], mails: Callable[[], list[Any]]
) -> None:
    at("2030-12-20T12:00:00")
    applicant, app = begin(small)
    applicant.press("Tallenna", CONTACT)
    at("2030-12-30T12:00:00")
    flask(app, "mail", "send")
    until = ("--until", "2031-01-10T12:00:00", "--reason", "katko")
    assert "can be sent until" in flask(app, "application", "extend", applicant.reference, *until)
    at("2031-01-07T11:59:59")
    flask(app, "mail", "send")
    assert len(reminders(mails)) == 1
    at("2031-01-07T12:00:00")
    for _ in range(2):
        flask(app, "mail", "send")
    assert [to for to, _ in reminders(mails)] == ["aino@example.fi"] * 2
    assert "hakuaika päättyy 10.1.2031 klo 12.00" in mails()[-1]["Subject"]


def test_no_reminder_to_whom_it_is_of_no_use(
    small: Callable[..., Applicant], at: Callable[[str], None], inbox: Mailbox
) -> None:
    """Not while somebody is writing; not after closing; not once it is sent, though the mail was waiting already."""
    at("2030-12-31T18:00:00")
    applicant, app = begin(small, mail_server="127.0.0.1", mail_port=inbox.port)
    applicant.press("Tallenna", CONTACT)
    flask(app, "mail", "send")
    assert OutboxMail.select().count() == 0
    at("2030-12-31T22:00:00")
    inbox.inbox.answer = "451 come back later"
    flask(app, "mail", "send")
    assert "1 failing" in flask(app, "mail", "status")
    inbox.inbox.answer = "250 OK"
    applicant.go("yhteenveto").send()
    late = Applicant(app).begin("contact").press("Tallenna", {**CONTACT, "q1.sahkoposti": "myoha@example.fi"})
    at("2031-01-01T04:00:00")
    flask(app, "mail", "send")
    assert "0 waiting, 0 failing" in flask(app, "mail", "status")
    assert [mail["Subject"].split()[0] for mail in inbox.inbox.mails] == ["Hakemus", "Kopio"]
    assert "Hakuaika päättyi" in late.go("hakemus").text


def test_reminders_can_be_turned_off(
    small: Callable[..., Applicant], at: Callable[[str], None], mails: Callable[[], list[Any]]
) -> None:
    at("2030-12-20T12:00:00")
    applicant, app = begin(small, reminder_days=0)
    applicant.press("Tallenna", CONTACT)
    at("2030-12-31T12:00:00")
    flask(app, "mail", "send")
    assert reminders(mails) == []
