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


def small(kind: str, *changes: tuple[str, str]) -> list[Call]:
    """A small call as it is and changed."""
    path = ROOT / f"tests/calls/{kind}.toml"
    return [changed(path=path), changed(*changes, path=path)]


TYO = r'(key = "tyo".*?)'


@pytest.mark.parametrize(
    ("kind", "change", "words", "there", "back"),
    [
        ("attachment", ("most_megabytes = 1", "most_megabytes = 4"), "tiedoston enimmäiskoko megatavuina 1 → 4", 1, 0),
        ("multiple_choice", ("at_most = 2", "at_most = 3"), "enintään 2 → 3", 1, 0),
        ("multiple_choice", ("at_most = 2", ""), "enintään 2 → –", 1, 0),
        ("multiple_choice", ("at_least = 1", "at_least = 2"), "vähintään 1 → 2", 0, 1),
        ("single_choice", (r'^    \{ key = "muu"[^\n]*\n', ""), "poistettu: Muu", 0, 1),
        ("single_choice", ('fi = "Muu"', 'fi = "Joku muu"'), "”Joku muu”: teksti on muuttunut", 1, 1),
        ("table", (TYO + "decimals = 2", r"\1decimals = 1"), "”Työmäärä”: desimaaleja enintään 2 → 1", 0, 1),
        ("table", (TYO + '"htv"', r'\1"kk"'), "”Työmäärä”: yksikkö htv → kk", 0, 0),
        ("table", (TYO + "decimals = 2", r"\1decimals = 2, at_most = 1.5"), "”Työmäärä”: enintään – → 1,5", 0, 1),
        ("table", (TYO + "total = true", r"\1total = false"), "”Työmäärä”: summaa ei enää lasketa", 0, 0),
        ("table", ('kind = "text"', 'kind = "number"'), "”Nimi”: vastaustapa on muuttunut", 0, 0),
        ("table", ("most_rows = 5", "most_rows = 8"), "rivejä enintään 5 → 8", 1, 0),
        (
            "period",
            (r"end = (\d{4})-\d\d-\d\d", r"end = \1-12-30"),
            "päättyy viimeistään 31.12.2022 → 30.12.2022",
            0,
            1,
        ),
    ],
)
def test_a_kind_has_words_for_all_that_it_has(
    app: Flask, kind: str, change: tuple[str, str], words: str, there: int, back: int
) -> None:
    """There and back: what takes nothing away hurts nobody."""
    old, new = small(kind, change)
    found = compare(old, new)
    assert said(app, found) == [f"Kysymys 1: {words}"]
    swedish = said(app, found, "sv")
    assert swedish != [f"Kysymys 1: {words}"]
    assert swedish[0].startswith("Fråga 1: ")
    assert [are_harmless(found), are_harmless(compare(new, old))] == [bool(there), bool(back)]


def when(key: str, condition: str = "") -> tuple[str, str]:
    """Another condition of a question, or none."""
    return rf'(\nkey = "{key}"\n(?:(?!\n\[\[).)*?)when = [^\n]*', rf"\g<1>{condition}"


@pytest.mark.parametrize(
    ("change", "words", "there", "back"),
    [
        # An answer to it is required; it hides what was written by those who do not meet it.
        (when("q3"), ["Kysymys 3: kysytään nyt kaikilta"], False, False),
        # A rule that stops sending looks at it.
        (when("q5"), ["Kysymys 5: kysytään nyt kaikilta"], False, False),
        (when("q8"), ["Kysymys 8: kysytään nyt kaikilta"], True, False),
        (
            when("q8", 'when = { question = "q1", is = "kylla" }'),
            ["Kysymys 8: ehto on muuttunut. Kysytään, jos kysymyksessä 1 on valittu ”Kyllä”."],
            False,
            False,
        ),
    ],
)
def test_a_condition_comes_and_goes(
    app: Flask, change: tuple[str, str], words: list[str], there: bool, back: bool
) -> None:
    old, new = small("conditions", change)
    assert said(app, compare(old, new)) == words
    assert [are_harmless(compare(old, new)), are_harmless(compare(new, old))] == [there, back]
    assert "ehto" in said(app, compare(new, old))[0]


def test_what_a_question_waits_for_may_get_another_key(app: Flask) -> None:
    old, new = small("conditions", *[('"q7"', '"q9"')] * 2)
    found = compare(old, new, {"q7": "q9"})
    assert said(app, found) == ["Kysymys 7: vastaukset siirtyvät avaimelta q7 avaimelle q9"]


@pytest.mark.parametrize(
    ("kind", "change", "words", "there", "back"),
    [
        ("bounds", ("at_most = 1000", "at_most = 2000"), "”summan raja” (kysymys 2, 3): enintään 1 000 → 2 000", 1, 0),
        ("bounds", ("most_months = 36", ""), "”käyttöajan rajat” (kysymys 4): kuukausia enintään 36 → –", 1, 0),
        (
            "bounds",
            ("start = 2022-01-01\n", "start = 2022-02-01\n"),
            "”käyttöajan rajat” (kysymys 4): alkaa aikaisintaan 1.1.2022 → 1.2.2022",
            0,
            1,
        ),
        (
            "bounds",
            ("at_least_percent = 10", "at_least_percent = 5"),
            "”osuus summasta” (kysymys 2): osuus prosentteina vähintään 10 → 5",
            1,
            0,
        ),
        # It only remarks.
        ("bounds", ("exactly = 2.5", "exactly = 3"), "”summan raja” (kysymys 6): tasan 2,5 → 3", 1, 1),
        ("rules", ("above = 0", "above = 5"), "”rivin alaraja” (kysymys 2): enemmän kuin 0 → 5", 0, 1),
        ("rules", ('"remark"', '"error"'), "”osuus summasta” (kysymys 2): tarkistus on tiukempi", 0, 1),
        (
            "rules",
            (r'^\[\[rules\]\]\nkind = "equal_totals".*?(?=^\[\[)', ""),
            "”summat yhtä suuret” (kysymys 1, 2): poistettu",
            1,
            0,
        ),
        ("rules", (r'^\[\[rules\]\]\nkind = "share".*', ""), "”osuus summasta” (kysymys 2): poistettu", 1, 1),
    ],
)
def test_a_rule_comes_goes_and_changes(
    app: Flask, kind: str, change: tuple[str, str], words: str, there: int, back: int
) -> None:
    old, new = small(kind, change)
    found = compare(old, new)
    assert said(app, found) == [f"Tarkistus {words}"]
    assert said(app, found, "sv")[0].startswith("Kontroll ”")
    assert [are_harmless(found), are_harmless(compare(new, old))] == [bool(there), bool(back)]


def test_a_rule_stays_where_its_question_gets_another_key(app: Flask) -> None:
    old, new = small("rules", *[('"q1"', '"q9"')] * 2)
    assert said(app, compare(old, new, {"q1": "q9"})) == ["Kysymys 1: vastaukset siirtyvät avaimelta q1 avaimelle q9"]
    assert "Tarkistus ”summat yhtä suuret” (kysymys 1, 2): poistettu" in said(app, compare(old, new))
