"""Call files changed at random: each is refused with the spot named, or an application can be made in it.

``make fuzz-calls`` tries 2 000; the ordinary run fewer. A failure names its seed: ``MUTATION=seed`` tries it alone.
"""

import json
import os
import random
import re
import resource
import time
from collections.abc import Iterator

import pytest
from flask import Flask

import models
from forms.call_file import CallSource, read_call
from forms.faults import CallFileError
from forms.kinds.text import TextQuestion
from forms.question import Question
from models.database import database
from services.call_versions import CallFile
from services.calls import Calls
from tests.applicant import Applicant
from tests.conftest import ROOT

MUTATIONS = int(os.environ.get("MUTATIONS", "100"))
ONLY = os.environ.get("MUTATION")
CHUNKS = 4
"""Tests among which the mutations are shared out, so that they run beside one another."""

FILES = sorted([*ROOT.glob("calls/*.toml"), *ROOT.glob("tests/calls/*.toml")])
REGISTERS = {path.name: path.read_bytes() for path in [*ROOT.glob("calls/*.csv"), *ROOT.glob("tests/calls/*.csv")]}
VALUES = [
    *('""', '"x"', '"q1"', '"q2"', '"yhteenveto"', '"text"', '"amounts"', '"areas"', '"\\u0000"', '"ä <b>&amp;"'),
    *("0", "-1", "1", "7", "99999", "999999999999", "1e400", "nan", "0x7fffffffffffffff", "true", "false", "[]", "{}"),
    *("2021-05-17", "2021-05-17T16:15:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59", "2021-05-17T16:15:00Z"),
    *('["q1"]', '["q1", "q1"]', '[["q1"]]', '{ fi = "a", sv = "b" }', '{ fi = "a" }', '{ missing = "off" }', "[1, 2]"),
    *("16:15:00", "'''a\nb'''", '"""\n- a\n\n- b"""', f'"{"pitkä " * 500}"'),
]
SIGNS = "\"'[]{}=,.#\n\\ \x00\x7fäq10-_\u2028\ufeff\U0001f600"


Lines = list[str]


def other_value(lines: Lines, at: int, chance: random.Random) -> None:
    lines[at] = re.sub(r"= .*", lambda _: f"= {chance.choice(VALUES)}", lines[at], count=1)


def value_from_elsewhere(lines: Lines, at: int, chance: random.Random) -> None:
    values = [value for line in lines if (value := line.partition(" = ")[2])] or [""]
    lines[at] = re.sub(r"= .*", lambda _: f"= {chance.choice(values)}", lines[at], count=1)


def other_name(lines: Lines, at: int, chance: random.Random) -> None:
    names = [name for line in lines if (name := line.partition(" = ")[0])] or [""]
    lines[at] = re.sub(r".* = ", lambda _: f"{chance.choice(names)} = ", lines[at], count=1)


def dropped(lines: Lines, at: int, chance: random.Random) -> None:
    del lines[at : at + chance.randint(1, 3)]


def repeated(lines: Lines, at: int, chance: random.Random) -> None:
    lines[at:at] = lines[at : at + chance.randint(1, 12)]


def moved(lines: Lines, at: int, chance: random.Random) -> None:
    line = lines.pop(at)
    lines.insert(chance.randint(0, len(lines)), line)


def table(lines: Lines, at: int, chance: random.Random) -> None:
    """A whole part with its header: taken away, or put elsewhere as well."""
    heads = [number for number, line in enumerate(lines) if line.startswith("[")] or [0]
    first, to = chance.choice(heads), chance.choice(heads)
    part = lines[first : next((number for number in heads if number > first), len(lines))]
    if chance.random() < 0.5:
        lines[to:to] = part
    else:
        del lines[first : first + len(part)]


def sign(lines: Lines, at: int, chance: random.Random) -> None:
    place = chance.randint(0, len(lines[at]))
    lines[at] = lines[at][:place] + chance.choice(SIGNS) + lines[at][place + chance.randint(0, 2) :]


WAYS = [other_value, other_value, value_from_elsewhere, other_name, dropped, repeated, moved, table, sign]


def mutated(text: str, chance: random.Random) -> str:
    """A text with one thing in it changed, or a few."""
    lines = text.split("\n")
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        if lines:
            chance.choice(WAYS)(lines, chance.randrange(len(lines)), chance)
    return "\n".join(lines)


def read(seed: int) -> CallFile | None:
    """The call of one mutation with its file, None where it is refused."""
    chance = random.Random(seed)
    content = mutated(chance.choice(FILES).read_text(), chance).encode()
    source = CallSource("muutettu.toml", content, REGISTERS)
    began = time.process_time()
    try:
        return CallFile(source, read_call(source))
    except CallFileError as error:
        assert error.faults
        for fault in error.faults:
            # Only what is missing from the file as a whole has no line.
            is_missing = fault.message.original == "Tieto puuttuu. Lisätkää se." and fault.where
            assert fault.line or is_missing, fault
            assert str(fault).startswith("muutettu.toml")
        return None
    finally:
        assert time.process_time() - began < 1


def typed(question: Question) -> Iterator[tuple[str, str]]:
    for number, name in enumerate(question.field_names):
        yield name, ["1000", "aino@example.fi", "x <b>"][number % 3]


def journey(app: Flask, file: CallFile) -> None:
    """An application is begun, each page filled in and saved, and the summary looked at."""
    call = file.call
    # Each is a call of its own, not the next version of the one before it.
    with database.connection_context():
        for model in reversed(models.ALL):
            model.delete().execute()
    app.extensions["calls"] = Calls([file], frozenset({call.key}))
    applicant = Applicant(app).begin(call.key)
    assert applicant.status == 200
    for page in call.pages:
        applicant.go(page.key)
        assert applicant.status == 200, page.key
        questions = [question for section in call.sections_on(page.key) for question in call.questions_in(section.key)]
        form = applicant.form("Tallenna") if "Tallenna" in applicant.text else None
        fields = {name: text for question in questions for name, text in typed(question)}
        if form is not None:
            posted = {name: text for name, text in fields.items() if name in form.data}
            applicant.press("Tallenna", posted)
            assert applicant.status == 200, page.key
            saved = json.loads(applicant.client.get(f"/hakemus/{applicant.reference}/hakemus.json").text)
            for question in questions:
                if isinstance(question, TextQuestion) and question.key in posted:
                    assert saved["answers"][question.key] == posted[question.key]
    applicant.go("yhteenveto")
    assert applicant.status == 200


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_changed_file_is_refused_with_its_spot_or_runs(app: Flask, chunk: int) -> None:
    accepted = 0
    seeds = [int(ONLY)] if ONLY else range(chunk, MUTATIONS, CHUNKS)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for seed in seeds:
        try:
            file = read(seed)
            if file:
                accepted += 1
                journey(app, file)
        except Exception as error:
            raise AssertionError(f"MUTATION={seed}") from error
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    print(f"{len(seeds)} changed files, {accepted} accepted, memory grown by {grown} MB")
    assert grown < 200
    assert ONLY or 0 < accepted < len(seeds)
