"""People on the service as they are, by locust: ``make bench-load``.

150 people type in bursts, some 40 saves a second together; in the last third 150 applications are sent in five minutes,
and the desk exports everything meanwhile. Afterwards each save that was acknowledged must be in the database, or be
superseded by a later one of the same page. ``MINUTES`` is how long (15); ``KNEE=1`` raises the rate until it bends.
"""

# Locust's patches come before all that opens connections.
from locust import HttpUser, events, task  # isort: skip
from locust.env import Environment  # isort: skip

import json
import os
import random
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import gevent
from flask import Flask

from app import create_app
from bench.people import Visitor, rev_in, spread
from models.application import Answer, Application
from models.database import database
from models.submission import Submission
from settings import Settings
from tests.applicant import CALL, Applicant
from tests.conftest import SAMPLE, SEED, with_provider
from tests.desk import Officer, signed_in
from tests.service import Service

MINUTES = float(os.environ.get("MINUTES", "15"))
PEOPLE, SAVES_A_SECOND = 150, 40
SENDERS = max(1, round(150 * min(1, MINUTES / 15)))
STORM = min(300, MINUTES * 20)
"""Seconds that the closing storm takes: five minutes of fifteen, and as dense in a shorter run."""
LONGEST_P99 = 0.25
_STEPS = (40, 60, 80, 100, 120, 150, 180, 220, 260, 300, 350, 400)
_BURST = 6
"""Saves of a burst of typing, one at each pause; then the person thinks."""


@dataclass
class Seat:
    """A person's place: an application, its page as it was loaded, and what of it was acknowledged last."""

    cookie: str
    reference: str
    path: str
    opaque: dict[str, str]
    text: str
    sent: int = 0
    acknowledged: int = 0


@dataclass
class Counted:
    """What came of a run's requests."""

    saves: list[float] = field(default_factory=list)
    sendings: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def note(self, name: str, seconds: float, status: int) -> None:
        if status not in (200, 303):
            self.errors.append(f"{name} {status}")
        (self.saves if name == "save" else self.sendings).append(seconds)


class World:
    """What all of a run share; locust makes its people by class alone."""

    seats: ClassVar[Iterator[Seat]]
    counted: ClassVar[Counted]
    pause: ClassVar[float]


class Writer(HttpUser):
    """Types in bursts: saves a second and a half apart, then a pause, so that the mean is as wanted."""

    def on_start(self) -> None:
        self.seat = next(World.seats)
        gevent.sleep(random.random() * World.pause * _BURST)

    def wait_time(self) -> float:
        short = min(1.5, World.pause)
        is_end = self.seat.sent % _BURST == 0
        return random.uniform(0.7, 1.3) * (_BURST * World.pause - (_BURST - 1) * short if is_end else short)

    @task
    def save(self) -> None:
        seat = self.seat
        seat.sent += 1
        number = seat.sent
        data = {**seat.opaque, "q4": f"{seat.text} {number}", "laskuri": str(number)}
        headers = {"HX-Request": "true", "Cookie": seat.cookie, "Connection": "close"}
        start = time.monotonic()
        answer = self.client.post(seat.path, data=data, headers=headers, name="save", allow_redirects=False)
        World.counted.note("save", time.monotonic() - start, answer.status_code)
        if answer.status_code == 200:
            seat.opaque["q4.rev"] = rev_in(answer.content, "q4")
            seat.acknowledged = number


def begun(app: Flask, number: int, text: str) -> list[Seat]:
    seats = []
    for _ in range(number):
        applicant = Applicant(app).begin()
        applicant.press("Seuraava: Kehittämiskokonaisuudet", {}).press("Näytä valitut kysymykset", {"q3": ["opetus"]})
        page = applicant.form("Tallenna").data
        opaque = {name: page[name] for name in ("csrf_token", "sivu", "q4.rev")}
        seats.append(Seat(f"istunto={applicant.cookie}", applicant.reference, applicant.address, opaque, text))
    return seats


def ready_to_send(app: Flask, answers: dict[str, Any], service: Service) -> list[tuple[Visitor, str, dict[str, Any]]]:
    question = app.extensions["calls"][CALL].provider_question
    assert question
    providers = [provider.business_id for provider in question.providers.find("", "fi")]
    ready = []
    for number in range(SENDERS):
        applicant = Applicant(app).begin().fill({**answers, "1": providers[number % len(providers)]})
        form = applicant.form("Lähetä")
        ticks = {"vakuutus": "1", "huomautukset": "1", "toiminto": "laheta"}
        ready.append((Visitor.of(service, applicant), form.action, {**form.data, **ticks}))
    return ready


def lost(seats: list[Seat]) -> list[str]:
    """Saves that were acknowledged and are neither in the database nor superseded by a later one of the same page."""
    found = []
    with database.connection_context():
        for seat in seats:
            row = Answer.select().join(Application).where(Application.reference == seat.reference)
            stored = row.where(Answer.question == "q4").get_or_none()
            number = int(stored.value[""].rsplit(" ", 1)[1]) if stored and seat.acknowledged else 0
            if number < seat.acknowledged:
                found.append(f"{seat.reference}: {seat.acknowledged} acknowledged, {number} stored")
    return found


def memory_mb(service: Service) -> tuple[float, float]:
    """Proportional and resident memory of the master and its workers, in megabytes."""
    sums = [0, 0]
    for pid in [service.master, service.typesetter, *service.workers]:
        with suppress(FileNotFoundError):
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            for place, name in enumerate(("Pss", "Rss")):
                sums[place] += int(re.findall(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)[0])
    return sums[0] / 1024, sums[1] / 1024


