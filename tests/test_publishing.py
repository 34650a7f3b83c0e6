"""Publishing: what is refused, when it comes in force, what is on record."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from forms.faults import CallFileError
from models.call import CallVersion
from models.database import database
from services.accounts import Role
from tests.applicant import Applicant
from tests.desk import signed_in
from tests.mending import Asked, folder_with, publish, text_of

pytestmark = pytest.mark.both
ONE, TWO = Asked("q1", "Tavoitteet"), Asked("q2", "Toimet")
NOW = "2029-05-17T12:00:00"


@pytest.fixture
def app(make_app: Callable[..., Flask], tmp_path: Path, at: Callable[[str], None]) -> Flask:
    at(NOW)
    app = make_app(calls_dir=folder_with(tmp_path / "calls", text_of("haku", [ONE, TWO])))
    Applicant(app).get("/")
    return app


@pytest.fixture
def command(app: Flask, tmp_path: Path) -> Callable[..., str]:
    """What ``flask call publish`` says of a file with this text."""

    def run(text: str, *words: str) -> str:
        file = tmp_path / "uusi.toml"
        file.write_text(text)
        return str(app.test_cli_runner().invoke(args=["call", "publish", str(file), *words]).output)

    return run


def test_it_is_in_force_from_its_time_on(app: Flask, command: Callable[..., str], at: Callable[[str], None]) -> None:
    changed = text_of("haku", [ONE, Asked("q2", "Keinot")])
    assert "version 2 is in force from 20.05.2029 08.00" in command(changed, "--at", "2029-05-20T08:00:00")
    reader = Applicant(app)
    at("2029-05-20T07:59:59")
    assert "Toimet" in reader.get("/haku/haku").text
    writer = Applicant(app).begin("haku").press("Tallenna", {"q2": "Teksti."})
    at("2029-05-20T08:00:00")
    assert "Keinot" in reader.get("/haku/haku").text
    assert "Keinot" in writer.go("hakemus").text
    assert writer.value("q2") == "Teksti."


def test_what_waits_can_be_taken_back(app: Flask, command: Callable[..., str], at: Callable[[str], None]) -> None:
    changed = text_of("haku", [ONE, Asked("q2", "Keinot")])
    command(changed, "--at", "2029-05-20T08:00:00")
    runner = app.test_cli_runner()
    assert "Versio 2 odottaa voimaantuloa" in command(text_of("haku", [ONE, TWO.renamed("q3")]), "--accept")
    assert "haku version 2 is not published." in runner.invoke(args=["call", "take-back", "haku"]).output
    assert "No version of haku waits" in runner.invoke(args=["call", "take-back", "haku"]).output
    at("2029-05-20T08:00:00")
    assert "Toimet" in Applicant(app).get("/haku/haku").text
    assert "version 2 is in force" in command(changed)
    assert "Keinot" in Applicant(app).get("/haku/haku").text


@pytest.mark.parametrize(
    ("changed", "words", "said"),
    [
        ([ONE, TWO], (), "Tiedosto on sama kuin versiossa 1"),
        ([ONE], (), "Osa muutoksista voi haitata luonnoksia"),
        ([ONE, TWO.renamed("q3")], ("--accept", "--move", "q2", "q4"), "Uudessa versiossa ei ole kysymystä q4"),
        ([ONE, TWO.renamed("q3")], ("--accept", "--move", "q2", "q1"), "kysymykseen q1, johon mahtuvat vain yhdet"),
        ([ONE, Asked("q2", "Keinot")], ("--at", "2029-05-17T11:59:59"), "Aika on jo mennyt"),
        ([ONE, Asked("q2", "Keinot", 0)], (), "kysymys q2 (2), limit"),
    ],
)
def test_what_is_refused_changes_nothing(
    command: Callable[..., str], changed: list[Asked], words: tuple[str, ...], said: str
) -> None:
    answer = command(text_of("haku", changed), *words)
    assert "Not published." in answer
    assert said in answer
    with database.connection_context():
        assert CallVersion.select().count() == 1


def test_references_keep_their_beginning(command: Callable[..., str]) -> None:
    assert "reference_prefix oli HAKU" in command(text_of("haku", [ONE, TWO]).replace('"HAKU"', '"MUU"'))
    assert "key tai reference_prefix on jo haulla haku" in command(
        text_of("toinen", [ONE, TWO]).replace('"TOINEN"', '"HAKU"')
    )


def test_one_may_only_look(command: Callable[..., str]) -> None:
    said = command(text_of("haku", [ONE, Asked("q2", "Toimet", 10)]), "--dry-run")
    assert said.replace("\u00a0", " ") == "! Kysymys 2: enimmäispituus 2 000 → 10\n"


def test_a_new_call_is_there_at_once(app: Flask, command: Callable[..., str]) -> None:
    assert "toinen version 1 is in force" in command(text_of("toinen", [ONE]))
    assert "Tavoitteet" in Applicant(app).begin("toinen").text


def test_it_is_on_record(app: Flask, command: Callable[..., str]) -> None:
    command(text_of("haku", [ONE, Asked("q2", "Keinot")]), "--note", "Kirjoitusvirhe.")
    text = signed_in(app, Role.ADMIN).get("/virkailija/loki").text.replace("\u00a0", " ")
    assert "Julkaisi haun" in text
    assert "Versio 2, voimassa 17.5.2029 klo 12.00 alkaen." in text
    assert "Kirjoitusvirhe." in text


def test_a_later_closing_holds_for_all(app: Flask, at: Callable[[str], None]) -> None:
    writer = Applicant(app).begin("haku").press("Tallenna", {"q1": "Teksti."})
    publish(app, text_of("haku", [ONE, TWO]).replace("closes = 2031-01-01", "closes = 2032-01-01"))
    at("2031-06-01T12:00:00")
    assert "Versio 1" in writer.go("yhteenveto").send().text


def test_one_that_this_program_cannot_read_stops_the_start(app: Flask) -> None:
    with app.app_context(), database.connection_context():
        CallVersion.update(source="key = 1", digest="another", publish_at=datetime(2020, 1, 1, tzinfo=UTC)).execute()
        with pytest.raises(CallFileError, match=r"haku.toml \(version 1\): "):
            app.extensions["calls"].look()
