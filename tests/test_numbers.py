"""Numbers, tables and choices as people fill them in: what is read, refused, added up, ticked and released."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.clean import clean_line
from forms.counted import parse_number
from forms.question import UnreadableError
from forms.texts import Quantity
from language import localise
from tests.applicant import Applicant
from tests.forms_of_pages import parse, text_of


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        (" 1 250,25 ", "1250.25"),
        ("1\u00a0250", "1250"),
        ("\u22120,5", "-0.5"),
        ("0", "0"),
        ("007", "7"),
    ],
)
def test_numbers_as_finns_type_them(typed: str, number: str) -> None:
    assert parse_number(clean_line(typed), decimals=2) == Decimal(number)


@pytest.mark.parametrize("blank", ["", "  ", "\u00a0"])
def test_a_blank_is_no_number(blank: str) -> None:
    assert parse_number(clean_line(blank)) is None


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("1.250", "ilman tuhaterottimia"),
        ("1,250", "ilman tuhaterottimia"),
        ("1.250.000,5", "ilman tuhaterottimia"),
        ("2,55", "desimaalin"),
        ("noin 5", "numeroilla"),
        ("1e3", "numeroilla"),
        ("NaN", "numeroilla"),
        ("５", "numeroilla"),
        ("1 25", "numeroilla"),
        ("0,4", "vähintään 0,5 km"),
        ("-1", "vähintään 0,5 km"),
        ("1000,1", "enintään 1 000 km"),
        ("1" * 13, "liian suuri"),
    ],
)
def test_a_number_is_refused_with_advice_and_kept(small: Callable[..., Applicant], typed: str, advice: str) -> None:
    applicant = small("number").press("Tallenna", {"q1": typed})
    assert applicant.value("q1") == typed
    assert advice in applicant.text
    applicant.go("yhteenveto")
    assert "1 kohta estää lähettämisen" in applicant.text
    assert advice in applicant.text


@given(st.decimals(-(10**9), 10**9, places=4))
def test_the_program_reads_its_own_numbers_back(number: Decimal) -> None:
    assert parse_number(clean_line(localise(Quantity(number))), decimals=4) == number


@given(st.text())
def test_any_text_is_a_number_blank_or_advice(typed: str) -> None:
    try:
        number = parse_number(clean_line(typed), decimals=2)
    except UnreadableError as error:
        assert error.advice.original
    else:
        assert number is None or number.is_finite()


def test_a_table_says_what_is_wrong_beside_its_cell_and_adds_up_the_rest(small: Callable[..., Applicant]) -> None:
    fields = {"q1.0-osuus": "1.200", "q1.1-osuus": "0", "q1.1-tyo": "0,5", "q1.0-tyo": "1,25"}
    applicant = small("table").press("Tallenna", fields)
    assert "ilman pisteitä" in applicant.said_beside("q1-0-osuus")
    assert not applicant.said_beside("q1-1-osuus")
    assert "Yhteensä, Osuus 0 € Yhteensä, Työmäärä 1,75 htv" in applicant.text
    assert "Rivi 1, Osuus –" in applicant.go("yhteenveto").text
    # An unreadable cell stays as it was typed, zero is no blank.
    assert "Nimi Osuus Työmäärä 1.200 1,25 htv 0 € 0,5 htv" in applicant.text


def test_a_table_grows_without_scripts_and_keeps_its_rows(small: Callable[..., Applicant]) -> None:
    applicant = small("table").press("Lisää rivejä", {"q1.1-nimi": "toinen"}).press("Lisää rivejä", {"q1.3-nimi": "x"})
    assert applicant.value("q1.1-nimi") == "toinen"
    assert applicant.value("q1.4-tyo") == ""
    assert "Lisää rivejä" not in applicant.text
    assert applicant.go("hakemus").value("q1.3-nimi") == "x"


def test_a_table_grows_by_htmx(small: Callable[..., Applicant]) -> None:
    applicant = small("table")
    answer = applicant.client.get(f"/hakemus/{applicant.reference}/rivit/q1", query_string={"maara": 6})
    fragment = parse(answer.text, fragment=True)
    names = [node.get("name") for node in fragment.iter("input")]
    assert names[:3] == ["q1.2-nimi", "q1.2-osuus", "q1.2-tyo"]
    assert names[-1] == "q1.3-tyo"
    assert [node.get("name") for node in fragment.iter() if node.get("autofocus") is not None] == ["q1.2-nimi"]


def test_boxes_are_unticked_and_only_so_many_are_taken(small: Callable[..., Applicant]) -> None:
    applicant = small("multiple_choice")
    assert "Valitkaa enintään 2 vaihtoehtoa." in applicant.text
    applicant.press("Tallenna", {"q1": ["ohjaus", "tyo", "muu"]})
    assert "Painopisteet – Valitkaa enintään 2 vaihtoehtoa." in applicant.text
    applicant.press("Tallenna", {"q1": []})
    assert applicant.client.get(f"/hakemus/{applicant.reference}/hakemus.json").json == {
        "call": "multiple-choice",
        "reference": applicant.reference,
        "answers": {"q1": []},
    }


def test_a_choice_that_need_not_be_made_is_taken_back(small: Callable[..., Applicant]) -> None:
    applicant = small("single_choice").press("Tallenna", {"q1": "muu"}).press("Tallenna", {"q1": ""})
    assert "Toteuttaja Ei vastauksia" in applicant.go("yhteenveto").text
    assert "Mikään ei estä hakemuksen lähettämistä." in applicant.text


def test_a_choice_of_no_page_of_ours_is_none(small: Callable[..., Applicant]) -> None:
    applicant = small("single_choice").press("Tallenna", {"q1": "muu"}).press("Tallenna", {"q1": "<jokin>"})
    assert "Toteuttaja Muu" in applicant.go("yhteenveto").text


def test_what_must_be_chosen_has_no_blank_button(small: Callable[..., Applicant]) -> None:
    applicant = small("yes_no")
    assert applicant.page is not None
    assert [text_of(node) for node in applicant.page.iter("label")] == ["Kyllä", "Ei"]
    assert "alkanut? – Valitkaa kyllä tai ei." in applicant.go("yhteenveto").text
