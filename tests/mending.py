"""Small calls that are changed while people write: their files, and how they are published."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask

from forms.call_file import CallSource, read_call
from models.database import database
from services import publishing
from services.call_versions import CallFile
from tests.conftest import ROOT
from tests.over_http import RealApplicant
from tests.service import Service

_HEAD, _, _ = (ROOT / "tests/calls/text.toml").read_text().partition("[[questions]]")


@dataclass(frozen=True)
class Asked:
    """A question for a text; its label is unlike any other."""

    key: str
    label: str
    limit: int = 2000

    def renamed(self, key: str) -> "Asked":
        return replace(self, key=key)


def text_of(call_key: str, questions: Iterable[Asked], more: str = "") -> str:
    """A call's file with these questions, numbered as they stand."""
    lines = [
        f'[[questions]]\nkey = "{one.key}"\nnumber = {number}\nsection = "osio"\nkind = "text"\nlimit = {one.limit}\n'
        f'label = {{ fi = "{one.label}", sv = "{one.label} sv" }}\n'
        for number, one in enumerate(questions, start=1)
    ]
    head = _HEAD.replace('key = "text"', f'key = "{call_key}"')
    return head.replace('"PIENI"', f'"{call_key.upper()[:6]}"') + "\n".join(lines) + more


def publish(app: Flask, text: str, **how: Any) -> int:
    """Put a call's file in force as an officer would, and return the version's number."""
    source = CallSource("haku.toml", text.encode())
    with app.app_context(), database.connection_context():
        return publishing.publish(CallFile(source, read_call(source)), is_accepted=True, **how).number


def until_all_know(service: Service, call_key: str, gone: str) -> None:
    """Ask for the call until no process of the service shows a text any more."""
    end = time.monotonic() + 30
    seen: list[bool] = []
    while seen[-20:] != [True] * 20:
        assert time.monotonic() < end, f"somebody still says {gone}"
        seen.append(gone not in RealApplicant(service).get(f"/haku/{call_key}").text)


def until(what: Callable[[], bool], seconds: float = 20) -> None:
    """Ask until it is so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come about"


def folder_with(path: Path, text: str) -> Path:
    path.mkdir()
    (path / "haku.toml").write_text(text)
    return path
