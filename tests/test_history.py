"""Two people in one application, earlier answers, links in the applicant's hands, changes since sending."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import clock
from forms.call_file import load_call
from models.application import Application, Link
from models.event import Event
from models.submission import Submission
from tests.applicant import Applicant
from tests.conftest import ROOT
from tests.forms_of_pages import forms_of, parse, text_of
from tests.test_closing import OPEN
from tests.test_saving import second_browser, two_in_one
from tests.test_sending import filled


def clashing(small: Callable[..., Applicant], name: str = "text") -> Applicant:
    """A browser that looks at its own text and another's."""
    first, second = two_in_one(small, name, {"q1": "alku"})
    second.press("Tallenna", {"q1": "toisen teksti"})
    return first.press("Tallenna", {"q1": "minun tekstini"})


def test_a_clash_shows_both_and_the_time(small: Callable[..., Applicant], at: Callable[[str], None]) -> None:
    at("2026-01-12T14:32:00")
    applicant = clashing(small)
    assert applicant.status == 409
    assert "Joku muu on muuttanut tätä vastausta (klo 14.32)" in applicant.text
    assert "toisen teksti" in applicant.text
    assert applicant.value("q1") == "minun tekstini"


@pytest.mark.parametrize(
    ("button", "outcome"),
    [
        ("Tallenna oma vastaukseni", "minun tekstini"),
        ("Ota tallennettu vastaus", "toisen teksti"),
        ("Muokkaa molempia yhdessä", "minun tekstini\n\ntoisen teksti"),
    ],
)
def test_the_person_decides(small: Callable[..., Applicant], button: str, outcome: str) -> None:
    applicant = clashing(small).press(button)
    assert applicant.status == 200
    assert applicant.value("q1") == outcome
    # And goes on from there without a clash.
    applicant.press("Tallenna")
    assert applicant.status == 200
    assert applicant.go("hakemus").value("q1") == outcome


def test_both_texts_of_a_clash_can_be_found_afterwards(small: Callable[..., Applicant]) -> None:
    applicant = clashing(small).press("Tallenna oma vastaukseni")
    applicant.get(f"/hakemus/{applicant.reference}/aiemmat/q1")
    assert "toisen teksti" in applicant.text


def test_an_earlier_answer_comes_back(small: Callable[..., Applicant]) -> None:
    first, second = two_in_one(small, "text", {"q1": "yksi"})
    second.press("Tallenna", {"q1": "kaksi"})
    first.go("hakemus").press("Tallenna", {"q1": "kolme"})
    assert "Aiemmat vastaukset" in first.text
    first.get(f"/hakemus/{first.reference}/aiemmat/q1")
    assert first.text.index("kolme") < first.text.index("kaksi") < first.text.index("yksi")
    form = next(form for form in first_forms(first) if form.data.get("versio") == "1")
    first.post(*form.pressed("Palauta tämä"))
    assert first.value("q1") == "yksi"
    # What was replaced by bringing it back is an earlier answer now.
    assert "kolme" in first.get(f"/hakemus/{first.reference}/aiemmat/q1").text


def first_forms(applicant: Applicant) -> list[Any]:
    assert applicant.page is not None
    return forms_of(applicant.page, applicant.address)


def test_emptying_a_long_answer_is_undone_on_the_spot(small: Callable[..., Applicant]) -> None:
    applicant = small("text").press("Tallenna", {"q1": "pitkä vastaus " * 20})
    applicant.press("Tallenna", {"q1": ""})
    assert "Vastaus tyhjennettiin." in applicant.text
    applicant.press("Kumoa")
    assert applicant.value("q1") == "pitkä vastaus " * 20


