"""What the side list says of each part of the form, and the list of what is wrong on a page."""

from typing import Any

from tests.applicant import Applicant, fields_of_answers
from tests.forms_of_pages import text_of


def node(applicant: Applicant, node_id: str) -> Any:
    assert applicant.page is not None
    found = [node for node in applicant.page.iter() if node.get("id") == node_id]
    assert len(found) == 1, node_id
    return found[0]


def stage(applicant: Applicant, part: str) -> str:
    said = [
        text_of(words) for words in node(applicant, f"vaihe-{part}").iter("span") if "stage" in words.get("class", "")
    ]
    return said[0] if said else ""


def title(applicant: Applicant) -> str:
    assert applicant.page is not None
    return text_of(next(applicant.page.iter("title")))


def test_each_part_says_how_far_it_is(applicant: Applicant, sample: dict[str, Any]) -> None:
    fields = fields_of_answers(sample)
    applicant.begin()
    assert stage(applicant, "hakija") == "Ei aloitettu"
    applicant.press("Tallenna", {"q2.nimi": "Aino Esimerkki"})
    assert stage(applicant, "hakija") == "Kesken: 1/2"
    applicant.press_known("Seuraava: Kehittämiskokonaisuudet", fields)
    assert stage(applicant, "hakija") == "Valmis"
    applicant.press("Näytä valitut kysymykset", {"q3": ["opetus"]})
    assert stage(applicant, "opetus") == "Ei aloitettu"
    applicant.press("Tallenna", {"q4": "Kuvaus"})
    assert stage(applicant, "opetus") == "Kesken: 1/8"
    applicant.press_known("Tallenna", {**fields, "q3": ["opetus"]})
    assert stage(applicant, "opetus") == "Valmis"
    # All is there, but costs and financing differ: nothing is missing any more, so that is what is wrong.
    applicant.press("Tallenna", {"q7.muut": "1"})
    assert stage(applicant, "opetus") == "Korjattavaa: 1"


def test_what_is_wrong_stands_first_in_the_title_and_at_its_field(applicant: Applicant) -> None:
    applicant.begin().go("kehittamiskokonaisuudet").press("Näytä valitut kysymykset", {"q3": ["opetus"]})
    assert not text_of(node(applicant, "korjattavat"))
    assert not title(applicant).startswith("Korjattavaa")
    applicant.press("Tallenna", {"q4": "x" * 2501, "q7.muut": "1.319.500", "q9.alku": "31.2.2021"})
    targets = [link.get("href") for link in node(applicant, "korjattavat").iter("a")]
    assert targets == ["#q4-vastaus", "#q7-muut", "#q9-alku"]
    assert [node(applicant, target[1:]).get("aria-invalid") for target in targets] == ["true"] * 3
    assert applicant.said_beside("q7-muut")
    assert applicant.said_beside("q9-alku")
    assert stage(applicant, "opetus") == "Korjattavaa: 3"
    assert title(applicant).startswith("Korjattavaa: ")
    applicant.press("Tallenna", {"q4": "x", "q7.muut": "1319500", "q9.alku": "28.2.2021"})
    assert not text_of(node(applicant, "korjattavat"))
    assert not title(applicant).startswith("Korjattavaa")
