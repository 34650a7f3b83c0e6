"""What the ministry's desk costs with 5 000 applications: ``make bench-desk``.

List, search and overview beside plain Flask routes with the same tables (bench.floor), in turns; applicants' saves
alone and while everything is exported. ``APPLICATIONS``, ``ROUNDS`` and ``SAVING`` (seconds) make it shorter.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask import Flask

from app import create_app
from bench.applications import RARE_WORD, Pattern, Varied
from bench.exports import most_memory
from bench.people import Visitor, Writer, spread
from bench.turns import medians
from models.database import database
from models.handling import Listed
from models.officer import Officer as Account
from models.submission import Submission
from services.context import calls
from settings import Settings
from tests.applicant import CALL
from tests.desk import Officer, signed_in
from tests.service import Service

NUMBER = int(os.environ.get("APPLICATIONS", "5000"))
ROUNDS = int(os.environ.get("ROUNDS", "30"))
SAVING = float(os.environ.get("SAVING", "120"))
SAVERS = 5
DEEP = NUMBER // 70
LIST, OVERVIEW = f"/virkailija/{CALL}/", f"/virkailija/{CALL}/yleiskuva"
PAGES = (
    ("list", "", False),
    ("list, its table alone", "", True),
    ("list, a deep page", f"?sivu={DEEP}", False),
    ("list, a deep page, its table alone", f"?sivu={DEEP}", True),
    ("list, by amount", "?jarjestys=-haettu", False),
    ("list, late without letter", "?tila=myohassa&asiakirja=puuttuu", False),
    ("search that finds many", "?haku=yhdistymis", False),
    ("search that finds many, table alone", "?haku=yhdistymis", True),
    ("search that finds few", f"?haku={RARE_WORD}", False),
    ("search that finds few, table alone", f"?haku={RARE_WORD}", True),
)
"""What is asked for, by the address of the list; and whether htmx asks for it."""


class Floor(Service):
    """The plain routes, served as the service is."""

    wsgi_app = ("bench.floor:create_app()",)


def fill(app: Flask, officer: Officer) -> None:
    """What the desk shows; and drafts, which it counts."""
    pattern = Pattern(app)
    with app.app_context(), database.connection_context(), database.atomic():
        varied = Varied(pattern, calls()[CALL], list(Account.select()), NUMBER)
        for number in range(NUMBER - 1):
            varied.add()
            if number % 15 == 0:
                varied.draft()
    start = time.monotonic()
    assert officer.get(LIST).status == 200
    seconds = time.monotonic() - start
    with database.connection_context():
        versions = Submission.select().count()
        counted = Listed.select().where(Listed.is_counted == True).count()  # noqa: E712
        several = Listed.select().where(Listed.is_one_of_several == True).count()  # noqa: E712
    print(f"{NUMBER} applications in {versions} versions; {counted} counted, {several} of providers with several")
    print(f"the first look at the list, which takes them all in: {seconds / versions * 1000:.1f} ms each", flush=True)


def cells(body: bytes) -> int:
    """How many cells a page's tables have."""
    return len(re.findall(rb"<t[hd][ >]", body))


def beside(desk: Callable[[], bytes], floor: Callable[[], bytes]) -> tuple[float, float]:
    """Median milliseconds of a page and of its floor, asked for in turns."""
    shown, least = desk(), floor()
    assert cells(shown) == cells(least), (cells(shown), cells(least))
    ours, theirs = medians([desk, floor], ROUNDS)
    return ours, theirs


