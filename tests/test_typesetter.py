"""Documents are made in a process beside the workers; whatever becomes of it, they are made."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from services.typesetter import PdfError
from tests.browser import begin, new_page
from tests.conftest import ROOT
from tests.service import Service

BESIDE = """
import threading
from services import typesetter
{before}
typesetter.start()
found = []
def make(number):
    try:
        found.append(typesetter.typeset("<p>" + "Hakemus " * number + "</p>")[:5])
    except typesetter.PdfError as error:
        found.append(error)
threads = [threading.Thread(target=make, args=[number]) for number in range({count})]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(typesetter._control is not None, found)
"""


def beside(before: str = "", count: int = 1) -> tuple[str, str]:
    """What documents come of a program that has a process for them, and what it says."""
    program = BESIDE.format(before=before, count=count)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=100, check=True
    )
    *said, found = done.stdout.splitlines()
    is_asked, _, found = found.partition(" ")
    assert is_asked == "True"
    return found, "".join(said)


@pytest.mark.quick
def test_many_who_ask_at_once_all_get_their_document() -> None:
    assert beside(count=7) == (str([b"%PDF-"] * 7), "")


@pytest.mark.quick
def test_what_is_wrong_with_a_document_is_told_from_there() -> None:
    found, said = beside("typesetter._MOST_SECONDS = 0")
    assert found == "[PdfError('RenderLimitError')]"
    assert "document_failed" in said


ELSEWHERE = """
import os
own, was = os.getpid(), typesetter._typeset
typesetter._typeset = lambda page: was(page) if os.getpid() == own else {end}
"""


@pytest.mark.quick
def test_a_document_that_ends_its_process_ends_no_other() -> None:
    found, said = beside(ELSEWHERE.format(end="os._exit(9)"), 3)
    assert found == str([PdfError("its process ended")] * 3)
    assert said == ""


@pytest.mark.quick
def test_a_document_that_never_ends_is_given_up() -> None:
    ends = "typesetter._MOST_SECONDS = -4"
    found, _ = beside(ELSEWHERE.format(end="time.sleep(600)") + f"import time\n{ends}")
    assert found == "[PdfError('its process ended')]"


def await_end(process: int) -> None:
    """Wait until a process, a descriptor of which this closes, is gone."""
    assert select.select([process], [], [], 30)[0], "it stayed"
    os.close(process)


def document(page: Page, reference: str) -> bytes:
    answer = page.request.get(f"/hakemus/{reference}/yhteenveto.pdf?luonnos=1")
    assert answer.ok
    return answer.body()


def test_an_applicant_gets_documents_with_and_without_it(browser: Browser, tmp_path: Path) -> None:
    with Service(tmp_path) as service:
        page = new_page(browser, service)
        reference = begin(page)
        assert document(page, reference).startswith(b"%PDF-")
        assert b"typesetter_gone" not in service.log.read_bytes()
        beside_them = os.pidfd_open(service.typesetter)
        os.kill(service.typesetter, signal.SIGKILL)
        await_end(beside_them)
        assert document(page, reference).startswith(b"%PDF-")
        assert b"typesetter_gone" in service.log.read_bytes()
        page.context.close()


def test_it_ends_with_the_service(tmp_path: Path) -> None:
    with Service(tmp_path) as service:
        beside_them = os.pidfd_open(service.typesetter)
        for process in (service.master, *service.workers):
            os.kill(process, signal.SIGKILL)
        await_end(beside_them)
