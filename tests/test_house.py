"""The house itself: rooms, schema, catalogues, documents keep to what they promise."""

import ast
import hashlib
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.resources import files
from inspect import signature
from io import BytesIO
from pathlib import Path
from typing import Any, get_args

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask import Flask
from playhouse.schema_diff import diff_models
from pydantic import SecretStr

import models
from forms.kinds import KINDS
from forms.question import Question
from forms.retention import Retention
from forms.rules import AnyRule
from forms.texts import LANGUAGES
from models.database import database, is_up_to_date
from settings import Settings
from tests import house
from tests.conftest import ROOT
from tests.drawn import expect_drawn

KEYWORDS = {"msg": None, "msgn": (1, 2), "_": None, "gettext": None, "ngettext": (1, 2)}


@pytest.mark.both
def test_the_migrations_add_up_to_the_models(app: Flask) -> None:
    with database.connection_context():
        assert not diff_models(database.obj, models.ALL)
        assert is_up_to_date()


def messages_of_the_program() -> set[str]:
    with (ROOT / "babel.cfg").open() as file:
        mapping, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = set()
    for _, _, message, _, _ in extract_from_dir(ROOT, mapping, options, KEYWORDS):
        found.add(message[0] if isinstance(message, tuple) else message)
    return found


def test_every_message_is_translated() -> None:
    for language in LANGUAGES[1:]:
        path = ROOT / f"translations/{language}/LC_MESSAGES/messages.po"
        catalogue = read_po(BytesIO(path.read_bytes()))
        translated = set()
        for message in catalogue:
            original = message.id[0] if isinstance(message.id, tuple) else message.id
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            if original and all(strings) and not message.fuzzy:
                translated.add(original)
                assert not list(message.check(catalogue)), original
        program = messages_of_the_program()
        assert program - translated == set()
        assert translated - program == set(), "no longer used: make translations"


def test_no_markup_bypasses_escaping() -> None:
    folders = (ROOT, ROOT / "commands", ROOT / "views")
    for path in [*(ROOT / "templates").rglob("*"), *(path for folder in folders for path in folder.glob("*.py"))]:
        if path.is_file():
            assert not re.search(r"\|\s*safe\b|Markup\(|autoescape\s*=|%-?\s*autoescape", path.read_text()), path


def test_services_know_no_request() -> None:
    for path in (ROOT / "services").rglob("*.py"):
        names = {
            alias.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module == "flask"
            for alias in node.names
        }
        assert not names & {"request", "session", "g", "url_for", "redirect"}, path


