"""The commands by which an officer makes a call's file: new, copy, check, schema."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import Result
from flask import Flask

from forms.call_file import load_call
from forms.kinds import KINDS
from forms.texts import LANGUAGES
from tests.applicant import Applicant
from tests.conftest import ROOT

REAL = ROOT / "calls/strategiarahoitus-2021.toml"
ANSWERS = ["avustus-2027", "AV27", "Avustus ”2027”", "Understöd 2027", "1.3.2026 klo 8.00", "31.3.2036 16.15"]
ANSWERS += ["kirjaamo@example.fi"]

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    def invoke(*args: object, typed: list[str] | None = None) -> Result:
        return app.test_cli_runner().invoke(args=["call", *map(str, args)], input="\n".join([*(typed or []), ""]))

    return invoke


def test_check_says_what_there_is(run: Run) -> None:
    good = run("check", REAL)
    assert good.exit_code == 0
    assert "ei virheitä. Kysymyksiä on 40" in good.output
    assert "reconstructed: kysymykset 14, 25" in good.output


def test_check_says_all_faults_in_the_language_asked_for(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "rikki.toml"
    path.write_text((ROOT / "tests/calls/text.toml").read_text().replace("limit = 20", "limit = 0\nlimmit = 5"))
    for language, words in (
        ("fi", ["rikki.toml:27: kysymys q1 (1), limit: Luvun pitää olla suurempi kuin 0.", "Tarkoititteko limit?"]),
        ("sv", ["rikki.toml:27: fråga q1 (1), limit: Talet ska vara större än 0.", "Menade ni limit?"]),
    ):
        bad = run("check", path, "--language", language)
        assert bad.exit_code == 1
        assert len(bad.output.splitlines()) == 2
        for word in words:
            assert word in bad.output
    path.unlink()
    assert "rikki.toml: Tiedostoa ei voi avata" in run("check", path).output


def test_the_commands_work_where_nothing_else_does(tmp_path: Path) -> None:
    """Without any setting, and beside a call that is broken: it is how a broken file is found."""
    shutil.copytree(ROOT / "calls", tmp_path, dirs_exist_ok=True)
    (tmp_path / "rikki.toml").write_text("key = ")
    flask = Path(sys.executable).with_name("flask")
    environment = {"PATH": os.environ["PATH"], "CALLS_DIR": str(tmp_path)}
    for args, code, words in (
        (["check", str(tmp_path / REAL.name)], 0, "ei virheitä"),
        (["check", str(tmp_path / "rikki.toml")], 1, "rikki.toml:1: "),
        (["check", str(tmp_path / "rikki.toml"), "--language", "sv"], 1, "Raden kan inte läsas"),
    ):
        command = [str(flask), "call", *args]
        ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == code, ran.stderr
        assert words in ran.stdout + ran.stderr
        assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("areas", [[], ["Opetus", "Undervisning"], ["Opetus", "Undervisning", "y", "Tilat", "Lokaler"]])
def test_a_new_call_can_be_filled_in_and_sent_at_once(
    run: Run, tmp_path: Path, make_app: Callable[..., Flask], areas: list[str]
) -> None:
    folder = tmp_path / "haut"
    folder.mkdir()
    made = run("new", folder / "uusi.toml", typed=[*ANSWERS, *(["y", *areas] if areas else []), "n"])
    assert made.exit_code == 0, made.output
    call = load_call(folder / "uusi.toml")
    assert call.title.in_language("fi") == "Avustus ”2027”"
    applicant = Applicant(make_app(calls_dir=folder)).begin(call.key)
    contact = {"q1.nimi": "Aino Esimerkki", "q1.sahkoposti": "aino@example.fi", "q1.puhelin": "050 123 4567"}
    first = 3 if areas else 2
    if areas:
        applicant.press("Näytä valitut kysymykset", {"q2": ["alue1"]})
    applicant.press("Tallenna", {**contact, f"q{first}": "Kehitämme.", f"q{first + 1}.muut": "1000"})
    assert "Kehitämme." in applicant.go("yhteenveto").text
    assert "Versio 1" in applicant.send().text


def test_what_is_typed_wrong_is_asked_again(run: Run, tmp_path: Path) -> None:
    typed = ["Ä", ANSWERS[0], "av", *ANSWERS[1:4], "maaliskuussa", "31.2.2026 8.00", ANSWERS[4], "1.1.2026 8.00"]
    made = run("new", tmp_path / "uusi.toml", typed=[*typed, ANSWERS[5], "kirjaamo", ANSWERS[6], "n"])
    assert made.exit_code == 0, made.output
    assert made.output.count("Error: ") == 6
    assert load_call(tmp_path / "uusi.toml").key == ANSWERS[0]


def test_next_year_is_this_year_with_other_names_and_times(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "ensi.toml"
    made = run("copy", REAL, target, "--year", "2022")
    assert made.exit_code == 0, made.output
    old, new = REAL.read_text().split("\n"), target.read_text().split("\n")
    changed = {number: line for number, (line, before) in enumerate(zip(new, old, strict=True), 1) if line != before}
    assert changed == {
        24: 'key = "strategiarahoitus-2022"',
        25: 'reference_prefix = "SR22"        # the beginning of each application\'s reference',
        29: "opens = 2022-04-19T00:00:00",
        30: "closes = 2022-05-17T16:15:00",
        39: 'fi = "Strategiarahoitus 2022"',
        40: 'sv = "Strategifinansiering 2022"',
    }
    assert len(load_call(target).questions) == 40, "its register came with it"
    listed = {int(line.split(":")[1]) for line in made.output.splitlines() if line.startswith("ensi.toml:")}
    assert listed == {number for number, line in enumerate(new, 1) if "2021" in line} - set(changed)


def test_a_copy_says_what_a_year_does_not_tell(run: Run, tmp_path: Path) -> None:
    source, target = ROOT / "tests/calls/text.toml", tmp_path / "ensi.toml"
    shutil.copy(source, tmp_path)
    same = run("copy", source, target, "--year", "2022")
    assert same.exit_code == 1
    assert "key tai reference_prefix on jo haulla text" in same.output
    assert not target.exists()
    times = ["--opens", "2022-02-01T09:00:00", "--closes", "2022-03-01T16:15:00"]
    made = run("copy", source, target, "--year", "2022", "--key", "toinen", "--prefix", "T2", *times)
    assert made.exit_code == 0, made.output
    assert "opens = 2022-02-01T09:00:00\ncloses = 2022-03-01T16:15:00\n" in target.read_text()


def test_no_file_is_written_over(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "on-jo.toml"
    path.write_text("key = ")
    for args in (["new", path], ["copy", REAL, path, "--year", "2022"]):
        refused = run(*args, typed=[*ANSWERS, "n"])
        assert refused.exit_code == 1
        assert "on jo olemassa" in refused.output
    assert path.read_text() == "key = "
    assert run("copy", REAL, tmp_path / "ei/ole.toml", "--year", "2022").exit_code == 1
    assert list(tmp_path.iterdir()) == [path] or {file.suffix for file in tmp_path.iterdir()} <= {
        ".toml",
        ".db",
        ".csv",
    }


def as_editors_see_it(node: Any) -> Any:
    """The data of a file with times as strings."""
    if isinstance(node, dict):
        return {name: as_editors_see_it(part) for name, part in node.items()}
    if isinstance(node, list):
        return [as_editors_see_it(part) for part in node]
    return node.isoformat() if isinstance(node, date) else node


def test_the_schema_is_that_of_every_call_there_is(run: Run) -> None:
    schema = json.loads(run("schema").output)
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    files = [*ROOT.glob("calls/*.toml"), *ROOT.glob("tests/calls/*.toml")]
    assert len(files) > len(KINDS)
    for file in files:
        assert list(validator.iter_errors(as_editors_see_it(tomllib.loads(file.read_text())))) == [], file
    for old, new in (
        ("limit = 20", "limit = 0"),
        ("limit = 20", "limitt = 20"),
        ('kind = "text"', 'kind = "teksti"'),
        ('fi = "Kuvaus"', 'fi = ""'),
        (f', {LANGUAGES[1]} = "Beskrivning"', ""),
        ("opens = 2021-01-01T00:00:00", "opens = 2021-01-01"),
    ):
        text = (ROOT / "tests/calls/text.toml").read_text()
        assert old in text
        assert not validator.is_valid(as_editors_see_it(tomllib.loads(text.replace(old, new)))), new
