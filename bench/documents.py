"""What documents cost: ``make bench-documents``. Ratios within one run; the evening takes five minutes.

First PDF beside bare xhtml2pdf, memory of a worker, a stored PDF beside a static file, and 150 providers who send in
five minutes while others save.
"""

import json
import os
import re
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest import mock

from flask import Flask
from xhtml2pdf import pisa

from app import create_app
from bench.people import Visitor, Writer, spread
from bench.turns import median_ms, rates
from models.database import database
from models.submission import Submission
from services import pdf
from settings import Settings
from tests.applicant import Applicant
from tests.conftest import SAMPLE, SHARED, with_provider
from tests.service import Service

SECONDS = float(os.environ.get("EVENING", "300"))
SENDERS, SAVERS = round(SECONDS / 2), 15
"""150 in five minutes; a shorter run has as many a minute."""


def first_pdf(submission: Submission) -> tuple[float, float]:
    """Median milliseconds of the first PDF, and of xhtml2pdf alone with the same HTML; run in turns."""
    made: list[tuple[Any, dict[str, Any]]] = []
    create = pisa.CreatePDF

    def watched(html: str, **how: Any) -> Any:
        made.append((html, how))
        return create(html, **how)

    def whole() -> bytes:
        Submission.update(pdf=None).execute()
        return pdf.of_submission(submission)

    with mock.patch.object(pisa, "CreatePDF", watched):
        whole()
    html, how = made[0]

    def bare() -> None:
        create(html, **{**how, "dest": BytesIO()})

    times = [(median_ms(whole, rounds=3), median_ms(bare, rounds=3)) for _ in range(4)]
    return statistics.median(ours for ours, _ in times), statistics.median(theirs for _, theirs in times)


def resident_mb(service: Service) -> list[float]:
    """The memory of each worker, in megabytes."""
    found = [Path(f"/proc/{pid}/status").read_text() for pid in service.workers]
    return [int(re.findall(r"VmRSS:\s+(\d+) kB", text)[0]) / 1024 for text in found]


def evening(service: Service, app: Flask, answers: dict[str, Any]) -> None:
    question = app.extensions["calls"]["strategiarahoitus-2021"].provider_question
    assert question
    providers = [provider.business_id for provider in question.providers.find("", "fi")]
    ready: list[tuple[Visitor, str, dict[str, Any]]] = []
    for number in range(SENDERS):
        applicant = Applicant(app).begin().fill({**answers, "1": providers[number % len(providers)]})
        form = applicant.form("Lähetä")
        data = {**form.data, "vakuutus": "1", "huomautukset": "1", "toiminto": "laheta"}
        ready.append((Visitor.of(service, applicant), form.action, data))
    writers = [Writer(service, app, answers["4"]) for _ in range(SAVERS)]
    end = time.monotonic() + SECONDS
    sent: list[float] = []
    statuses: list[int] = []

    def send() -> None:
        for number, (visitor, action, data) in enumerate(ready):
            threading.Event().wait(max(0, end - SECONDS + number * SECONDS / SENDERS - time.monotonic()))
            start = time.monotonic()
            statuses.append(visitor.ask(action, data))
            sent.append(time.monotonic() - start)

    with ThreadPoolExecutor(SAVERS + 1) as pool:
        sending = pool.submit(send)
        saves = [taken for writer in pool.map(lambda writer: writer.save_until(end), writers) for taken in writer]
        sending.result()
    with database.connection_context():
        stored = Submission.select().count()
    print(f"{stored} submissions, {len(saves)} saves in {SECONDS:.0f} s, statuses {sorted(set(statuses))}")
    print(f"save: {spread(saves)}")
    print(f"send: {spread(sent)}")


def main() -> None:
    real = SHARED / "seed/answers.json"
    answers = with_provider(json.loads((real if real.exists() else SAMPLE).read_text()))
    held = frozenset({"strategiarahoitus-2021"})
    with tempfile.TemporaryDirectory() as folder, Service(Path(folder)) as service:
        settings = Settings(
            var_dir=Path(folder),
            held_open=held,
            mail_server="",
            secret_key="a secret of the tests",
            base_url=service.url,
        )
        app = create_app(settings)
        applicant = Applicant(app).begin().fill(answers)
        visitor = Visitor.of(service, applicant)
        home = f"/hakemus/{applicant.reference}"
        for _ in range(10):
            assert visitor.ask(f"{home}/kehittamiskokonaisuudet") == 200
        idle = resident_mb(service)
        for _ in range(10):
            assert visitor.ask(f"{home}/yhteenveto.pdf") == 200
        after = resident_mb(service)
        print(f"memory of the workers: idle {idle}, after ten PDFs {after} MB")
        applicant.send()
        stored = f"{home}/versio/1/yhteenveto.pdf"
        style = re.findall(r'href="(/static/app\.css[^"]*)"', applicant.client.get("/").text)[0]
        assert visitor.ask(stored) == 200
        with app.app_context():
            ours, bare = first_pdf(Submission.get())
            print(f"first PDF {ours:.0f} ms, bare xhtml2pdf on the same HTML {bare:.0f} ms: {ours / bare:.2f}")
            visitor.ask(stored)
            sides = [[lambda: visitor.ask(stored)] * 4, [lambda: visitor.ask(style)] * 4]
            pdfs, styles = rates(sides, turns=3, seconds=4)
            print(f"stored PDF {pdfs:.0f} a second, static file {styles:.0f}: {pdfs / styles:.2f}")
        evening(service, app, answers)


if __name__ == "__main__":
    main()
