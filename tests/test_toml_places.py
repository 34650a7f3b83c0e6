"""Where in a TOML file a value stands, and that no file is read which would take longer than anybody waits."""

import json
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.call_file import CallSource, read_call
from forms.call_text import MOST_BYTES
from forms.faults import CallFileError
from forms.toml_places import DEEPEST, Location, excess, lines_of
from tests.conftest import ROOT

FILES = [*ROOT.glob("calls/*.toml"), *ROOT.glob("tests/calls/*.toml")]


def locations(node: Any, at: Location = ()) -> Iterator[Location]:
    for step, part in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield (*at, step)
        yield from locations(part, (*at, step))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_value_of_a_call_has_its_line(path: Path) -> None:
    text = path.read_text()
    lines = lines_of(text)
    assert set(lines) == set(locations(tomllib.loads(text)))
    written = text.splitlines()
    for location, line in lines.items():
        if isinstance(location[-1], str):
            assert location[-1] in written[line - 1], location


KEYS = st.sampled_from(["a", "b", "key", "1", "ä", "a b", "#", "a.b", "[x]"])
TEXTS = st.text(st.sampled_from("aä #=.,[]{}'\"\\\n")).map(lambda text: text.replace("\r", ""))


@st.composite
def values(draw: st.DrawFn, depth: int = 0) -> str:  # noqa: PLR0911 - one line a shape
    """A value as TOML may write it."""
    shapes = ["basic", "literal", "long", "long literal", "plain"] + ["list", "table"] * (depth < 3)
    match draw(st.sampled_from(shapes)):
        case "basic":
            return json.dumps(draw(TEXTS))
        case "literal":
            return "'" + draw(TEXTS).replace("'", "").replace("\n", "") + "'"
        case "long":
            return '"""' + draw(TEXTS).replace("\\", "\\\\").replace('"""', '""\\"') + '\\""""'
        case "long literal":
            return "'''" + draw(TEXTS).replace("'", "") + "'''"
        case "list":
            gap = draw(st.sampled_from([" ", "\n", " # ], huomautus\n"]))
            parts = draw(st.lists(values(depth=depth + 1), max_size=3))
            return f"[{gap}" + "".join(f"{part},{gap}" for part in parts) + "]"
        case "table":
            parts = draw(st.lists(values(depth=depth + 1), max_size=3))
            return "{ " + ", ".join(f"k{number}.x = {part}" for number, part in enumerate(parts)) + " }"
    return draw(st.sampled_from(["1", "-1.5e3", "true", "2021-05-17T16:15:00", "2021-05-17 16:15:00+02:00", "inf"]))


@given(st.lists(st.tuples(st.sampled_from(["value", "table", "tables", "blank"]), KEYS, values()), max_size=12))
def test_places_are_those_of_the_standard_reader(parts: list[tuple[str, str, str]]) -> None:
    text, expected = "", {}
    for number, (shape, key, value) in enumerate(parts):
        name = f"{json.dumps(f'{key}{number}')}.x"
        expected[number] = text.count("\n") + 1
        text += {
            "value": f"{name} = {value}\n",
            "table": f"[{name}]\ny = {value}\n",
            "tables": f"[[list.{key if key.isalnum() and key.isascii() else 'z'}]]\ny = {value} # = [\n",
            "blank": "\n# [huomautus] = '\n",
        }[shape]
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        # A value after a table of lists may fall into it under a name that is taken.
        return
    assert excess(text) is None
    lines = lines_of(text)
    assert set(lines) == set(locations(data))
    for number, (shape, key, _) in enumerate(parts):
        if shape == "table":
            assert lines[(f"{key}{number}",)] == expected[number]


HALF = MOST_BYTES // 2
EXHAUSTING = {
    "deep lists": "a = " + "[" * (MOST_BYTES - 9),
    "deep lists, closed": "a = " + "[" * HALF + "]" * (HALF - 9),
    "deep tables": "a = " + "{b=" * (MOST_BYTES // 3 - 9),
    "dots": ".".join("a" * (HALF - 9)) + "=1",
    "dots in a header": "[" + ".".join("a" * (HALF - 9)) + "]",
    "a giant list": "a = [" + "1," * (HALF - 9) + "]",
    "many names": "\n".join(f"a{number}=1" for number in range(MOST_BYTES // 9)),
    "many headers": "\n".join(f"[a{number}]" for number in range(MOST_BYTES // 9)),
    "many questions": "[[questions]]\n" * (MOST_BYTES // 15),
    "names in many headers": "\n".join(f"[a.b.c.d.e.f.g.h.i{number}]" for number in range(MOST_BYTES // 28)),
    "a long number": "a = " + "1" * (MOST_BYTES - 9),
    "a long hexadecimal number": "number = 0x" + "f" * (MOST_BYTES - 99),
    "a text that never ends": 'a = """' + '"""\\' * (MOST_BYTES // 4 - 9),
    "quotes": '"' * MOST_BYTES,
    "line breaks": "\n" * MOST_BYTES,
    "escapes": 'a = "' + "\\n" * (HALF - 9) + '"',
    "a long name": "a" * (MOST_BYTES - 9) + "=1",
    "a long kind": '[[questions]]\nkind="' + "a" * (MOST_BYTES - 99) + '"',
    "fifty megabytes": "a = '" + "x" * 50_000_000 + "'",
    "many faults": "[[questions]]\nkind='text'\n" + "x=1\n[[questions]]\nkind='text'\n" * 199,
    "rows for many": "".join("[[rows.a]]\nkey=1\n" for _ in range(2000))
    + "".join(f"[[questions]]\nkey='q{number}'\nkind='amounts'\nrows='a'\n" for number in range(199)),
}


@pytest.mark.parametrize("name", EXHAUSTING)
def test_what_is_meant_to_exhaust_the_reader_is_refused_at_once(name: str) -> None:
    content = EXHAUSTING[name].encode()
    began = time.process_time()
    with pytest.raises(CallFileError) as error:
        read_call(CallSource("liikaa.toml", content))
    took = time.process_time() - began
    assert took < 1, f"{took:.2f} s"
    assert len(str(error.value)) < 100_000


def test_what_is_merely_deep_is_read() -> None:
    assert excess(f"a = {'[' * DEEPEST}{']' * DEEPEST}") is None
    assert excess(f"a = {'[' * (DEEPEST + 1)}") == (1, excess("[" * 99)[1])  # type: ignore[index]
