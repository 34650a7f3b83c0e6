"""One run, one table. Times depend on the machine; the ratios to the smallest request of the same run do not."""

import json
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app import create_app
from models.database import migrate
from models.submission import Submission
from services import pdf
from services.context import calls
from settings import Settings
from tests.applicant import Applicant
from tests.conftest import SAMPLE, SHARED, with_provider

ROUNDS = 50


def median_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median time of some runs after a first one, in milliseconds."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def main() -> None:
    real = SHARED / "seed/answers.json"
    source = real if real.exists() else SAMPLE
    answers = with_provider(json.loads(source.read_text()))
    areas = answers["3"][:3]
    with tempfile.TemporaryDirectory() as folder:
        held = frozenset({"strategiarahoitus-2021"})
        settings = Settings(tryout=True, var_dir=Path(folder), held_open=held, mail_server="")
        app = create_app(settings)
        migrate()
        applicant = Applicant(app).begin().fill({**answers, "3": areas})
        page = f"/hakemus/{applicant.reference}/kehittamiskokonaisuudet"
        whole = applicant.get(page).form("Tallenna").data
        count = iter(range(10**9))

        def save_one() -> None:
            data = {name: whole[name] for name in ("csrf_token", "sivu", "q4.rev")}
            data["q4"] = whole["q4"] + str(next(count))
            answer = applicant.client.post(page, data=data, headers={"HX-Request": "true"})
            assert answer.status_code == 200, answer.status_code

        def first_pdf() -> bytes:
            Submission.update(pdf=None).execute()
            return pdf.of_submission(submission, calls().of(submission.call_key))

        base = median_ms(lambda: applicant.client.get("/health/live"))
        rows = {
            "smallest request (/health/live)": base,
            "page with three filled areas": median_ms(lambda: applicant.client.get(page)),
            "saving one answer by htmx, durable": median_ms(save_one),
            "summary page before sending": median_ms(
                lambda: applicant.client.get(page.replace("kehittamiskokonaisuudet", "yhteenveto"))
            ),
        }
        applicant.get(page).press("Tallenna", {"q4": answers["4"]})
        applicant.go("yhteenveto").send()
        with app.app_context():
            submission = Submission.get()
            rows["PDF of the application"] = median_ms(first_pdf, rounds=10)

    print(f"{platform.machine()}, Python {platform.python_version()}, answers: {source.name}")
    print(f"{'what':40} {'median ms':>10} {'ratio':>7}")
    for name, milliseconds in rows.items():
        print(f"{name:40} {milliseconds:10.2f} {milliseconds / base:7.1f}")


if __name__ == "__main__":
    main()
