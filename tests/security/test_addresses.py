"""The one name of the service: another host is refused, and no address is built from what a request says."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, request

from services.accounts import Role
from tests.applicant import Applicant
from tests.desk import PASSWORD, Officer, signed_in
from tests.routes import routes
from tests.test_journey_http import link_in

EVIL = "evil.example"
FORGED = {
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Prefix": "/evil",
    "X-Original-URL": "/evil",
    "Forwarded": f"host={EVIL}",
}


@pytest.mark.parametrize("host", [EVIL, "127.0.0.1.evil.example", "", "127.0.0.1@evil.example", "[::1", "a,b", "ä"])
def test_another_host_is_refused_in_plain_words(app: Flask, host: str) -> None:
    client = app.test_client()
    for method in ("GET", "POST"):
        for path in ("/", "/linkki", "/static/app.css", "/virkailija"):
            answer = client.open(path, method=method, headers={"Host": host})
            assert answer.status_code == 400
            assert "Palvelu on toisessa osoitteessa" in answer.text
            assert 'href="http://127.0.0.1:8000/"' in answer.text
            assert EVIL not in answer.text
            assert "Location" not in answer.headers


@pytest.mark.parametrize("host", ["10.1.2.3:8000", "127.0.0.1", "web-1.internal"])
def test_a_load_balancer_may_ask_by_any_name(make_app: Callable[..., Flask], host: str) -> None:
    client = make_app(base_url="https://haku.example.fi").test_client()
    assert client.get("/health/live", headers={"Host": host}).status_code == 200
    assert client.get("/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(
    ("base", "host"),
    [
        ("https://haku.example.fi", "haku.example.fi"),
        ("https://haku.example.fi", "HAKU.example.fi:443"),
        ("https://haku.example.fi:8443/haku", "haku.example.fi"),
        ("http://127.0.0.1:8000", "localhost:8000"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_its_own_name_however_written(make_app: Callable[..., Flask], base: str, host: str) -> None:
    answer = make_app(base_url=base).test_client().get(f"{urlsplit(base).path}/", headers={"Host": host})
    assert answer.status_code == 200


def addresses_in(text: str) -> list[str]:
    return re.findall(r"https?://[^\s\"'<>]+", text)


def test_no_answer_is_built_from_what_a_request_says(app: Flask, short: dict[str, Any]) -> None:
    officer = signed_in(app, Role.ADMIN)
    officer.begin().fill(short).send()
    app.config["WTF_CSRF_ENABLED"] = False
    headers = {**FORGED, "Host": "127.0.0.1:6666", "Referer": f"https://{EVIL}/"}
    redirects = 0
    for route in routes(app, officer.reference, "GET", "POST"):
        answer = officer.client.open(route.address, method=route.method, headers=headers, buffered=True)
        said = "\n".join(value for _, value in answer.headers)
        said += answer.text if "text" in str(answer.mimetype) else ""
        assert EVIL not in said, route
        assert ":6666" not in said, route
        assert "/evil" not in said, route
        if "Location" in answer.headers:
            redirects += 1
            assert urlsplit(answer.headers["Location"]).netloc in ("", "127.0.0.1:8000"), route
    assert redirects > 10
    # The router's own redirect is a whole address.
    assert officer.client.get("/virkailija", headers=headers).location == "http://127.0.0.1:8000/virkailija/"


def test_no_mail_is_built_from_what_a_request_says(
    app: Flask, short: dict[str, Any], mails: Callable[[], list[Any]]
) -> None:
    applicant = Applicant(app)
    applicant.headers |= {**FORGED, "Host": "127.0.0.1:6666"}
    applicant.begin().fill({**short, "2": {**short["2"], "sahkoposti": "aino@example.fi"}}).send()
    applicant.press("Lähetä yhteenveto", {"sahkoposti": "toinen@example.fi"})
    applicant.go("tallennettu").press("Lähetä linkki", {"sahkoposti": "aino@example.fi"})
    applicant.get("/linkki").press("Lähetä linkki", {"sahkoposti": "aino@example.fi"})
    found = mails()
    assert len(found) >= 4
    for mail in found:
        assert EVIL not in str(mail)
        text = mail.get_body(("plain",)).get_content()
        ours = [address for address in addresses_in(text) if "127.0.0.1" in address]
        assert [address for address in ours if not address.startswith("http://127.0.0.1:8000")] == []
    assert link_in(found[-1])


ELSEWHERE = ["https://evil.example/virkailija/", "//evil.example/virkailija/", "/\\evil.example", "https:evil.example"]
ELSEWHERE += ["/virkailija/\\evil.example", "/virkailija/\t//evil", "\t//evil.example", "/virkailija/\r\nX: y", "//["]
ELSEWHERE += ["http://[", "javascript:alert(1)", "/virkailija", "virkailija/", "/linkki", "/virkailija/ä", "\x00", ""]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_signing_in_leads_nowhere_else(app: Flask, wanted: str) -> None:
    officer = Officer(app)
    officer.set_up()
    page = officer.client.get("/virkailija/kirjaudu", query_string={"jatko": wanted})
    assert page.status_code == 200
    officer.get("/virkailija/kirjaudu")
    form = {"sahkoposti": officer.email, "salasana": PASSWORD, "koodi": officer.code(), "jatko": wanted}
    data = {**officer.form("Kirjaudu").data, **form}
    assert officer.client.post("/virkailija/kirjaudu", data=data).location == "/virkailija/"
    assert officer.client.get("/virkailija/kirjaudu", query_string={"jatko": wanted}).location == "/virkailija/"


def test_signing_in_leads_back_to_a_search(app: Flask) -> None:
    officer = Officer(app)
    officer.set_up()
    officer.get("/virkailija/strategiarahoitus-2021/?haku=äly&tila=uusi")
    typed = {"sahkoposti": officer.email, "salasana": PASSWORD, "koodi": officer.code()}
    officer.press("Kirjaudu", typed)
    assert officer.value("haku") == "äly"


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_proxys_word_counts_only_where_one_is_set(make_app: Callable[..., Flask], proxies: int) -> None:
    """Case 107: behind TLS that ends at the proxy, and asked directly with forged headers."""
    app = make_app(base_url="https://haku.example.fi", proxies=proxies, link_requests="1 per hour")
    seen = []

    @app.after_request
    def look(response: Any) -> Any:
        seen.append((request.scheme, request.remote_addr))
        return response

    headers = {**FORGED, "X-Forwarded-Proto": "https"}
    client = app.test_client()
    assert client.get("/jatka/x", headers=headers).status_code == 404
    assert seen == [("https", "192.0.2.1") if proxies else ("http", "127.0.0.1")]
    # Whoever is not believed cannot get round a limit by another forged address.
    again = client.get("/jatka/x", headers={**headers, "X-Forwarded-For": "192.0.2.2"})
    assert again.status_code == (404 if proxies else 429)
    assert client.get("/virkailija", headers=headers).location.startswith(
        "https://haku.example.fi/" if proxies else "http://haku.example.fi/"
    )
