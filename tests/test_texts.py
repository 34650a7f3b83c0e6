"""One rule for long texts everywhere: counted, kept, given back as typed (cases D)."""

import json
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.clean import clean_text
from forms.definition import Call
from forms.kinds.text import TextQuestion
from tests.applicant import Applicant


def first_text(call: Call) -> TextQuestion:
    return call.of_kind(TextQuestion)[0]


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("a\r\nb\rc\nd", 7),
        ("a\u0308", 1),
        ("😀" * 10, 10),
        ("a\x00b\x08c\x0bd", 5),
        ("\n\nkaksi", 7),
        ("  väli  ", 8),
        ("a\tb", 3),
    ],
)
def test_counting(typed: str, count: int) -> None:
    assert len(clean_text(typed)) == count


@given(st.text() | st.text(alphabet="aZ\u0308\u030c\x00\x0b\x1f\x8e\x96\r\n\uf0b7\ud800"))
def test_cleaning_settles_at_once_and_leaves_no_control_character(typed: str) -> None:
    cleaned = clean_text(typed)
    assert clean_text(cleaned) == cleaned
    assert clean_text(cleaned.replace("\n", "\r\n")) == cleaned
    assert not [sign for sign in cleaned if sign not in "\n\t" and unicodedata.category(sign) in ("Cc", "Cs")]


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Co", "Zl", "Zp"]) | st.sampled_from("\n\t")))
def test_cleaning_leaves_all_else_as_typed(typed: str) -> None:
    assert clean_text(typed) == unicodedata.normalize("NFC", typed)


@pytest.mark.parametrize(
    ("pasted", "read"),
    [
        ("rivi\x0btoinen\x0cuusi sivu", "rivi\ntoinen\nuusi sivu"),
        ("a\u2028b\u2029c", "a\nb\nc"),
        ("1.1.2021\x9631.12.2022 \x94yhdessä\x94 \x85", "1.1.2021–31.12.2022 ”yhdessä” …"),
        ("\uf0b7\tohjaus\r\uf0a7\ttaidot\r\uf0fc\tvalmis", "•\tohjaus\n•\ttaidot\n✓\tvalmis"),
        ("\uf0e0 \uf02d \uf0a8 \uf0fe", "→ – ☐ ☑"),
        ("VR\x1ehanke, am\x1fmatti", "VR\u2011hanke, ammatti"),
        ("a\x00\u0308", "ä"),
    ],
)
def test_what_only_a_word_processor_shows_becomes_ordinary(pasted: str, read: str) -> None:
    assert clean_text(pasted) == read


@given(st.text(alphabet="ab\n😀ä", max_size=40), st.integers(-40, 2))
def test_the_counter_and_the_check_agree(call: Call, typed: str, near: int) -> None:
    question = first_text(call)
    text = question.clean("x" * (question.limit + near) + typed)
    answer = {"": text} if text else {}
    too_long = any(problem.check == "too_long" for problem in question.problems(answer))
    assert too_long is question.is_over(answer) is (len(text) > question.limit)


def test_line_breaks_count_as_one(applicant: Applicant, call: Call) -> None:
    question = first_text(call)
    fits = "x" * (question.limit - 100) + "\n" * 50 + "y" * 50
    applicant.begin().go("kehittamiskokonaisuudet").press("Näytä valitut kysymykset", {"q3": ["opetus"]})
    applicant.press("Tallenna", {"q4": fits})
    assert "0 merkkiä jäljellä" in applicant.text
    assert applicant.value("q4") == fits
    applicant.press("Tallenna", {"q4": fits + "z"})
    assert "1 merkki liikaa" in applicant.text


def test_a_text_over_the_limit_is_kept_whole_and_only_sending_is_refused(small: Callable[..., Applicant]) -> None:
    applicant = small("text").press("Tallenna", {"q1": "x" * 120})
    assert "100 merkkiä liikaa" in applicant.text
    assert applicant.value("q1") == "x" * 120
    applicant.go("yhteenveto").send()
    assert applicant.status == 422
    assert "Vastauksessa on 100 merkkiä liikaa: enimmäispituus on 20 merkkiä." in applicant.text


@pytest.mark.parametrize(
    ("typed", "rows"), [("lyhyt", 8), ("rivi\n" * 19 + "rivi", 21), ("x" * 74 + "\n" + "x" * 700, 12)]
)
def test_a_field_shows_the_whole_text_and_a_row_to_go_on(
    small: Callable[..., Applicant], typed: str, rows: int
) -> None:
    page = small("text").press("Tallenna", {"q1": typed}).page
    assert page is not None
    assert [field.get("rows") for field in page.iter("textarea")] == [str(rows)]


@pytest.mark.parametrize(
    "typed",
    [
        "\n\nalkaa tyhjillä riveillä",
        "  sisennys\n      - kohta",
        "</textarea><script>alert(1)</script>",
        "& < > \" ' {{ 7*7 }} %(n)s",
        "Sámi áčđŋšŧž Привет Ωμέγα → ✓ 😀",
        "loppuu riviin\n",
    ],
)
def test_a_text_comes_back_as_typed_round_after_round(small: Callable[..., Applicant], typed: str) -> None:
    applicant = small("text")
    for _ in range(3):
        applicant.press("Tallenna", {"q1": typed})
        assert applicant.value("q1") == typed
    stored = json.loads(applicant.client.get(f"/hakemus/{applicant.reference}/hakemus.json").text)
    assert stored["answers"]["q1"] == typed
    page = applicant.go("yhteenveto").page
    assert page is not None
    assert [node.text for node in page.iter("div") if node.get("class") == "answer-text"] == [typed]


def test_control_characters_are_removed_everywhere(small: Callable[..., Applicant]) -> None:
    applicant = small("contact").press("Tallenna", {"q1.nimi": "abc\x00def\x08", "q1.sahkoposti": "a\x00@example.fi"})
    assert applicant.value("q1.nimi") == "abcdef"
    assert applicant.value("q1.sahkoposti") == "a@example.fi"


def test_everything_typed_can_be_downloaded_as_text(applicant: Applicant) -> None:
    applicant.begin().go("kehittamiskokonaisuudet").press("Näytä valitut kysymykset", {"q3": ["opetus"]})
    applicant.press("Tallenna", {"q4": "Ensimmäinen <rivi> & toinen\n  - kohta", "q7.muut": "1 500"})
    applicant.press("Näytä valitut kysymykset", {"q3": []})
    answer = applicant.client.get(f"/hakemus/{applicant.reference}/hakemus.txt")
    text = answer.data.decode("utf-8-sig")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={applicant.reference}.txt"
    # What is not chosen now is one's own text all the same.
    assert "Ensimmäinen <rivi> & toinen\r\n  - kohta" in text
    assert "Muut kulut: 1\u00a0500\u00a0€" in text
