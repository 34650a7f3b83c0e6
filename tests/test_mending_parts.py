"""A call is changed while people write: what goes but is no text, and what belongs to an application."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage

import clock
from models.application import Answer, Application
from models.database import database
from services import completion, erasure
from services.context import calls
from tests.applicant import Applicant
from tests.conftest import ROOT
from tests.mending import folder_with, publish
from tests.test_attachments import PDF, attach, file_of, multipart

pytestmark = pytest.mark.both
Begun = Callable[[str], tuple[Flask, Applicant, str]]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def begun(make_app: Callable[..., Flask], tmp_path: Path) -> Begun:
    """Somebody with an application in one of the small calls, and the text of the call's file."""

    def begin(name: str) -> tuple[Flask, Applicant, str]:
        text = (ROOT / f"tests/calls/{name}.toml").read_text()
        app = make_app(calls_dir=folder_with(tmp_path / "calls", text))
        return app, Applicant(app).begin(name.replace("_", "-")), text

    return begin


def without(text: str, *patterns: str) -> str:
    for pattern in patterns:
        text, found = re.subn(pattern, "", text, flags=re.DOTALL | re.MULTILINE)
        assert found, pattern
    return text


def test_a_row_goes(begun: Begun) -> None:
    app, writer, text = begun("amounts")
    writer.press("Tallenna", {"q1.palkat": "100", "q1.muut": "20"})
    old_page = writer.moved_to(app)
    publish(app, without(text, r'\[\[rows.kulut\]\]\nkey = "muut".*?(?=^\[\[sec)'))
    writer.go("hakemus")
    assert writer.value("q1.palkat") == "100"
    assert "Aiempi kysymys: 1. Kulut" in writer.text
    assert "Muut 20 €" in writer.text.replace("\u00a0", " ")
    old_page.press("Tallenna", {"q1.palkat": "300", "q1.muut": "40"})
    assert old_page.value("q1.palkat") == "300"
    assert "Muut 40 €" in old_page.text.replace("\u00a0", " ")


def test_an_area_goes_with_its_questions(begun: Begun) -> None:
    """Its answer stands at the end of the page, as its section is gone; an old page ticks and writes on."""
    app, writer, text = begun("areas")
    writer.press("Näytä valitut kysymykset", {"q1": ["yksi", "kaksi"]})
    writer.press("Tallenna", {"q2": "Yhden teksti.", "q3": "Kahden teksti."})
    old_page = writer.moved_to(app)
    publish(
        app,
        without(text, r'^\[\[sections\]\]\nkey = "yksi".*?(?=^\[\[)', r'^\[\[questions\]\]\nkey = "q2".*?(?=^\[\[)'),
    )
    writer.go("hakemus")
    assert writer.text.index("Kahden kuvaus") < writer.text.index("Aiempi kysymys: 2. Yhden kuvaus")
    assert "Yksi: poistettu lomakkeesta" in writer.text
    form = old_page.form("Tallenna").data
    form["q2"], form["q3"] = "Yhdestä vielä.", "Kahdesta vielä."
    assert old_page.client.post(old_page.address, data=form, headers=HTMX).status_code == 200
    writer.go("hakemus")
    assert "Yhdestä vielä." in writer.text
    assert writer.value("q3") == "Kahdesta vielä."
    assert writer.form("Tallenna").data.getlist("q1") == ["kaksi"]


def test_a_page_goes(begun: Begun) -> None:
    app, writer, text = begun("text")
    old_page = writer.moved_to(app)
    publish(app, text.replace('key = "hakemus"', 'key = "kuvaus"').replace('page = "hakemus"', 'page = "kuvaus"'))
    old_page.press("Tallenna", {"q1": "Teksti."})
    assert old_page.status == 200
    assert old_page.value("q1") == "Teksti."
    assert writer.go("hakemus").value("q1") == "Teksti."
    assert writer.go("muualla").status == 404


def test_a_page_with_a_lost_token_comes_back_as_it_was(begun: Begun) -> None:
    app, writer, text = begun("text")
    publish(app, text.replace('"q1"', '"q2"').replace('"Kuvaus"', '"Aivan muuta"'), moves={"q1": "q2"})
    form = writer.form("Tallenna").data
    form["csrf_token"], form["q1"] = "lost", "Kirjoitettu vanhaan."
    writer.post(writer.address, form)
    assert writer.status == 400
    assert "Kuvaus" in writer.text
    assert writer.value("q1") == "Kirjoitettu vanhaan."
    writer.press("Tallenna")
    assert writer.value("q2") == "Kirjoitettu vanhaan."


