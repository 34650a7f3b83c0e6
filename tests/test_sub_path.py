"""The service under a path of its host: every address on every page is under it, and leads somewhere."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask

from services.accounts import Role
from tests.applicant import CALL, Applicant
from tests.desk import Officer

ROOT = "/haut"
ADDRESSES = ("href", "src", "action", "formaction", "hx-get", "hx-post")


class Below:
    """Asks for the same pages under the path."""

    def get(self, address: str) -> Any:
        return super().get(f"{ROOT}{address}" if not address.startswith(ROOT) else address)  # type: ignore[misc]

    @property
    def reference(self) -> str:
        return str(self.address.split("/")[3])  # type: ignore[attr-defined]


class ApplicantBelow(Below, Applicant):
    pass


class OfficerBelow(Below, Officer):
    pass


def addresses(someone: Applicant) -> Iterator[tuple[str, str]]:
    """The local addresses of a page, each with the attribute that names it."""
    assert someone.page is not None
    for node in someone.page.iter():
        for name in ADDRESSES:
            address = node.get(name)
            if address and not re.match(r"(https?:|mailto:|tel:|#|\?)", address):
                yield name, urljoin(someone.address, address)


def crawl(someone: Applicant, starts: list[str]) -> set[str]:
    """Every page that is a link away from those, and so on; returns the paths that they name."""
    seen = set(starts)
    wanted = list(starts)
    while wanted:
        address = wanted.pop()
        someone.get(address)
        assert someone.status == 200, address
        for name, found in addresses(someone):
            path = urlsplit(found).path
            assert path.startswith(f"{ROOT}/"), f"{name} {found} on {address}"
            if path not in seen and name == "href" and "." not in path.rsplit("/", 1)[1]:
                wanted.append(found)
            seen.add(path)
    return seen


def test_everything_is_under_the_path(make_app: Callable[..., Flask], short: dict[str, Any]) -> None:
    app = make_app(base_url=f"https://example.fi{ROOT}")
    assert app.test_client().get("/").status_code == 404
    applicant = ApplicantBelow(app).begin().fill(short).send()
    assert applicant.status == 200
    cookies = applicant.client.get(f"{ROOT}/?kieli=sv").headers.getlist("Set-Cookie")
    assert cookies
    assert all(f"Path={ROOT};" in f"{cookie};" for cookie in cookies)
    reference = applicant.reference
    seen = crawl(applicant, [f"{ROOT}/", f"{ROOT}/hakemus/{reference}/hakija", f"{ROOT}/virkailija/"])
    for wanted in (
        f"/hakemus/{reference}/hakemus.json",
        f"/hakemus/{reference}/yhteenveto",
        "/tarkistus",
        "/virkailija/kirjaudu",
    ):
        assert f"{ROOT}{wanted}" in seen
    schema = applicant.client.get(f"{ROOT}/haku/{CALL}/hakemus.schema.json").get_json()
    assert schema["$id"] == f"https://example.fi{ROOT}/haku/{CALL}/hakemus.schema.json"

    officer = OfficerBelow(app, Role.ADMIN)
    officer.set_up()
    officer.get(f"{ROOT}/virkailija/{CALL}/{reference}/taydennys")
    officer.press(
        "Kirjaudu", {"sahkoposti": officer.email, "salasana": "hevonen paristo niitti", "koodi": officer.code()}
    )
    assert officer.address == f"{ROOT}/virkailija/{CALL}/{reference}/taydennys"
    assert f"{ROOT}/virkailija/{CALL}/{reference}/linkki" in crawl(officer, [f"{ROOT}/virkailija/"])
