"""Every address of the service, those to come too, with something of an application in its variable parts."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, url_for
from werkzeug.routing import Rule

from tests.applicant import CALL


@dataclass(frozen=True)
class Route:
    endpoint: str
    method: str
    address: str


def address(app: Flask, rule: Rule, reference: str, **more: Any) -> str:
    given: dict[str, Any] = {"reference": reference, "call_key": CALL, "page": "hakija", "number": 1, "link_id": 999}
    given |= {"before": 1, "after": 2, "token": "x", "filename": "app.css", "key": "q4", "digest": "0" * 64}
    given |= {"name": "x", **more}
    if "/vienti/" in rule.rule:
        given["key"] = "0" * 32
    elif "/jarjestajat/" in rule.rule:
        given["key"] = "q1"
    with app.test_request_context():
        return url_for(rule.endpoint, **{name: given[name] for name in rule.arguments})


def routes(app: Flask, reference: str, *methods: str, **more: Any) -> list[Route]:
    """Each address by each of these methods that it takes; those by which one leaves come last."""
    found = [
        Route(rule.endpoint, method, address(app, rule, reference, **more))
        for rule in app.url_map.iter_rules()
        for method in methods
        if method in (rule.methods or ())
    ]
    return sorted(found, key=lambda route: route.endpoint in ("resume.leave", "desk.sign_out"))
