"""Thousands of hostile requests: no fault, no hang, the headers on every answer (``make hostile`` for 20 000)."""

import gc
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings

from models.application import Application, Link
from models.database import database
from models.officer import Officer as Account
from models.officer import OfficerSession
from services.accounts import Role
from tests.desk import signed_in
from tests.routes import routes
from tests.security.hostile import Attack, attacks, parts_of

COUNT = int(os.environ.get("HOSTILE", "1000"))
PATIENCE = 60
"""Seconds for one answer, of which the longest takes one; a shared machine may stand still."""


class Target:
    """The service with an application, sent, and an officer signed in, all in one browser."""

    def __init__(self, app: Flask, answers: dict[str, Any]) -> None:
        officer = signed_in(app, Role.ADMIN)
        draft = officer.begin().reference
        officer.begin().fill(answers).send()
        self.app, self.reference = app, officer.reference
        token = officer.get("/linkki").value("csrf_token")
        self.browser = {"HTTP_COOKIE": f"istunto={officer.cookie}", "HTTP_X_CSRFTOKEN": token}
        found = [*routes(app, self.reference, "GET", "POST"), *routes(app, draft, "GET", "POST")]
        addresses = {(route.address, route.method) for route in found}
        # The one press that cannot be undone would leave nothing to attack; of a sent application it is refused.
        addresses -= {(f"/hakemus/{draft}/tiedot/poista", "POST")}
        self.routes = sorted({*addresses, ("*", "OPTIONS"), ("", "GET")})
        self.statuses: Counter[int] = Counter()

    def ask(self, attack: Attack) -> tuple[int, dict[str, str]]:
        """The status and headers of the answer, read to its end; a fault of the program is raised."""
        said: list[Any] = []

        def answer(*given: Any) -> Any:
            said[:] = given

        signal.alarm(PATIENCE)
        try:
            environ = attack.environ(self.browser)
            for _ in parts_of(self.app(environ, answer)):
                pass
        finally:
            signal.alarm(0)
        status, headers = int(said[0].split()[0]), dict(said[1])
        self.statuses[status] += 1
        return status, headers

    def heal(self) -> None:
        """Undo what an attack was allowed to: it came with the rights of an applicant and an officer."""
        with database.connection_context():
            Link.update(revoked_at=None).execute()
            OfficerSession.update(ended_at=None).execute()
            Account.update(disabled_at=None, role=Role.ADMIN).execute()


def too_long(*_: object) -> None:
    raise TimeoutError


@pytest.fixture
def target(make_app: Callable[..., Flask], short: dict[str, Any]) -> Iterator[Target]:
    before = signal.signal(signal.SIGALRM, too_long)
    # Room for an application with one area, so that some requests are too large.
    yield Target(make_app(link_requests="1000000 per hour", body_bytes=40_000, body_fields=150), short)
    signal.signal(signal.SIGALRM, before)


# Of an upload that is broken off Python closes the file by itself, and says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_hostile_requests_get_an_answer(target: Target) -> None:
    asked = 0

    # The quick run asks the same every time; the long one looks for what is new.
    @settings(
        max_examples=COUNT,
        derandomize=COUNT <= 1_000,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(attacks(target.routes))
    def attack(request: Attack) -> None:
        nonlocal asked
        status, headers = target.ask(request)
        assert status < 500, status
        assert "Content-Security-Policy" in headers
        assert "X-Evil" not in headers
        asked += 1
        if asked % 20 == 0:
            target.heal()

    attack()
    gc.collect()
    print(f"{asked} hostile requests: {dict(sorted(target.statuses.items()))}")
    assert asked >= COUNT
    assert set(target.statuses) >= {200, 303, 400, 403, 404, 405, 413, 422}
    assert Application.select().where(Application.reference == target.reference).exists()
