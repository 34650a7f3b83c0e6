"""Browsers on the running service that take over where a test client left off."""

import http.client
import re
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from tests.applicant import Applicant
from tests.service import Service


@dataclass
class Answer:
    status: int
    body: bytes
    location: str


@dataclass
class Visitor:
    """A browser; without a cookie, nobody in particular."""

    service: Service
    cookie: str = ""

    @classmethod
    def of(cls, service: Service, applicant: Applicant) -> "Visitor":
        return cls(service, f"istunto={applicant.cookie}")

    def answer(self, path: str, data: dict[str, Any] | None = None, **headers: str) -> Answer:
        """The answer, read to its end; redirects are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=60)
        body = urlencode(data, doseq=True) if data is not None else None
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie, **headers}
        connection.request("POST" if data is not None else "GET", path, body, headers)
        response = connection.getresponse()
        answer = Answer(response.status, response.read(), response.headers.get("Location", ""))
        connection.close()
        return answer

    def ask(self, path: str, data: dict[str, Any] | None = None, **headers: str) -> int:
        """The status of the answer."""
        return self.answer(path, data, **headers).status


class Writer:
    """Somebody who writes an answer of an area, and whose pauses save it."""

    def __init__(self, service: Service, app: Flask, text: str) -> None:
        applicant = Applicant(app).begin()
        applicant.press("Seuraava: Kehittämiskokonaisuudet", {}).press("Näytä valitut kysymykset", {"q3": ["opetus"]})
        page = applicant.form("Tallenna").data
        self._visitor, self._path, self._text = Visitor.of(service, applicant), applicant.address, text
        self._opaque = {name: page[name] for name in ("csrf_token", "sivu", "q4.rev")}
        self._count = 0

    def save(self) -> float:
        """Save a change of the answer; the seconds until it is said to be saved."""
        self._count += 1
        data = {**self._opaque, "q4": f"{self._text} {self._count}", "laskuri": self._count}
        start = time.monotonic()
        answer = self._visitor.answer(self._path, data, **{"HX-Request": "true"})
        taken = time.monotonic() - start
        assert answer.status == 200
        self._opaque["q4.rev"] = rev_in(answer.body, "q4")
        return taken

    def save_until(self, end: float) -> list[float]:
        """Save once a second until an instant of the monotonic clock; the seconds of each save."""
        saves = []
        while time.monotonic() < end:
            saves.append(self.save())
            threading.Event().wait(max(0, 1 - saves[-1]))
        return saves


def rev_in(fragment: bytes, key: str) -> str:
    """The new ``.rev`` of a question in the answer to a save; the page posts it with the next one."""
    found = re.search(rf'name="{key}.rev" value="([^"]*)"'.encode(), fragment)
    assert found, fragment[:500]
    return found[1].decode()


def spread(seconds: list[float]) -> str:
    """The median, the 99th percentile and the longest of some times."""
    times = sorted(seconds)
    median, p99, longest = times[len(times) // 2], times[int(len(times) * 0.99)], times[-1]
    return f"median {median * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, longest {longest * 1000:.0f} ms"
