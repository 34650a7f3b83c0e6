"""The same requests among 10 and among 10 000 applications: medians in turns, queries and their plans."""

import os
import tempfile
from pathlib import Path
from typing import Any

from app import create_app
from bench.people import rev_in
from bench.turns import Client, Work, medians
from models.application import Application
from models.database import database
from settings import Settings
from tests.applicant import CALL, Applicant
from tests.growing import multiply, plan_of, queries, requests_of, scans_in
from tests.service import Service

NUMBER = int(os.environ.get("APPLICATIONS", "10000"))
ROUNDS = int(os.environ.get("ROUNDS", "60"))
EMAIL = "kasvaja@example.fi"


def grow(answers: dict[str, Any]) -> None:
    """Print what more applications change."""
    with tempfile.TemporaryDirectory() as few, tempfile.TemporaryDirectory() as many:
        with Service(Path(few)) as small, Service(Path(many)) as large:
            sides = [_asked(small, answers, 10), _asked(large, answers, NUMBER)]
            timed: dict[str, list[float]] = {
                name: medians([works[name] for works, _ in sides], ROUNDS) for name in sides[0][0]
            }
        (_, before), (_, after) = sides
    print(f"\n{'request':24} {'queries among 10':>17} {NUMBER:>8} {'scans':>6}")
    for name, plans in after.items():
        scans = [step for plan in plans for step in scans_in(plan)]
        print(f"{name:24} {len(before[name]):17} {len(plans):8} {len(scans):6}", *scans)
    print(f"\n{'request':24} {'ms among 10':>17} {NUMBER:>8} {'ratio':>6} (wished: 0.75 to 1.25)")
    for name, (with_few, with_many) in timed.items():
        print(f"{name:24} {with_few:17.1f} {with_many:8.1f} {with_many / with_few:6.2f}")


def _asked(
    service: Service, answers: dict[str, Any], number: int
) -> tuple[dict[str, Work], dict[str, list[list[str]]]]:
    """What to time, and the plans of each request's queries, on a service with so many sent applications."""
    settings = Settings(
        var_dir=service.data,
        held_open=frozenset({CALL}),
        mail_server="",
        link_requests="1000 per hour",
        secret_key="a secret of the tests",
        base_url=service.url,
    )
    app = create_app(settings)
    Applicant(app).begin().fill(answers).send()
    with database.connection_context():
        multiply(Application.get(), number - 1)
    other = {**answers, "1": "0211675-2", "2": {**answers["2"], "sahkoposti": EMAIL}}
    plans = {}
    for name, request in requests_of(Applicant(app), other, EMAIL):
        with queries() as statements:
            request()
        with database.connection_context():
            plans[name] = [plan_of(statement) for statement in statements]
    applicant = Applicant(app).begin().fill(other)
    form = applicant.go("kehittamiskokonaisuudet").form("Tallenna").data
    client, home = Client(service.port, f"istunto={applicant.cookie}"), f"/hakemus/{applicant.reference}"
    opaque = {name: form[name] for name in ("csrf_token", "sivu", "q4.rev")}

    def save() -> None:
        opaque["laskuri"] = str(int(opaque.get("laskuri", "0")) + 1)
        answer = client.post(f"{home}/kehittamiskokonaisuudet", {**opaque, "q4": opaque["laskuri"]}, HX_Request="true")
        opaque["q4.rev"] = rev_in(answer, "q4")

    works: dict[str, Work] = {
        "front page": lambda: client.get("/"),
        "form page": lambda: client.get(f"{home}/kehittamiskokonaisuudet"),
        "save": save,
        "summary page": lambda: client.get(f"{home}/yhteenveto"),
    }
    return works, plans