def pages(service: Service, floor: Service, officer: Officer) -> None:
    there, nobody = Visitor.of(service, officer), Visitor(floor)
    asked = [(what, LIST + query, f"/luettelo{query}", is_fragment) for what, query, is_fragment in PAGES]
    print(f"\n{'page':36} {'finds':>6} {'desk ms':>8} {'floor ms':>9} {'ratio':>6}")
    for what, ours, theirs, is_fragment in [*asked, ("overview", OVERVIEW, "/yleiskuva", False)]:
        headers = {"HX-Request": "true"} if is_fragment else {}

        def desk(path: str = ours, headers: dict[str, str] = headers) -> bytes:
            answer = there.answer(path, None, **headers)
            assert answer.status == 200, answer.status
            return answer.body

        def least(path: str = theirs) -> bytes:
            return nobody.answer(path).body

        found = re.search(r"([\d\xa0]+)\xa0?\s?hakemus", desk().decode())
        milliseconds, floor_milliseconds = beside(desk, least)
        print(
            f"{what:36} {found[1] if found else '?':>6} {milliseconds:8.1f} {floor_milliseconds:9.1f} "
            f"{milliseconds / floor_milliseconds:6.2f}",
            flush=True,
        )


def saves(writers: list[Writer], seconds: float) -> list[float]:
    """The seconds of each save of people who write at the same time, one a second each."""
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(len(writers)) as pool:
        return [taken for times in pool.map(lambda writer: writer.save_until(end), writers) for taken in times]


def by_command(service: Service) -> int:
    """Export everything by the command; what it had in memory at most, in kilobytes."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as out:
        command = [sys.executable, "-m", "flask", "call", "export", CALL, "--format", "xlsx", "--out", out.name]
        return most_memory(subprocess.Popen(command, env=service.environment, stdout=subprocess.DEVNULL))


def at_the_desk(service: Service, officer: Officer) -> int:
    """Export everything as an officer does, who waits for it; what a worker of the service had in memory at most."""
    there = Visitor.of(service, officer)
    form = officer.get(f"{LIST}vienti").form("Tee tiedosto")
    begun = there.answer(f"{LIST}vienti", {**form.data, "muoto": "xlsx", "yhteystiedot": "1"})
    assert begun.status == 303, begun.status
    while there.ask(f"{begun.location}/tiedosto") == 404:
        time.sleep(2)
    memory = [Path(f"/proc/{pid}/status").read_text() for pid in service.workers]
    return max(int(re.findall(r"VmHWM:\s+(\d+) kB", text)[0]) for text in memory)


def beside_exports(writers: list[Writer], what: str, export: Callable[[], int]) -> None:
    """Save while one export after the other is made, and to the end of the last."""
    taken, memory, times = [], [], []
    with ThreadPoolExecutor(1) as pool:
        until = time.monotonic() + SAVING
        while time.monotonic() < until:
            start = time.monotonic()
            exporting = pool.submit(export)
            while not exporting.done():
                taken += saves(writers, 2)
            memory.append(exporting.result())
            times.append(time.monotonic() - start)
    print(f"{len(taken)} saves beside {len(times)} exports {what}: {spread(taken)}")
    print(
        f"  each took {statistics.median(times):.0f} s, {max(memory) / 1024:.0f} MB of memory at most; {load()}",
        flush=True,
    )


def load() -> str:
    return f"load {os.getloadavg()[0]:.1f}"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Service(folder) as service:
            settings = Settings(
                var_dir=folder,
                held_open=frozenset({CALL}),
                mail_server="",
                secret_key="a secret of the tests",
                base_url=service.url,
            )
            app = create_app(settings)
            officer = signed_in(app)
            fill(app, officer)
            (folder / "floor").mkdir()
            with Floor(folder / "floor", data=folder) as floor:
                print(load())
                pages(service, floor, officer)
                print(load())
            writers = [Writer(service, app, "Opetusta ja ohjausta jokaiselle. " * 60) for _ in range(SAVERS)]
            alone = saves(writers, SAVING / 2)
            print(f"\n{len(alone)} saves alone: {spread(alone)}; {load()}", flush=True)
            beside_exports(writers, "by the command", lambda: by_command(service))
            beside_exports(writers, "at the desk", lambda: at_the_desk(service, officer))


if __name__ == "__main__":
    main()
