"""The mail server is down, silent, refuses, breaks in mid-message: the submission stands, each mail goes out later."""

import json
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.writer import Writer
from tests.service import ROOT, Service

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
    connection = sqlite3.connect(service.database)
    rows = connection.execute("select attempts, sent_at, last_error from outbox_mail").fetchall()
    connection.close()
    return rows


def try_again(service: Service, port: int) -> None:
    """What ``flask mail send`` does once the mails are due again."""
    connection = sqlite3.connect(service.database)
    connection.execute("update outbox_mail set next_at = created_at")
    connection.commit()
    connection.close()
    environment = {**service.environment, "MAIL_PORT": str(port)}
    command = [sys.executable, "-m", "flask", "mail", "send"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def wait_for_attempt(service: Service) -> None:
    """A page is answered before its mails are tried; the next answer of the same worker comes after that."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if all(error for _, _, error in outbox(service)):
            return
        urllib.request.urlopen(f"{service.url}/health/ready", timeout=10).read()
    raise AssertionError("no attempt failed")


@pytest.mark.parametrize("fault", ["down", "refuses", "drops"])
def test_mails_go_out_later(tmp_path: Path, calls_dir: Path, fault: str) -> None:
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
        try_again(service, service.smtp_port)
        assert len(service.inbox.mails) == before + 1
        assert service.inbox.mails[-1]["To"] == REGISTRY
        assert all(sent_at for _, sent_at, _ in outbox(service))
        # Once sent, it is not sent again.
        try_again(service, service.smtp_port)
        assert len(service.inbox.mails) == before + 1


def test_a_silent_server_holds_nobody(tmp_path: Path, calls_dir: Path) -> None:
    with silent_server() as port:
        environment: dict[str, Any] = {"MAIL_PORT": str(port), "MAIL_TIMEOUT_AFTER_RESPONSE": "0.5"}
        with Service(tmp_path, CALLS_DIR=str(calls_dir), **environment) as service:
            send_one(service)
            wait_for_attempt(service)
            assert all(sent_at is None for _, sent_at, _ in outbox(service))
            try_again(service, service.smtp_port)
            assert len(service.inbox.expect(1, REGISTRY)) == 1


def test_a_slow_server_gets_each_mail_once(tmp_path: Path, calls_dir: Path) -> None:
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
        try_again(service, service.smtp_port)
        service.inbox.expect(1, REGISTRY)
