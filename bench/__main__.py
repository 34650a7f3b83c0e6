"""What the service costs beside the least that the same work can cost, in one run: ``make bench``.

The service and the plain routes of bench.floor_form are each served by gunicorn with the same settings, and asked in
turns. Milliseconds depend on the machine and on what else it does; ratios hardly. ``ROUNDS``, ``SECONDS`` (of a turn of
eight clients) and ``APPLICATIONS`` make it shorter.
"""

import json
import os
import platform
import re
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.datastructures import MultiDict

from app import create_app
from bench.growth import grow
from bench.people import rev_in
from bench.turns import Client, Work, medians, rates
from models.application import Answer, Application
from models.database import database
from settings import Settings
from tests.applicant import CALL, Applicant
from tests.conftest import ROOT, SAMPLE, SEED, with_provider
from tests.forms_of_pages import forms_of, parse
from tests.service import Service

ROUNDS = int(os.environ.get("ROUNDS", "60"))
SECONDS = float(os.environ.get("SECONDS", "3"))
TURNS = 5
CLIENTS = 8
HTMX = {"HX_Request": "true"}


class Floor(Service):
    """The plain routes, served as the service is."""

    wsgi_app = ("bench.floor_form:create_app()",)


def calls_in(folder: Path) -> Path:
    """The call of 2021, and a small one with eight questions of all kinds of field."""
    calls = folder / "calls"
    calls.mkdir()
    for file in (ROOT / "calls").iterdir():
        (calls / file.name).write_bytes(file.read_bytes())
    (calls / "three-providers.csv").write_bytes((ROOT / "tests/calls/three-providers.csv").read_bytes())
    head = (ROOT / "tests/calls/rules.toml").read_text().replace('key = "rules"', 'key = "kahdeksan"')
    others = []
    for number, kind in enumerate(("choice", "contact", "partners", "period", "text", "text"), 3):
        text = (ROOT / f"tests/calls/{kind}.toml").read_text()
        question = (
            "[[questions]]" + text.partition("[[questions]]")[2].partition("[[questions]]")[0].partition("[[rul")[0]
        )
        others.append(re.sub(r'key = "q1"\nnumber = 1', f'key = "q{number}"\nnumber = {number}', question))
    questions, rules, rest = head.partition("[[rules]]")
    (calls / "kahdeksan.toml").write_text("\n".join([questions, *others, rules + rest]))
    return calls


@dataclass
class Person:
    """Somebody with a filled-in application, at a browser on the running service."""

    client: Client
    reference: str
    form: MultiDict[str, str]
    answer: int
    """The row of the answer to question 4."""
    count: int = 0

    @classmethod
    def begin(cls, service: Service, app: Flask, answers: dict[str, Any]) -> "Person":
        applicant = Applicant(app).begin().fill(answers)
        applicant.go("kehittamiskokonaisuudet")
        with app.app_context():
            row = Answer.select().join(Application).where(Application.reference == applicant.reference)
            answer = row.where(Answer.question == "q4").get().id
        client = Client(service.port, f"istunto={applicant.cookie}")
        return cls(client, applicant.reference, applicant.form("Tallenna").data, answer)

    @property
    def page(self) -> str:
        return f"/hakemus/{self.reference}/kehittamiskokonaisuudet"

    def save(self) -> None:
        """Save another text in question 4, as a pause in typing does."""
        self.count += 1
        opaque = {name: self.form[name] for name in ("csrf_token", "sivu", "q4.rev")}
        data = {**opaque, "q4": f"{self.form['q4']} {self.count}", "laskuri": self.count}
        self.form["q4.rev"] = rev_in(self.client.post(self.page, data, **HTMX), "q4")

    def tick(self, areas: list[str], shown: list[str]) -> None:
        """Have other areas ticked than the page shows, by a post of the whole page."""
        self.form.setlist("q3", areas)
        self.form.setlist("nakyvissa", shown)
        fields = [(name, text) for name, text in self.form.items(multi=True) if name != "laskuri"]
        self.form["q3.rev"] = rev_in(self.client.post(self.page, fields, **HTMX), "q3")


def fields_in(page: bytes) -> dict[str, list[str]]:
    """What the fields of a page hold, without what travels along unseen."""
    text = page.partition(b"\r\n\r\n")[2].decode()
    forms = [form.data for form in forms_of(parse(text), "/") if "csrf_token" in form.data]
    unseen = {"csrf_token", "sivu", "nakyvissa", "toiminto"}
    return {name: forms[0].getlist(name) for name in forms[0] if name not in unseen and not name.endswith(".rev")}


