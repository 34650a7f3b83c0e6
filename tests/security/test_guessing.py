"""Nobody learns who is known here: not by what is said, and not by how much work it is to say it.

Work is counted, not timed: the statements to the database, the passwords hashed, the mails that wait.
"""

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from werkzeug.security import check_password_hash
from werkzeug.test import TestResponse

from models.database import database
from models.officer import Officer as Account
from models.outbox import OutboxMail
from services import accounts
from services.accounts import Role
from tests.applicant import Applicant
from tests.desk import PASSWORD, Officer
from tests.forms_of_pages import parse, text_of

Work = list[str]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """What is done within a block, in order."""
    done: Work = []

    @contextmanager
    def count() -> Iterator[Work]:
        execute = type(database.obj).execute_sql
        done.clear()

        def note(self: Any, sql: str, *more: Any, **named: Any) -> Any:
            done.append(sql)
            return execute(self, sql, *more, **named)

        def note_password(kept: str, typed: str) -> bool:
            done.append("a password is hashed")
            return check_password_hash(kept, typed)

        with monkeypatch.context() as listening:
            listening.setattr(type(database.obj), "execute_sql", note)
            listening.setattr(accounts, "check_password_hash", note_password)
            yield done

    return count


def said(answer: TestResponse) -> str:
    return text_of(parse(answer.text))


def test_asking_for_links_is_the_same_work_for_any_address(app: Flask, work: Callable[..., Any]) -> None:
    Applicant(app).begin().press("Tallenna", {"q2.sahkoposti": "aino@example.fi"})
    outcomes: list[Any] = []
    for email in ("aino@example.fi", "kuka@example.fi"):
        stranger = Applicant(app).get("/linkki")
        form = {**stranger.form("Lähetä linkki").data, "sahkoposti": email}
        with work() as done:
            answer = stranger.client.post("/linkki", data=form)
            # What is done once the answer is out comes at closing it.
            outcomes.append((answer.status_code, answer.location, list(done)))
        assert OutboxMail.select().where(OutboxMail.recipient == email).count() == 1
        answer.close()
    assert outcomes[0] == outcomes[1]


def test_whatever_is_wrong_at_signing_in_is_the_same_work(app: Flask, work: Callable[..., Any]) -> None:
    ready = Officer(app)
    ready.set_up()
    out = Officer(app, email="poistunut@example.fi")
    out.set_up()
    with app.app_context():
        accounts.add("kesken@example.fi", Role.OFFICER, "fi")
        accounts.disable(Account.get(Account.email == out.email))
    outcomes: list[Any] = []
    for email, password, code in (
        (ready.email, "aivan muu salasana", "000000"),
        (ready.email, PASSWORD, "000000"),
        (ready.email, PASSWORD, "\u0661\u0662\u0663\u0664\u0665\u0666"),
        (ready.email, "aivan muu salasana", ready.code()),
        (out.email, PASSWORD, out.code()),
        ("kesken@example.fi", PASSWORD, "000000"),
        ("kuka@example.fi", PASSWORD, "000000"),
        ("", "", ""),
        ("a\x00b", "\x00", "\x00"),
    ):
        stranger = Applicant(app).get("/virkailija/kirjaudu")
        # From a place of its own: of too many from one the answer is another, whatever the account.
        stranger.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{len(outcomes)}"
        form = {**stranger.form("Kirjaudu").data, "sahkoposti": email, "salasana": password, "koodi": code}
        with work() as done:
            answer = stranger.client.post("/virkailija/kirjaudu", data=form)
        assert done.count("a password is hashed") == 1
        outcomes.append((answer.status_code, said(answer), list(done)))
    assert [outcome for outcome in outcomes if outcome != outcomes[0]] == []


def test_the_check_says_of_a_reference_nothing(app: Flask, short: dict[str, Any], work: Callable[..., Any]) -> None:
    sent = Applicant(app).begin().fill(short).send()
    draft = Applicant(app).begin()
    outcomes: list[Any] = []
    for reference in (sent.reference, draft.reference, "SR21-AAAAAAA"):
        with work() as done:
            answer = app.test_client().get("/tarkistus", query_string={"tunnus": reference, "sormenjalki": "0" * 64})
        outcomes.append((answer.status_code, said(answer).replace(reference, "X"), list(done)))
    assert [outcome for outcome in outcomes if outcome != outcomes[0]] == []


def test_an_application_of_others_is_as_one_that_is_not(app: Flask, work: Callable[..., Any]) -> None:
    there = Applicant(app).begin().reference
    outcomes: list[Any] = []
    for reference in (there, "SR21-AAAAAAA"):
        stranger = Applicant(app).begin()
        for path in ("hakija", "yhteenveto", "yhteenveto.pdf", "hakemus.json", "versio/1"):
            with work() as done:
                answer = stranger.client.get(f"/hakemus/{reference}/{path}")
            outcomes.append((answer.status_code, said(answer), list(done)))
    assert [outcome for outcome in outcomes if outcome != outcomes[0]] == []


def test_a_used_set_up_link_is_as_one_that_never_was(
    app: Flask, work: Callable[..., Any], at: Callable[[str], None]
) -> None:
    at("2021-05-01T12:00:00")
    used, late = Officer(app), Officer(app, email="toinen@example.fi")
    used.set_up()
    at("2021-05-05T12:00:00")
    outcomes: list[Any] = []
    for token in (used.setup_token, late.setup_token, "x", "ä"):
        with work() as done:
            answer = app.test_client().get(f"/virkailija/kayttoonotto/{token}")
        outcomes.append((answer.status_code, said(answer), list(done)))
    assert outcomes[0][0] == 404
    assert [outcome for outcome in outcomes if outcome != outcomes[0]] == []


def test_what_is_secret_is_compared_in_constant_time_or_hashed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords by scrypt, codes and fingerprints in constant time; of links only the hash is looked up."""
    compared: list[Any] = []
    compare = hmac.compare_digest

    def note(one: Any, other: Any) -> bool:
        compared.append(other)
        return compare(one, other)

    officer = Officer(app)
    recovery = officer.set_up()
    monkeypatch.setattr("services.accounts.secrets.compare_digest", note)
    officer.sign_in(code=recovery[3])
    assert "Haut" in officer.text
    assert len(compared) == 3 + len(recovery)
    account: Any = Account.get()
    assert account.password_hash.startswith("scrypt:32768:8:1$")
    assert recovery[3] not in str(account.__data__)
    assert officer.setup_token not in str(account.__data__)
