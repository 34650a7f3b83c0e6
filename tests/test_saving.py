"""What a save means: nothing seen as saved is lost, nothing unseen is overwritten (design 4; cases B, C, H, I)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from models.application import Answer, AnswerVersion
from services.drafts import Stored
from services.saving import Rendered, _merge
from tests.applicant import Applicant
from tests.forms_of_pages import parse, text_of

pytestmark = pytest.mark.both

HTMX = {"HX-Request": "true"}


def second_browser(app: Flask, applicant: Applicant) -> Applicant:
    """Another person, in by the link that the first one sees."""
    page = applicant.get(f"/hakemus/{applicant.reference}/tallennettu").page
    assert page is not None
    link = next(link.get("href") for link in page.iter("a") if "/jatka/" in (link.get("href") or ""))
    return Applicant(app).get(link.removeprefix("http://127.0.0.1:8000"))


def two_in_one(small: Callable[..., Applicant], name: str, fields: dict[str, Any]) -> tuple[Applicant, Applicant]:
    """Two browsers that show the same page of one application, with these fields saved."""
    first = small(name)
    first.press("Tallenna", fields)
    second = second_browser(first.client.application, first)
    first.go("hakemus")
    return first, second


def test_two_people_changing_the_same_text_see_both(small: Callable[..., Applicant]) -> None:
    first, second = two_in_one(small, "text", {"q1": "alku"})
    second.press("Tallenna", {"q1": "toisen teksti"})
    first.press("Tallenna", {"q1": "minun tekstini"})
    assert first.status == 409
    assert "toisen teksti" in first.text
    assert first.value("q1") == "minun tekstini"
    # A second press does not decide anything by itself; choosing does.
    first.press("Tallenna")
    assert first.status == 409
    first.press("Tallenna oma vastaukseni")
    assert first.status == 200
    assert first.value("q1") == "minun tekstini"


def test_the_same_by_htmx(small: Callable[..., Applicant]) -> None:
    first, second = two_in_one(small, "text", {"q1": "alku"})
    second.press("Tallenna", {"q1": "toisen teksti"})
    address, data = first.form("Tallenna").pressed("Tallenna")
    data["q1"] = "minun tekstini"
    answer = first.client.post(address, data=data, headers=HTMX)
    assert answer.status_code == 409
    fragment = parse(answer.text, fragment=True)
    assert "toisen teksti" in text_of(fragment)
    assert not list(fragment.iter("textarea")), "a field in use is never swapped"
    # The same stale post again stays a clash.
    assert first.client.post(address, data=data, headers=HTMX).status_code == 409


def test_different_rows_and_questions_do_not_clash(small: Callable[..., Applicant]) -> None:
    first, second = two_in_one(small, "amounts", {"q1.palkat": "1", "q1.muut": "2"})
    second.press("Tallenna", {"q1.palkat": "10"})
    first.press("Tallenna", {"q1.muut": "20"})
    assert first.status == 200
    assert (first.value("q1.palkat"), first.value("q1.muut")) == ("10", "20")


def test_equal_texts_do_not_clash(small: Callable[..., Applicant]) -> None:
    first, second = two_in_one(small, "text", {"q1": "alku"})
    second.press("Tallenna", {"q1": "sama"})
    assert first.press("Tallenna", {"q1": "sama"}).status == 200


def test_an_untouched_field_does_not_bring_back_old_text(small: Callable[..., Applicant]) -> None:
    """A whole page is posted by Tallenna; only what was touched is written."""
    first, second = two_in_one(small, "text", {"q1": "vanha"})
    second.press("Tallenna", {"q1": "uusi"})
    first.press("Tallenna")
    assert first.status == 200
    assert first.value("q1") == "uusi"


def test_one_person_never_clashes_with_herself(small: Callable[..., Applicant]) -> None:
    applicant = small("text")
    address, data = applicant.form("Tallenna").pressed("Tallenna")
    data["q1"] = "ensin"
    assert applicant.client.post(address, data=data, headers=HTMX).status_code == 200
    # The same page, which has not got the new .rev yet.
    data["q1"] = "ensin ja sitten"
    assert applicant.post(address, data).status == 200
    assert applicant.value("q1") == "ensin ja sitten"


def test_a_page_that_left_anothers_change_alone_goes_on_showing_the_old_text(small: Callable[..., Applicant]) -> None:
    """After an untouched post the new .rev must not claim that the other's text was seen."""
    first, second = two_in_one(small, "text", {"q1": "vanha"})
    second.press("Tallenna", {"q1": "uusi"})
    address, data = first.form("Tallenna").pressed("Tallenna")
    fragment = parse(first.client.post(address, data=data, headers=HTMX).text, fragment=True)
    data["q1.rev"] = next(field.get("value") for field in fragment.iter("input") if field.get("name") == "q1.rev")
    data["q1"] = "vanha ja lisää"
    assert first.client.post(address, data=data, headers=HTMX).status_code == 409


