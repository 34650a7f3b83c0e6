"""Documents are made in a process beside the workers; whatever becomes of it, they are made."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

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
print(found)
"""


def beside(before: str = "", count: int = 1) -> str:
    """What documents come of a program that has a process for them."""
    program = BESIDE.format(before=before, count=count)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=100, check=True
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.quick
def test_many_who_ask_at_once_all_get_their_document() -> None:
    assert beside(count=7) == str([b"%PDF-"] * 7)


@pytest.mark.quick
def test_what_is_wrong_with_a_document_is_told_from_there() -> None:
    assert beside("typesetter._MOST_SECONDS = 0").startswith("[PdfError(")


@pytest.mark.quick
@pytest.mark.parametrize("fault", ["os._exit(9)", "os.kill(os.getppid(), 9) or os._exit(9)"], ids=["document", "all"])
def test_without_it_documents_are_made_where_they_are_asked_for(fault: str) -> None:
    broken = "import os\nown = os.getpid()\nwas = typesetter._typeset\ntypesetter._typeset = "
    assert beside(f"{broken}lambda html: was(html) if os.getpid() == own else {fault}", 3) == str([b"%PDF-"] * 3)


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
        os.kill(service.typesetter, signal.SIGKILL)
        assert document(page, reference).startswith(b"%PDF-")
        assert b"typesetter_gone" in service.log.read_bytes()
        page.context.close()


def test_it_ends_with_the_service(tmp_path: Path) -> None:
    with Service(tmp_path) as service:
        beside_them = os.pidfd_open(service.typesetter)
        for process in (service.master, *service.workers):
            os.kill(process, signal.SIGKILL)
        assert select.select([beside_them], [], [], 30)[0], "it stayed"
        os.close(beside_them)
