"""How often what may be asked: where docs/threat-model.md says so, and nowhere else; a save is never counted."""

import json
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Flask

from extensions import limiter
from services.accounts import Role
from tests.conftest import ROOT
from tests.desk import signed_in
from tests.routes import routes


def limited() -> set[str]:
    """The endpoints that the page lists."""
    page = (ROOT / "docs/threat-model.md").read_text().split("## Rate limits")[1]
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    return {endpoint for row in rows for endpoint in re.findall(r"`(\w+\.\w+)`", row.split("|")[1])}


def asked(endpoint: str) -> dict[str, Any]:
    """What is counted where not every request is."""
    record = {"reference": "SR21-AAAAAAA", "version": 1, "sent_at": "", "answers": {}}
    known: dict[str, dict[str, Any]] = {
        "check.show": {"query_string": {"tunnus": "SR21-AAAAAAA", "sormenjalki": "0" * 64}},
        "check.read_file": {"data": {"tiedosto": (BytesIO(json.dumps(record).encode()), "x")}},
    }
    return known.get(endpoint, {})


def test_what_is_limited_is_on_one_page(make_app: Callable[..., Flask], short: dict[str, Any]) -> None:
    app = make_app(link_requests="2 per hour")
    officer = signed_in(app, Role.ADMIN)
    officer.begin().fill(short).send()
    app.config["WTF_CSRF_ENABLED"] = False
    stopped = set()
    for route in routes(app, officer.reference, "GET", "POST", number=999):
        limiter.reset()
        answers = [
            officer.client.open(route.address, method=route.method, buffered=True, **asked(route.endpoint)).status_code
            for _ in range(3)
        ]
        assert 429 not in answers[:2], route
        if 429 in answers:
            stopped.add(route.endpoint)
    assert stopped == limited()
    assert not {"apply.save", "summary.save", "apply.show", "resume.begin"} & stopped