def test_a_person_that_is_asked_for_no_more_is_erased_too(begun: Begun) -> None:
    app, writer, text = begun("contact")
    writer.press("Tallenna", {"q1.nimi": "Maija Meikäläinen", "q1.sahkoposti": "maija@example.fi"})
    more = (ROOT / "tests/calls/text.toml").read_text().partition("[[questions]]")[2].replace('"q1"', '"q9"')
    publish(app, f"{text.partition('[[questions]]')[0]}[[questions]]{more}")
    assert "Maija Meikäläinen" in writer.go("hakemus").text
    with app.app_context(), database.connection_context():
        application = Application.get()
        erasure.erase_contact(application, calls()["contact"], clock.now())
        assert Answer.select().count() == 0
        assert erasure.with_contact_details(calls()["contact"]) == []


def test_what_the_ministry_asks_for_follows_its_question(begun: Begun) -> None:
    app, writer, text = begun("text")
    writer.press("Tallenna", {"q1": "Teksti."}).go("yhteenveto").send()
    with app.app_context(), database.connection_context():
        completion.ask(Application.get(), "Tarkentakaa.", ["q1"], clock.now() + timedelta(days=1), None)
    publish(app, text.replace('"q1"', '"q2"'), moves={"q1": "q2"})
    writer.go("hakemus")
    assert "Tarkentakaa." in writer.text
    assert writer.page is not None
    assert [link.get("href") for link in writer.page.iter("a") if str(link.get("href")).endswith("#q2")]


def test_earlier_answers_go_along(begun: Begun) -> None:
    """With the question to its new key; with one that is gone into the files to take along."""
    app, writer, text = begun("text")
    for typed in ("Ensimmäinen teksti.", "Toinen."):
        writer.press("Tallenna", {"q1": typed}).go("hakemus")
    publish(app, text.replace('"q1"', '"q2"'), moves={"q1": "q2"})
    assert "Ensimmäinen teksti." in writer.get(f"/hakemus/{writer.reference}/aiemmat/q2").text
    publish(app, text.replace('"q1"', '"q3"'))
    writer.go("hakemus")
    assert "Toinen." in writer.text
    with ZipFile(BytesIO(writer.client.get(f"/hakemus/{writer.reference}/tiedot.zip").data)) as archive:
        history = json.loads(archive.read(f"{writer.reference}-historia.json"))
    assert [entry["answer"] for entry in history["earlier_answers"]] == ["Ensimmäinen teksti."]


def option(key: str) -> str:
    """Its line in a call's file; that of a column is alike."""
    return rf'^    \{{ key = "{key}"[^\n]*\n'


@pytest.mark.parametrize("is_chosen_before", [True, False])
def test_a_chosen_option_goes(begun: Begun, is_chosen_before: bool) -> None:
    """What was chosen, before or in a page that is open meanwhile, stays to be read."""
    app, writer, text = begun("single_choice")
    if is_chosen_before:
        writer.press("Tallenna", {"q1": "muu"})
    old_page = writer.moved_to(app)
    publish(app, without(text, option("muu")))
    if is_chosen_before:
        writer.go("hakemus")
        assert "Kysymys 1: poistettu: Muu" in writer.text
        assert "muihin vastauksiin. Muu" in writer.text
    old_page.press("Tallenna", {"q1": "muu"})
    assert old_page.status == 200
    assert "Aiempi kysymys: 1. Toteuttaja" in old_page.text
    assert "muihin vastauksiin. Muu" in old_page.text
    assert old_page.value("q1") == ""
    old_page.press("Tallenna", {"q1": "itse"})
    assert old_page.value("q1") == "itse"
    assert "Toteuttaja Järjestäjä itse" in old_page.go("yhteenveto").text


def test_a_choice_becomes_no_text(begun: Begun) -> None:
    """Where an officer lets it go to a question for a text: what is stored of it are no words."""
    app, writer, text = begun("single_choice")
    writer.press("Tallenna", {"q1": "muu"})
    old_page = writer.moved_to(app)
    publish(app, another_question(text), moves={"q1": "q1"})
    for page in (writer.go("hakemus"), old_page.press("Tallenna", {"q1": "itse"})):
        assert page.value("q1") == ""
    assert "muihin vastauksiin. Järjestäjä itse" in old_page.text


