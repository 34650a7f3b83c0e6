"""What hostile requests once broke, each for its whole kind; and the limits of what is taken."""

import gc
import json
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from models.application import Link
from tests.applicant import CALL, Applicant
from tests.desk import PASSWORD, Officer, signed_in
from tests.routes import routes

HUGE = ["9999999999", "9223372036854775808", "9" * 5_000, "\u0661", "-1", "1e9", "0x1", " 1", "", "NaN"]
"""What no database takes for a number, and what Python does not, or alone does."""


@pytest.mark.parametrize("number", HUGE)
def test_no_number_is_too_large(app: Flask, short: dict[str, Any], number: str) -> None:
    officer = signed_in(app)
    officer.begin().fill(short).send()
    app.config["WTF_CSRF_ENABLED"] = False
    for rule, method in [(rule, m) for rule in app.url_map.iter_rules() for m in ("GET", "POST")]:
        if "<int:" in rule.rule and method in (rule.methods or ()):
            address = rule.rule.replace("<reference>", officer.reference).replace("<call_key>", CALL)
            address = "/".join(number if part.startswith("<int:") else part for part in address.split("/"))
            assert officer.client.open(address, method=method).status_code in (404, 405, 308, 303), address
    home = f"/hakemus/{officer.reference}"
    for address, fields in {
        f"{home}/aiemmat/q4": ("versio", "nyt"),
        f"{home}/hakija": ("q1.rev", "q4.rev", "palauta", "lisaa", "q11.rev"),
        "/virkailija/istunnot": ("istunto",),
        "/virkailija/strategiarahoitus-2021/vienti": ("sivu", "muoto"),
    }.items():
        for field in fields:
            for value in (number, f"q4:{number}", f"q11:{number}"):
                answer = officer.client.post(address, data={field: value, "q4": "x"})
                assert answer.status_code < 500, (address, field)
    for address in (f"{home}/rivit/q11?maara=", f"{home}/muut?alkaen=", f"{home}/kehittamiskokonaisuudet?lisaa=q11:"):
        assert officer.client.get(address + number).status_code in (200, 204)
    listed = "/virkailija/strategiarahoitus-2021/"
    for address in (f"{listed}?sivu=", f"{listed}{officer.reference}/?versio="):
        assert officer.client.get(address + number).status_code in (200, 404)


def test_a_query_that_is_no_text_is_refused(app: Flask) -> None:
    for query in ("\xc5", "kieli=\xd7", "a\nb", "\x7f"):
        answer = app.test_client().get("/", environ_overrides={"QUERY_STRING": query})
        assert answer.status_code == 400
        assert "Pyyntöä ei voitu käsitellä" in answer.text


@pytest.mark.parametrize("referrer", ["http://[", "https://a]b/"])
def test_a_referrer_that_is_no_address_says_nothing(make_app: Callable[..., Flask], referrer: str) -> None:
    # Over https the check of a form's token looks at it, at the desk whoever is signed out is sent back to it.
    where: dict[str, Any] = {
        "base_url": "https://haku.example.fi",
        "headers": {"Referer": referrer},
    }
    app = make_app(base_url="https://haku.example.fi")
    client = app.test_client()
    page = client.get(f"/haku/{CALL}", base_url="https://haku.example.fi").text
    token = re.findall('name="csrf_token" value="([^"]+)"', page)[0]
    assert client.post(f"/haku/{CALL}/aloita", data={"csrf_token": token}, **where).status_code == 400
    app.config["WTF_CSRF_ENABLED"] = False
    assert client.post("/virkailija/ulos", **where).status_code == 303


def test_a_nul_leads_nowhere(app: Flask) -> None:
    officer = signed_in(app)
    for route in routes(app, "a\x00b", "GET"):
        if "%00" in route.address:
            assert officer.client.get(route.address).status_code == 404, route


def test_a_field_without_a_name_is_refused(applicant: Applicant) -> None:
    applicant.begin()
    body = b'--b\r\nContent-Disposition: form-data; name="csrf_token\r\n\r\n\r\n--b--\r\n'
    for path in ("hakija", "yhteenveto", "tallennettu"):
        address = f"/hakemus/{applicant.reference}/{path}"
        answer = applicant.client.post(address, data=body, content_type="multipart/form-data; boundary=b")
        assert answer.status_code == 400