def watch(service: Service, end: float) -> list[tuple[float, float, float]]:
    start, found = time.monotonic(), []
    while time.monotonic() < end:
        found.append((time.monotonic() - start, *memory_mb(service)))
        gevent.sleep(max(1, MINUTES * 2))
    return found


def growth(memory: list[tuple[float, float, float]]) -> float:
    """Megabytes of proportional memory that the last half added: its last quarter of looks over its first."""
    half = [pss for _, pss, _ in memory[len(memory) // 2 :]]
    quarter = max(1, len(half) // 2)
    return sum(half[-quarter:]) / quarter - sum(half[:quarter]) / quarter


def typing(service: Service, seats: list[Seat], rate: float, seconds: float) -> Counted:
    """Let people type for some time, at so many saves a second together."""
    World.seats, World.counted, World.pause = iter(seats), Counted(), len(seats) / rate
    environment = Environment(user_classes=[Writer], host=service.url, events=events)
    runner = environment.create_local_runner()
    runner.start(len(seats), spawn_rate=len(seats))
    gevent.sleep(seconds)
    runner.stop()
    runner.quit()
    return World.counted


def send_all(ready: list[tuple[Visitor, str, dict[str, Any]]], counted: Counted) -> None:
    for visitor, action, data in ready:
        start = time.monotonic()
        counted.note("send", 0, status := visitor.ask(action, data))
        counted.sendings[-1] = time.monotonic() - start
        assert status == 303, status
        gevent.sleep(max(0, STORM / len(ready) - (time.monotonic() - start)))


def export_all(service: Service, officer: Officer) -> str:
    """A full workbook as an officer has it made."""
    there = Visitor.of(service, officer)
    address = f"/virkailija/{CALL}/vienti"
    form = officer.get(address).form("Tee tiedosto")
    start = time.monotonic()
    begun = there.answer(address, {**form.data, "muoto": "xlsx", "yhteystiedot": "1"})
    assert begun.status == 303, begun.status
    while there.ask(f"{begun.location}/tiedosto") == 404:
        gevent.sleep(1)
    return f"{time.monotonic() - start:.0f} s"


def evening(service: Service, app: Flask, answers: dict[str, Any]) -> None:
    seats = begun(app, PEOPLE, answers["4"])
    ready = ready_to_send(app, answers, service)
    officer = signed_in(app)
    seconds = MINUTES * 60
    storm = Counted()
    watched = gevent.spawn(watch, service, time.monotonic() + seconds)
    sending = gevent.spawn_later(seconds - STORM, send_all, ready, storm)
    exporting = gevent.spawn_later(seconds - STORM / 2, export_all, service, officer)
    counted = typing(service, seats, SAVES_A_SECOND, seconds)
    sending.get()
    memory, exported = watched.get(), exporting.get()
    with database.connection_context():
        submissions = Submission.select().count()
    missing = lost(seats)
    rate = len(counted.saves) / seconds
    print(f"{len(counted.saves)} saves in {seconds:.0f} s, {rate:.1f} a second: {spread(counted.saves)}")
    print(f"{len(storm.sendings)} sendings in {STORM:.0f} s, {submissions} stored: {spread(storm.sendings)}")
    print(f"export of all meanwhile: {exported}")
    print(f"errors: {len(counted.errors + storm.errors)} {sorted(set(counted.errors + storm.errors))}")
    print(f"lost updates: {len(missing)} {missing[:5]}")
    for at, pss, rss in memory[:: max(1, len(memory) // 8)] + memory[-1:]:
        print(f"  after {at:4.0f} s: {pss:.0f} MB proportional, {rss:.0f} MB resident, master and workers")
    print(f"growth in the last half: {growth(memory):+.1f} MB; load average {os.getloadavg()[0]:.1f}", flush=True)


def knee(service: Service, app: Flask, answers: dict[str, Any]) -> None:
    """Raise the rate step by step until the 99th percentile bends."""
    # People begin anywhere in their burst: a shorter step would not come to its rate.
    seconds = max(40, MINUTES * 4)
    for rate in _STEPS:
        seats = begun(app, max(PEOPLE, rate * 2), answers["4"])
        counted = typing(service, seats, rate, seconds)
        p99 = sorted(counted.saves)[int(len(counted.saves) * 0.99)]
        print(
            f"{rate:4} saves/s wanted, {len(counted.saves) / seconds:5.1f} done: {spread(counted.saves)}, "
            f"{len(counted.errors)} errors, {len(lost(seats))} lost; load average {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        if p99 > LONGEST_P99:
            print(f"the 99th percentile passes {LONGEST_P99} s at {rate} saves a second")
            return


def main() -> None:
    answers = with_provider(json.loads((SEED if SEED.exists() else SAMPLE).read_text()))
    with tempfile.TemporaryDirectory() as folder, Service(Path(folder)) as service:
        settings = Settings(
            var_dir=Path(folder),
            held_open=frozenset({CALL}),
            mail_server="",
            secret_key="a secret of the tests",
            base_url=service.url,
        )
        app = create_app(settings)
        print(f"load average {os.getloadavg()[0]:.1f}", flush=True)
        (knee if os.environ.get("KNEE") else evening)(service, app, answers)


if __name__ == "__main__":
    main()
