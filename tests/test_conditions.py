"""Questions that are asked only while another one is answered so: on the page, in sums, in what is sent."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forms.answers import Answers
from forms.call_file import load_call
from forms.changes import compare
from forms.conditions import circles
from forms.faults import CallFileError
from tests.applicant import Applicant
from tests.conftest import ROOT
from tests.forms_of_pages import parse, text_of

FILE = ROOT / "tests/calls/conditions.toml"
CALL = load_call(FILE)
YES, FIRM = {"q1": {"": "kylla"}}, {"q2": {"yritys": "x"}}


def asked(typed: dict[str, dict[str, str]]) -> str:
    return " ".join(question.key for question in Answers(CALL, typed).open_questions)


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ({}, "q1 q4 q6"),
        ({"q1": {"": "ei"}}, "q1 q4 q6"),
        (YES, "q1 q2 q4 q6"),
        (YES | {"q2": {"koulu": "x"}}, "q1 q2 q4 q6"),
        (YES | FIRM, "q1 q2 q3 q4 q6"),
        # What is not asked decides nothing, whatever is kept of it.
        (FIRM, "q1 q4 q6"),
        ({"q4": {"palkat": "100000"}}, "q1 q4 q6"),
        ({"q4": {"palkat": "100 001"}}, "q1 q4 q5 q6"),
        ({"q4": {"muut": "200000"}}, "q1 q4 q6"),
        ({"q4": {"palkat": "paljon"}}, "q1 q4 q6"),
        ({"q6": {"alue": "x"}}, "q1 q4 q6 q7"),
        ({"q6": {"alue": "x"}, "q7": {"": "9"}}, "q1 q4 q6 q7 q8"),
        ({"q6": {"alue": "x"}, "q7": {"": "0"}}, "q1 q4 q6 q7 q8"),
        ({"q7": {"": "9"}}, "q1 q4 q6"),
    ],
)
def test_what_is_asked(typed: dict[str, dict[str, str]], keys: str) -> None:
    assert asked(typed) == keys


def test_what_is_not_asked_counts_for_nothing_and_is_kept() -> None:
    answers = Answers(CALL, {"q4": {"palkat": "5"}, "q5": {"muut": "7"}, "q3": {"": "x" * 101}})
    assert answers.total("q5") == 0
    assert {problem.question.key for problem in answers.problems} == {"q1", "q6"}
    assert not answers.notes_of(CALL.question("q5"))
    assert answers.to_json()["q5"] == {"palkat": "", "muut": "7"}


def test_a_question_that_comes_or_goes_between_versions_is_a_change() -> None:
    before, after = Answers(CALL, YES | FIRM | {"q3": {"": "Rooli"}}), Answers(CALL, YES | {"q3": {"": "Rooli"}})
    changes = {change.question.key: change for part in compare(before, after).sections for change in part.changes}
    assert set(changes) == {"q2", "q3"}
    assert changes["q3"].after is None
    assert changes["q3"].before


def test_without_scripts_a_button_shows_what_an_answer_opens(small: Callable[..., Applicant]) -> None:
    applicant = small("conditions")
    assert "Kumppanien laji" not in applicant.text
    applicant.press("Näytä valitut kysymykset", {"q1": "kylla"}).press("Tallenna", {"q2": ["yritys"]})
    applicant.press("Tallenna", {"q3": "Maksaa laitteet", "q4.palkat": "200000"})
    assert "Suurten kulujen erittely" in applicant.text
    applicant.press("Tallenna", {"q1": "ei"})
    assert "3. Yrityksen rooli: vastauksenne on säilytetty, mutta sitä ei lähetetä." in applicant.text
    assert "Kysytään, jos kysymyksessä 2 on valittu ”Yritys”." in applicant.text
    summary = applicant.go("yhteenveto").text
    assert "Yrityksen rooli" not in summary
    assert "Yrityksen rooli" in applicant.client.get(f"/hakemus/{applicant.reference}/hakemus.txt").text
    applicant.go("hakemus").press("Tallenna", {"q1": "kylla"})
    assert applicant.value("q3") == "Maksaa laitteet"


def test_what_is_sent_has_only_what_is_asked(small: Callable[..., Applicant]) -> None:
    applicant = small("conditions").press("Tallenna", {"q1": "kylla", "q6": ["alue"]})
    applicant.press("Tallenna", {"q2": ["yritys"]}).press("Tallenna", {"q3": "Rooli"})
    applicant.press("Tallenna", {"q1": "ei"}).go("yhteenveto").send()
    assert "Hakemus on lähetetty" in applicant.text
    record = applicant.client.get(f"/hakemus/{applicant.reference}/versio/1/tietue.json").text
    assert set(json.loads(record)["answers"]) == {"q1", "q4", "q6", "q7"}
    assert "Rooli" not in record


def test_the_form_to_read_says_when_a_question_is_asked(small: Callable[..., Applicant]) -> None:
    words = small("conditions").get("/haku/conditions").text
    assert "2. Kumppanien laji Kysytään, jos kysymyksessä 1 on valittu ”Kyllä”." in words
    assert "Kysytään, jos kysymyksessä 4 ”Palkat” on enemmän kuin 100 000 €." in words
    assert "Kysytään, jos kysymyksessä 7 ”Osallistujat” on vähemmän kuin 10." in words


def fragment_of(applicant: Applicant, fields: dict[str, Any]) -> Any:
    """What htmx gets for a change in the page as it is."""
    form = applicant.form("Tallenna")
    for name, value in fields.items():
        form.data.setlist(name, value if isinstance(value, list) else [value])
    answer = applicant.client.post(form.action, data=form.data, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return parse(answer.text, fragment=True)


def places(fragment: Any) -> dict[str, bool]:
    """The questions and areas that are swapped, and whether they are open now."""
    return {
        node.get("id"): "closed" not in node.get("class")
        for node in fragment.iter("div", "section")
        if node.get("hx-swap-oob") == "true" and re.search(r"\b(question|section)\b", node.get("class") or "")
    }


def test_by_htmx_only_what_opens_or_closes_is_swapped(small: Callable[..., Applicant]) -> None:
    applicant = small("conditions")
    opened = fragment_of(applicant, {"q1": "kylla"})
    assert places(opened) == {"q2": True}
    assert "Avattu: 2. Kumppanien laji" in text_of(opened)
    applicant.go("hakemus")
    assert places(fragment_of(applicant, {"q2": ["yritys"], "q4.palkat": "200 000"})) == {"q3": True, "q5": True}
    applicant.go("hakemus")
    # Both that hang on it go, the second with what was typed into it just now.
    closed = fragment_of(applicant, {"q1": "ei", "q3": "Viime hetken teksti"})
    assert places(closed) == {"q2": False, "q3": False}
    assert "Suljettu: 3. Yrityksen rooli. Vastaukset on säilytetty." in text_of(closed)
    assert "vastauksenne on säilytetty" in text_of(closed)
    assert places(fragment_of(applicant.go("hakemus"), {"q4.muut": "1"})) == {}
    assert places(fragment_of(applicant.go("hakemus"), {"q6": ["alue"]})) == {"alue-alue": True}
    assert places(fragment_of(applicant.go("hakemus"), {"q7": "3"})) == {"q8": True}


def test_another_persons_answer_moves_nothing_on_ones_page(small: Callable[..., Applicant]) -> None:
    applicant = small("conditions")
    form = applicant.form("Tallenna")
    applicant.press("Tallenna", {"q1": "kylla"})
    form.data["q4.palkat"] = "200000"
    answer = applicant.client.post(form.action, data=form.data, headers={"HX-Request": "true"})
    assert places(parse(answer.text, fragment=True)) == {"q5": True}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('question = "q1", is', 'question = "q99", is', "kysymys q2 (2), when.question: Nimeä q99 ei ole."),
        ('is = "kylla"', 'is = "joo"', "kysymys q2 (2), when.is: Nimeä joo ei ole."),
        ('is = "kylla"', 'has = "kylla"', "kysymys q2 (2), when.has: Nimeä has ei ole."),
        ('is = "kylla"', 'above = 5, is = "ei"', "Ehdossa pitää olla tasan yksi näistä: is, has, above, below."),
        ('question = "q1", is = "kylla"', 'question = "q1"', "kysymys q2 (2), when: Ehdossa pitää olla tasan yksi"),
        ('row = "palkat", above', 'row = "palkka", above', "when.row: Nimeä palkka ei ole. Tarkoititteko palkat?"),
        (
            'question = "q7", below',
            'question = "q3", below',
            "kysymys q8 (8), when.question: Kysymyksen q3 (text) vastauksesta ei voi riippua",
        ),
        (
            'label = { fi = "Onko kumppaneita?"',
            'when = { question = "q2", has = "yritys" }\nlabel = { fi = "Onko kumppaneita?"',
            "kysymys q1 (1), when: Kysymykset odottavat toisiaan: q1 → q2 → q1. Poistakaa jokin ehdoista.",
        ),
        (
            'label = { fi = "Alueet"',
            'when = { question = "q8", is = "x" }\nlabel = { fi = "Alueet"',
            "Kysymykset odottavat toisiaan: q6 → q8 → q7 → q6.",
        ),
        ('when = { question = "q7"', 'when = { question = "q8"', "Kysymykset odottavat toisiaan: q8 → q8."),
    ],
)
def test_a_wrong_condition_is_told(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = FILE.read_text()
    assert old in text
    path = tmp_path / FILE.name
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(CallFileError) as error:
        load_call(path)
    assert words in str(error.value), str(error.value)


def test_each_circle_is_named_once() -> None:
    depends = {"a": ["b"], "b": ["c", "a"], "c": ["a"], "d": ["a"], "e": ["e"], "f": []}
    assert list(circles(depends)) == [["a", "b"], ["a", "b", "c"], ["e"]]
