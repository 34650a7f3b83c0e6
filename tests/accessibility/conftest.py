"""What the tests of accessibility share."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.applicant import fields_of_answers
from tests.browser import new_page
from tests.service import Service


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