def test_only_a_long_answer_that_was_emptied_is_offered_back(small: Callable[..., Applicant]) -> None:
    """Not a short one, not one that stands there, and nothing of another application."""
    applicant = small("areas").press("Näytä valitut kysymykset", {"q1": ["yksi", "kaksi"]})
    another = Applicant(applicant.client.application).begin("areas")
    another.press("Näytä valitut kysymykset", {"q1": ["yksi"]}).press("Tallenna", {"q2": "pitkä vastaus " * 20})
    assert "Vastaus tyhjennettiin." in another.press("Tallenna", {"q2": ""}).text
    applicant.press("Tallenna", {"q2": "x" * 199, "q3": "y" * 200})
    applicant.press("Tallenna", {"q2": "", "q3": "z" * 200})
    assert "Vastaus tyhjennettiin." not in applicant.text
    applicant.press("Tallenna", {"q3": ""})
    assert applicant.text.count("Vastaus tyhjennettiin.") == 1


def poll(applicant: Applicant) -> tuple[str, int]:
    """What the page hears of others, as its script asks."""
    assert applicant.page is not None
    poller = next(node for node in applicant.page.iter("div") if node.get("id") == "muut")
    answer = applicant.client.get(poller.get("hx-get"), headers={"HX-Request": "true"})
    return text_of(parse(answer.text, fragment=True)) if answer.text else "", answer.status_code


def test_somebody_else_is_noticed(small: Callable[..., Applicant]) -> None:
    first, second = two_in_one(small, "text", {"q1": "alku"})

    second.go("hakemus")
    assert poll(first)[0] == ""
    assert "Joku muu on avannut tämän hakemuksen." in poll(second)[0]
    second.press("Tallenna", {"q1": "muutettu"})
    said, _ = poll(first)
    assert "Kysymystä 1 on muutettu muualla sen jälkeen, kun avasitte sivun." in said
    # One's own saves are no news.
    assert "muutettu muualla" not in poll(second)[0]


def test_what_happens_in_another_application_is_no_news(small: Callable[..., Applicant]) -> None:
    applicant = small("text")
    Applicant(applicant.client.application).begin("text").press("Tallenna", {"q1": "muualla"})
    assert poll(applicant)[0] == ""


def test_no_news_is_no_answer(small: Callable[..., Applicant]) -> None:
    applicant = small("text")
    address = f"/hakemus/{applicant.reference}/muut?sivu=x&alkaen=9999999999999&nyt=0:"
    assert applicant.client.get(address).status_code == 204


def test_links_are_in_the_applicants_hands(applicant: Applicant, app: Flask) -> None:
    applicant.begin().press("Tallenna ja jatka myöhemmin")
    applicant.press("Lähetä linkki", {"sahkoposti": "toinen@example.fi"})
    other = second_browser(app, applicant)
    applicant.go("linkit")
    assert "Lähetetty osoitteeseen toinen@example.fi." in applicant.text
    assert "Tämä selain käyttää tätä linkkiä." in applicant.text
    assert "Käytetty viimeksi" in applicant.text
    used = Link.get(Link.last_used_at.is_null(False))
    applicant.post(
        f"/hakemus/{applicant.reference}/linkit/{used.id}/poista",
        {"csrf_token": first_forms(applicant)[0].data["csrf_token"]},
    )
    assert "Poistettu käytöstä" in applicant.text
    assert other.go("hakija").status == 403
    # Whoever takes out the link that she came by herself stays in.
    assert applicant.go("hakija").status == 200


def test_a_link_to_another_application_is_not_in_ones_hands(applicant: Applicant, app: Flask) -> None:
    stranger = Applicant(app).begin()
    theirs = Link.get(Link.application == Application.get(Application.reference == stranger.reference))
    applicant.begin().go("linkit")
    token = first_forms(applicant)[0].data["csrf_token"]
    applicant.post(f"/hakemus/{applicant.reference}/linkit/{theirs.id}/poista", {"csrf_token": token})
    assert stranger.go("hakija").status == 200


def test_the_newest_link_stands_first(applicant: Applicant, at: Callable[[str], None]) -> None:
    applicant.begin()
    for hour, name in (("10", "eka"), ("11", "toka"), ("11", "kolmas")):
        at(f"2021-05-03T{hour}:00:00")
        applicant.go("tallennettu").press("Lähetä linkki", {"sahkoposti": f"{name}@example.fi"})
    text = applicant.go("linkit").text
    assert text.index("kolmas@") < text.index("toka@") < text.index("eka@")