@pytest.mark.parametrize("code", ["\u0661\u0662\u0663\u0664\u0665\u0666", "１２３４５６", "\x00", "9" * 5_000])
def test_a_code_of_other_digits_is_wrong(app: Flask, code: str) -> None:
    officer = Officer(app)
    officer.set_up()
    assert officer.sign_in(PASSWORD, code).status == 422
    fresh = Officer(app)
    fresh.get(f"/virkailija/kayttoonotto/{fresh.setup_token}")
    fresh.press("Ota käyttäjätunnus käyttöön", {"salasana": PASSWORD, "koodi": code})
    assert fresh.status == 422


RECORD = {"reference": "SR21-AAAAAAA", "version": 1, "sent_at": "2021-05-17", "answers": {}}
NO_RECORDS = {
    "nested deeply": b"[" * 200_000 + b"]" * 200_000,
    "nested deeply inside": json.dumps(RECORD).encode()[:-2] + b'{"a":' * 50_000 + b"1" + b"}" * 50_001,
    "a name twice": b'{"reference":"a","reference":"b","version":1,"sent_at":"","answers":{}}',
    "no number": json.dumps({**RECORD, "version": float("nan")}).encode(),
    "an endless number": json.dumps({**RECORD, "version": float("inf")}).encode(),
    "a number of many digits": json.dumps(RECORD).encode()[:-1] + b',"n":' + b"9" * 10_000 + b"}",
    "half a sign": json.dumps({**RECORD, "sent_at": "\ud800"}).encode(),
    "no text": b"\xff\xfe{}",
    "nothing": b"",
    "an array": b"[1]",
    "a workbook": b"PK\x03\x04" + b"\x00" * 5_000,
}


@pytest.mark.parametrize("document", NO_RECORDS)
def test_a_hostile_file_is_no_record(app: Flask, document: str) -> None:
    form = {"tiedosto": (BytesIO(NO_RECORDS[document]), "hakemus.json")}
    answer = app.test_client().post("/tarkistus", data=form)
    assert answer.status_code == 422
    assert "Tiedosto ei ole lähetetyn hakemuksen tietue" in answer.text


# Of an upload that is broken off Python closes the files by itself, and says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("what", ["fields", "files", "one field", "one file", "names"])
def test_a_form_has_bounds(applicant: Applicant, what: str) -> None:
    applicant.begin()
    token = applicant.form("Tallenna").data["csrf_token"]
    large = b"x" * 4_000_000
    forms: dict[str, dict[str, Any]] = {
        "fields": {f"q{number}": "" for number in range(1_100)},
        "files": {f"q{number}": FileStorage(BytesIO(b""), "x") for number in range(1_100)},
        "one field": {"q4": large.decode()},
        # Larger than any that a call may ask for.
        "one file": {"q4": FileStorage(BytesIO(large * 7), "x")},
        "names": {large.decode(): "x"},
    }
    address = f"/hakemus/{applicant.reference}/hakija"
    boundary, body = encode_multipart({"csrf_token": token, **forms[what]})
    kind = f"multipart/form-data; boundary={boundary}"
    assert applicant.client.post(address, data=body, content_type=kind).status_code == 413
    gc.collect()


def test_a_query_of_many_fields_is_a_page_like_any(app: Flask) -> None:
    query = "&".join(f"tunnus={number}" for number in range(500))
    assert app.test_client().get(f"/tarkistus?{query}&sormenjalki=x").status_code == 422
    assert app.test_client().get(f"/?{'&' * 4_000}").status_code == 200


def test_a_forged_link_number_revokes_nothing(applicant: Applicant, make_app: Callable[..., Flask]) -> None:
    """The number of somebody else's link, with one's own application."""
    applicant.begin()
    theirs = Link.select().get().id
    other = Applicant(applicant.client.application).begin().go("linkit")
    form = {"csrf_token": other.value("csrf_token")}
    assert other.client.post(f"/hakemus/{other.reference}/linkit/{theirs}/poista", data=form).status_code == 303
    assert Link.get_by_id(theirs).revoked_at is None
