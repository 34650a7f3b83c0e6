"""The log: what is told of each request and event, and what never is, over a whole journey and when things break."""

import io
import json
import logging
import re
import smtplib
import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import peewee
import pytest
from flask import Flask

import logs
from forms.kinds.contact import EmailError
from models.outbox import OutboxMail
from services.accounts import Role
from tests.applicant import Applicant, fields_of_answers
from tests.conftest import with_provider
from tests.desk import PASSWORD, Officer
from tests.over_http import HttpClient, RealApplicant
from tests.service import Service


@pytest.fixture
def told() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The events of this process, as they would be written where no terminal is."""
    stream = io.StringIO()
    handler = logs.handler(stream)
    logging.getLogger().addHandler(handler)
    yield lambda: events(stream.getvalue())
    logging.getLogger().removeHandler(handler)


def events(log: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.splitlines()]


def texts_of(answers: dict[str, Any]) -> set[str]:
    """All that is long enough to be known again, line by line."""
    texts = [str(text) for value in fields_of_answers(answers).values() for text in value_texts(value)]
    return {line.strip() for text in texts for line in text.splitlines() if len(line.strip()) > 5}


def value_texts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_a_whole_journey_leaves_no_word_in_the_log(
    tmp_path: Path, make_app: Callable[..., Flask], short: dict[str, Any]
) -> None:
    """An applicant from the first page to the receipt, by link and by wrong turns; an officer from the invitation."""
    secrets = {PASSWORD, "aino.salainen@example.fi", "aino.salainen", "virkailija@example.fi"}
    answers = with_provider({**short, "1": "Helsingin kaupunki"})
    answers["2"] = {**answers["2"], "sahkoposti": "aino.salainen@example.fi"}
    officer = Officer(make_app(), Role.ADMIN)
    # Sent by the service, it would have a link that takes the place of this one.
    OutboxMail.delete().execute()
    with Service(tmp_path) as service:
        applicant = RealApplicant(service).begin()
        reference = applicant.reference
        applicant.fill(answers).send()
        assert applicant.status == 200
        secrets |= texts_of(answers)
        applicant.go("tallennettu").press("Lähetä linkki", {"sahkoposti": "aino.salainen@example.fi"})
        link = re.search(r"/jatka/([\w-]+)", applicant.go("tallennettu").text)
        assert link
        secrets.add(link[1])
        other = RealApplicant(service).get(f"/jatka/{link[1]}")
        assert other.reference == reference
        # Two change the same answer; one of them looks for a link and types a search.
        clash = other.go("kehittamiskokonaisuudet").form("Tallenna").data
        applicant.go("kehittamiskokonaisuudet").press("Tallenna", {"q4": "Toinen kirjoittaja oli nopeampi"})
        clash["q4"] = "Hitaamman kirjoittajan oma teksti"
        assert other.client.post(other.address, clash).status_code == 409
        secrets |= {"Toinen kirjoittaja oli nopeampi", "Hitaamman kirjoittajan oma teksti"}
        RealApplicant(service).get("/linkki").press("Lähetä linkki", {"sahkoposti": "aino.salainen@example.fi"})
        RealApplicant(service).get("/jatka/vaara-linkki-jota-ei-ole")
        RealApplicant(service).get("/olematon/aino.salainen@example.fi?haku=etsitty-salaisuus")
        secrets |= {"vaara-linkki-jota-ei-ole", "etsitty-salaisuus"}

        officer.client = HttpClient(service)  # type: ignore[assignment]
        codes = officer.set_up()
        officer.sign_in("väärä salasana 123", "123456")
        code = officer.code()
        officer.sign_in(code=code)
        assert officer.get("/virkailija/luvut").status == 200
        officer.get(f"/virkailija/strategiarahoitus-2021/{reference}/")
        secrets |= {officer.setup_token, code, "väärä salasana 123", *codes}
        # What no application sees: a request that the web server itself refuses, with a token in it.
        with socket.create_connection(("127.0.0.1", service.port)) as raw:
            raw.sendall(f"GET /jatka/{link[1]} nonsense aino.salainen@example.fi\r\n\r\n".encode())
            assert b"400" in raw.recv(1000)
        tokens = [re.search(r"/jatka/([\w-]+)", mail.as_string()) for mail in service.inbox.mails]
        secrets |= {token[1] for token in tokens if token}
        service.change_workers()
        log = service.log.read_text()

    assert len(secrets) > 40
    assert sorted(secret for secret in secrets if secret in log) == []
    assert "@" not in re.sub(r"\*\*\*@", "", log)
    lines = events(log)
    happened = {line["event"] for line in lines}
    assert {"serving", "answered", "draft_begun", "sent", "clashed", "mail_sent", "figures"} <= happened
    assert {"signed_in", "sign_in_refused", "Invalid request"} <= happened
    opened = [line for line in lines if str(line.get("route")).startswith("/jatka/<")]
    assert {line["status"] for line in opened} == {303, 404}
    assert all(line["request"] and line["ms"] > 0 for line in opened)
    [sent] = [line for line in lines if line["event"] == "sent"]
    assert (sent["reference"], sent["version"]) == (reference, 1)
    assert [line["status"] for line in lines if line["event"] == "answered" and line["request"] == sent["request"]]


@pytest.mark.parametrize(
    "error",
    [
        ValueError("could not read 'Salainen vastaus'"),
        peewee.IntegrityError("DETAIL: Key (email)=(aino.salainen@example.fi) already exists."),
        peewee.DataError("value too long: Salainen vastaus"),
        smtplib.SMTPRecipientsRefused({"aino.salainen@example.fi": (550, b"no")}),
        EmailError("Salainen vastaus"),
        KeyError("Salainen vastaus"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_breaks_is_told_without_what_was_typed(
    small: Callable[..., Applicant],
    told: Callable[[], list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    applicant = small("text")
    applicant.client.application.testing = False

    def fail(*_: object) -> None:
        try:
            raise RuntimeError("Salainen vastaus")
        except RuntimeError as cause:
            raise error from cause

    monkeypatch.setattr("services.saving.save", fail)
    page = applicant.press("Tallenna", {"q1": "Salainen vastaus"})
    assert page.status == 500
    [line] = [line for line in told() if line["event"] == "failed"]
    assert line["error"] == f"{type(error).__name__}, after RuntimeError"
    assert "tests/test_log.py" in line["at"]
    assert (line["method"], line["route"], line["reference"]) == (
        "POST",
        "/hakemus/<reference>/<page>",
        applicant.reference,
    )
    assert re.search("[Ss]alainen|testing_app", json.dumps(told())) is None
    # What the person can tell us leads to it.
    assert line["request"] in page.text
    assert page.response is not None
    assert page.response.headers["X-Request-Id"] == line["request"]


def test_what_the_database_says_is_told(
    app: Flask, told: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise peewee.OperationalError("database or disk is full") from sqlite3.OperationalError()

    monkeypatch.setattr("services.drafts.begin", fail)
    page = Applicant(app).begin()
    [line] = [line for line in told() if line["event"] == "database_failed"]
    assert line["error"].startswith("OperationalError: database or disk is full")
    assert line["request"] in page.text


def test_a_request_is_named_by_our_proxy_alone(
    make_app: Callable[..., Flask], told: Callable[[], list[dict[str, Any]]]
) -> None:
    named = {"X-Request-Id": "0123456789abcdef"}
    own = make_app(proxies=0).test_client().get("/", headers=named).headers["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{16}", own)
    assert own != named["X-Request-Id"]
    behind = make_app(proxies=1).test_client()
    assert behind.get("/", headers=named).headers["X-Request-Id"] == named["X-Request-Id"]
    for forged in ("lyhyt", "x" * 65, "a b c d e f g h", "älä-usko-tätä"):
        said = behind.get("/", headers={"X-Request-Id": forged}).headers["X-Request-Id"]
        assert re.fullmatch("[0-9a-f]{16}", said), forged
    requests = [line["request"] for line in told() if line["event"] == "answered"]
    assert requests[:2] == [own, named["X-Request-Id"]]
    assert len(set(requests)) == 6


def test_what_libraries_log_is_masked(told: Callable[[], list[dict[str, Any]]]) -> None:
    logging.getLogger("library").warning("GET %s failed for %s", "/jatka/abc-def?x=1", "aino@example.fi")
    [line] = told()
    assert line["event"] == "GET /jatka/***?x=1 failed for ***@example.fi"


def test_a_terminal_gets_words() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    handler = logs.handler(stream)
    logging.getLogger().addHandler(handler)
    logs.get("test").info("draft_begun", reference="SR21-ABCDEFG")
    logging.getLogger().removeHandler(handler)
    assert "draft_begun" in stream.getvalue()
    assert "SR21-ABCDEFG" in stream.getvalue()
    assert not stream.getvalue().startswith("{")
