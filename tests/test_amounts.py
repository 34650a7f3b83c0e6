"""Amounts and dates as people type them (cases E and F)."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.clean import clean_line
from forms.kinds.amounts import MOST, parse_euros
from forms.kinds.period import parse_date
from forms.question import UnreadableError
from tests.applicant import Applicant
from tests.forms_of_pages import parse, text_of

ACCEPTED = [
    "1319500",
    "1 319 500",
    "1\u00a0319\u00a0500",
    "1\u202f319\u202f500",
    "1\u2009319\u2009500",
    "1\t319\t500",
    "1 319 500 €",
    "1 319 500€",
    "1319500 euroa",
    "1319500 euro",
    "1319500 EUR",
    "1319500,00",
    "1 319 500,00 euroa",
    "1319500.00",
    "1319500,-",
    "  1319500  ",
    "1\u0016 319 500",
]
REFUSED = [
    "1319500,50",
    "1 319 500,50",
    "1319500,5",
    "1.319.500",
    "1.319.500,50",
    "1,319,500.50",
    "1.319",
    "1,319",
    "12,345",
    "-5",
    "\u22125",
    "1e6",
    "Infinity",
    "NaN",
    "５",
    "1 319 50",
    "13 19500",
    "1000000000000",
    "=1+1",
    "0x10",
    "1_000",
    "½",
    "noin 5000",
]


@pytest.mark.parametrize("typed", ACCEPTED)
def test_accepted(typed: str) -> None:
    assert parse_euros(clean_line(typed)) == 1_319_500


@pytest.mark.parametrize("typed", REFUSED)
def test_refused_with_advice_and_kept(small: Callable[..., Applicant], typed: str) -> None:
    with pytest.raises(UnreadableError):
        parse_euros(clean_line(typed))
    applicant = small("amounts").press("Tallenna", {"q1.palkat": typed, "q1.muut": "100"})
    assert applicant.value("q1.palkat") == typed
    assert applicant.said_beside("q1-palkat")
    assert not applicant.said_beside("q1-muut")
    # What can be read is summed; what can't is never half read.
    assert "Yhteensä 100 €" in applicant.text
    applicant.go("yhteenveto")
    assert "1 kohta estää lähettämisen" in applicant.text
    assert "Muut 100 €" in applicant.text


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("1319500,50", "ilman senttejä"),
        ("1 319 500,5", "ilman senttejä"),
        ("1.319.500", "ilman pisteitä ja pilkkuja"),
        ("1,319,500.50", "ilman pisteitä ja pilkkuja"),
        ("-5", "ilman miinusmerkkiä"),
        ("10-20", "euroina numeroilla"),
        ("1000000000000", "liian suuri"),
    ],
)
def test_the_advice_fits_the_slip_and_names_the_row(small: Callable[..., Applicant], typed: str, advice: str) -> None:
    applicant = small("amounts").press("Tallenna", {"q1.palkat": typed})
    said = applicant.said_beside("q1-palkat")
    assert advice in said
    assert f"1. Palkat – {said.removeprefix('Virhe: ')}" in applicant.go("yhteenveto").text


@pytest.mark.parametrize("zero", ["0", "0,00", "00", "0 €"])
def test_zero_is_an_answer_and_blank_is_none(small: Callable[..., Applicant], zero: str) -> None:
    applicant = small("amounts").press("Tallenna", {"q1.palkat": zero})
    applicant.go("yhteenveto")
    assert "Palkat 0 € Muut Ei vastauksia Yhteensä 0 €" in applicant.text


@given(
    st.integers(0, MOST), st.sampled_from(["", " ", "\u00a0", "\u202f", "\u2009"]), st.sampled_from(["", " €", ",00"])
)
def test_every_amount_reads_back_however_it_is_grouped(amount: int, blank: str, ending: str) -> None:
    assert parse_euros(f"{amount:,}".replace(",", blank) + ending) == amount


@given(st.text(max_size=30))
def test_any_text_is_an_amount_blank_or_advice(typed: str) -> None:
    try:
        amount = parse_euros(clean_line(typed))
    except UnreadableError as error:
        assert error.advice.original
    else:
        assert amount is None or 0 <= amount <= MOST
        digits = "".join(sign for sign in typed if sign in "0123456789")
        assert amount is None or int(digits.removesuffix("00") or 0) == amount or int(digits) == amount


@pytest.mark.parametrize("typed", ["1.6.2021", "01.06.2021", "2021-06-01", " 1.6.2021 ", "1. 6. 2021"])
def test_dates_accepted(typed: str) -> None:
    day = parse_date(typed)
    assert day is not None
    assert day.isoformat() == "2021-06-01"


@pytest.mark.parametrize(
    "typed",
    [
        "31.12.22",
        "31.12.0022",
        "1.6.20222",
        "1.6.202",
        "31.2.2021",
        "6/1/2021",
        "1.13.2021",
        "0.6.2021",
        "eilen",
        "1.6.",
        "２.6.2021",
    ],
)
def test_dates_refused_and_kept(small: Callable[..., Applicant], typed: str) -> None:
    with pytest.raises(UnreadableError):
        parse_date(typed)
    applicant = small("period").press("Tallenna", {"q1.alku": typed, "q1.loppu": "31.12.2022"})
    assert applicant.value("q1.alku") == typed
    assert "1 kohta estää lähettämisen" in applicant.go("yhteenveto").text


@given(st.text(max_size=20))
def test_any_text_is_a_date_blank_or_advice(typed: str) -> None:
    try:
        day = parse_date(clean_line(typed))
    except UnreadableError as error:
        assert error.advice.original
    else:
        assert day is None or 1990 <= day.year < 2100


def test_a_period_stays_the_same_through_every_round(small: Callable[..., Applicant]) -> None:
    applicant = small("period")
    for _ in range(3):
        applicant.press("Tallenna", {"q1.alku": "01.06.2021", "q1.loppu": "2022-12-31"})
        assert (applicant.value("q1.alku"), applicant.value("q1.loppu")) == ("01.06.2021", "2022-12-31")
    assert "Aloituspäivämäärä 1.6.2021 Lopetuspäivämäärä 31.12.2022" in applicant.go("yhteenveto").text


@pytest.mark.parametrize(
    ("start", "end", "error"),
    [
        ("1.6.2021", "1.6.2021", ""),
        ("2.6.2021", "1.6.2021", "Käyttöaika päättyy ennen kuin se alkaa"),
        ("31.12.2020", "1.1.2023", "1.1.2021–31.12.2022 ulkopuolella"),
        ("1.6.2021", "", "Päivämäärä puuttuu."),
    ],
)
def test_the_order_and_the_offered_period(small: Callable[..., Applicant], start: str, end: str, error: str) -> None:
    applicant = small("period").press("Tallenna", {"q1.alku": start, "q1.loppu": end})
    applicant.go("yhteenveto")
    assert error in applicant.text
    stops = "Käyttöaika päättyy" in error
    assert ("estää lähettämisen" in applicant.text.replace("Mikään ei estä", "")) is stops


def test_the_program_reads_its_own_amounts_back(small: Callable[..., Applicant]) -> None:
    applicant = small("amounts").press("Tallenna", {"q1.palkat": "1319500"})
    page = applicant.go("yhteenveto").page
    assert page is not None
    printed = next(cell.text for cell in page.iter("td") if cell.text and "€" in cell.text)
    assert printed == "1\u00a0319\u00a0500\u00a0€"
    assert parse_euros(clean_line(printed)) == 1_319_500


def test_a_posted_total_is_nothing(small: Callable[..., Applicant]) -> None:
    applicant = small("derived")
    form = applicant.form("Tallenna")
    address, data = form.pressed("Tallenna")
    data["q1.palkat"] = "100"
    data.update({"q1.yhteensa": "999", "q2": "999", "q2.rev": "1", "q2.palkat": "999", "summa": "999"})
    applicant.post(address, data).go("yhteenveto")
    assert "999" not in applicant.text
    assert "Haettava yhteensä 100 €" in applicant.text


def test_amount_fields_are_texts_that_no_wheel_turns(small: Callable[..., Applicant]) -> None:
    page = small("amounts").page
    assert page is not None
    fields = [
        field
        for field in page.iter("input")
        if (field.get("name") or "").startswith("q1.") and field.get("type") != "hidden"
    ]
    assert {(field.get("type"), field.get("inputmode")) for field in fields} == {("text", "decimal")}


def test_rows_are_compared_one_by_one(small: Callable[..., Applicant]) -> None:
    """The original's real answers had two rows swapped and the right total."""
    applicant = small("row_matches").press(
        "Tallenna",
        {"q1.palkat": "1319500", "q2.palkat": "1424150", "q40.eka": "1424150", "q40.toka": "1319500"},
    )
    applicant.go("yhteenveto")
    assert "2 kohtaa estää lähettämisen" in applicant.text
    assert "”Ensimmäinen” on 1 424 150 €, mutta kysymyksen 1 rivillä ”Palkat” on 1 319 500 €" in applicant.text
    assert "”Toinen” on 1 319 500 €, mutta kysymyksen 2 rivillä ”Palkat” on 1 424 150 €" in applicant.text


