"""A call is changed while people write: whatever options, columns and files go, all of it stays to be read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage

from tests.applicant import Applicant
from tests.mending import folder_with, publish, text_of
from tests.test_attachments import PDF, multipart

pytestmark = pytest.mark.both


@dataclass(frozen=True)
class Kind:
    """A question with parts that can go; each is called by a word that stands nowhere else."""

    key: str
    kind: str
    parts: tuple[str, ...] = ()

    def lines(self, number: int) -> str:
        options = ", ".join(
            f'{{ key = "{part}", label = {{ fi = "valinta-{part}.", sv = "val" }} }}' for part in self.parts
        )
        columns = ", ".join(
            f'{{ key = "{part}", kind = "text", label = {{ fi = "Sarake {part}", sv = "Kolumn" }} }}'
            for part in self.parts
        )
        more = {
            "table": f'row_label = {{ fi = "Rivi", sv = "Rad" }}\nshown_rows = 2\nmost_rows = 2\ncolumns = [{columns}]',
            "attachment": "most_megabytes = 1",
            "text": "limit = 100",
        }.get(self.kind, f"options = [{options}]")
        return (
            f'[[questions]]\nkey = "{self.key}"\nnumber = {number}\nsection = "osio"\nkind = "{self.kind}"\n'
            f'label = {{ fi = "Kysymys {number}", sv = "Fråga {number}" }}\n{more}\nseverity = {{ missing = "off" }}\n'
        )


BEGUN = [
    Kind("q1", "single_choice", ("punainen", "sininen", "vihrea")),
    Kind("q2", "multiple_choice", ("kuusi", "lehtikuusi", "mustikka")),
    Kind("q3", "table", ("oma", "vieras", "muu")),
    Kind("q4", "attachment"),
]
_numbers, _words = count(), count()


def file_of(call_key: str, questions: list[Kind]) -> str:
    return text_of(call_key, [], "\n".join(one.lines(number) for number, one in enumerate(questions, start=1)))


def answered(one: Kind, data: st.DataObject) -> tuple[dict[str, Any], list[str]]:
    """Fields that answer a question, and what is to be read of it then."""
    match one.kind:
        case "single_choice":
            chosen = data.draw(st.sampled_from(one.parts), label=one.key)
            return {one.key: chosen}, [f"valinta-{chosen}."]
        case "multiple_choice":
            ticked = data.draw(st.lists(st.sampled_from(one.parts), unique=True, min_size=1), label=one.key)
            return {one.key: ticked}, [f"valinta-{part}." for part in ticked]
        case "table":
            cells = {f"{one.key}.{row}-{part}": f"solu-{next(_words)}." for row in range(2) for part in one.parts}
            return cells, list(cells.values())
        case "attachment":
            name = f"liite-{next(_words)}.pdf"
            return {f"{one.key}.tiedosto": FileStorage(BytesIO(PDF), name)}, [name]
    return {one.key: (word := f"teksti-{next(_words)}.")}, [word]


def fill(page: Applicant, fields: Mapping[str, Any]) -> None:
    """Post a page whole, with its files, as it stands."""
    form = page.form("Tallenna").data
    form.poplist("q4.tiedosto")
    sent = {name: form.getlist(name) for name in form} | dict(fields)
    page.post(page.address, **multipart(sent))


def changed(
    places: Mapping[int, Kind], data: st.DataObject, fresh: Iterator[int]
) -> tuple[dict[int, Kind], dict[str, str | None]]:
    """The questions of the next version, by the place of the answer that each has, and where answers go."""
    after: dict[int, Kind] = {}
    moves: dict[str, str | None] = {}
    for place, one in places.items():
        match data.draw(st.sampled_from(["stay", "shrink", "rename", "strike", "retype"]), label=one.key):
            case "shrink" if len(one.parts) > 2:
                gone = data.draw(st.sampled_from(one.parts), label="gone")
                after[place] = replace(one, parts=tuple(part for part in one.parts if part != gone))
            case "rename":
                moves[one.key] = f"q{next(fresh)}"
                after[place] = replace(one, key=str(moves[one.key]))
            case "retype":
                after[place] = Kind(one.key, "text")
                moves[one.key] = data.draw(st.sampled_from([one.key, None]), label="retyped")
            case "strike":
                pass
            case _:
                after[place] = one
    return after, moves


@pytest.fixture
def app(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    return make_app(calls_dir=folder_with(tmp_path / "calls", file_of("haku", BEGUN)))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_answer_is_accounted_for(app: Flask, data: st.DataObject) -> None:
    """Through versions 2 and 3, with a page open meanwhile in which everything may be answered anew."""
    call_key, fresh = f"h{next(_numbers)}", count(10)
    asked = list(BEGUN)
    publish(app, file_of(call_key, asked))
    writer = Applicant(app).begin(call_key)
    said: dict[int, list[str]] = {}
    fields: dict[str, Any] = {}
    for place, one in enumerate(asked):
        more, said[place] = answered(one, data)
        fields |= more
    fill(writer, fields)
    places = dict(enumerate(asked))
    for _ in range(2):
        old_page = writer.moved_to(app)
        after, moves = changed(places, data, fresh)
        # A call asks for something.
        after[100 + next(fresh)] = Kind(f"q{next(fresh)}", "text")
        publish(app, file_of(call_key, list(after.values())), moves=moves)
        touched = data.draw(st.lists(st.sampled_from(list(places)), unique=True), label="touched")
        fields = {}
        for place in touched:
            more, said[place] = answered(places[place], data)
            fields |= more
        fill(old_page, fields)
        if old_page.status == 409:
            old_page.press("Tallenna oma vastaukseni")
        assert old_page.status == 200
        writer, places = old_page, after
    words = [word for of_one in said.values() for word in of_one]
    page = writer.go("hakemus")
    text = page.client.get(f"/hakemus/{page.reference}/hakemus.txt").text
    for word in words:
        assert word in text, (word, text)
