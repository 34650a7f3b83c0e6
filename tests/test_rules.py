"""Rules and sums across questions, by themselves: what is typed, and what is then wrong, odd or touched."""

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.answers import Answers
from forms.call_file import load_call
from forms.definition import Call
from forms.faults import CallFileError
from forms.question import Typed
from forms.rules import months_after
from language import NBSP, localise
from tests.conftest import ROOT


def call_of(name: str) -> Call:
    return load_call(ROOT / f"tests/calls/{name}.toml")


def found(answers: Answers) -> list[tuple[str, str, str, str]]:
    """Severity, check or rule, question and field of each problem."""
    return [(str(one.severity), one.check, one.question.key, one.suffix) for one in answers.problems]


RULES = call_of("rules")
EQUAL = ("error", "equal_totals", "q2", "")
ABOVE = ("error", "row_above", "q2", "palkat")
SHARE = ("remark", "share", "q2", "muut")


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


BOTH = {"q1": {"alue": "x", "toinen": "x"}}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        # Each area alone is within, both together are not; one that is not chosen adds nothing.
        (BOTH | {"q2": {"okm": "600", "oma": "100"}, "q3": {"okm": "400"}}, None),
        (
            BOTH | {"q2": {"okm": "600", "oma": "100"}, "q3": {"okm": "401"}},
            "Summa (kysymys 2, 3) on 1 001 €. Se saa olla enintään 1 000 €.",
        ),
        ({"q1": {"toinen": "x"}, "q2": {"okm": "600"}, "q3": {"okm": "401"}}, None),
        (
            {"q1": {"toinen": "x"}, "q3": {"okm": "1 001"}},
            "Summa (kysymys 3) on 1 001 €. Se saa olla enintään 1 000 €.",
        ),
        ({"q1": {"alue": "x"}, "q2": {"okm": "90", "oma": "10"}}, None),
        ({"q1": {"alue": "x"}, "q2": {"okm": "91", "oma": "9"}}, "Oma on 9 %. Osuuden pitää olla vähintään 10 %."),
        ({"q1": {"alue": "x"}, "q2": {"okm": "50", "oma": "50"}}, None),
        ({"q1": {"alue": "x"}, "q2": {"okm": "49", "oma": "51"}}, "Oma on 51 %. Osuus saa olla enintään 50 %."),
        ({"q4": {"alku": "1.1.2022", "loppu": "31.12.2024"}}, None),
        ({"q4": {"alku": "1.1.2022", "loppu": "1.1.2025"}}, "Käyttöaika saa olla enintään 36 kuukautta."),
        ({"q4": {"alku": "31.12.2021"}}, "Käyttöaika saa alkaa aikaisintaan 1.1.2022."),
        ({"q4": {"alku": "1.7.2024", "loppu": "1.7.2025"}}, "Käyttöaika saa päättyä viimeistään 30.6.2025."),
        ({"q5": {"": "2,50"}, "q6": {"0-tyo": "0,75", "3-tyo": "1,75"}}, None),
        (
            {"q5": {"": "2"}, "q6": {"0-tyo": "0,75", "3-tyo": "1,75"}},
            "Kysymyksen 6 summa on 2,5 htv ja kysymyksen 5 summa 2 htv. Summien pitää olla yhtä suuret. "
            "Korjatkaa väärä summa.",
        ),
        ({"q5": {"": "2"}, "q6": {"0-tyo": "2"}}, "Summa (kysymys 6) on 2 htv. Sen pitää olla 2,5 htv."),
        (BOTH, "Valitkaa enintään 1 vaihtoehto."),
    ],
)
def test_bounds(typed: Mapping[str, Typed], said: str | None) -> None:
    problems = Answers(call_of("bounds"), typed).problems
    words = [localise(one.message).replace(NBSP, " ") for one in problems if one.is_of_rule or one.check == "too_many"]
    # What other questions lack is not asked here.
    blank = [] if "q5" in typed else ["Summa (kysymys 6) on 0 htv. Sen pitää olla 2,5 htv."]
    both = ["Valitkaa enintään 1 vaihtoehto."] if typed.get("q1") == BOTH["q1"] else []
    assert sorted(words) == sorted(set(blank + both + ([said] if said else [])))


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 60))
def test_months_are_those_of_the_calendar(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("at_most = 1000\n", "", "puuttuu raja. Lisätkää jokin näistä: at_least, at_most, exactly."),
        (
            'of = [["q2", "okm"]',
            'of = [["q4", "okm"]',
            "q4 laji on period. Tässä voi olla vain laji amounts, number, table",
        ),
        (
            'of = [["q6", "tyo"]]',
            'of = [["q6", "nimi"]]',
            "Nimeä nimi ei ole. Korjatkaa tai poistakaa se. Nimet ovat tyo",
        ),
        ('question = "q4"', 'question = "q5"', "Tässä voi olla vain laji period."),
        ("start = 2022-01-01\nend = 2025", "start = 2026-01-01\nend = 2025", "Käyttöaika päättyy ennen kuin se alkaa."),
    ],
)
def test_a_wrong_rule_is_told(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = (ROOT / "tests/calls/bounds.toml").read_text()
    assert old in text
    path = tmp_path / "bounds.toml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(CallFileError) as error:
        load_call(path)
    assert words in str(error.value), str(error.value)
