"""Times and rates of requests, compared in turns, so that what else the machine does falls on all of them alike."""

import socket
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

Work = Callable[[], object]


def median_ms(work: Work, rounds: int = 50) -> float:
    """The median time of some runs after a first one, in milliseconds."""
    return medians([work], rounds)[0]


def medians(works: Sequence[Work], rounds: int, in_order: bool = False) -> list[float]:
    """The median milliseconds of each, one run of each a round, after a first round that does not count.

    Each round begins with another one, unless they must come ``in_order``.
    """
    times: list[list[float]] = [[] for _ in works]
    for number in range(-1, rounds):
        for place in range(len(works)):
            which = (place + (0 if in_order else number)) % len(works)
            start = time.perf_counter()
            works[which]()
            if number >= 0:
                times[which].append(time.perf_counter() - start)
    return [statistics.median(found) * 1000 for found in times]


def per_second(works: Sequence[Work], seconds: float) -> float:
    """How many requests a second some clients get answered, each with work of its own."""
    until = time.monotonic() + seconds

    def go_on(work: Work) -> int:
        count = 0
        while time.monotonic() < until:
            work()
            count += 1
        return count

    with ThreadPoolExecutor(len(works)) as pool:
        return sum(pool.map(go_on, works)) / seconds


def rates(sides: Sequence[Sequence[Work]], turns: int, seconds: float) -> list[float]:
    """The median rate of each side, in turns of some seconds."""
    for works in sides:
        per_second(works, seconds / 4)
    found = [[per_second(works, seconds) for works in sides] for _ in range(turns)]
    return [statistics.median(rate) for rate in zip(*found, strict=True)]


class Client:
    """A browser that takes as little of the machine as can be, since it shares it with what it measures.

    Each request has a connection of its own, as ``gunicorn.conf.py`` ends each with its answer.
    """

    def __init__(self, port: int, cookie: str = "") -> None:
        self._address = ("127.0.0.1", port)
        self._head = f"Host: 127.0.0.1:{port}\r\nConnection: close\r\nCookie: {cookie}\r\n"

    def get(self, path: str) -> bytes:
        return self._ask(f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode())

    def post(self, path: str, data: object, **headers: str) -> bytes:
        """Send a form: pairs or a mapping of fields."""
        body = urlencode(data, doseq=True).encode()  # type: ignore[arg-type]
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"POST {path} HTTP/1.1\r\n{self._head}{more}Content-Type: application/x-www-form-urlencoded\r\n"
        return self._ask(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def _ask(self, request: bytes) -> bytes:
        with socket.create_connection(self._address, timeout=60) as connection:
            connection.sendall(request)
            parts = []
            while part := connection.recv(65_536):
                parts.append(part)
        answer = b"".join(parts)
        assert answer[9:12] == b"200", answer[:200]
        return answer
