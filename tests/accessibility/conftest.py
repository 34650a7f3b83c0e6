"""What the tests of accessibility share."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.applicant import fields_of_answers
from tests.browser import new_page
from tests.conftest import ROOT
from tests.service import Service

TIMES = {
    "tuleva": ("opens = 2021-01-01", "opens = 2030-01-01"),
    "paattynyt": ("closes = 2031-01-01", "closes = 2022-01-01"),
}


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with one more call that is still to come, and one that is over; one for all tests of this folder."""
    folder = tmp_path_factory.mktemp("service")
    calls = folder / "calls"
    shutil.copytree(ROOT / "calls", calls)
    for key, (before, after) in TIMES.items():
        text = (ROOT / "tests/calls/text.toml").read_text().replace('key = "text"', f'key = "{key}"')
        text = text.replace(before, after).replace('"PIENI"', f'"{key[:6].upper()}"')
        (calls / f"{key}.toml").write_text(text)
    with Service(folder, CALLS_DIR=str(calls)) as running:
        yield running


@pytest.fixture(scope="session")
def fields(sample: dict[str, Any]) -> dict[str, Any]:
    """The sample application as form fields: all five areas, texts at their limits."""
    return fields_of_answers(sample)


@pytest.fixture
def visitor(browser: Browser, service: Service) -> Iterator[Page]:
    """A page that may also be refused: the browser calls each such answer an error in its console."""
    page = new_page(browser, service)
    yield page
    page.context.close()