def test_a_field_that_is_not_posted_stays(small: Callable[..., Applicant]) -> None:
    applicant = small("amounts").press("Tallenna", {"q1.palkat": "1", "q1.muut": "2"})
    address, data = applicant.form("Tallenna").pressed("Tallenna")
    del data["q1.muut"]
    data["q1.palkat"] = "3"
    data["q99"] = data["tuntematon.rivi"] = "x"
    applicant.post(address, data)
    assert (applicant.value("q1.palkat"), applicant.value("q1.muut")) == ("3", "2")
    # A question without its .rev takes no part at all.
    del data["q1.rev"]
    data["q1.palkat"] = "4"
    assert applicant.post(address, data).value("q1.palkat") == "3"


def test_a_cleared_answer_stays_cleared(small: Callable[..., Applicant]) -> None:
    applicant = small("text").press("Tallenna", {"q1": "jotain"})
    applicant.press("Tallenna", {"q1": ""})
    assert second_browser(applicant.client.application, applicant).value("q1") == ""


def test_partners_stay_in_their_rows(small: Callable[..., Applicant]) -> None:
    applicant = small("partners").press("Tallenna", {"q1.2": "Kolmas", "q1.0": "Ensimmäinen"})
    assert [applicant.value(f"q1.{row}") for row in range(5)] == ["Ensimmäinen", "", "Kolmas", "", ""]
    assert "1. Ensimmäinen 2. Ei vastauksia 3. Kolmas" in applicant.go("yhteenveto").text


def test_more_rows_without_scripts_keep_what_was_typed(small: Callable[..., Applicant]) -> None:
    applicant = small("partners").press("Lisää rivejä", {"q1.0": "Ensimmäinen"})
    assert applicant.value("q1.0") == "Ensimmäinen"
    applicant.press("Tallenna", {"q1.7": "Kahdeksas"})
    assert applicant.value("q1.7") == "Kahdeksas"
    assert "Lisää rivejä" not in applicant.text


def test_unticking_keeps_the_answers_and_sends_none(small: Callable[..., Applicant]) -> None:
    applicant = small("areas").press("Näytä valitut kysymykset", {"q1": ["yksi", "kaksi"]})
    applicant.press("Tallenna", {"q2": "yhden", "q3": "kahden"})
    applicant.press("Näytä valitut kysymykset", {"q1": ["kaksi"]})
    assert "Yksi: valinta on poistettu. Vastauksenne on säilytetty" in applicant.text
    summary = applicant.go("yhteenveto").text
    assert "yhden" not in summary.replace("Yhden kuvaus", "")
    assert "kahden" in summary
    applicant.go("hakemus").press("Näytä valitut kysymykset", {"q1": ["yksi", "kaksi"]})
    assert applicant.value("q2") == "yhden"


def test_no_box_ticked_is_an_answer(small: Callable[..., Applicant]) -> None:
    applicant = small("areas").press("Näytä valitut kysymykset", {"q1": ["yksi"]})
    applicant.press("Näytä valitut kysymykset", {"q1": []})
    assert "q1" not in applicant.form("Tallenna").data
    assert "Valitkaa vähintään yksi kehittämiskokonaisuus." in applicant.go("yhteenveto").text


