"""A call's file: read whole, or refused with every fault named in words of the file."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from forms.call_file import CallFileError, load_call
from forms.definition import SUMMARY_PAGE, Call
from forms.kinds.text import TextQuestion
from forms.texts import LANGUAGES, Text
from settings import Settings, SettingsError, read_settings
from tests.applicant import Applicant
from tests.conftest import ROOT

REAL = ROOT / "calls/strategiarahoitus-2021.toml"
OLD_TOOL = [
    "Webropol",
    "teksti katkeaa",
    "Eritelkää",
    "Suosittelemme siirtymään",
    "ilmestyy yhteenvetosivu",
    "Lomakkeen lopussa",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real call to spoil."""
    target = tmp_path / "calls"
    shutil.copytree(ROOT / "calls", target)
    return target


def faults(folder: Path, old: str, new: str) -> str:
    """What is said of the real call after one change in it."""
    path = folder / REAL.name
    text = path.read_text()
    assert old in text, old
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(CallFileError) as error:
        load_call(path)
    return str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('key = "q4"', 'key = "q5"', ["questions: q5 stands twice"]),
        ("number = 4\n", "number = 5\n", ["numbers: 5 stands twice"]),
        ('section = "opetus"', 'section = "opetuss"', ["question q4", "unknown section 'opetuss'"]),
        ("limit = 2500", "limit = 0", ["q4", "limit"]),
        ("appropriation = 15_000_000", "appropriation = 0", ["appropriation", "greater than 0"]),
        ("limit = 2500", "limitt = 2500", ["q4", "limitt", "limit: is missing"]),
        ('kind = "text"', 'kind = "teksti"', ["questions q4: unknown kind 'teksti'", "mean 'text'?"]),
        ('kind = "text"', 'kind = "x"', ["questions q4: unknown kind 'x'; take one of amounts, areas"]),
        ('kind = "text"\n', "", ["questions q4 kind: is missing; add it"]),
        ('kind = "row_above"', 'kind = "row_abov"', ["rules no. 2 (row_abov): unknown kind", "mean 'row_above'?"]),
        ('rows = "kustannukset"', 'rows = "kustannus"', ["q7 rows", "unknown rows 'kustannus'"]),
        ('questions = ["q7", "q8"]', 'questions = ["q7", "q999"]', ["rules no. 1 (equal_totals): 'q999'"]),
        ('questions = ["q15", "q16"]', 'questions = ["q15", "q999"]', ["rules no. 4 (equal_totals): 'q999'"]),
        ('questions = ["q7", "q8"]', 'questions = ["q7", "q7"]', ["rules no. 1 (equal_totals): names q7 twice"]),
        ("above = 0", 'above = "x"', ["rules no. 2 (row_above) above"]),
        ("closes = 2021-05-17", "closes = 2020-05-17", ["closes is not after opens"]),
        ('email = "kirjaamo@minedu.fi"', 'email = "kirjaamo"', ["registry email", "no e-mail address"]),
        (
            'register = "providers-2021.csv"',
            'register = "none.csv"',
            ["q1 register", "none.csv is not beside"],
        ),
        ("closes = 2021-05-17T16:15:00", "closes = ", ["is not TOML"]),
        (
            'severity = { missing = "error" }',
            'severity = { mising = "error" }',
            ["q4 severity", "unknown check 'mising'"],
        ),
        ("closes = 2021-05-17T16:15:00", "closes = 2021-05-17", ["closes", "must be a date and clock time"]),
        ("opens = 2021-04-19T00:00:00", "opens = 5", ["opens", "must be a date and clock time"]),
        ('key = "henkilosto"', 'key = "rev"', ["rows kustannukset rev key"]),
        ('key = "q4"', 'key = "kieli"', ["kieli key"]),
        ('kind = "areas"', 'kind = "text"\nlimit = 5', ["need one question of the kind areas"]),
        ('fi = "Strategiarahoitus 2021"\n', "", ["title", "the text in fi is missing"]),
        ('sv = "Strategifinansiering 2021"\n', "", ["title", "the text in sv is missing"]),
        ('sv = "Strategifinansiering 2021"\n', 'sv = "  "\n', ["title", "the text in sv is missing"]),
        ('sv = "Strategifinansiering 2021"\n', 'sw = "Strategifinansiering 2021"\n', ["title", "sv is missing"]),
    ],
)
def test_a_fault_names_place_and_remedy(folder: Path, old: str, new: str, words: list[str]) -> None:
    said = faults(folder, old, new)
    for word in words:
        assert word in said, said
    assert said.startswith(REAL.name)
    assert "pydantic" not in said
    assert "Traceback" not in said


