"""Rules and sums across questions, by themselves: what is typed, and what is then wrong, odd or touched."""

from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.answers import Answers
from forms.call_file import load_call
from forms.definition import Call
from forms.question import Typed
from tests.conftest import ROOT


def call_of(name: str) -> Call:
    return load_call(ROOT / f"tests/calls/{name}.toml")


def found(answers: Answers) -> list[tuple[str, str, str, str]]:
    """Severity, check or rule, question and field of each problem."""
    return [(str(one.severity), one.check, one.question.key, one.suffix) for one in answers.problems]


RULES = call_of("rules")
EQUAL = ("error", "equal_totals", "q2", "")
ABOVE = ("error", "row_above", "q2", "palkat")
SHARE = ("remark", "share_above", "q2", "muut")


@pytest.mark.parametrize(
    ("costs", "financing", "expected"),
    [
        ({"palkat": "100"}, {"palkat": "99", "muut": "1"}, []),
        ({"palkat": "100"}, {"palkat": "99"}, [EQUAL, SHARE]),
        ({"palkat": "99"}, {"palkat": "99", "muut": "1"}, [EQUAL]),
        ({"palkat": "100"}, {"palkat": "100"}, [SHARE]),
        ({"palkat": "100"}, {"palkat": "100", "muut": "0"}, [SHARE]),
        ({"muut": "100"}, {"muut": "100"}, [ABOVE]),
        ({"muut": "100"}, {"palkat": "0", "muut": "100"}, [ABOVE]),
        ({}, {}, [ABOVE]),
        # A sum over an amount that can't be read proves nothing.
        ({"palkat": "sata"}, {"muut": "1"}, [("error", "unreadable", "q1", "palkat"), ABOVE]),
        ({"palkat": "100"}, {"palkat": "sata"}, [("error", "unreadable", "q2", "palkat")]),
    ],
)
def test_totals_bounds_and_shares(costs: Typed, financing: Typed, expected: list[tuple[str, str, str, str]]) -> None:
    assert found(Answers(call_of("rules"), {"q1": costs, "q2": financing})) == expected


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 99))
def test_a_share_must_be_above_its_bound(part: int, rest: int, bound: int) -> None:
    rule = RULES.rules[2].model_copy(update={"above_percent": bound})
    typed = {"muut": str(part), "palkat": str(rest)}
    is_low = bool(list(rule.problems(Answers(RULES, {"q2": typed}))))
    assert is_low is (part + rest > 0 and Fraction(part, part + rest or 1) <= Fraction(bound, 100))


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [({"eka": "1", "toka": "2"}, []), ({"eka": "2", "toka": "1"}, ["eka", "toka"]), ({"eka": "1"}, ["toka"])],
)
def test_rows_that_repeat_others(rows: Mapping[str, str], wrong: list[str]) -> None:
    typed = {"q1": {"palkat": "1"}, "q2": {"palkat": "2", "muut": "50"}, "q40": rows}
    assert found(Answers(call_of("row_matches"), typed)) == [("error", "row_matches", "q40", row) for row in wrong]


def test_what_an_answer_touches() -> None:
    answers = Answers(call_of("rules"), {})
    assert answers.touched_by({"q1"}) == {"q1", "q2"}
    assert Answers(call_of("derived"), {}).touched_by({"q1"}) == {"q1"}


def test_a_closed_area_counts_for_nothing(call: Call) -> None:
    amounts = {"q7": {"muut": "100"}, "q8": {"okm": "90", "oma": "10"}}
    is_open = Answers(call, {"q3": {"opetus": "x"}, **amounts})
    is_closed = Answers(call, {"q3": {"tieto": "x"}, **amounts})
    assert (is_open.total("q7"), is_open.amount("q8", "okm")) == (100, 90)
    assert (is_closed.total("q7"), is_closed.amount("q8", "okm")) == (0, None)
    assert [note.is_ok for note in is_open.notes_of(call.question("q8"))] == [True, False]
    assert is_closed.notes_of(call.question("q8")) == []
    assert not [one for one in is_closed.problems if one.question.key in ("q7", "q8")]