def test_a_reading_link_reads_and_prints_and_no_more(small: Callable[..., Applicant]) -> None:
    applicant = small("text").press("Tallenna", {"q1": "luettavaa"})
    text = applicant.go("linkit").press("Tee lukulinkki").text
    link = re.search(r"(/jatka/\S+)", text)
    assert link
    reader = Applicant(applicant.client.application).get(link[1])
    assert reader.address.endswith("/yhteenveto")
    assert "luettavaa" in reader.text
    assert "Tallenna" not in reader.text
    assert reader.client.get(f"/hakemus/{reader.reference}/yhteenveto.pdf").data.startswith(b"%PDF")
    for path in ("hakemus", "linkit", "tallennettu", "aiemmat/q1"):
        assert reader.go(path).status == 403
        assert "Lukulinkillä ei voi muuttaa hakemusta" in reader.text
    address, data = applicant.go("hakemus").form("Tallenna").pressed("Tallenna")
    data["csrf_token"] = Applicant(applicant.client.application).get("/linkki").form("Lähetä linkki").data["csrf_token"]
    assert reader.client.post(address, data=data).status_code in (400, 403)


def test_changes_since_sending_stand_above_the_button(app: Flask, sample: dict[str, Any]) -> None:
    applicant = filled(app, sample).send()
    changed = {"q5": "Uudet tulokset.", "q7.muut": "33000", "q8.oma": "38080"}
    applicant.go("kehittamiskokonaisuudet").press("Tallenna", changed)
    applicant.press("Näytä valitut kysymykset", {"q3": ["opetus", "ymparistot", "tieto", "yhdistymiset"]})
    text = applicant.go("yhteenveto").text
    part = text[text.index("Muutokset lähetettyyn versioon 1") :]
    assert "lisätty: Uudet tulokset." in part
    assert f"poistettu: {sample['5'].split()[0]}" in part
    assert "Muut kulut poistettu: 32 000 € → lisätty: 33 000 € (+1 000 €)" in part.replace("\u00a0", " ")
    assert "33. Lyhyt kuvaus" in part
    assert "4. Lyhyt kuvaus" not in part


def test_an_extension_is_honoured_and_kept(make_app: Any, short: dict[str, Any], at: Callable[[str], None]) -> None:
    app = make_app(held_open=frozenset())
    at(OPEN)
    applicant = filled(app, short)
    at("2021-05-18T12:00:00")
    run = app.test_cli_runner().invoke
    arguments = ["application", "extend", applicant.reference, "--until", "2021-05-18T16:00:00", "--reason", "sairaus"]
    assert run(args=arguments).exit_code == 0
    at("2021-05-18T16:00:00.001")
    assert "Hakemusta ei voi enää lähettää" in applicant.go("yhteenveto").text
    at("2021-05-18T15:30:00")
    assert "Aikaa on jäljellä 30 min." in applicant.go("yhteenveto").text
    at("2021-05-18T16:00:00")
    applicant.send()
    assert "Hakemus on lähetetty" in applicant.text
    assert [(event.kind, "sairaus" in event.reason) for event in Event.select()] == [("extended", True)]


def test_a_late_one_is_accepted_with_a_reason(make_app: Any, short: dict[str, Any], at: Callable[[str], None]) -> None:
    app = make_app(held_open=frozenset())
    at(OPEN)
    # With remarks, which nobody but the officer confirms.
    applicant = filled(app, short, **{"17": {"alku": "", "loppu": ""}})
    at("2021-05-18T12:00:00")
    run = app.test_cli_runner().invoke
    result = run(args=["application", "accept-late", applicant.reference, "--reason", "katko 17.5. klo 16.00–16.20"])
    assert result.exit_code == 0, result.output
    assert Submission.get().version == 1
    assert Event.get().kind == "accepted_late"
    assert "Hakemus on lähetetty" in applicant.go("yhteenveto").text
    assert run(args=["application", "accept-late", "SR21-NONE", "--reason", "x"]).exit_code == 1


