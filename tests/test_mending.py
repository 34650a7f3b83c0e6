"""A call is changed while people write: nobody's text disappears, and what was sent stays as it was."""

import json
import re
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import databases
from tests.applicant import Applicant
from tests.desk import signed_in
from tests.exporting import exported, lines_of, parts_of, rows_of, workbook
from tests.faults.test_backups import flask
from tests.mending import Asked, folder_with, publish, text_of, until_all_know
from tests.over_http import RealApplicant
from tests.service import Service

pytestmark = pytest.mark.both
ONE, TWO, THREE = Asked("q1", "Tavoitteet"), Asked("q2", "Toimet"), Asked("q3", "Tulokset")
TEXTS = {"q1": "Tavoitteena on rauha.", "q2": "Toimia on monta, ja ne ovat hyviä.", "q3": "Tuloksia tulee."}


@pytest.fixture
def app(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    return make_app(calls_dir=folder_with(tmp_path / "calls", text_of("haku", [ONE, TWO, THREE])))


@pytest.fixture
def writer(app: Flask) -> Applicant:
    return Applicant(app).begin("haku").press("Tallenna", TEXTS)


def kept(applicant: Applicant) -> str:
    """All that the application's files say."""
    return "".join(
        applicant.client.get(f"/hakemus/{applicant.reference}/hakemus.{kind}").text for kind in ("json", "txt")
    )


def test_a_question_gets_another_key(app: Flask, writer: Applicant) -> None:
    assert publish(app, text_of("haku", [ONE.renamed("q7"), TWO, THREE]), moves={"q1": "q7"}) == 2
    writer.go("hakemus")
    assert [writer.value(key) for key in ("q7", "q2", "q3")] == list(TEXTS.values())
    # Nothing of it is news for who writes.
    assert "Hakemuslomaketta on muutettu" not in writer.text
    assert "Aiempi kysymys" not in writer.text


def test_a_question_goes(app: Flask, writer: Applicant) -> None:
    publish(app, text_of("haku", [TWO, THREE]))
    writer.go("hakemus")
    assert "Hakemuslomaketta on muutettu" in writer.text
    assert "Kysymys 1: kysymys on poistettu" in writer.text
    assert f"Aiempi kysymys: 1. Tavoitteet {TEXTS['q1']}" in re.sub(
        "Tätä ei enää kysytä.*?muihin vastauksiin. ", "", writer.text
    )
    assert kept(writer).count(TEXTS["q1"]) == 2
    assert "Vastauksia ei lähetetä." in kept(writer)
    writer.press("Olen lukenut muutokset")
    assert "Hakemuslomaketta on muutettu" not in writer.text
    assert "Aiempi kysymys" in writer.text
    writer.go("yhteenveto").send()
    assert "Versio 1" in writer.text
    assert TEXTS["q1"] not in writer.get(f"/hakemus/{writer.reference}/versio/1/tietue.json").response.text  # type: ignore[union-attr]


COSTS = """
[[rows.kulut]]
key = "palkat"
label = { fi = "Palkat", sv = "Löner" }
[[questions]]
key = "q9"
number = 9
section = "osio"
kind = "amounts"
rows = "kulut"
label = { fi = "Kulut", sv = "Kostnader" }
"""


def test_amounts_that_are_not_asked_any_more_have_no_total(app: Flask) -> None:
    publish(app, text_of("haku", [ONE], more=COSTS))
    writer = Applicant(app).begin("haku").press("Tallenna", {"q9.palkat": "1200"})
    publish(app, text_of("haku", [ONE]))
    writer.go("hakemus")
    assert "Palkat 1 200 €" in writer.text
    assert "Yhteensä" not in writer.text


def test_all_keys_move_up_by_one(app: Flask, writer: Applicant) -> None:
    """As officers number: a new first question takes the key of the old one. A page is open meanwhile."""
    first = Asked("q1", "Uusi")
    shifted = [first, ONE.renamed("q2"), TWO.renamed("q3"), THREE.renamed("q4")]
    moves = {"q1": "q2", "q2": "q3", "q3": "q4"}
    old_page = writer.moved_to(app)
    publish(app, text_of("haku", shifted), moves=moves)
    writer.go("hakemus").press("Tallenna", {"q1": "Uutta."})
    assert [writer.value(f"q{number}") for number in range(1, 5)] == ["Uutta.", *TEXTS.values()]
    old_page.press("Tallenna", {"q1": "Tavoite on toinen.", "q3": "Tulos on toinen."})
    assert old_page.status == 200
    assert [old_page.value(f"q{number}") for number in range(1, 5)] == [
        "Uutta.",
        "Tavoite on toinen.",
        TEXTS["q2"],
        "Tulos on toinen.",
    ]


def test_a_page_of_a_question_that_is_gone_goes_on(app: Flask, writer: Applicant) -> None:
    """By scripts and without: what is typed there is kept as the answer to an earlier question."""
    old_page = writer.moved_to(app)
    publish(app, text_of("haku", [TWO, THREE]))
    form = old_page.form("Tallenna").data
    typed = {name: form[name] for name in ("csrf_token", "sivu", "q1.rev")} | {"q1": "Kirjoitettu vanhalle sivulle."}
    answer = old_page.client.post(old_page.address, data=typed, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "Hakemuslomaketta on muutettu. Vastauksenne on tallennettu." in answer.text
    assert "q1-rev" not in answer.text
    writer.go("hakemus")
    assert "Kirjoitettu vanhalle sivulle." in writer.text
    old_page.press("Tallenna", {"q1": "Viimeinen sana.", "q2": "Toinen."})
    assert old_page.status == 200
    assert "Viimeinen sana." in old_page.text
    assert old_page.value("q2") == "Toinen."


def test_a_lowered_limit_cuts_nothing(app: Flask, writer: Applicant) -> None:
    publish(app, text_of("haku", [ONE, Asked("q2", "Toimet", 10), THREE]))
    writer.go("hakemus")
    assert writer.value("q2") == TEXTS["q2"]
    assert "Kysymys 2: enimmäispituus 2 000 → 10" in writer.text.replace("\u00a0", " ")
    writer.go("yhteenveto")
    assert "enimmäispituus on 10 merkkiä" in writer.text


def test_what_was_sent_stays_in_its_version(app: Flask, writer: Applicant) -> None:
    writer.go("yhteenveto").send()
    home = f"/hakemus/{writer.reference}"
    publish(app, text_of("haku", [Asked("q9", "Aivan muuta"), TWO]), moves={"q1": "q9"})
    writer.get(f"{home}/versio/1")
    assert "Tavoitteet" in writer.text
    assert "Aivan muuta" not in writer.text
    # Nobody has edited anything.
    writer.get(f"{home}/yhteenveto")
    assert "muutoksia, joita ei ole lähetetty" not in writer.text
    writer.go("hakemus").press("Tallenna", {"q9": "Nyt muuta."})
    assert "muutoksia, joita ei ole lähetetty" in writer.text
    writer.go("yhteenveto").send("Lähetä uudelleen")
    writer.get(f"{home}/muutokset/1/2")
    assert "Kysymys ei ole enää lomakkeessa." in writer.text
    assert TEXTS["q3"] in writer.text
    assert "Tavoitteet" in writer.get(f"{home}/versio/1").text
    assert "Aivan muuta" in writer.get(f"{home}/versio/2").text


def test_the_ministry_sees_each_in_its_version(app: Flask, writer: Applicant, tmp_path: Path) -> None:
    """On its pages and in its files, beside one that was sent in the newer."""
    writer.go("yhteenveto").send()
    publish(app, text_of("haku", [Asked("q9", "Aivan muuta"), TWO]), moves={"q1": "q9"})
    newer = Applicant(app).begin("haku").press("Tallenna", {"q9": "Uudemman vastaus."}).go("yhteenveto").send()
    desk = signed_in(app)
    old_page = desk.get(f"/virkailija/haku/{writer.reference}/").text
    assert "Tavoitteet" in old_page
    assert "Aivan muuta" not in old_page
    assert "Aivan muuta" in desk.get(f"/virkailija/haku/{newer.reference}/").text
    listed = desk.get("/virkailija/haku/").text
    assert [one.reference in listed for one in (writer, newer)] == [True, True]
    older, later = lines_of(exported(app, tmp_path, "csv", call="haku"))
    assert [older["1. Tavoitteet"], older["3. Tulokset"], older["1. Aivan muuta"]] == [TEXTS["q1"], TEXTS["q3"], ""]
    assert [later["1. Tavoitteet"], later["3. Tulokset"], later["1. Aivan muuta"]] == ["", "", "Uudemman vastaus."]
    assert [older["2. Toimet"], later["2. Toimet"]] == [TEXTS["q2"], ""]
    texts = rows_of(workbook(exported(app, tmp_path, "xlsx", call="haku")), "Tekstit")
    assert {str(row["Vastaus"]) for row in texts if row["Vastaus"]} == {*TEXTS.values(), "Uudemman vastaus."}
    parts_of(exported(app, tmp_path, "zip", call="haku"))


def test_what_was_begun_before_versions_were_kept(app: Flask, writer: Applicant, tmp_path: Path) -> None:
    """Its version is the first one."""
    writer.go("yhteenveto").send()
    for table in ("application", "submission"):
        databases.ask(tmp_path, f"UPDATE {table} SET call_version_id = NULL")
    assert "Tavoitteet" in writer.get(f"/hakemus/{writer.reference}/versio/1").text
    writer.go("hakemus").press("Tallenna", {"q2": "Toisin."})
    publish(app, text_of("haku", [ONE.renamed("q7"), TWO]), moves={"q1": "q7"})
    writer.go("hakemus")
    assert [writer.value("q7"), writer.value("q2")] == [TEXTS["q1"], "Toisin."]
    assert TEXTS["q3"] in writer.text
    assert "Versio 2" in writer.go("yhteenveto").send("Lähetä uudelleen").text


def test_a_declaration_that_changed_is_read_before_it_is_given(app: Flask, writer: Applicant) -> None:
    old_page = writer.go("yhteenveto").moved_to(app)
    publish(app, text_of("haku", [ONE, TWO, THREE]).replace("Vakuutamme.", "Vakuutamme kaiken."))
    old_page.send()
    assert old_page.status == 422
    assert "Hakemus on muuttunut sen jälkeen, kun avasitte tämän sivun." in old_page.text
    assert "Versio 1" in old_page.send().text


_numbers = count()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_character_is_accounted_for(app: Flask, data: st.DataObject) -> None:
    """Through versions 2 and 3 to sending, whatever is renamed, struck or shortened, with pages open meanwhile."""
    call_key = f"h{next(_numbers)}"
    asked = [Asked(f"q{number}", f"Kysymys-{number}") for number in range(1, 6)]
    texts = {one.label: f"Vastaus {one.label} " + "ä" * 30 for one in asked}
    publish(app, text_of(call_key, asked))
    writer = Applicant(app).begin(call_key)
    writer.press("Tallenna", {one.key: texts[one.label] for one in asked})
    fresh = count(10)
    for _ in range(2):
        old_page = writer.moved_to(app)
        changed, moves = [], {}
        for one in asked:
            match data.draw(st.sampled_from(["stay", "rename", "strike", "shorten"]), label=one.label):
                case "rename":
                    moves[one.key] = f"q{next(fresh)}"
                    changed.append(one.renamed(moves[one.key]))
                case "shorten":
                    changed.append(Asked(one.key, one.label, 20))
                case "stay":
                    changed.append(one)
        # Keys may change places, and a struck one be taken again.
        free = [one.key for one in asked if one.key not in {after.key for after in changed}]
        changed.append(Asked(free[0] if free else f"q{next(fresh)}", f"Uusi-{next(fresh)}"))
        if free:
            moves.setdefault(free[0], None)  # type: ignore[arg-type]
        publish(app, text_of(call_key, changed), moves=moves)
        # Whoever has a page open writes on in it.
        known = [one for one in asked if one.label in texts]
        touched = data.draw(st.lists(st.sampled_from(known), unique=True), label="touched") if known else []
        texts |= {one.label: f"{texts[one.label]} ja" for one in touched}
        assert old_page.press("Tallenna", {one.key: texts[one.label] for one in touched}).status == 200
        writer = old_page
        asked = changed
    writer.go("hakemus")
    now = {one.label: one for one in asked}
    for label, text in texts.items():
        if label in now:
            assert writer.value(now[label].key) == text
        else:
            assert text in writer.text
        assert text in kept(writer)
    fits = {one.key: texts[one.label][: one.limit] for one in asked if one.label in texts}
    writer.press("Tallenna", fits).go("yhteenveto").send()
    record = writer.get(f"/hakemus/{writer.reference}/versio/1/tietue.json").response
    assert record is not None
    answers = json.loads(record.data)["answers"]
    assert {key: text for key, text in answers.items() if text} == fits


def test_two_processes_hear_of_it(tmp_path: Path) -> None:
    calls = folder_with(tmp_path / "calls", text_of("haku", [ONE, TWO, THREE]))
    with Service(tmp_path, CALLS_DIR=str(calls)) as service:
        writer = RealApplicant(service).begin("haku").press("Tallenna", TEXTS)
        changed = tmp_path / "muutettu.toml"
        changed.write_text(text_of("haku", [ONE.renamed("q7"), THREE]))
        refused = flask(service, "call", "publish", str(changed))
        assert "! Kysymys 1: kysymys on poistettu" in refused.stdout
        assert "Valitkaa, minne vastaukset siirtyvät" in refused.stderr
        done = flask(service, "call", "publish", str(changed), "--move", "q1", "q7", "--accept")
        assert "haku version 2 is in force" in done.stdout, done.stderr
        until_all_know(service, "haku", "Toimet")
        writer.go("hakemus")
        assert writer.value("q7") == TEXTS["q1"]
        assert TEXTS["q2"] in writer.text
        assert "Traceback" not in service.log.read_text()
    versions = databases.ask(tmp_path, "SELECT number FROM call_version ORDER BY number")
    assert versions == [(1,), (2,)]