def row(what: str, figures: str, ratio: float, wished: float, at_least: bool = False) -> None:
    is_met = ratio >= wished if at_least else ratio <= wished
    bound = f"{'≥' if at_least else '≤'} {wished:g}"
    print(f"{what:44} {figures:36} {ratio:7.3f} {bound:>8}  {'met' if is_met else 'NOT MET'}", flush=True)


def ticking(person: Person, floor: Client, areas: list[str]) -> list[float]:
    """Medians of a tick that opens the last area, of the plain page with its fields alone, of a plain save."""
    *others, last = areas

    def close() -> None:
        person.tick(others, areas)

    def save() -> None:
        floor.post(f"/tallenna/{person.answer}", {"q4": person.form["q4"]})

    # Each opening is followed by a closing, which is no part of the comparison.
    works: list[Work] = [lambda: floor.get(f"/lomake/{person.reference}?vain={last}"), save]
    close()
    return medians([Opening(person, areas, others), close, *works], ROUNDS, in_order=True)


@dataclass
class Opening:
    person: Person
    areas: list[str]
    shown: list[str]

    def __call__(self) -> None:
        self.person.tick(self.areas, self.shown)


def floors(floor: Service, people: list[Person], small: Work) -> None:
    person, plain = people[0], Client(floor.port)
    page, least = f"/lomake/{person.reference}", f"/yhteenveto/{person.reference}"
    assert fields_in(person.client.get(person.page)) == fields_in(plain.get(page))
    print(f"{'what':44} {'figures':36} {'ratio':>7} {'wished':>8}")

    def plainly(who: Person) -> Work:
        return lambda: plain.post(f"/tallenna/{who.answer}", {"q4": who.form["q4"]})

    saves, plain_saves = rates([[who.save for who in people], [plainly(who) for who in people]], TURNS, SECONDS)
    row("save one answer, 8 clients", f"{saves:.0f}/s, C {plain_saves:.0f}/s", saves / plain_saves, 0.5, at_least=True)
    ours, theirs = medians([lambda: person.client.get(person.page), lambda: plain.get(page)], ROUNDS)
    row("form page, three filled areas", f"{ours:.1f} ms, B {theirs:.1f} ms", ours / theirs, 1.0)
    tick, _, area, save = ticking(person, plain, person.form.getlist("q3"))
    row("ticking an area", f"{tick:.1f} ms, B {area:.1f} + C {save:.1f} ms", tick / (area + save), 1.5)
    summary = f"/hakemus/{person.reference}/yhteenveto"
    ours, theirs = medians([lambda: person.client.get(summary), lambda: plain.get(least)], ROUNDS)
    row("summary page", f"{ours:.1f} ms, B {theirs:.1f} ms", ours / theirs, 1.2)
    pages, bare = rates([[small] * CLIENTS, [lambda: plain.get("/pelkka")] * CLIENTS], TURNS, SECONDS)
    row("page with 8 questions, 8 clients", f"{pages:.0f}/s, A {bare:.0f}/s", pages / bare, 0.078, at_least=True)


def copied(service: Service, folder: Path) -> Path:
    """A copy of the service's database, so that plain saves are nobody's."""
    folder.mkdir()
    with (
        closing(sqlite3.connect(service.database)) as source,
        closing(sqlite3.connect(folder / service.database.name)) as to,
    ):
        source.backup(to)
    return folder


def settings_of(service: Service, folder: Path, calls: Path) -> Settings:
    return Settings(
        var_dir=folder,
        calls_dir=calls,
        held_open=frozenset({CALL}),
        mail_server="",
        secret_key="a secret of the tests",
        base_url=service.url,
    )


def main() -> None:
    source = SEED if SEED.exists() else SAMPLE
    answers = with_provider(json.loads(source.read_text()))
    answers["3"] = answers["3"][:3]
    load: Callable[[], str] = lambda: f"load average {os.getloadavg()[0]:.1f}"  # noqa: E731
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {source.name}; {load()}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        calls = calls_in(folder)
        with Service(folder, CALLS_DIR=str(calls)) as service:
            app = create_app(settings_of(service, folder, calls))
            people = [Person.begin(service, app, answers) for _ in range(CLIENTS)]
            applicant = Applicant(app).begin("kahdeksan")
            client, path = Client(service.port, f"istunto={applicant.cookie}"), applicant.address
            data = copied(service, folder / "floor")
            with Floor(data, CALLS_DIR=str(calls)) as floor:
                floors(floor, people, lambda: client.get(path))
            database.close_all()
    print(load())
    grow(answers)
    print(load())


if __name__ == "__main__":
    main()
