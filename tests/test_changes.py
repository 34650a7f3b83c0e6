"""What changed between two versions: found question by question, and read on the pages that compare them."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from lxml import etree

from forms.answers import Answers
from forms.changes import compare
from forms.definition import Call
from forms.texts import Euros, SignedEuros
from language import localise
from tests.applicant import Applicant, fields_of_answers
from tests.forms_of_pages import text_of
from tests.test_sending import filled
from tests.words import Words


def test_amounts_are_compared_row_by_row(call: Call) -> None:
    areas, rows = {"opetus": "x"}, {"henkilosto": "1000", "muut": "500"}
    before = Answers(call, {"q3": areas, "q7": rows})
    after = Answers(call, {"q3": areas, "q7": {"henkilosto": "1 000", "muut": "250", "palvelut": "0"}})
    found = compare(before, after)
    [change] = [change for part in found.sections for change in part.changes if change.question.key == "q7"]
    assert [(part.before, part.after, part.difference) for part in change.parts] == [
        (None, Euros(0), None),
        (Euros(500), Euros(250), SignedEuros(-250)),
        (Euros(1500), Euros(1250), SignedEuros(-250)),
    ]
    assert [part.difference for part in found.totals] == [SignedEuros(-250)]


def test_what_is_only_written_otherwise_has_no_parts(call: Call) -> None:
    before, after = (Answers(call, {"q3": {"opetus": "x"}, "q7": {"muut": text}}) for text in ("1000", "1 000 €"))
    assert [(change.question.key, change.parts) for part in compare(before, after).sections for change in part.changes]
    assert compare(before, before).count == 0


def test_a_difference_has_a_sign(app: Flask) -> None:
    with app.test_request_context():
        assert localise(SignedEuros(80_500)) == "+80\u00a0500\u00a0€"
        assert localise(SignedEuros(-500)) == "\u2212500\u00a0€"


AREAS = ["opetus", "ymparistot"]


def with_a_word(text: str) -> str:
    """The text with the word in its middle replaced."""
    words = text.split(" ")
    words[len(words) // 2] = "muutossana"
    return " ".join(words)


def sent_twice(app: Flask, answers: dict[str, Any]) -> Applicant:
    """An application sent, changed in a word, an amount, a partner and an area, and sent again."""
    applicant = filled(app, {**answers, "3": AREAS}).send()
    plan = {"q7.muut": str(int(answers["7"]["muut"] or 0) + 1000), "q8.oma": str(int(answers["8"]["oma"] or 0) + 1000)}
    changed = {"q4": with_a_word(answers["4"]), "q11.7": "Uusi Kumppani Oy", **plan}
    areas = [*AREAS, "tieto"]
    applicant.go("kehittamiskokonaisuudet").press("Näytä valitut kysymykset", {"q3": areas})
    applicant.go("kehittamiskokonaisuudet?lisaa=q11:5")
    applicant.press_known("Tallenna", {**fields_of_answers(answers), **changed, "q3": areas})
    return applicant.go("yhteenveto?muokkaa=1").send("Lähetä uudelleen")


def part_after(text: str, begin: str, end: str) -> str:
    return text[text.index(begin) :].split(end, maxsplit=1)[0]


def test_two_versions_compared(app: Flask, answers: dict[str, Any]) -> None:
    applicant = sent_twice(app, answers)
    assert "Versio 2 (voimassa)" in applicant.text
    assert applicant.page is not None
    link = next(node for node in applicant.page.iter("a") if text_of(node) == "Muutokset versiosta 1 versioon 2")
    text = applicant.get(link.get("href")).text
    assert applicant.address == f"/hakemus/{applicant.reference}/muutokset/1/2"
    words = answers["4"].split(" ")
    assert f"poistettu: {words[len(words) // 2].strip()}" in part_after(text, "4. ", "7. ")
    assert "lisätty: muutossana" in part_after(text, "4. ", "7. ")
    assert "muuttumatonta sanaa" in text
    assert "Muut kulut" in part_after(text, "7. ", "8. ")
    assert "(+1 000 €)" in part_after(text, "7. ", "8. ")
    assert "8. lisätty: Uusi Kumppani Oy" in part_after(text, "11. ", "18. ")
    assert "Kustannukset yhteensä" in part_after(text, "Versio 2", "3. ")
    assert "Kehittämiskokonaisuus on valittu. Kaikki sen vastaukset on lisätty." in text
    # What did not change is not there: neither another answer of the same area, nor the provider.
    assert "5. " + app.extensions["calls"]["strategiarahoitus-2021"].question("q5").label.root["fi"] not in text
    assert "Koulutuksen järjestäjä:" not in text


def test_the_other_way_round_what_came_has_gone(app: Flask, short: dict[str, Any]) -> None:
    applicant = sent_twice(app, short)
    text = applicant.get(f"/hakemus/{applicant.reference}/muutokset/2/1").text
    assert "Kehittämiskokonaisuutta ei ole enää valittu. Kaikki sen vastaukset on poistettu." in text
    assert "poistettu: Uusi Kumppani Oy" in text
    assert "Vastaukset ovat samat." in applicant.get(f"/hakemus/{applicant.reference}/muutokset/2/2").text
    for numbers in ("1/3", "0/1", "3/1"):
        assert applicant.get(f"/hakemus/{applicant.reference}/muutokset/{numbers}").status == 404


def test_only_who_may_read_may_compare(app: Flask, short: dict[str, Any]) -> None:
    applicant = filled(app, short).send()
    address = f"/hakemus/{applicant.reference}/muutokset/1/1"
    assert Applicant(app).get(address).status == 403
    # With one version there is nothing to compare, and no link to it.
    assert "/muutokset/" not in etree.tostring(applicant.page, encoding="unicode")
    stranger = filled(app, short)
    assert stranger.get(address).status == 403


def test_markup_in_an_answer_is_text(small: Callable[..., Applicant]) -> None:
    applicant = small("text").press("Tallenna", {"q1": "ennen <b>x</b>"}).go("yhteenveto").send()
    applicant.go("hakemus").press("Tallenna", {"q1": "ennen <script>1</script>"})
    applicant.go("yhteenveto")
    assert "lisätty: <script>1</script>" in applicant.text
    assert applicant.page is not None
    assert not [node for node in applicant.page.iter("script") if not node.get("src")]


def test_an_earlier_answer_says_what_has_changed_since(small: Callable[..., Applicant]) -> None:
    applicant = small("text").press("Tallenna", {"q1": "Opetus on hyvää."})
    applicant.press("Tallenna", {"q1": "Opetus on parempaa."})
    text = applicant.get(f"/hakemus/{applicant.reference}/aiemmat/q1").text
    assert "Opetus on poistettu: hyvää. (poisto päättyy) lisätty: parempaa." in text
    assert "Koko vastaus Opetus on hyvää." in text


def test_in_the_readers_language(app: Flask, short: dict[str, Any]) -> None:
    applicant = sent_twice(app, short)
    applicant.get(f"/hakemus/{applicant.reference}/muutokset/1/2?kieli=sv")
    assert applicant.language == "sv"
    assert Words("sv")("lisätty") in applicant.text
    assert "lisätty" not in applicant.text
