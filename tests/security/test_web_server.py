"""Requests over a bare socket to the real web server: refused or closed, and the service goes on."""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask

from tests.applicant import Applicant
from tests.service import Service

HOST = b"Host: 127.0.0.1\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
REFUSED = {
    "two lengths": b"POST /linkki HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + SMUGGLED,
    "length and chunks": b"POST /linkki HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    + SMUGGLED,
    "chunks twice": b"POST /linkki HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunks of another name": b"POST /linkki HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": b"POST /linkki HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a blank before the colon": b"GET / HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\n" + HOST + b"X-One: a\r\n b\r\n\r\n",
    "a header without colon": b"GET / HTTP/1.1\r\n" + HOST + b"nonsense\r\n\r\n",
    "NUL in a header": b"GET / HTTP/1.1\r\n" + HOST + b"X-One: a\x00b\r\n\r\n",
    "a bare line feed in a header": b"GET / HTTP/1.1\r\n" + HOST + b"X-One: a\nX-Two: b\r\n\r\n",
    "a length of words": b"POST /linkki HTTP/1.1\r\n" + HOST + b"Content-Length: 1e3\r\n\r\n",
    "a length with a sign": b"POST /linkki HTTP/1.1\r\n" + HOST + b"Content-Length: +5\r\n\r\nabcde",
    "a length below nothing": b"POST /linkki HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "a version of the future": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a method of small letters": b"get / HTTP/1.1\r\n" + HOST + b"\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200 + b"\r\n\r\n",
    "a line without end": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a query without end": b"GET /?" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a header without end": b"GET / HTTP/1.1\r\n" + HOST + b"Cookie: " + b"a" * 100_000 + b"\r\n\r\n",
    "headers without end": b"GET / HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 5_000 + b"\r\n",
    "another host": b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "an address of another host": b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "broken chunks": b"POST /linkki HTTP/1.1\r\n" + HOST + FORM + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
    "a chunk without end": b"POST /linkki HTTP/1.1\r\n"
    + HOST
    + FORM
    + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nabc\r\n",
    "less than it said": b"POST /linkki HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 999\r\n\r\nabc",
}


def say(service: Service, words: bytes) -> bytes:
    """All that the web server says until it closes; nothing where it closes at once."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as connection:
        heard = b""
        with suppress(OSError):
            connection.sendall(words)
            connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):
            while more := connection.recv(65_536):
                heard += more
        return heard


def is_alive(service: Service) -> bool:
    return say(service, b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("shape", REFUSED)
def test_what_is_no_request_is_refused(service: Service, shape: str) -> None:
    answer = say(service, REFUSED[shape])
    # Whatever stands behind a refused request is never read as another.
    assert answer.count(b"HTTP/1.1 ") <= 1
    assert answer == b"" or answer.split()[1] in (b"400", b"404", b"411", b"414", b"431", b"501", b"505"), answer[:200]
    assert b"Traceback" not in answer
    assert is_alive(service)


@pytest.mark.parametrize("share", [0, 3, 40])
def test_a_form_that_was_cut_off_is_not_saved(service: Service, make_app: Callable[..., Flask], share: int) -> None:
    """A train goes into a tunnel in the middle of a save: half a text must not stand for the whole."""
    applicant = Applicant(make_app(var_dir=service.data, base_url=service.url)).begin()
    applicant.press("Tallenna", {"q2.nimi": "Aino Virta"})
    address, data = applicant.form("Tallenna").pressed("Tallenna")
    data.pop("q2.nimi")
    body = urlencode([*data.items(multi=True), ("q2.nimi", "Aino Virta-Järvinen")]).encode()
    head = f"POST {address} HTTP/1.1\r\nCookie: istunto={applicant.cookie}\r\nContent-Length: {len(body)}\r\n"
    answer = say(service, head.encode() + HOST + FORM + b"\r\n" + body[: len(body) - share])
    assert answer.split()[1] == (b"400" if share else b"303")
    assert applicant.go("hakija").value("q2.nimi") == ("Aino Virta" if share else "Aino Virta-Järvinen")


def test_a_connection_serves_one_request(service: Service) -> None:
    """So nothing can be smuggled behind one."""
    answer = say(service, b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" + SMUGGLED)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"Connection: close" in answer


def test_forged_headers_of_a_proxy_are_nothing_to_the_web_server(service: Service) -> None:
    """Where no proxy is set, its word on protocol, name and path is not taken, though it comes from this machine."""
    forged = b"X-Forwarded-Proto: https\r\nX-Forwarded-Ssl: on\r\nScript-Name: /evil\r\nSCRIPT_NAME: /evil\r\n"
    answer = say(service, b"GET /virkailija HTTP/1.1\r\n" + HOST + forged + b"\r\n")
    assert f"\nLocation: {service.url}/virkailija/\r\n".encode() in answer
    assert b"evil" not in answer


def test_an_answer_ends_before_what_is_done_after_it(tmp_path: Path, make_app: Callable[..., Flask]) -> None:
    """Else the end of the connection would tell whose address the service knows: only there a mail goes out."""
    with Service(tmp_path, MAIL_TIMEOUT_AFTER_RESPONSE="60", MAIL_TIMEOUT="60") as service:
        app = make_app(var_dir=service.data, base_url=service.url, mail_server="127.0.0.1", mail_port=9)
        Applicant(app).begin().press("Tallenna", {"q2.sahkoposti": "aino@example.fi"})
        stranger = Applicant(app).get("/linkki")
        body = urlencode({"csrf_token": stranger.value("csrf_token"), "sahkoposti": "aino@example.fi"}).encode()
        head = f"POST /linkki HTTP/1.1\r\nCookie: istunto={stranger.cookie}\r\nContent-Length: {len(body)}\r\n"
        service.inbox.lets_go.clear()
        answer = say(service, head.encode() + HOST + FORM + b"\r\n" + body)
        assert answer.startswith(b"HTTP/1.1 303")
        # The mail server has not said yet that it has the mail, and waits for this.
        service.inbox.lets_go.set()
        service.inbox.expect(1, "aino@example.fi")


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Service]:
    with Service(tmp_path, SILENCE_SECONDS="1", WEB_CONCURRENCY="1") as running:
        yield running


def test_whoever_falls_silent_holds_no_thread_for_long(impatient: Service) -> None:
    """More such connections than there are threads; then the service answers the next one."""
    begun = b"POST /linkki HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 999\r\n\r\nsahko"
    silent = [socket.create_connection(("127.0.0.1", impatient.port), timeout=60) for _ in range(24)]
    for number, connection in enumerate(silent):
        connection.sendall(begun if number % 2 else begun[:40])
    assert is_alive(impatient)
    for connection in silent:
        # Each is let go: with a refusal, or without a word.
        while connection.recv(65_536):
            pass
        connection.close()
