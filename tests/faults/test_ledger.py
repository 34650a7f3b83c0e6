"""Many writers, some in one another's answers, while workers are killed at random: a ledger against the database.

Nothing acknowledged is missing, nobody's text was replaced unseen, nothing was sent twice, no answer was a 500.
``make ledger`` runs it at full length (200 writers, two minutes); ``make test`` a short one.
"""

import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests import databases
from tests.faults.writer import NoAnswerError, Save, Writer
from tests.service import Service

Ask = Callable[..., list[tuple[Any, ...]]]
"""Gives the rows of a statement with its values."""
IS_FULL = os.environ.get("LEDGER") == "full"
WRITERS, SECONDS = (200, 120.0) if IS_FULL else (20, 8.0)
OVERLAP = 0.2
"""The share of writers who write in an application that somebody else writes too."""


def insist(work: Callable[[], object], until: float) -> bool:
    """Do something again while the service does not answer."""
    while time.monotonic() < until:
        with suppress(NoAnswerError):
            work()
            return True
    return False


def make_writers(service: Service, count: int = WRITERS) -> list[Writer]:
    writers: list[Writer] = []
    for number in range(count):
        writer = Writer(service.port, f"w{number}")
        if number % 2 and number < count * OVERLAP:
            writer.join(writers[-1])
        else:
            writer.begin()
        writer.load()
        writers.append(writer)
    return writers


def write(writer: Writer, until: float, seed: int) -> None:
    """Type, pause, type; look again after a clash or a lost answer, as people do."""
    dice = random.Random(seed)
    count = 0
    while time.monotonic() < until:
        count += 1
        text = f"{writer.name}-{count}"
        try:
            if writer.save(text) != 200:
                writer.load()
        except NoAnswerError:
            # It may have been saved or not; what is on the page after a look is what was seen.
            if not insist(writer.load, until):
                return
        threading.Event().wait(dice.uniform(0.02, 0.2))


def kill_workers(service: Service, until: float) -> int:
    dice = random.Random(1)
    killed = 0
    while time.monotonic() + 1 < until:
        threading.Event().wait(1.5)
        workers = service.workers
        if workers:
            with suppress(ProcessLookupError):
                os.kill(dice.choice(workers), signal.SIGKILL)
                killed += 1
    return killed


def history(ask: Ask, reference: str) -> list[tuple[str, str]]:
    """Kept values of an application's answer in the order of their revisions, each with its page load."""
    rows = ask(
        "select cast(value as text), writer from (select application_id, value, writer, revision from answer_version"
        " where revision > 0 union all select application_id, value, writer, revision from answer) as kept"
        " join application on application.id = application_id where reference = ? order by revision",
        [reference],
    )
    return [(json.loads(value).get("", ""), page) for value, page in rows]


def silent_overwrites(kept: list[tuple[str, str]], attempts: list[Save]) -> int:
    """Changes of hand in which the new page had not shown the text that it replaced."""
    seen = {(attempt.page, attempt.base) for attempt in attempts}
    changes_of_hand = [(old, new_page) for (old, old_page), (_, new_page) in pairwise(kept) if old_page != new_page]
    return sum((new_page, old) not in seen for old, new_page in changes_of_hand)


def reckon(ask: Ask, writers: list[Writer]) -> tuple[int, int]:
    """How many texts that were acknowledged are missing, and how many were replaced unseen."""
    missing = overwritten = 0
    by_reference: dict[str, list[Writer]] = {}
    for writer in writers:
        by_reference.setdefault(writer.reference, []).append(writer)
    for reference, group in by_reference.items():
        kept = history(ask, reference)
        texts = [text for text, _ in kept]
        attempts = [attempt for writer in group for attempt in writer.attempts]
        for writer in group:
            last = writer.acknowledged[-1].text if writer.acknowledged else ""
            # A save whose answer was lost may stand in its place; it is the same writer's later text.
            later = [text for text in texts if text.startswith(f"{writer.name}-")]
            newest = max((int(text.split("-")[1]) for text in later), default=0)
            if last and last not in texts and newest < int(last.split("-")[1]):
                missing += 1
        overwritten += silent_overwrites(kept, attempts)
    return missing, overwritten


@pytest.mark.both
def test_the_ledger(tmp_path: Path, calls_dir: Path) -> None:
    with Service(tmp_path, CALLS_DIR=str(calls_dir)) as service:
        writers = make_writers(service)
        until = time.monotonic() + SECONDS
        threads = [
            threading.Thread(target=write, args=(writer, until, number)) for number, writer in enumerate(writers)
        ]
        for thread in threads:
            thread.start()
        killed = kill_workers(service, until)
        for thread in threads:
            thread.join()

        # Everybody sends what there is, three times at once as impatient people do, while workers die.
        closing = time.monotonic() + 60
        for writer in writers[: max(10, WRITERS // 10)]:
            assert insist(writer.load, closing)
            assert insist(writer.send, closing)

        databases.check(service.data)
        missing, overwritten = reckon(partial(databases.ask, service.data), writers)
        versions = databases.ask(
            service.data,
            "select application_id, count(*), count(distinct record) from submission group by application_id",
        )

        acknowledged = sum(len(writer.acknowledged) for writer in writers)
        statuses = [status for writer in writers for status in writer.statuses]
        print(
            f"ledger: {len(writers)} writers, {SECONDS:.0f} s, {acknowledged} saves acknowledged, "
            f"{statuses.count(409)} clashes, {killed} workers killed, missing {missing}, "
            f"silent overwrites {overwritten}, sent {len(versions)}, 500s {statuses.count(500)}"
        )
        assert killed >= 2
        assert acknowledged > WRITERS
        assert missing == 0
        assert overwritten == 0
        assert versions
        assert {count for _, count, _ in versions} == {1}
        assert statuses.count(500) == 0
