"""What every answer says to browsers: pages, files, refusals, and what the service never meant to answer."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

from services.accounts import Role
from tests.applicant import Applicant
from tests.desk import Officer, signed_in
from tests.routes import routes

ONLY_OURS = {"script-src", "style-src", "img-src", "connect-src", "form-action"}
NOTHING = {"default-src", "base-uri", "frame-ancestors"}


def expect_headers(answer: TestResponse, where: object) -> None:
    headers = answer.headers
    policy = {name: value for name, _, value in (part.strip().partition(" ") for part in csp(answer).split(";"))}
    assert policy == {**dict.fromkeys(ONLY_OURS, "'self'"), **dict.fromkeys(NOTHING, "'none'")}, where
    for name, value in {
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }.items():
        assert headers.getlist(name) == [value], where
    assert "camera=()" in headers["Permissions-Policy"], where
    assert headers["X-Robots-Tag"] in ("noindex", "all"), where
    assert "Server" not in headers, where


def csp(answer: TestResponse) -> str:
    [policy] = answer.headers.getlist("Content-Security-Policy")
    return policy


@pytest.fixture
def everybody(app: Flask, short: dict[str, Any]) -> Officer:
    """A browser that has an application, sent, and in which an officer is signed in too."""
    officer = signed_in(app, Role.ADMIN)
    officer.begin().fill(short).send()
    return officer


def test_every_answer_has_the_headers(app: Flask, everybody: Officer) -> None:
    seen = set()
    for route in routes(app, everybody.reference, "GET", "HEAD", "POST", "OPTIONS"):
        answer = everybody.client.open(route.address, method=route.method, buffered=True)
        expect_headers(answer, route)
        seen.add(answer.status_code)
        is_indexed = answer.headers["X-Robots-Tag"] == "all"
        assert is_indexed is (route.endpoint == "calls.index"), route
    assert seen >= {200, 303, 400, 404}


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        (400, {"path": "/", "headers": {"Host": "evil.example"}}),
        (400, {"path": "/", "headers": {"Host": "a b<>"}}),
        (404, {"path": "/none\x00"}),
        (405, {"path": "/linkki", "method": "DELETE"}),
        (405, {"path": "/", "method": "ANYTHING"}),
        (413, {"path": "/tarkistus", "method": "POST", "data": {"tiedosto": "x" * 4_000_000}}),
        (404, {"path": "/static/../app.py"}),
        (404, {"path": "/static/%2e%2e/app.py"}),
        (308, {"path": "/virkailija"}),
    ],
)
def test_refusals_have_them_too(app: Flask, status: int, asked: dict[str, Any]) -> None:
    answer = app.test_client().open(**asked)
    assert answer.status_code == status
    expect_headers(answer, asked)


def test_faults_have_them_too(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.testing = False
    monkeypatch.setattr("views.calls.my_applications", lambda: 1 / 0)
    answer = app.test_client().get("/")
    assert answer.status_code == 500
    expect_headers(answer, "a fault")


def test_outside_the_services_path_there_is_nothing(make_app: Callable[..., Flask]) -> None:
    client = make_app(base_url="https://example.fi/haku").test_client()
    for address in ("/", "/hakua", "/none"):
        answer = client.get(address)
        assert answer.status_code == 404
        expect_headers(answer, address)
        assert "Strict-Transport-Security" in answer.headers


def test_no_page_has_script_or_style_in_it(app: Flask, everybody: Officer) -> None:
    """The content policy would stop them; here is said that nothing depends on that."""
    pages = 0
    for route in routes(app, everybody.reference, "GET"):
        everybody.client.get("/virkailija/kirjaudu")
        answer = everybody.client.get(route.address, buffered=True)
        if answer.mimetype == "text/html" and answer.text.startswith("<!doctype"):
            everybody.get(route.address)
            assert everybody.page is not None
            pages += 1
            assert everybody.page.xpath("//style | //@style | //script[not(@src)] | //base | //iframe | //object") == []
            assert [name for name in everybody.page.xpath("//@*") if name.attrname.startswith(("on", "hx-on"))] == []
            addresses = everybody.page.xpath("//@src | //link/@href | //form/@action")
            assert [found for found in addresses if not found.startswith("/")] == [], route
    assert pages > 30


def test_browsers_are_told_to_use_https_where_it_is(make_app: Callable[..., Flask]) -> None:
    assert "Strict-Transport-Security" not in make_app().test_client().get("/").headers
    for days, seconds in ((365, 31_536_000), (0, 0)):
        app = make_app(base_url="https://haku.example.fi", hsts_days=days)
        for path in ("/", "/static/app.css", "/none"):
            assert (
                app.test_client().get(path, buffered=True).headers["Strict-Transport-Security"] == f"max-age={seconds}"
            )


@pytest.fixture(
    params=[
        ("http://127.0.0.1:8000", "istunto", "/", False),
        ("https://haku.example.fi", "__Host-istunto", "/", True),
        ("https://example.fi/haku", "__Secure-istunto", "/haku", True),
    ],
    ids=["http", "https", "under a path"],
)
def cookies(request: pytest.FixtureRequest, make_app: Callable[..., Flask]) -> tuple[list[str], Any]:
    """The cookies that an applicant and an officer are given, and what is expected of them."""
    app = make_app(base_url=request.param[0])
    given: list[str] = []

    @app.after_request
    def listen(response: Any) -> Any:
        response.call_on_close(lambda: given.extend(response.headers.getlist("Set-Cookie")))
        return response

    return given, (app, *request.param[1:])


def test_the_cookie_goes_nowhere_else(cookies: tuple[list[str], Any]) -> None:
    given, (app, name, path, is_secure) = cookies
    client = app.test_client()
    for address in ("/?kieli=sv", "/linkki", "/virkailija/kirjaudu"):
        assert client.get(path.rstrip("/") + address, buffered=True).status_code == 200
    assert given
    for cookie in given:
        assert set(parse_cookie(cookie.partition(";")[0])) == {name}
        parts = {part.strip() for part in cookie.split(";")[1:]}
        assert {"HttpOnly", "SameSite=Lax", f"Path={path}"} <= parts
        assert ("Secure" in parts) is is_secure
        assert not any(part.startswith("Domain") for part in parts)


def test_pages_of_others_get_nothing_across_origins(applicant: Applicant) -> None:
    answer = applicant.client.get("/", headers={"Origin": "https://evil.example"})
    assert [name for name in answer.headers if name[0].startswith("Access-Control-")] == []