@pytest.mark.parametrize("closing", ["2021-03-28T04:30:00", "2021-10-31T03:30:00", "2021-01-15T16:15:00"])
def test_clock_changes_change_nothing(closing: str, tmp_path: Path) -> None:
    """The file says Finnish clock time; what it means as an instant is settled when it is read."""
    text = (ROOT / "tests/calls/text.toml").read_text()
    text = text.replace("closes = 2031-01-01T00:00:00", f"closes = {closing}")
    path = tmp_path / "call.toml"
    path.write_text(text.replace("opens = 2021-01-01", "opens = 2020-01-01"))
    found = load_call(path)
    assert clock.in_helsinki(found.closes).strftime("%Y-%m-%dT%H:%M:%S") == closing
    assert not found.has_closed(found.closes)
    assert found.has_closed(found.closes + timedelta(milliseconds=1))


def test_undo_never_replaces_what_it_has_not_seen(small: Callable[..., Applicant]) -> None:
    first, second = two_in_one(small, "text", {"q1": "pitkä vastaus " * 20})
    first.press("Tallenna", {"q1": ""})
    second.go("hakemus").press("Tallenna", {"q1": "toisen uusi teksti"})
    first.press("Kumoa")
    assert first.go("hakemus").value("q1") == "toisen uusi teksti"


def test_undo_keeps_what_was_typed_since(small: Callable[..., Applicant]) -> None:
    applicant = small("text").press("Tallenna", {"q1": "pitkä vastaus " * 20})
    applicant.press("Tallenna", {"q1": ""})
    applicant.press("Kumoa", {"q1": "jotain uutta"})
    assert applicant.value("q1") == "pitkä vastaus " * 20
    assert "jotain uutta" in applicant.get(f"/hakemus/{applicant.reference}/aiemmat/q1").text


def test_an_old_page_of_earlier_answers_restores_nothing_over_a_newer_one(small: Callable[..., Applicant]) -> None:
    first, second = two_in_one(small, "text", {"q1": "yksi"})
    second.press("Tallenna", {"q1": "kaksi"})
    first.get(f"/hakemus/{first.reference}/aiemmat/q1")
    second.press("Tallenna", {"q1": "kolme"})
    first.press("Palauta tämä")
    assert first.address.endswith("/aiemmat/q1")
    assert "kolme" in first.text
    assert first.go("hakemus").value("q1") == "kolme"


def test_ones_own_reading_link_takes_no_pen_away(small: Callable[..., Applicant]) -> None:
    applicant = small("text")
    link = re.search(r"(/jatka/\S+)", applicant.go("linkit").press("Tee lukulinkki").text)
    assert link
    applicant.get(link[1])
    assert applicant.address.endswith("/yhteenveto")
    assert applicant.go("hakemus").status == 200


def test_a_reader_gets_back_what_she_typed(small: Callable[..., Applicant]) -> None:
    applicant = small("text")
    link = re.search(r"(/jatka/\S+)", applicant.go("linkit").press("Tee lukulinkki").text)
    assert link
    form = applicant.go("hakemus").form("Tallenna")
    reader = Applicant(applicant.client.application).get(link[1])
    token = reader.get("/linkki").form("Lähetä linkki").data["csrf_token"]
    reader.post(form.action, {**form.data, "q1": "kirjoitettu turhaan?", "csrf_token": token})
    assert reader.status == 403
    assert reader.value("q1") == "kirjoitettu turhaan?"


def test_combining_one_clash_leaves_the_other_to_be_decided(small: Callable[..., Applicant]) -> None:
    first, second = two_in_one(small, "areas", {"q1": ["yksi", "kaksi"], "q2": "", "q3": ""})
    second.go("hakemus").press("Tallenna", {"q2": "toisen 2", "q3": "toisen 3"})
    first.press("Tallenna", {"q2": "minun 2", "q3": "minun 3"})
    assert first.status == 409
    button = next(node for node in first.form("Tallenna").buttons if node.get("name") == "yhdista")
    data = first.form("Tallenna").data
    data["yhdista"] = button.get("value")
    first.post(first.form("Tallenna").action, data)
    assert first.status == 409
    assert first.value("q2") == "minun 2\n\ntoisen 2"
    assert first.value("q3") == "minun 3"
    assert "toisen 3" in first.text
