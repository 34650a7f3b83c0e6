"""A request costs as many queries among hundreds of applications as alone, and none of them reads a whole table.

How long they take: ``make bench``.
"""

from typing import Any

import pytest
from flask import Flask

from models.application import Application
from models.database import database
from tests.applicant import Applicant
from tests.growing import Statement, multiply, plan_of, queries, requests_of, scans_in

pytestmark = pytest.mark.sqlite


def walked(app: Flask, answers: dict[str, Any], email: str) -> dict[str, list[Statement]]:
    """The statements of each request of an application, by the request's name."""
    found = {}
    contact = {**answers["2"], "sahkoposti": email}
    applicant = Applicant(app)
    for name, request in requests_of(applicant, {**answers, "2": contact}, email):
        with queries() as statements:
            request()
        found[name] = statements
    assert applicant.status == 200
    return found


def shapes(statements: list[Statement]) -> list[tuple[str, list[str]]]:
    """Each statement's text and plan."""
    return [(sql, plan_of((sql, parameters))) for sql, parameters in statements]


def test_queries_stay_as_many_and_as_quick(app: Flask, short: dict[str, Any]) -> None:
    alone = walked(app, short, "yksi@example.fi")
    with app.app_context(), database.connection_context():
        multiply(Application.get(), 300)
        assert Application.select().count() == 301
    among = walked(app, {**short, "1": "0201256-6"}, "kaksi@example.fi")
    with database.connection_context():
        for name, statements in among.items():
            assert shapes(statements) == shapes(alone[name]), name
            for statement in statements:
                assert scans_in(plan_of(statement)) == [], (name, statement)
    assert sum(map(len, among.values())) > 100