def test_totals_bounds_and_shares(small: Callable[..., Applicant]) -> None:
    applicant = small("rules").press("Tallenna", {"q1.palkat": "100", "q2.palkat": "0", "q2.muut": ""})
    assert "Rahoituksesta puuttuu 100 €." in applicant.text
    applicant.go("yhteenveto")
    assert "Kysymyksen 1 summa on 100 € ja kysymyksen 2 summa 0 €" in applicant.text
    assert "Summan pitää olla suurempi kuin 0 €." in applicant.text
    applicant.go("hakemus").press("Tallenna", {"q2.palkat": "100"})
    applicant.go("yhteenveto")
    assert "Muut on 0 % rahoituksesta" in applicant.text
    applicant.go("hakemus").press("Tallenna", {"q1.muut": "14", "q2.muut": "14"})
    assert "Muut: 12,3 % rahoituksesta" in applicant.text


def test_a_row_that_repeats_nothing_may_stay_blank_or_be_zero(small: Callable[..., Applicant]) -> None:
    applicant = small("row_matches").press("Tallenna", {"q2.palkat": "0", "q40.eka": "0"})
    assert "Mikään ei estä hakemuksen lähettämistä." in applicant.go("yhteenveto").text


@pytest.mark.parametrize(
    ("financing", "said", "is_ok"),
    [
        ("70", "Rahoituksesta puuttuu 30 €.", False),
        ("130", "Rahoitusta on 30 € enemmän kuin kustannuksia.", False),
        ("100", "Kustannukset ja rahoitus täsmäävät.", True),
    ],
)
def test_how_far_costs_and_financing_are_apart(
    small: Callable[..., Applicant], financing: str, said: str, is_ok: bool
) -> None:
    applicant = small("rules").press("Tallenna", {"q1.palkat": "100", "q2.palkat": financing})
    assert applicant.page is not None
    notes = [line for line in applicant.page.iter("p") if "note" in line.get("class", "").split()]
    marked = {text_of(note): "ok" in note.get("class").split() for note in notes}
    assert marked == {said: is_ok, "Muut: 0 % rahoituksesta": False}
    # It is the financing that is to be mended.
    assert ("2. Rahoitus – Kysymyksen 1 summa" in applicant.go("yhteenveto").text) is not is_ok


def test_a_save_brings_the_state_of_all_that_a_rule_compares_with_it(small: Callable[..., Applicant]) -> None:
    applicant = small("row_matches")
    address, data = applicant.form("Tallenna").pressed("Tallenna")
    posted = {name: value for name, value in data.items() if not name.startswith(("q2", "q40"))} | {"q1.palkat": "1"}
    answer = applicant.client.post(address, data=posted, headers={"HX-Request": "true"})
    assert "q40-tila" in [node.get("id") for node in parse(answer.text, fragment=True).iter()]


def test_nothing_matches_before_anything_is_typed(small: Callable[..., Applicant]) -> None:
    assert "täsmäävät" not in small("rules").text


def test_sums_of_a_call_without_areas_speak_of_none(small: Callable[..., Applicant]) -> None:
    applicant = small("derived").press("Tallenna", {"q1.palkat": "100", "q1.muut": "20"}).go("yhteenveto")
    assert "Summat Haettava Kustannukset Yhteensä 100 € 120 €" in applicant.text
    assert "kehittämiskokonaisuu" not in applicant.text.lower()
