"""A person at a browser without scripts, over plain HTTP: reads pages, fills in fields, presses buttons."""

import copy
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

from forms.texts import SOURCE
from tests.forms_of_pages import HtmlForm, forms_of, parse, text_of
from tests.words import Words

CALL = "strategiarahoitus-2021"


def fields_of_answers(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The form fields of answers as the seed and the sample have them (amounts as whole euros, None blank)."""
    fields: dict[str, Any] = {}
    for number, value in answers.items():
        key = f"q{number}"
        if isinstance(value, dict):
            fields.update({f"{key}.{row}": "" if text is None else str(text) for row, text in value.items()})
        elif number == "3":
            fields[key] = value
        elif isinstance(value, list):
            fields.update({f"{key}.{row}": text for row, text in enumerate(value)})
        else:
            fields[key] = value
    return fields


class Applicant:
    """One browser, of a reader of one language. ``page`` is what it shows; every page is parsed strictly."""

    def __init__(self, app: Flask, language: str = SOURCE) -> None:
        self.client: FlaskClient = app.test_client()
        self.words = Words(language)
        self.headers = {"Accept-Language": language}
        self.address = "/"
        self.response: TestResponse | None = None
        self.page: etree._Element | None = None

    def moved_to(self, app: Flask) -> Self:
        """The same browser, with its cookie and its page, at a copy of the service."""
        moved = copy.copy(self)
        moved.client = app.test_client()
        if self.cookie:
            name, host = moved._cookie_place
            moved.client.set_cookie(name, self.cookie, domain=host)
        return moved

    def _show(self, response: TestResponse) -> "Applicant":
        for _ in range(5):
            if response.status_code not in (301, 302, 303):
                break
            response = self.client.get(response.location, headers=self.headers, buffered=True)
        self.response = response
        self.address = response.request.path
        if response.mimetype == "text/html":
            self.page = parse(response.text)
        return self

    @property
    def status(self) -> int:
        assert self.response is not None
        return self.response.status_code

    @property
    def cookie(self) -> str | None:
        """What the browser keeps of the service."""
        found = self.client.get_cookie(*self._cookie_place)
        return found.value if found else None

    @property
    def _cookie_place(self) -> tuple[str, str]:
        """The cookie's name and host."""
        config = self.client.application.config
        return config["SESSION_COOKIE_NAME"], config["SERVER_NAME"].partition(":")[0]

    @property
    def language(self) -> str:
        """The language that the page says it is in."""
        assert self.page is not None
        return str(self.page.get("lang"))

    @property
    def text(self) -> str:
        assert self.page is not None
        return text_of(self.page)

    @property
    def reference(self) -> str:
        return self.address.split("/")[2]

    def get(self, address: str) -> "Applicant":
        return self._show(self.client.get(address, headers=self.headers, buffered=True))

    def post(self, address: str, data: Any, **more: Any) -> "Applicant":
        return self._show(self.client.post(address, data=data, headers=self.headers, buffered=True, **more))

    def form(self, with_button: str) -> HtmlForm:
        assert self.page is not None
        for form in forms_of(self.page, self.address):
            if any(text_of(button) == with_button for button in form.buttons):
                return form
        raise AssertionError(
            f"no form with a button {with_button!r} at {self.address} ({self.status}): {self.text[:300]}"
        )

    def press(self, button: str, fields: Mapping[str, Any] | None = None) -> "Applicant":
        """Fill in fields of the form that has this button, and press it. A list ticks boxes."""
        form = self.form(button)
        for name, value in (fields or {}).items():
            if isinstance(value, list):
                form.data.setlist(name, value)
            elif isinstance(value, tuple):
                # A file: its place and its name.
                form.data.setlist(name, [value])  # type: ignore[list-item]
            else:
                # As browsers send a text area.
                form.data[name] = value.replace("\r\n", "\n").replace("\n", "\r\n")
        address, data = form.pressed(button)
        if form.method == "get":
            return self.get(f"{address}?{urlencode(list(data.items(multi=True)))}")
        return self.post(address, data)

    def press_known(self, button: str, fields: Mapping[str, Any]) -> "Applicant":
        """The same with only those fields that the form has."""
        known = set(self.form(button).data) | {"q3"}
        return self.press(button, {name: value for name, value in fields.items() if name in known})

    def value(self, name: str) -> str:
        """What a field of the page holds."""
        assert self.page is not None
        for form in forms_of(self.page, self.address):
            if name in form.data:
                return form.data[name].replace("\r\n", "\n")
        raise AssertionError(f"no field {name}")

    def said_beside(self, field_id: str) -> str:
        """What the page says beside a field; the field itself must refer to it."""
        assert self.page is not None
        place = f"{field_id}-virhe"
        described = [node for node in self.page.iter() if place in (node.get("aria-describedby") or "").split()]
        assert [node.get("id") for node in described] == [field_id]
        said = [text_of(node) for node in self.page.iter("div") if node.get("id") == place]
        assert len(said) == 1
        assert (described[0].get("aria-invalid") == "true") is bool(said[0])
        return said[0]

    def begin(self, call: str = CALL) -> "Applicant":
        return self.get(f"/haku/{call}").press(self.words("Aloita hakemus"))

    def go(self, page: str) -> "Applicant":
        return self.get(f"/hakemus/{self.reference}/{page}")

    def fill(self, answers: Mapping[str, Any]) -> "Applicant":
        """Fill in a whole application of the 2021 call, page by page, and end on the summary."""
        fields = fields_of_answers(answers)
        call = self.client.application.extensions["calls"][CALL]
        self.press_known(self.words.next_button(call, "kehittamiskokonaisuudet"), fields)
        self.press(self.words("Näytä valitut kysymykset"), {"q3": fields["q3"]})
        return self.press_known(self.words.next_button(call, "yhteenveto"), fields)

    def send(self, button: str = "Lähetä") -> "Applicant":
        """Tick what is asked for, and press the button with this Finnish name."""
        ticks = {"vakuutus": "1"}
        if "huomautukset" in etree.tostring(self.page, encoding="unicode"):
            ticks["huomautukset"] = "1"
        return self.press(self.words(button), ticks)
