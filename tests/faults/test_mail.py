"""The mail server is down, silent, refuses, breaks in mid-message: the submission stands, each mail goes out later."""

import html
import http.client
import json
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from tests import databases
from tests.faults.writer import HIDDEN, Writer
from tests.mailing import flask
from tests.service import Service, SilentServer

REGISTRY = "kirjaamo@example.fi"


def send_one(service: Service) -> Writer:
    writer = Writer(service.port, "w")
    writer.begin()
    writer.load()
    assert writer.save("lähetettävä") == 200
    assert writer.send() == 303
    _, _, page = writer.request("GET", f"/hakemus/{writer.reference}/yhteenveto")
    assert "Versio 1" in page
    return writer


def outbox(service: Service) -> list[tuple[int, Any, Any]]:
    return databases.ask(service.data, "select attempts, sent_at, last_error from outbox_mail")


@pytest.fixture
def try_again(make_app: Callable[..., Flask], calls_dir: Path) -> Callable[[Service], None]:
    """What ``flask mail send`` does beside the service, once the mails are due again and the mail server is well."""

    def send(service: Service) -> None:
        databases.ask(service.data, "update outbox_mail set next_at = created_at")
        reached = {"mail_server": "127.0.0.1", "mail_port": service.smtp_port, "mail_timeout": 60}
        said = flask(make_app(var_dir=service.data, calls_dir=calls_dir, **reached), "mail", "send")
        assert said.endswith("mails sent.\n")

    return send


def wait_for_attempt(service: Service, count: int | None = None) -> None:
    """Until all mails, or so many of them, have failed: a page is answered before its mails are tried."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        failed = [bool(error) for _, _, error in outbox(service)]
        if all(failed) if count is None else sum(failed) == count:
            return
        urllib.request.urlopen(f"{service.url}/health/ready", timeout=10).read()
    raise AssertionError("no attempt failed")


@pytest.mark.parametrize("fault", ["down", "refuses", "drops"])
def test_mails_go_out_later(tmp_path: Path, calls_dir: Path, try_again: Callable[[Service], None], fault: str) -> None:
    environment: dict[str, Any] = {"MAIL_PORT": "9"} if fault == "down" else {}
    with Service(tmp_path, CALLS_DIR=str(calls_dir), **environment) as service:
        service.inbox.answer = "550 no such user here" if fault == "refuses" else "250 OK"
        service.inbox.drops = fault == "drops"
        send_one(service)
        wait_for_attempt(service)
        health = json.loads(urllib.request.urlopen(f"{service.url}/health/ready", timeout=10).read())
        assert health["oldest_unsent_mail_seconds"] >= 0
        service.inbox.answer, service.inbox.drops = "250 OK", False
        before = len(service.inbox.mails)
        try_again(service)
        assert len(service.inbox.mails) == before + 1
        assert service.inbox.mails[-1]["To"] == REGISTRY
        assert all(sent_at for _, sent_at, _ in outbox(service))
        # Once sent, it is not sent again.
        try_again(service)
        assert len(service.inbox.mails) == before + 1


@pytest.mark.parametrize("at", ["connect", "EHLO", "RCPT"])
def test_a_silent_server_holds_nobody(
    tmp_path: Path, calls_dir: Path, try_again: Callable[[Service], None], at: str
) -> None:
    with SilentServer(at) as server:
        environment: dict[str, Any] = {"MAIL_PORT": str(server.port), "MAIL_TIMEOUT_AFTER_RESPONSE": "0.5"}
        with Service(tmp_path, CALLS_DIR=str(calls_dir), MAIL_TIMEOUT="60", **environment) as service:
            send_one(service)
            wait_for_attempt(service)
            assert all(sent_at is None for _, sent_at, _ in outbox(service))
            try_again(service)
            assert len(service.inbox.expect(1, REGISTRY)) == 1


def link_form(writer: Writer) -> tuple[str, dict[str, str]]:
    """The page that mails a link to whatever address, and its form."""
    address = f"/hakemus/{writer.reference}/tallennettu"
    _, _, page = writer.request("GET", address)
    return address, {name: html.unescape(value) for name, value in HIDDEN.findall(page)}


def test_one_thread_at_most_waits_for_a_silent_server(tmp_path: Path, calls_dir: Path) -> None:
    """Forty ask for mails at once, one process of eight threads: each gets its answer, and the next page."""
    environment: dict[str, Any] = {"MAIL_TIMEOUT_AFTER_RESPONSE": "60", "MAIL_TIMEOUT": "60", "WEB_CONCURRENCY": "1"}
    environment |= {"MAILS_PER_APPLICATION": "100", "CALLS_DIR": str(calls_dir)}
    with SilentServer("MAIL") as server, Service(tmp_path, MAIL_PORT=str(server.port), **environment) as service:
        writer = Writer(service.port, "w")
        writer.begin()
        address, form = link_form(writer)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": writer.cookie}
        # A browser uses one connection again and again: the thread that waits must not be the one it is tied to.
        browser = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
        for method, body in (("POST", urlencode({**form, "sahkoposti": "a@example.fi"})), ("GET", None)):
            browser.request(method, address, body, headers)
            answer = browser.getresponse()
            assert answer.status == (303 if method == "POST" else 200)
            answer.read()
        assert server.holds.wait(20)

        def ask(number: int) -> int:
            return writer.request("POST", address, {**form, "sahkoposti": f"a{number}@example.fi"})[0]

        with ThreadPoolExecutor(40) as pool:
            assert set(pool.map(ask, range(40))) == {303}
        assert len(server.held) == 1
        server.let_go()
        wait_for_attempt(service, 1)
        assert len(server.held) == 1, "nobody else is tried"


def test_mails_of_others_go_with_the_run_under_way(tmp_path: Path, calls_dir: Path) -> None:
    """While the mail server has not yet said that it has the first, more are asked for; nobody runs ``mail send``."""
    environment: dict[str, Any] = {"MAIL_TIMEOUT_AFTER_RESPONSE": "60", "MAIL_TIMEOUT": "60", "WEB_CONCURRENCY": "1"}
    with Service(tmp_path, CALLS_DIR=str(calls_dir), **environment) as service:
        service.inbox.lets_go.clear()
        writer = Writer(service.port, "w")
        writer.begin()
        address, form = link_form(writer)
        for number in range(10):
            assert writer.request("POST", address, {**form, "sahkoposti": f"a{number}@example.fi"})[0] == 303
            service.inbox.expect(1, "a0@example.fi")
        assert len(service.inbox.mails) == 1
        service.inbox.lets_go.set()
        for number in range(10):
            service.inbox.expect(1, f"a{number}@example.fi")


def test_a_slow_server_gets_each_mail_once(
    tmp_path: Path, calls_dir: Path, try_again: Callable[[Service], None]
) -> None:
    """A server that is slow to say that it has a mail has it; who gives up then sends it twice."""
    environment: dict[str, Any] = {"MAIL_TIMEOUT_AFTER_RESPONSE": "0.5"}
    with Service(tmp_path, CALLS_DIR=str(calls_dir), **environment) as service:
        service.inbox.delay = 1.5
        send_one(service)
        service.inbox.expect(1, REGISTRY)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if all(sent_at for _, sent_at, _ in outbox(service)):
                break
            urllib.request.urlopen(f"{service.url}/health/ready", timeout=10).read()
        assert all(sent_at for _, sent_at, _ in outbox(service))
        try_again(service)
        service.inbox.expect(1, REGISTRY)