def test_a_box_goes(begun: Begun) -> None:
    """Ticked before, or in a page that is open meanwhile, whose other boxes count as ever."""
    app, writer, text = begun("multiple_choice")
    writer.press("Tallenna", {"q1": ["tyo"]})
    old_page = writer.moved_to(app)
    publish(app, without(text, option("muu")))
    old_page.press("Tallenna", {"q1": ["ohjaus", "muu"]})
    assert old_page.status == 200
    assert old_page.form("Tallenna").data.getlist("q1") == ["ohjaus"]
    assert "Aiempi kysymys: 1. Painopisteet" in old_page.text
    assert "muihin vastauksiin. Muu" in old_page.text


def test_a_column_goes(begun: Begun) -> None:
    """Its cells stay in their rows, with no sum over what is not there."""
    app, writer, text = begun("table")
    cells = {"q1.0-nimi": "Opisto A", "q1.0-tyo": "1,5", "q1.1-osuus": "200"}
    writer.press("Tallenna", cells)
    old_page = writer.moved_to(app)
    publish(app, without(text, option("osuus")))
    old_page.press("Tallenna", {"q1.0-osuus": "300", "q1.1-nimi": "Opisto B"})
    assert [old_page.value(f"q1.{cell}") for cell in ("0-nimi", "0-tyo", "1-nimi")] == ["Opisto A", "1,5", "Opisto B"]
    earlier = old_page.text.replace("\u00a0", " ").partition("Aiempi kysymys: 1. Kumppanit")[2]
    assert "300 € 200 €" in earlier
    assert "Yhteensä" not in earlier.partition("Tallenna")[0]


def upload(page: Applicant, content: bytes, htmx: bool = False) -> str:
    """Choose a file on a page as it stands, which may be an old one; what the answer says."""
    form = page.form("Tallenna")
    form.data.poplist("q1.tiedosto")
    sent = multipart({**form.data.to_dict(), "q1.tiedosto": FileStorage(BytesIO(content), "Uusi.pdf")})
    if htmx:
        return page.client.post(form.action, **sent, headers=HTMX).text
    return page.post(form.action, **sent).text


def another_question(text: str) -> str:
    """A call's file that asks for a text, under the key of what it asked before."""
    more = (ROOT / "tests/calls/text.toml").read_text().partition("[[questions]]")[2]
    return f"{text.partition('[[questions]]')[0]}[[questions]]{more}"


@pytest.mark.parametrize("htmx", [False, True])
def test_a_file_comes_from_a_page_whose_question_was_renamed(begun: Begun, htmx: bool) -> None:
    app, writer, text = begun("attachment")
    old_page = writer.moved_to(app)
    publish(app, text.replace('"q1"', '"q2"'), moves={"q1": "q2"})
    assert "Tiedosto ei ole PDF-tiedosto" in upload(old_page, b"x", htmx)
    old_page = writer.moved_to(app)
    upload(old_page, PDF, htmx)
    writer.go("hakemus")
    assert "Uusi.pdf (1 kt)" in writer.text
    assert writer.value("q2.nimi") == "Uusi.pdf"
    assert file_of(writer, PDF).status_code == 200


@pytest.mark.parametrize("moves", [{}, {"q1": "q1"}, {"q1": None}])
@pytest.mark.parametrize("htmx", [False, True])
def test_a_file_comes_from_a_page_whose_question_is_gone(begun: Begun, moves: Any, htmx: bool) -> None:
    """Also where its key asks for something else now, and an officer lets the answers go there."""
    app, writer, text = begun("attachment")
    old_page, again = writer.moved_to(app), writer.moved_to(app)
    publish(app, another_question(text), moves=moves)
    assert "Kysymys 1: Tiedosto ei ole PDF-tiedosto" in upload(old_page, b"x", htmx)
    upload(again, PDF, htmx)
    assert file_of(writer, PDF).status_code == 200
    writer.go("hakemus")
    assert "Uusi.pdf (1 kt) Lataa tiedosto" in writer.text
    assert writer.value("q1") == ""


def test_a_file_whose_question_goes_can_still_be_had(begun: Begun) -> None:
    """And an old page may take it off: not what its key asks for now."""
    app, writer, text = begun("attachment")
    attach(writer, PDF)
    old_page = writer.moved_to(app)
    publish(app, another_question(text))
    writer.go("hakemus").press("Tallenna", {"q1": "Teksti."})
    assert writer.page is not None
    links = [str(link.get("href")) for link in writer.page.iter("a")]
    assert writer.client.get(next(link for link in links if "/liite/" in link)).data == PDF
    old_page.press("Poista tiedosto")
    assert "Aiempi kysymys" not in old_page.text
    assert old_page.value("q1") == "Teksti."
    assert file_of(writer, PDF).status_code == 200
