"""What the tests share: the service in-process and for real, the seed's answers, the sample application."""

import email
import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import policy
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, Page, expect

import clock
from app import create_app
from forms.call_file import load_call
from forms.definition import Call
from forms.texts import LANGUAGES
from models.database import bind, database, migrate
from services.accounts import Role
from settings import Settings
from tests import databases
from tests.applicant import Applicant
from tests.browser import PATIENCE, new_page
from tests.desk import Officer, signed_in
from tests.prepared import Once
from tests.service import Mailbox, Service
from tests.words import Words

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
SEED = SHARED / "seed/answers.json"
SAMPLE = ROOT / "tests/sample/application.json"
BUSINESS_IDS = {"Helsingin kaupunki": "0201256-6", "Tampereen kaupunki": "0211675-2"}
OTHER_TIMES = {
    "tuleva": ("opens = 2021-01-01", "opens = 2030-01-01"),
    "paattynyt": ("closes = 2031-01-01", "closes = 2022-01-01"),
}
expect.set_options(timeout=PATIENCE)
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")
# Chromium without what draws windows: the same pages for two thirds of the work.
CHROMIUM = "chromium-headless-shell"
IN_CI = os.environ.get("CI") == "true"
Desk = Callable[[Role], tuple[Officer, Applicant]]
"""Somebody of this role who is signed in, and an application that was sent."""


def need(tool: str) -> str:
    """The path of a tool; without it a test is skipped with a word, and fails where nothing may be skipped."""
    path = shutil.which(tool)
    if path is None:
        (pytest.fail if IN_CI else pytest.skip)(f"{tool} is missing: sudo make setup")
    return str(path)


def with_provider(answers: dict[str, Any]) -> dict[str, Any]:
    return {**answers, "1": BUSINESS_IDS[answers["1"]]}


@pytest.fixture(scope="session")
def sample() -> dict[str, Any]:
    """The sample application: all five areas, texts at their limits."""
    return with_provider(json.loads(SAMPLE.read_text()))


@pytest.fixture(scope="session")
def short(sample: dict[str, Any]) -> dict[str, Any]:
    """The sample application with one area and short texts, for what sending does whatever is sent: its documents are
    drawn in a third of the time."""
    texts = {number: answer[:60] for number, answer in sample.items() if isinstance(answer, str)}
    return {**sample, **texts, "3": ["opetus"]}


@pytest.fixture(scope="session")
def seed() -> dict[str, Any]:
    """A real application's answers, where the folder beside the project has them."""
    if not SEED.exists():
        pytest.skip("the real application is not here; the sample application takes its place")
    return with_provider(json.loads(SEED.read_text()))


