"""A person who writes, over plain HTTP with as little else as possible, and remembers what was acknowledged."""

import html
import http.client
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

HIDDEN = re.compile(r'<input type="hidden"[^>]*name="([^"]+)" value="([^"]*)"')
_TEXT = re.compile(r'<textarea[^>]*name="q1"[^>]*>\n(.*?)</textarea>', re.DOTALL)


class NoAnswerError(Exception):
    """The service gave none: a killed worker, a refused connection."""


@dataclass
class Save:
    """One attempt to save: the text, the one that the page showed before, and the page load."""

    text: str
    base: str
    page: str


@dataclass
class Writer:
    """One browser with one page of an application of the call ``text`` open."""

    port: int
    name: str
    reference: str = ""
    cookie: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    shown: str = ""
    attempts: list[Save] = field(default_factory=list)
    acknowledged: list[Save] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def request(
        self, method: str, path: str, data: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, str, str]:
        """Status, place and text of the answer. Raises NoAnswerError."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            body = urlencode(data) if data is not None else None
            headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
            connection.request(method, path, body, {**headers, "Cookie": self.cookie, "Connection": "close"})
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswerError from error
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in SimpleCookie(line).items())
        self.statuses.append(answer.status)
        return answer.status, answer.headers.get("Location", ""), text

    def begin(self) -> None:
        _, _, page = self.request("GET", "/haku/text")
        token = dict(HIDDEN.findall(page))["csrf_token"]
        _, place, _ = self.request("POST", "/haku/text/aloita", {"csrf_token": token})
        self.reference = place.split("/")[2]

    def join(self, other: "Writer") -> None:
        """Open the same application as somebody else, by the link she sees."""
        _, _, page = other.request("GET", f"/hakemus/{other.reference}/tallennettu")
        link = re.search(r"/jatka/[\w-]+", page)
        assert link, page
        self.request("GET", link[0])
        self.reference = other.reference

    @property
    def page(self) -> str:
        return f"/hakemus/{self.reference}/hakemus"

    def load(self) -> None:
        """Read the page: from now on its text is what this person has seen."""
        status, _, page = self.request("GET", self.page)
        found = _TEXT.search(page)
        if status != 200 or found is None:
            raise NoAnswerError(f"{status}")
        self.fields = {name: html.unescape(value) for name, value in HIDDEN.findall(page)}
        self.shown = html.unescape(found[1])

    def save(self, text: str) -> int:
        """A pause in typing: post the text, and note it when it was acknowledged."""
        data = {name: self.fields[name] for name in ("csrf_token", "sivu", "q1.rev")}
        attempt = Save(text, self.shown, self.fields["sivu"])
        self.attempts.append(attempt)
        status, _, page = self.request("POST", self.page, {**data, "q1": text}, **{"HX-Request": "true"})
        if status == 200:
            self.acknowledged.append(attempt)
            self.shown = text
            self.fields.update({name: html.unescape(value) for name, value in HIDDEN.findall(page)})
        return status

    def send(self) -> int:
        """Press *Lähetä* on the page as it is now; the key is the page's."""
        _, _, page = self.request("GET", f"/hakemus/{self.reference}/yhteenveto")
        data = dict(HIDDEN.findall(page))
        if "lahetys" not in data:
            return 200
        form = {name: html.unescape(value) for name, value in data.items()}
        form.update(vakuutus="1", toiminto="laheta")
        # Pressed by somebody impatient: five at the same moment, over all workers.
        with ThreadPoolExecutor(5) as pool:
            address = f"/hakemus/{self.reference}/yhteenveto"
            presses = [pool.submit(self.request, "POST", address, form) for _ in range(5)]
        return max(press.result()[0] for press in presses)