def test_no_page_of_a_call_takes_an_address_of_the_program(app: Flask, folder: Path) -> None:
    addresses = [re.fullmatch("/hakemus/<reference>/([a-z]+)", str(rule)) for rule in app.url_map.iter_rules()]
    taken = {address[1] for address in addresses if address} - {SUMMARY_PAGE}
    assert "linkit" in taken
    text = (folder / REAL.name).read_text()
    for name in taken:
        (folder / REAL.name).write_text(text)
        assert "key: String should match pattern" in faults(folder, 'key = "hakija"', f'key = "{name}"'), name


def test_all_faults_come_at_once(folder: Path) -> None:
    path = folder / REAL.name
    path.write_text(path.read_text().replace("limit = 2500", "limit = -1"))
    with pytest.raises(CallFileError) as error:
        load_call(path)
    assert len(error.value.faults) == 5
    path.write_text(REAL.read_text().replace('key = "q4"', 'key = "q5"', 1).replace("number = 5\n", "number = 6\n", 1))
    with pytest.raises(CallFileError) as error:
        load_call(path)
    assert [fault.split(";")[0] for fault in error.value.faults] == [
        "questions: q5 stands twice",
        "numbers: 6 stands twice",
    ]


def test_a_fault_is_said_once(tmp_path: Path) -> None:
    """A list is not called empty besides, because its only part is at fault."""
    path = tmp_path / "text.toml"
    text = (ROOT / "tests/calls/text.toml").read_text()
    path.write_text(text.replace('kind = "text"', 'kind = "teksti"'))
    with pytest.raises(CallFileError) as error:
        load_call(path)
    assert len(error.value.faults) == 1
    path.write_text(f"questions = []\n{text.partition('[[questions]]')[0]}")
    with pytest.raises(CallFileError) as error:
        load_call(path)
    assert error.value.faults == ["questions: is empty; add at least one"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("1234567-8,Väärä tunnus,", "is not a business ID"),
        ("0201256-6,Kahdesti,", "stands twice"),
        ("0208589-6", "the columns must be"),
    ],
)
def test_a_broken_register_is_named(folder: Path, line: str, words: str) -> None:
    path = folder / "providers-2021.csv"
    path.write_text("business_id,name_fi,name_sv\n0201256-6,Helsingin kaupunki,\n" + line + "\n")
    with pytest.raises(CallFileError, match=words) as error:
        load_call(folder / REAL.name)
    assert "providers-2021.csv, line 3" in str(error.value)


def test_a_broken_file_stops_the_start(folder: Path, make_app: Callable[..., Flask]) -> None:
    (folder / REAL.name).write_text("key = ")
    with pytest.raises(SystemExit, match="is not TOML"):
        make_app(calls_dir=folder)


def test_the_command_checks_a_file(app: Flask, folder: Path) -> None:
    run = app.test_cli_runner().invoke
    good = run(args=["call", "check", str(REAL)])
    assert good.exit_code == 0
    assert "40 questions" in good.output
    assert "reconstructed: questions 14, 25" in good.output
    (folder / REAL.name).write_text("key = ")
    bad = run(args=["call", "check", str(folder / REAL.name)])
    assert bad.exit_code == 1
    assert REAL.name in bad.output


def test_the_command_works_where_nothing_else_does(folder: Path) -> None:
    """Without any setting, and beside a call that is broken: it is how a broken file is found."""
    (folder / "rikki.toml").write_text("key = ")
    flask = Path(sys.executable).with_name("flask")
    environment = {"PATH": os.environ["PATH"], "CALLS_DIR": str(folder)}
    for name, code, words in ((REAL.name, 0, "no faults"), ("rikki.toml", 1, "is not TOML")):
        command = [str(flask), "call", "check", str(folder / name)]
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert run.returncode == code, run.stderr
        assert words in run.stdout + run.stderr
        assert "Traceback" not in run.stderr


