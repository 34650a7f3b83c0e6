"""A call's file: read whole, or refused with every fault named in words of the file."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from forms.call_file import load_call
from forms.definition import SUMMARY_PAGE, Call
from forms.faults import CallFileError
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
    target.mkdir()
    for path in (REAL, *REAL.parent.glob("*.csv")):
        shutil.copy(path, target)
    return target


def test_no_page_of_a_call_takes_an_address_of_the_program(app: Flask, folder: Path) -> None:
    addresses = [re.fullmatch("/hakemus/<reference>/([a-z]+)", str(rule)) for rule in app.url_map.iter_rules()]
    taken = {address[1] for address in addresses if address} - {SUMMARY_PAGE}
    assert "linkit" in taken
    text = (folder / REAL.name).read_text()
    for name in taken:
        (folder / REAL.name).write_text(text.replace('key = "hakija"', f'key = "{name}"', 1))
        with pytest.raises(CallFileError, match=f"sivu {name}, key: Käyttäkää pieniä kirjaimia"):
            load_call(folder / REAL.name)


def test_no_part_of_a_question_takes_what_stands_beside_it(tmp_path: Path) -> None:
    """Two places of one id, or two fields of one name, would be taken for each other."""
    templates = [*(ROOT / "templates/apply").glob("*.html"), ROOT / "templates/kinds/amounts.html"]
    beside = {name for path in templates for name in re.findall(r"key \}\}[-.]([a-z]+)", path.read_text())}
    assert {"rev", "nahty", "tila", "summa"} <= beside
    text = (ROOT / "tests/calls/amounts.toml").read_text()
    for name in beside:
        path = tmp_path / "amounts.toml"
        path.write_text(text.replace('key = "palkat"', f'key = "{name}"'))
        with pytest.raises(CallFileError, match="Käyttäkää pieniä kirjaimia"):
            load_call(path)


def test_a_broken_file_stops_the_start(folder: Path, make_app: Callable[..., Flask]) -> None:
    (folder / REAL.name).write_text("key = ")
    with pytest.raises(SystemExit, match="1: Riviä ei voi lukea"):
        make_app(calls_dir=folder)


def test_two_calls_keep_apart(folder: Path, make_app: Callable[..., Flask]) -> None:
    text = (folder / REAL.name).read_text()
    key, prefix = 'key = "strategiarahoitus-2021"', 'reference_prefix = "SR21"'
    another_key, another_prefix = (
        text.replace(key, 'key = "toinen"', 1),
        text.replace(prefix, 'reference_prefix = "X2"'),
    )
    for same in (text, another_key, another_prefix):
        (folder / "toinen.toml").write_text(same)
        with pytest.raises(SystemExit, match="on jo haulla strategiarahoitus-2021"):
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
    for folder in ("commands", "views", "services", "models", "templates", "forms"):
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
