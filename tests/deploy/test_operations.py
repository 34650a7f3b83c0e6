"""The page for operators walked on a machine of its own: set up, use, upgrade, back, restore. ``make deploy-check``."""

import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import clock
from tests.applicant import CALL, fields_of_answers
from tests.conftest import ROOT, need
from tests.deploy.caller import Caller
from tests.deploy.machine import Machine, blocks
from tests.service import Mailbox

UNITS = ROOT / "deploy/systemd"
ADMIN = "paakayttaja@example.fi"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as running:
        yield running


@pytest.fixture
def machine(mailbox: Mailbox) -> Iterator[Machine]:
    need("nginx")
    with Machine(mailbox.port) as machine:
        yield machine


def send(caller: Caller, answers: dict[str, Any]) -> None:
    """An application sent, its last request over a slow line; it counts from when that began."""
    fields = fields_of_answers(answers)
    caller.ask(f"/haku/{CALL}").press("Aloita hakemus").press("Seuraava: Kehittämiskokonaisuudet", fields)
    caller.press("Näytä valitut kysymykset", {"q3": fields["q3"]}).press("Seuraava: Yhteenveto ja lähetys", fields)
    sure = {"vakuutus": ["1"], "huomautukset": ["1"]}
    pretends = {"X-Arrived": f"{time.time() - 300:.3f}", "X-Forwarded-For": "192.0.2.1"}
    begun = clock.now()
    caller.press("Lähetä", sure, pause=3, headers=pretends)
    assert "Versio 1" in caller.text
    said = re.search(r"(\d+\.\d+\.\d{4}) klo (\d+\.\d+\.\d+)", caller.text)
    assert said
    arrived = datetime.strptime(" ".join(said.groups()), "%d.%m.%Y %H.%M.%S").replace(tzinfo=clock.HELSINKI)
    assert abs((arrived - begun).total_seconds()) < 2


def stays_out_of_logs(machine: Machine) -> None:
    """What opens an application, and who wanted to; and who lies about where one comes from gains nothing."""
    caller = Caller(machine)
    token = "k" * 43
    statuses = [
        caller.ask(f"/jatka/{token}", headers={"X-Forwarded-For": f"192.0.2.{number}"}).status for number in range(100)
    ]
    assert set(statuses) == {404, 429}
    assert statuses.count(404) <= 2 * 20, "twenty an hour from one address, counted by each of two workers"
    web = machine.root / "var/log/nginx/strategiarahoitus.log"
    assert "/jatka/***" in web.read_text()
    for log in (web, *machine.root.glob("*.log"), *machine.root.glob("var/log/nginx/*")):
        assert token not in log.read_text(), log


def says_what_is_too_large(machine: Machine) -> None:
    caller = Caller(machine)
    assert caller.ask("/linkki", b"x=" + b"y" * 3_500_000).status == 413
    assert "<html lang=" in caller.body, "the service's own page"
    assert caller.ask("/linkki", b"x=" + b"y" * 4_500_000).status == 413


@contextmanager
def somebody_asks(machine: Machine) -> Iterator[list[int]]:
    """The statuses of what somebody asks for, again and again meanwhile."""
    statuses: list[int] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            try:
                statuses.append(Caller(machine).ask("/").status)
            except OSError:
                statuses.append(0)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield statuses
    finally:
        is_over.set()
        thread.join()


def test_the_page_is_walked(machine: Machine, mailbox: Mailbox, short: dict[str, Any]) -> None:
    walked = blocks()
    for block in walked.pop("Set up"):
        machine.walk(block)
    settings = machine.root / "etc/strategiarahoitus.env"
    assert settings.stat().st_mode & 0o777 == 0o600
    assert re.search(r"^SECRET_KEY=[0-9a-f]{64}$", settings.read_text(), re.MULTILINE)
    assert "/kayttoonotto/" in mailbox.expect(1, ADMIN)[0].get_body(("plain",)).get_content()

    applicant = Caller(machine)
    send(applicant, short)
    receipt = applicant.address
    stays_out_of_logs(machine)
    says_what_is_too_large(machine)
    for timer in ("retention", "backup"):
        machine.systemd.do(["start", f"strategiarahoitus-{timer}.service"])

    upgrade, back = walked.pop("Upgrade, and back")
    with somebody_asks(machine) as statuses:
        machine.walk(upgrade)
        assert applicant.ask(receipt).status == 200
        machine.walk(back)
    assert set(statuses) == {200}, "requests wait while the service restarts"

    later = Caller(machine).ask(f"/haku/{CALL}").press("Aloita hakemus")
    [restore] = walked.pop("Backups")
    said = machine.walk(restore)
    assert "Restored: 1 application" in said
    assert "Versio 1" in applicant.ask(receipt).text
    assert later.ask(later.address).status in (403, 404), "it came after the backup"
    assert not [block for left in walked.values() for block in left], "a block that nobody walks"


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """A root with the units, systemd's own targets, and something to execute."""
    shutil.copytree(UNITS, tmp_path / "etc/systemd/system")
    shutil.copytree("/usr/lib/systemd/system", tmp_path / "usr/lib/systemd/system", symlinks=True)
    for name in ("gunicorn", "flask"):
        program = tmp_path / "opt/strategiarahoitus/current/.venv/bin" / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    return tmp_path


def analyze(root: Path, verb: str, *words: str) -> str:
    command = [need("systemd-analyze"), verb, f"--root={root}", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def names_of(root: Path) -> list[str]:
    return [path.name for path in (root / "etc/systemd/system").iterdir() if path.is_file()]


def test_systemd_understands_every_unit(units: Path) -> None:
    assert analyze(units, "verify", *names_of(units)) == ""
    shared = units / "etc/systemd/system/strategiarahoitus-.service.d/common.conf"
    shared.write_text(shared.read_text().replace("ProtectHome=yes", "ProtectHouse=yes"))
    assert "ProtectHouse" in analyze(units, "verify", *names_of(units)), "and says what it does not"


def test_services_may_do_little(units: Path) -> None:
    """systemd's own measure of what a service could reach: 0 nothing, 10 everything."""
    for name in names_of(units):
        if name.endswith(".service"):
            said = analyze(units, "security", "--offline=true", name)
            level = re.search(r"exposure level for \S+: (\d+\.\d)", said)
            assert level, said
            assert float(level[1]) <= 1.5, name
