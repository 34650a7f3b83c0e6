"""What the first view costs on a slow line, through the real server."""

import re
import urllib.request

import pytest
from playwright.sync_api import Page

from tests.service import Service

FIRST_VIEW = "/haku/strategiarahoitus-2021"


def fetched(service: Service, path: str, encoding: str) -> bytes:
    request = urllib.request.Request(service.url + path, headers={"Accept-Encoding": encoding})
    with urllib.request.urlopen(request) as answer:
        return bytes(answer.read())


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_the_first_view_is_light(service: Service, encoding: str) -> None:
    page = fetched(service, FIRST_VIEW, "identity").decode()
    parts = [FIRST_VIEW, *re.findall(r'(?:href|src)="(/static/[^"]+)"', page)]
    assert len(parts) == 4  # page, style, script, icon
    assert sum(len(fetched(service, part, encoding)) for part in parts) <= 40_000


def test_a_later_page_fetches_only_itself(page: Page) -> None:
    page.goto(FIRST_VIEW)
    # The icon comes when the browser has time; one who leaves before that fetches it again.
    page.wait_for_function("() => performance.getEntriesByType('resource').length === 3")
    page.goto("/ohje")
    parts = page.evaluate(
        "() => performance.getEntriesByType('resource').map(part => [new URL(part.name).origin, part.transferSize])"
    )
    assert len(parts) >= 2
    # What the browser keeps costs nothing, and nothing comes from elsewhere.
    assert {tuple(part) for part in parts} == {(page.url.removesuffix("/ohje"), 0)}
