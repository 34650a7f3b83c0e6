"""What changed between two versions of a call, in an officer's words, and which changes can hurt a draft."""

import re
from pathlib import Path

import pytest
from flask import Flask

from forms.call_changes import CallChange, are_harmless, compare
from forms.call_file import CallSource, read_call
from forms.definition import Call
from forms.moves import Moves, Step
from language import localise
from tests.conftest import ROOT

REAL = ROOT / "calls/strategiarahoitus-2021.toml"
NEW_QUESTION = """
[[questions]]
key = "q99"
number = 99
section = "hakija"
kind = "text"
label = { fi = "Uusi", sv = "Ny" }
limit = 100
"""


def changed(*changes: tuple[str, str], path: Path = REAL) -> Call:
    """A call's file with patterns in it replaced."""
    source = CallSource.from_path(path)
    text = source.text.decode()
    for pattern, new in changes:
        text, count = re.subn(pattern, new, text, count=1, flags=re.DOTALL | re.MULTILINE)
        assert count, pattern
    return read_call(CallSource(source.name, text.encode(), source.registers))


def without(key: str) -> tuple[str, str]:
    return rf'\[\[questions\]\]\nkey = "{key}".*?(?=^\[\[)', ""


def of_question(key: str, pattern: str, new: str) -> tuple[str, str]:
    """A replacement within the lines of a question."""
    return rf'(\nkey = "{key}"\n(?:(?!\n\[\[).)*?){pattern}', rf"\g<1>{new}"


def said(app: Flask, changes: list[CallChange], language: str = "fi") -> list[str]:
    with app.test_request_context(headers={"Accept-Language": language}):
        return [str(localise(change.said)).replace("\u00a0", " ") for change in changes]


@pytest.mark.parametrize(
    ("change", "words", "is_harmless"),
    [
        (of_question("q13", r"limit = 2000", "limit = 2500"), "Kysymys 13: enimmäispituus 2 000 → 2 500", True),
        (of_question("q13", r"limit = 2000", "limit = 1500"), "Kysymys 13: enimmäispituus 2 000 → 1 500", False),
        (of_question("q13", r"number = 13", "number = 113"), "Kysymys 113: numero 13 → 113", True),
        (of_question("q13", r'fi = "', 'fi = "Toisin: '), "Kysymys 13: teksti on muuttunut", True),
        (
            of_question("q13", 'missing = "remark"', 'missing = "error"'),
            "Kysymys 13: vastaus on pakollinen",
            False,
        ),
        (without("q13"), "Kysymys 13: kysymys on poistettu", False),
        ((r"\Z", NEW_QUESTION), "Kysymys 99: uusi kysymys", True),
        (
            (r"\Z", f'{NEW_QUESTION}severity = {{ missing = "error" }}\n'),
            "Kysymys 99: uusi kysymys, johon on vastattava",
            False,
        ),
        (
            (r"^closes = \S+", "closes = 2021-05-20T16:15:00"),
            "Hakuaika päättyy 17.5.2021 klo 16.15 → 20.5.2021 klo 16.15",
            True,
        ),
        (
            (r"^closes = \S+", "closes = 2021-05-10T16:15:00"),
            "Hakuaika päättyy 17.5.2021 klo 16.15 → 10.5.2021 klo 16.15",
            False,
        ),
        ((r"^appropriation = \S+", "appropriation = 1"), "Määräraha on muuttunut", True),
    ],
)
def test_it_is_said_in_words(app: Flask, call: Call, change: tuple[str, str], words: str, is_harmless: bool) -> None:
    found = compare(call, changed(change))
    assert said(app, found) == [words]
    assert are_harmless(found) is is_harmless
    assert said(app, found, "sv") != [words]


def test_nothing_is_said_of_a_remark_in_the_file(call: Call) -> None:
    assert compare(call, changed((r"\A", "# Tarkistettu.\n"))) == []


def test_rows_are_told_apart(app: Flask) -> None:
    path = ROOT / "tests/calls/amounts.toml"
    last_row = (r'\[\[rows.kulut\]\]\nkey = "muut".*?(?=^\[\[sec)', "")
    more, fewer = changed(path=path), changed(last_row, path=path)
    assert said(app, compare(more, fewer)) == ["Kysymys 1: poistettu: Muut"]
    assert said(app, compare(fewer, more)) == ["Kysymys 1: lisätty: Muut"]
    assert not are_harmless(compare(more, fewer))
    assert are_harmless(compare(fewer, more))
    assert Step(1, more, fewer, {}).split("q1", {"palkat": "1", "muut": "2"}) == ({"palkat": "1"}, {"muut": "2"})


def test_a_renamed_question_keeps_its_answers_when_an_officer_says_so(app: Flask, call: Call) -> None:
    renamed = changed((r'key = "q13"', 'key = "q13a"'))
    assert [change.homeless for change in compare(call, renamed) if change.homeless] == ["q13"]
    moves = {"q13": "q13a"}
    found = compare(call, renamed, moves)
    assert said(app, found) == ["Kysymys 13: vastaukset siirtyvät avaimelta q13 avaimelle q13a"]
    assert not are_harmless(found)
    assert Step(1, call, renamed, moves).split("q13", {"": "teksti"}) == ({"": "teksti"}, {})
    assert Step(1, call, renamed, {}).split("q13", {"": "teksti"}) == ({}, {"": "teksti"})


@pytest.mark.parametrize(
    ("moves", "words"),
    [
        ({"q13": "q12"}, "q12, q13 siirtyvät kysymykseen q12"),
        ({"q99": "q13"}, "Edellisessä versiossa ei ole kysymystä q99"),
        ({"q13": "q99"}, "Uudessa versiossa ei ole kysymystä q99"),
        ({"q13": "q40"}, "Kysymyksessä q40 ei ole täytettävää"),
        ({"q13": "q14", "q14": "q13"}, ""),
        ({"q13": None}, ""),
    ],
)
def test_answers_go_where_there_is_room(call: Call, moves: Moves, words: str) -> None:
    faults = list(Step(1, call, call, moves).faults())
    assert words in " ".join(str(fault) for fault in faults)
    assert bool(faults) is bool(words)