def test_earlier_values_are_kept_and_bursts_are_merged(small: Callable[..., Applicant]) -> None:
    first, second = two_in_one(small, "text", {"q1": "yksi"})
    for text in ("kaksi", "kolme"):
        first.press("Tallenna", {"q1": text})
    second.go("hakemus").press("Tallenna", {"q1": "neljä"})
    assert Answer.get(Answer.question == "q1").value == {"": "neljä"}
    earlier = [version.value[""] for version in AnswerVersion.select().order_by(AnswerVersion.revision)]
    assert "kolme" in earlier, "the value that another person replaced is always kept"


def test_keeping_mine_keeps_the_others_rows_too(small: Callable[..., Applicant]) -> None:
    """In a clash only what both changed is decided; rows that I never touched stay as the other left them."""
    first, second = two_in_one(small, "partners", {"q1.0": "yhteinen"})
    second.press("Tallenna", {"q1.0": "toisen", "q1.2": "kolmas", "q1.3": "neljäs"})
    first.press("Tallenna", {"q1.0": "minun"})
    assert first.status == 409
    assert [first.value(f"q1.{row}") for row in range(4)] == ["minun", "", "kolmas", "neljäs"]
    first.press("Tallenna oma vastaukseni")
    assert [first.value(f"q1.{row}") for row in range(4)] == ["minun", "", "kolmas", "neljäs"]


def test_a_text_that_lost_a_clash_is_kept(small: Callable[..., Applicant]) -> None:
    first, second = two_in_one(small, "text", {"q1": "alku"})
    second.press("Tallenna", {"q1": "toisen"})
    first.press("Tallenna", {"q1": "minun"})
    # The page is closed without a decision.
    text = second.get(f"/hakemus/{second.reference}/aiemmat/q1").text
    assert "minun" in text
    assert "Jäi tallentamatta ristiriidassa" in text


def test_each_page_that_lost_a_clash_has_its_last_text_kept(small: Callable[..., Applicant]) -> None:
    first, second = two_in_one(small, "text", {"q1": "alku"})
    third = second_browser(first.client.application, first)
    first.go("hakemus")
    second.press("Tallenna", {"q1": "toisen"})
    address, data = first.form("Tallenna").pressed("Tallenna")
    for text in ("minun, kesken", "minun, valmis"):
        data["q1"] = text
        assert first.client.post(address, data=data, headers=HTMX).status_code == 409
    assert third.press("Tallenna", {"q1": "kolmannen"}).status == 409
    text = second.get(f"/hakemus/{second.reference}/aiemmat/q1").text
    assert text.count("Jäi tallentamatta ristiriidassa") == 2
    assert "minun, valmis" in text
    assert "kolmannen" in text
    assert "kesken" not in text


def test_an_unknown_box_unticks_nothing(small: Callable[..., Applicant]) -> None:
    applicant = small("areas").press("Näytä valitut kysymykset", {"q1": ["yksi"]})
    applicant.press("Tallenna", {"q1": ["hakkeri"]})
    assert applicant.form("Tallenna").data.getlist("q1") == ["yksi"]


def test_more_rows_come_by_htmx_as_often_as_asked(small: Callable[..., Applicant]) -> None:
    applicant = small("partners")
    assert applicant.page is not None
    button = next(node for node in applicant.page.iter("button") if node.get("name") == "lisaa")
    answer = applicant.client.get(button.get("hx-get"), headers=HTMX)
    fragment = parse(answer.text, fragment=True)
    assert [field.get("name") for field in fragment.iter("input")] == ["q1.5", "q1.6", "q1.7"]
    assert not list(fragment.iter("button")), "there are no more than the call allows"


def test_an_overtaken_post_of_ones_own_page_writes_nothing(small: Callable[..., Applicant]) -> None:
    """A save that hung on its way arrives after the one that was typed later."""
    applicant = small("text")
    address, data = applicant.form("Tallenna").pressed("Tallenna")
    late, newer = data.copy(), data.copy()
    late["q1"], late["laskuri"] = "vanhempi", "1"
    newer["q1"], newer["laskuri"] = "vanhempi ja uudempi", "2"
    assert applicant.client.post(address, data=newer, headers=HTMX).status_code == 200
    assert applicant.client.post(address, data=late, headers=HTMX).status_code == 200
    assert applicant.go("hakemus").value("q1") == "vanhempi ja uudempi"


