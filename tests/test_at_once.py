"""What several do at once comes out as if one came after the other, on either database."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from flask import Flask
from peewee import fn

import clock
from models.application import Answer, Application
from models.database import database, hold
from models.handling import CompletionRequest, Handling, Listed
from models.officer import Officer as Account
from models.officer import OfficerSession
from models.outbox import OutboxMail
from models.submission import Submission
from services import completion, handling, listed, mail, outbox, reminders, retention
from services.context import calls
from tests import databases
from tests.applicant import Applicant
from tests.desk import Officer, signed_in
from tests.mailing import CLOSED, CONTACT, begin

pytestmark = pytest.mark.both
MANY = 6
Result = TypeVar("Result")


def at_once(app: Flask, *acts: Callable[[], Result]) -> list[Result]:
    """What acts on the database give that begin at the same moment, each with a connection of its own."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], Result]) -> Result:
        with app.app_context():
            ready.wait(20)
            try:
                return act()
            finally:
                if not database.is_closed():
                    database.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def posts(applicant: Applicant, button: str, *typed: dict[str, str]) -> list[Callable[[], int]]:
    """Presses of a button of the page at hand, each a request of its own with the same cookies; they give a status."""
    form = applicant.form(button)
    app = applicant.client.application

    def press(fields: dict[str, str]) -> int:
        address, data = form.pressed(button)
        return applicant.moved_to(app).client.post(address, data={**data.to_dict(), **fields}).status_code

    return [lambda fields=fields: press(fields) for fields in typed]  # type: ignore[misc]


def test_one_press_that_arrives_many_times_is_one_sending(small: Callable[..., Applicant]) -> None:
    applicant, app = begin(small, **CLOSED)
    applicant.press("Tallenna", CONTACT).go("yhteenveto")
    statuses = at_once(app, *posts(applicant, "Lähetä", *[{"vakuutus": "1"}] * MANY))
    assert set(statuses) == {303}
    assert [sent.version for sent in Submission.select()] == [1]
    assert sorted(row.kind for row in OutboxMail.select()) == ["receipt", "registry"]


def test_of_many_who_change_one_answer_one_is_first(small: Callable[..., Applicant]) -> None:
    """Each on a page of her own that shows the same; the others' texts are kept beside, told apart by their pages."""
    applicant = small("text").press("Tallenna", {"q1": "alku"})
    typed = [{"q1": f"teksti {number}", "sivu": f"page{number}"} for number in range(MANY)]
    statuses = at_once(applicant.client.application, *posts(applicant, "Tallenna", *typed))
    assert sorted(statuses) == [303] + [409] * (MANY - 1)
    answer = Answer.get()
    assert answer.revision == 2
    assert answer.writer == f"page{answer.value[''].split()[1]}"


def test_what_is_saved_while_one_sends_was_not_seen(small: Callable[..., Applicant], tmp_path: Path) -> None:
    applicant, app = begin(small, **CLOSED)
    applicant.press("Tallenna", CONTACT).go("yhteenveto")
    (press,) = posts(applicant, "Lähetä", {"vakuutus": "1"})
    with ThreadPoolExecutor(1) as pool:
        with database.connection_context(), database.atomic():
            hold(Application.get())
            Answer.update(value={**Answer.get().value, "nimi": "Toinen"}, revision=2, writer="another").execute()
            status = pool.submit(at_once, app, press)
            databases.wait_for_a_waiter(tmp_path)
        assert status.result() == [422]
    assert Submission.select().count() == 0


def test_a_save_that_waited_is_later_than_what_it_waited_for(small: Callable[..., Applicant], tmp_path: Path) -> None:
    """Else the list would say that nothing was edited since the sending."""
    applicant = small("text").press("Tallenna", {"q1": "alku"})
    (press,) = posts(applicant, "Tallenna", {"q1": "muutos"})
    with ThreadPoolExecutor(1) as pool:
        with database.connection_context(), database.atomic():
            hold(Application.get())
            status = pool.submit(at_once, applicant.client.application, press)
            databases.wait_for_a_waiter(tmp_path)
            sent_at = clock.now()
            Application.update(touched_at=sent_at).execute()
        assert status.result() == [303]
    assert Application.get().touched_at > sent_at