@pytest.fixture(params=["sample", "seed"])
def answers(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each filled-in application in turn."""
    found: dict[str, Any] = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def real(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The real application's answers, or the sample application in their place."""
    found: dict[str, Any] = request.getfixturevalue("seed" if SEED.exists() else "sample")
    return found


@pytest.fixture(scope="session")
def call() -> Call:
    return load_call(ROOT / "calls/strategiarahoitus-2021.toml")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(databases)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """``-m quick`` leaves out what needs a browser, a server or a mail server of its own."""
    slow = {"page", "browser", "service", "inbox", "tls"}
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if not fixtures & slow and not {"faults", "accessibility"} & set(item.path.parts):
            item.add_marker("quick")


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates that one service of this process has compiled, for all others: that takes longer than most tests."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("compiled")))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at this program's schema and with nothing in it: making it takes longer than copying it."""
    folder = tmp_path_factory.mktemp("empty")
    bind(Settings(secret_key="a secret of the tests", var_dir=folder).effective_database_url)
    migrate()
    return folder / "strategiarahoitus.db"


@pytest.fixture
def make_app(tmp_path: Path, empty_database: Path, compiled: FileSystemBytecodeCache) -> Iterator[Callable[..., Flask]]:
    """The service in this process, on a database of its own."""

    def make(**settings: Any) -> Flask:
        values: dict[str, Any] = {
            "secret_key": "a secret of the tests",
            "var_dir": tmp_path,
            "held_open": frozenset({"strategiarahoitus-2021"}),
            "link_requests": "1000 per hour",
            "mail_server": "",
            "tryout": False,
            **settings,
        }
        values.setdefault("database_url", databases.url_of(values["var_dir"]))
        if not values["database_url"] and not (kept := tmp_path / empty_database.name).exists():
            shutil.copy(empty_database, kept)
        app = create_app(Settings(**values))
        app.testing = True
        app.jinja_env.bytecode_cache = compiled
        migrate()
        return app

    yield make
    if database.obj is not None and not database.is_closed():
        database.close()


@pytest.fixture
def small(make_app: Callable[..., Flask], tmp_path: Path) -> Callable[..., Applicant]:
    """Begin an application in one of the small calls of tests/calls."""

    def begin(name: str, **settings: Any) -> Applicant:
        folder = tmp_path / "calls"
        folder.mkdir()
        shutil.copy(ROOT / f"tests/calls/{name}.toml", folder)
        shutil.copy(ROOT / "tests/calls/three-providers.csv", folder)
        return Applicant(make_app(calls_dir=folder, **settings)).begin(name.replace("_", "-"))

    return begin


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def applicant(app: Flask) -> Applicant:
    return Applicant(app)


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """What was done once in this process: for ``once`` alone."""
    return {}, tmp_path_factory.mktemp("kept")


@pytest.fixture
def once(app: Flask, tmp_path: Path, kept: tuple[dict[str, Any], Path]) -> Once:
    """Do what many tests begin with; all but the first that does the same get a copy of it."""
    return Once(app, tmp_path, *kept)


@pytest.fixture
def officer(app: Flask, once: Once) -> Officer:
    return once("an officer", lambda: signed_in(app))


@pytest.fixture
def desk(app: Flask, once: Once, short: dict[str, Any]) -> Desk:
    def begin(role: Role) -> tuple[Officer, Applicant]:
        return once(f"sent, and a {role}", lambda: (signed_in(app, role), Applicant(app).begin().fill(short).send()))

    return begin


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def words(language: str) -> Words:
    return Words(language)


@pytest.fixture
def reader(app: Flask, language: str) -> Applicant:
    """A browser that asks for one of the languages."""
    return Applicant(app, language)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Set the clock to an instant in Finland."""

    def set_clock(text: str) -> None:
        instant = datetime.fromisoformat(text).replace(tzinfo=clock.HELSINKI)
        monkeypatch.setattr(clock, "now", lambda: instant.astimezone(UTC))

    return set_clock


@pytest.fixture
def mails(tmp_path: Path) -> Callable[[], list[Any]]:
    """The mails written to files so far, oldest first."""

    def read() -> list[Any]:
        files = sorted((tmp_path / "mail").glob("*.eml"), key=lambda path: int(path.name.split("-")[2]))
        return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]

    return read


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium instead of a download, kept from calling home."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    flags += ["--disable-component-update", "--disable-sync"]
    return {**browser_type_launch_args, "executable_path": need(CHROMIUM), "args": flags}


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The real service, shared by all tests; each begins applications of its own. It has one more call that is still to
    come, and one that is over."""
    folder = tmp_path_factory.mktemp("service")
    calls = folder / "calls"
    shutil.copytree(ROOT / "calls", calls)
    for key, (before, after) in OTHER_TIMES.items():
        text = (ROOT / "tests/calls/text.toml").read_text().replace('key = "text"', f'key = "{key}"')
        text = text.replace(before, after).replace('"PIENI"', f'"{key[:6].upper()}"')
        (calls / f"{key}.toml").write_text(text)
    with Service(folder, CALLS_DIR=str(calls)) as running:
        yield running


@pytest.fixture
def inbox() -> Iterator[Mailbox]:
    """A real mail server on loopback."""
    with Mailbox() as running:
        yield running


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    page = new_page(browser, service)
    # A script's error or a breach of the content policy is nobody's to overlook.
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    yield page
    page.context.close()
    assert [trouble for trouble in troubles if "409" not in trouble] == []