def test_a_post_without_a_number_is_never_taken_as_overtaken(small: Callable[..., Applicant]) -> None:
    """Scripts number their posts; when they break off in mid-page, the button still saves."""
    applicant = small("text")
    address, data = applicant.form("Tallenna").pressed("Tallenna")
    data["q1"], data["laskuri"] = "numeroitu", "1"
    assert applicant.client.post(address, data=data, headers=HTMX).status_code == 200
    data["q1"], data["laskuri"] = "numeroitu ja jatkettu", ""
    assert applicant.post(address, data).value("q1") == "numeroitu ja jatkettu"


def test_replacing_a_whole_text_keeps_it(small: Callable[..., Applicant]) -> None:
    """Also within a burst of one page, and by one of the same length."""
    applicant = small("text")
    address, data = applicant.form("Tallenna").pressed("Tallenna")
    for text in ("a", "A" * 1200, "B" * 1200):
        data["q1"] = text
        assert applicant.client.post(address, data=data, headers=HTMX).status_code == 200
    assert "A" * 1200 in applicant.get(f"/hakemus/{applicant.reference}/aiemmat/q1").text


def test_one_value_in_five_minutes_of_a_burst_is_kept(
    small: Callable[..., Applicant], at: Callable[[str], None]
) -> None:
    at("2026-01-12T12:00:00")
    applicant = small("text")
    address, data = applicant.form("Tallenna").pressed("Tallenna")
    for time, count in (("00:00", 1), ("01:00", 2), ("05:00", 3), ("05:01", 4), ("08:00", 5), ("09:00", 6)):
        at(f"2026-01-12T12:{time}")
        data["q1"] = "alku" * count
        assert applicant.client.post(address, data=data, headers=HTMX).status_code == 200
    kept = [version.value[""] for version in AnswerVersion.select().order_by(AnswerVersion.revision)]
    assert kept == ["alku", "alkualkualku"]


TEXTS = st.dictionaries(st.sampled_from(["", "a", "b"]), st.sampled_from(["x", "y", "z", ""]))


def filled(fields: dict[str, str]) -> dict[str, str]:
    return {suffix: text for suffix, text in fields.items() if text}


@given(shown=TEXTS, mine=TEXTS, stored=TEXTS)
def test_merging_loses_nothing(shown: dict[str, str], mine: dict[str, str], stored: dict[str, str]) -> None:
    """Field by field: mine is stored, or was not touched, or is refused with the stored one left as it was."""
    rendered = Rendered.parse(str(Rendered.of(Stored(filled(shown), 1))))
    merged, refused = _merge(mine, rendered, Stored(filled(stored), 2))
    for suffix, text in mine.items():
        was, now = shown.get(suffix, ""), stored.get(suffix, "")
        if suffix in refused:
            assert text != was
            assert now != was
            assert merged.get(suffix, "") == now
        else:
            assert merged.get(suffix, "") in ({text} if text != was else {now})
    assert {suffix: merged.get(suffix, "") for suffix in stored if suffix not in mine} == {
        suffix: text for suffix, text in stored.items() if suffix not in mine
    }


@given(shown=TEXTS, mine=TEXTS, stored=TEXTS)
def test_a_page_shows_what_is_stored_once_every_field_is_the_same(
    shown: dict[str, str], mine: dict[str, str], stored: dict[str, str]
) -> None:
    after = Rendered.of(Stored(filled(shown), 1)).after(mine, Stored(filled(stored), 2))
    shows = {**shown, **mine}
    assert after.revision == (2 if filled(shows) == filled(stored) else 1)
    for suffix in ("", "a", "b"):
        assert after.showed(suffix, shows.get(suffix, ""))


@given(st.text())
def test_any_rev_is_read(token: str) -> None:
    Rendered.parse(token)