def test_views_take_what_their_addresses_give(app: Flask) -> None:
    """A page that is shown from elsewhere too, with more in it, is a function of its own."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            assert set(signature(app.view_functions[rule.endpoint]).parameters) == rule.arguments, rule.endpoint


def names_of_kinds() -> list[str]:
    return [kind.kind_name() for kind in KINDS]


def test_every_kind_has_its_template() -> None:
    for kind in names_of_kinds():
        text = (ROOT / f"templates/kinds/{kind}.html").read_text()
        for macro in (
            "input(question, view)",
            "live(question, view, oob=false)",
            "read(question)",
            "answer(question, shown)",
        ):
            assert f"macro {macro}" in text, (kind, macro)
        assert (ROOT / f"forms/kinds/{kind}.py").exists()
        assert (ROOT / f"tests/calls/{kind}.toml").exists(), "one small call a kind, for its tests"


def test_every_style_is_used() -> None:
    rules = re.sub(r"/\*.*?\*/", "", (ROOT / "static/app.css").read_text(), flags=re.DOTALL)
    classes = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"\{[^{}]*\}", "{}", rules)))
    users = [*(ROOT / "templates").rglob("*.html"), ROOT / "static/app.js", *(ROOT / "forms").glob("*.py")]
    used = set(re.findall(r"[\w-]+", " ".join(path.read_text() for path in users)))
    assert classes - used - {f"kind-{name}" for name in names_of_kinds()} == set()


def test_htmx_is_the_one_we_know() -> None:
    script = (files("js_lib_htmx") / "static/htmx/htmx.min.js").read_bytes()
    assert b'version:"2.0.3"' in script
    known = "d3cf79fe9976314d741ea73a8dde11bebb613650e213d535b56997ed644449fb440d1a2c83136c406fd97bd60c4731ea"
    assert hashlib.sha384(script).hexdigest() == known


def test_modules_fit_into_a_head() -> None:
    for folder in ("commands", "forms", "models", "services", "views", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" not in path.parts:
                assert len(path.read_text().splitlines()) <= 320, path


def documented(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def default_of(name: str) -> str:
    match Settings.model_fields[name].get_default(call_default_factory=True):
        case SecretStr() | "" | () | frozenset():
            return "none"
        case Path() as path:
            return str(path.relative_to(ROOT))
        case value:
            return str(value)


def test_every_setting_is_drawn() -> None:
    rows = [
        f"| `{name.upper()}` | {default_of(name)} | {' '.join((field.description or '').split()).replace('``', '`')} |"
        for name, field in Settings.model_fields.items()
    ]
    assert [row for row in rows if row.endswith("|  |")] == []
    expect_drawn(ROOT / "docs/settings.md", "\n".join(["| setting | default | what it does |", "|---|---|---|", *rows]))


def test_what_a_call_can_ask_is_drawn() -> None:
    lines = ["| kind | what it is | keys | checks |", "|---|---|---|---|"]
    for kind in sorted(KINDS, key=lambda kind: kind.kind_name()):
        module = (import_module(kind.__module__).__doc__ or "").splitlines()[0]
        checks = ", ".join(f"{check} {severity}" for check, severity in kind.checks.items())
        # The areas are the call's own sections.
        own = {field.alias or key: key for key, field in kind.model_fields.items() if key not in ("kind", "areas")}
        keys = ", ".join(f"`{name}`" for name, key in own.items() if key not in Question.model_fields)
        lines.append(f"| `{kind.kind_name()}` | {module} | {keys} | {checks} |")
    lines += ["", "| rule | what it asks | keys |", "|---|---|---|"]
    for rule in get_args(get_args(AnyRule)[0]):
        keys = ", ".join(f"`{key}`" for key in rule.model_fields if key not in ("kind", "severity"))
        name = get_args(rule.model_fields["kind"].annotation)[0]
        lines.append(f"| `{name}` | {(rule.__doc__ or '').splitlines()[0]} | {keys} |")
    lines += ["", "| `[retention]` | default | days |", "|---|---|---|"]
    for name, field in Retention.model_fields.items():
        lines.append(f"| `{name}` | {field.default} | {field.description} |")
    expect_drawn(ROOT / "docs/calls.md", "\n".join(lines))


def test_the_kind_that_is_shown_whole_is_still_so() -> None:
    page = documented(ROOT / "docs/adding-a-kind.md")
    shown = re.findall(r"```diff\n\+\+\+ (\S+)\n(.*?)```", page, re.DOTALL)
    assert len(shown) > 5
    for path, diff in shown:
        added = {line[1:] for line in diff.splitlines() if line.startswith("+")}
        assert added - set((ROOT / path).read_text().splitlines()) == set(), path


def test_the_picture_of_the_house_is_that_of_its_imports() -> None:
    expect_drawn(ROOT / "docs/architecture.md", f"```\n{house.picture()}\n```")


CASES = "1 3 5 6 7 9 10 11 13 14 16 17 19 21 23 24 25 26 28 29 30 32 34 35 36 38 40 42 43 45 46 47 48 49 50 52 53 55 57"
CASES += " 58 60 61 62 64 66 68 70 72 73 74 76 77 78 80 81 82 84 86 88 89 90 91 92 94 96 97 98 99 101 102 104"
CASES += " 106 107 109 111 113 115 116 118 120 121 122 "
CASES += " ".join(f"S{number}" for number in range(1, 15))


def expect_known_tests(page: str) -> None:
    known = "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    for test in re.findall(r"`(test_[a-z0-9_]+)`", page):
        assert f"def {test}(" in known, test


def test_every_case_of_our_kinds_has_a_line() -> None:
    page = documented(ROOT / "docs/cases.md")
    for case in CASES.split():
        assert re.search(rf"^\| {case} \|.*`test_", page, re.MULTILINE), case
    expect_known_tests(page)


@pytest.mark.parametrize("name", ["reliability", "threat-model"])
def test_every_fault_and_threat_has_its_test(name: str) -> None:
    page = documented(ROOT / f"docs/{name}.md").split("\n## Rate limits")[0]
    rows = [line for line in page.splitlines() if line.startswith("| ") and line.split()[1] not in ("fault", "asset")]
    assert len(rows) > 20
    assert [row for row in rows if "`test_" not in row] == []
    expect_known_tests(page)


def texts_of_call(value: Any, language: str) -> Iterator[str]:
    """The texts of a call's file in one language."""
    if isinstance(value, list):
        for part in value:
            yield from texts_of_call(part, language)
    elif isinstance(value, dict):
        for key, part in value.items():
            if key == language and isinstance(part, str):
                yield part
            yield from texts_of_call(part, language)


def texts_in(language: str) -> str:
    """All that people can read in one language: the program's messages and the texts of the calls."""
    if language == LANGUAGES[0]:
        found = sorted(messages_of_the_program())
    else:
        catalogue = read_po(BytesIO((ROOT / f"translations/{language}/LC_MESSAGES/messages.po").read_bytes()))
        strings = [message.string or "" for message in catalogue if message.id]
        found = [form for string in strings for form in ((string,) if isinstance(string, str) else string)]
    for path in (ROOT / "calls").glob("*.toml"):
        found += texts_of_call(tomllib.loads(path.read_text()), language)
    return "\n".join(found).lower()


def names_of_the_code() -> set[str]:
    """Modules, and what they and their classes define, with and without the module's name before it."""
    found = set()

    def note(body: list[ast.stmt], before: tuple[str, ...], module: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                names = [node.name]
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names = [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
            else:
                names = []
            for name in names:
                found.update({".".join([*before, name]), ".".join([module, *before, name])})
            if isinstance(node, ast.ClassDef):
                note(node.body, (*before, node.name), module)

    for folder in ("", "commands", "forms", "forms/kinds", "models", "services", "services/exports", "views"):
        for path in (ROOT / folder).glob("*.py"):
            found.add(".".join(path.relative_to(ROOT).with_suffix("").parts))
            note(ast.parse(path.read_text()).body, (), path.stem)
    return found


def test_the_glossary_names_what_there_is() -> None:
    tables = documented(ROOT / "docs/glossary.md").split("\n## One word for two")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in tables.splitlines() if line[:2] == "| "]
    concepts = [row for row in rows if row[0] != "Finnish"]
    assert len(concepts) > 40
    assert len({row[0] for row in concepts}) == len(concepts)
    finnish, swedish, known = texts_in("fi"), texts_in("sv"), names_of_the_code()
    for fi, sv, _, code in concepts:
        # A word may be inflected at its end.
        assert [term for term in fi.split(", ") if not re.search(rf"\b{term}", finnish)] == [], fi
        assert [term for term in sv.split(", ") if not re.search(rf"\b{term}", swedish)] == [], sv
        names = re.findall("`([^`]+)`", code)
        assert names, fi
        assert [name for name in names if name not in known and not (ROOT / name).is_file()] == [], fi