def test_caps_hold(small: Callable[..., Applicant]) -> None:
    _, app = begin(small, mails_per_address=3, **CLOSED)
    application = Application.get()

    def ask() -> bool:
        return outbox.queue_within_caps("link", "aino@example.fi", "fi", application=application)

    assert sum(at_once(app, *[ask] * MANY)) == 3
    assert OutboxMail.select().count() == 3


def test_a_mail_goes_out_once(small: Callable[..., Applicant], mails: Callable[[], list[Any]]) -> None:
    _, app = begin(small)
    with app.app_context():
        for number in range(12):
            outbox.queue("link", f"a{number}@example.fi", "fi", application=Application.get())
    assert sum(at_once(app, *[mail.deliver] * MANY)) == 12
    assert len({message["To"] for message in mails()}) == len(mails()) == 12


def test_a_reminder_comes_once(small: Callable[..., Applicant], at: Callable[[str], None]) -> None:
    at("2030-12-20T12:00:00")
    applicant, app = begin(small)
    applicant.press("Tallenna", CONTACT)
    at("2030-12-30T12:00:00")
    at_once(app, *[reminders.queue_due] * MANY)
    assert [row.kind for row in OutboxMail.select()] == ["reminder"]


def test_a_one_time_code_is_taken_once(app: Flask) -> None:
    officer = Officer(app)
    officer.set_up()
    officer.get("/virkailija/kirjaudu")
    typed = {"sahkoposti": officer.email, "salasana": "hevonen paristo niitti", "koodi": officer.code()}
    statuses = at_once(app, *posts(officer, "Kirjaudu", *[typed] * 4))
    assert sorted(statuses) == [303, 422, 422, 422]
    assert OfficerSession.select().count() == 1


def test_wrong_tries_at_once_are_counted(app: Flask) -> None:
    officer = Officer(app)
    officer.set_up()
    officer.get("/virkailija/kirjaudu")
    typed = {"sahkoposti": officer.email, "salasana": "hevonen paristo niitti", "koodi": "000000"}
    statuses = at_once(app, *posts(officer, "Kirjaudu", *[typed] * 8))
    assert sorted(statuses) == [422] * 5 + [429] * 3


def test_one_of_a_providers_applications_counts(app: Flask, short: dict[str, Any]) -> None:
    sent = [Applicant(app).begin().fill(short).send() for _ in range(2)]
    officer = signed_in(app)
    with app.app_context():
        call = calls()["strategiarahoitus-2021"]
        at_once(app, *[lambda: listed.bring_up_to_date(call)] * MANY)
        assert Listed.select().count() == 2
        assert [row.is_counted for row in Listed.select().order_by(Listed.submission)] == [False, True]
        account = Account.get(Account.email == officer.email)
        versions = list(Submission.select())
        at_once(app, *[lambda one=one: handling.choose(call, one, account) for one in versions * 2])
    assert Handling.select().where(Handling.counts == True).count() == 1  # noqa: E712
    assert Listed.select().where(Listed.is_counted == True).count() == 1  # noqa: E712
    assert Listed.select(fn.SUM(Listed.requested)).where(Listed.is_counted == True).scalar() > 0  # noqa: E712
    assert len({one.reference for one in sent}) == 2


def test_one_completion_request_waits(small: Callable[..., Applicant]) -> None:
    applicant, app = begin(small, **CLOSED)
    applicant.press("Tallenna", CONTACT).go("yhteenveto").send()
    application = Application.get()
    until = clock.now() + timedelta(days=9)
    texts = [f"Täydentäkää {number}" for number in range(MANY)]
    at_once(app, *[lambda text=text: completion.ask(application, text, ["q1"], until, None) for text in texts])
    waiting = CompletionRequest.select().where(CompletionRequest.ended_at.is_null())
    assert (waiting.count(), CompletionRequest.select().count()) == (1, MANY)
    # A press that arrives many times is one.
    at_once(app, *[lambda: completion.ask(application, "Sama", ["q1"], until, None)] * MANY)
    assert (waiting.count(), CompletionRequest.select().count()) == (1, MANY + 1)


def test_the_handling_of_a_call_ends_once(small: Callable[..., Applicant], at: Callable[[str], None]) -> None:
    _, app = begin(small)
    at("2031-02-01T12:00:00")
    with app.app_context():
        call = calls()["contact"]
        ends = clock.now()
        at_once(app, *[lambda: retention.end_handling(call, ends)] * MANY)
        assert retention.handling_ended(call) == ends
