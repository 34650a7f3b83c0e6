"""Each address of the desk for each role and for nobody; those to come too."""

from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import Rule

from models.event import Event
from services.accounts import Role
from tests.applicant import Applicant
from tests.conftest import Desk

OPEN = {"desk.sign_in", "desk.do_sign_in", "desk.set_up"}
"""For those who are not signed in yet."""
FOR_ADMINS = {"account_list", "add_account", "account", "change_role", "renew_account", "remove_account"}
FOR_ADMINS |= {"events", "show_figures", "add_call_version", "publish_call", "take_back_call", "try_call"}
"""The accounts of others, what everybody did, and what changes a call."""
FOR_READERS = {"desk.sign_out", "desk.end_session", "desk.export"}
"""What a reader may do although it is a POST."""
ACTS = {"ask_completion", "extend", "accept_late", "accept_late_draft", "withdraw"}
ACTS |= {"mail_link", "mail_link_by_reference"}
"""Forms of what a reader may not do."""
CALL = "strategiarahoitus-2021"


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("desk.")]


def address(app: Flask, rule: Rule, reference: str) -> str:
    given: dict[str, Any] = {"call_key": CALL, "reference": reference, "number": 1, "before": 1, "after": 1}
    given |= {"key": "0" * 32, "token": "x", "digest": "0" * 64, "name": f"{CALL}.toml"}
    with app.test_request_context():
        return url_for(rule.endpoint, **{name: given[name] for name in rule.arguments})


def methods(rule: Rule) -> set[str]:
    return (rule.methods or set()) & {"GET", "POST"}


def test_nobody_gets_in(app: Flask, desk: Desk) -> None:
    _, sent = desk(Role.ADMIN)
    app.config["WTF_CSRF_ENABLED"] = False
    for rule in rules(app):
        for method in methods(rule):
            answer = app.test_client().open(address(app, rule, sent.reference), method=method)
            if rule.endpoint in OPEN:
                continue
            assert answer.status_code == 303, rule
            assert answer.location.startswith("/virkailija/kirjaudu"), rule
    # A browser of the applicant's is nobody here.
    assert sent.client.get(f"/virkailija/{CALL}/").status_code == 303


@pytest.mark.parametrize("role", list(Role))
def test_a_reader_reads_an_officer_acts(app: Flask, desk: Desk, role: Role) -> None:
    officer, sent = desk(role)
    app.config["WTF_CSRF_ENABLED"] = False
    for rule in sorted(rules(app), key=lambda rule: rule.endpoint == "desk.sign_out"):
        for method in methods(rule) if rule.endpoint not in OPEN else set():
            answer = officer.client.open(address(app, rule, sent.reference), method=method, buffered=True)
            name = rule.endpoint.removeprefix("desk.")
            is_read = method == "GET" and name not in ACTS
            is_allowed = is_read or role is not Role.READER or rule.endpoint in FOR_READERS
            is_allowed = role is Role.ADMIN if name in FOR_ADMINS else is_allowed
            assert (answer.status_code == 403) is not is_allowed, (rule, method, answer.status_code)
            assert answer.status_code < 500, (rule, method)


def test_every_post_wants_its_forms_token(app: Flask, desk: Desk) -> None:
    officer, sent = desk(Role.ADMIN)
    for rule in rules(app):
        if "POST" in methods(rule):
            answer = officer.client.post(address(app, rule, sent.reference))
            assert answer.status_code == 400, rule


@pytest.mark.parametrize("whose", ["a draft", "another call"])
def test_what_is_not_of_this_call_and_sent_is_not_there(app: Flask, desk: Desk, whose: str) -> None:
    officer, sent = desk(Role.ADMIN)
    app.config["WTF_CSRF_ENABLED"] = False
    reference = Applicant(app).begin().reference if whose == "a draft" else sent.reference
    for rule in rules(app):
        if "reference" not in rule.arguments:
            continue
        for method in methods(rule):
            place = address(app, rule, reference)
            if whose == "another call":
                place = place.replace(CALL, "toinen-haku")
            assert officer.client.open(place, method=method).status_code == 404, (rule, method)


def test_everything_seen_is_on_record(app: Flask, desk: Desk) -> None:
    officer, sent = desk(Role.ADMIN)
    for rule in rules(app):
        if "GET" not in methods(rule) or rule.endpoint in OPEN:
            continue
        before = Event.select().count()
        answer = officer.client.get(address(app, rule, sent.reference), buffered=True)
        if answer.status_code == 200:
            assert Event.select().count() == before + 1, rule
            event = Event.select().order_by(Event.id.desc()).get()
            assert event.kind == f"seen {rule.endpoint.removeprefix('desk.')}"
            assert event.officer is not None
            assert (event.application is not None) == ("reference" in rule.arguments)