def test_two_calls_keep_apart(folder: Path, make_app: Callable[..., Flask]) -> None:
    text = (folder / REAL.name).read_text()
    key, prefix = 'key = "strategiarahoitus-2021"', 'reference_prefix = "SR21"'
    another_key, another_prefix = (
        text.replace(key, 'key = "toinen"', 1),
        text.replace(prefix, 'reference_prefix = "X2"'),
    )
    for same in (text, another_key, another_prefix):
        (folder / "toinen.toml").write_text(same)
        with pytest.raises(SystemExit, match="is that of the call"):
            make_app(calls_dir=folder)
    another = another_key.replace(prefix, 'reference_prefix = "X2"').replace(
        "closes = 2021-05-17", "closes = 2021-06-17"
    )
    (folder / "toinen.toml").write_text(another)
    # The one that closes last stands first.
    assert [call.key for call in make_app(calls_dir=folder).extensions["calls"]] == ["toinen", "strategiarahoitus-2021"]


def test_the_real_call(call: Call) -> None:
    assert [question.key for question in call.questions] == [f"q{number}" for number in range(1, 41)]
    assert [question.number for question in call.questions] == list(range(1, 41))
    assert call.provider_question is call.questions[0]
    assert len(call.provider_question.providers) == 138
    limits = {question.number: question.limit for question in call.of_kind(TextQuestion)}
    assert [number for number, limit in limits.items() if limit == 2500] == [4, 12, 19, 25, 33]
    assert set(limits.values()) == {2000, 2500}
    assert {question.number for question in call.questions if question.section == "tieto"} == set(range(19, 25))


def test_every_text_is_in_every_language(call: Call) -> None:
    def texts(node: Any) -> Any:
        if isinstance(node, Text):
            yield node
        elif isinstance(node, tuple):
            for part in node:
                yield from texts(part)
        elif hasattr(node, "model_fields_set"):
            for name in type(node).model_fields:
                yield from texts(getattr(node, name))

    found = list(texts(call))
    assert len(found) > 120
    assert all(text.in_language(language).strip() for text in found for language in LANGUAGES)


def test_no_page_describes_the_old_tool(applicant: Applicant) -> None:
    applicant.get("/haku/strategiarahoitus-2021")
    text = applicant.text
    applicant.begin().go("kehittamiskokonaisuudet")
    areas = ["opetus", "ymparistot", "tieto", "yhdistymiset", "kilpailut"]
    text += applicant.press("Näytä valitut kysymykset", {"q3": areas}).text
    text += applicant.go("yhteenveto").text + applicant.go("tallennettu").text
    assert [phrase for phrase in OLD_TOOL if phrase.casefold() in text.casefold()] == []


def test_no_question_is_named_outside_its_call(call: Call) -> None:
    """A new call must need no change of the program: keys stand in the call's file alone."""
    keys = "|".join(question.key for question in call.questions)
    quoted = re.compile(rf"""["'](?:{keys})(?:\.[a-z0-9]+)?["']""")
    for folder in ("views", "services", "models", "templates", "forms"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".html", ".txt"):
                assert not quoted.search(path.read_text()), path


def test_forms_are_built_at_start(call: Call) -> None:
    """Building them while people wait costs more than all checks."""
    assert all("form_class" in vars(question) for question in call.questions)


def test_a_wrong_setting_stops_the_start_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "long enough for this")
    monkeypatch.setenv("MAIL_PORT", "ninety")
    with pytest.raises(SettingsError, match="MAIL_PORT"):
        read_settings()
    monkeypatch.delenv("MAIL_PORT")
    monkeypatch.setenv("SECRET_KEY", "short")
    with pytest.raises(SettingsError, match="SECRET_KEY is missing or shorter"):
        read_settings()
    assert Settings(tryout=True).tryout
