"""A browser's side of the wire for a service that runs for real, with the few words that Applicant asks of Flask's."""

import urllib.request
from collections.abc import Mapping
from email.message import Message
from http.cookiejar import CookieJar
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

from services.call_versions import read_folder
from services.calls import Calls
from tests.applicant import Applicant
from tests.conftest import ROOT
from tests.service import Service


class _AsItCame(urllib.request.HTTPErrorProcessor):
    """Redirects and refusals are answers like any other."""

    def http_response(self, request: Any, response: Any) -> Any:
        return response


class Answer:
    def __init__(self, status: int, headers: Message, body: bytes, path: str) -> None:
        self.status_code, self.headers, self.data = status, headers, body
        self.request = SimpleNamespace(path=path)

    @property
    def text(self) -> str:
        return self.data.decode()

    @property
    def mimetype(self) -> str:
        return self.headers.get_content_type()

    @property
    def location(self) -> str:
        return str(self.headers["Location"])


class HttpClient:
    """One browser with cookies."""

    def __init__(self, service: Service) -> None:
        self.url = service.url
        self.application = SimpleNamespace(extensions={"calls": Calls(read_folder(ROOT / "calls"), frozenset())})
        self._opener = urllib.request.build_opener(_AsItCame, urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, address: str, headers: Mapping[str, str] | None = None, buffered: bool = True) -> Answer:
        return self._ask("GET", address, None, headers)

    def post(
        self, address: str, data: Any = (), headers: Mapping[str, str] | None = None, buffered: bool = True
    ) -> Answer:
        pairs = list(data.items(multi=True)) if hasattr(data, "getlist") else list(dict(data).items())
        return self._ask("POST", address, urlencode(pairs).encode(), headers)

    def _ask(self, method: str, address: str, body: bytes | None, headers: Mapping[str, str] | None) -> Answer:
        address = address.removeprefix(self.url)
        request = urllib.request.Request(f"{self.url}{address}", body, dict(headers or {}), method=method)
        with self._opener.open(request, timeout=60) as answer:
            return Answer(answer.status, answer.headers, answer.read(), urlsplit(address).path)


class RealApplicant(Applicant):
    """An applicant at a service that runs for real."""

    def __init__(self, service: Service) -> None:
        super().__init__(SimpleNamespace(test_client=lambda: HttpClient(service)))  # type: ignore[arg-type]
