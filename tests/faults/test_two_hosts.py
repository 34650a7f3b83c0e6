"""Two web hosts on one PostgreSQL: people and officers are known on both, nothing is lost, sent or mailed twice."""

import html
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from tests import databases
from tests.conftest import ROOT
from tests.faults.test_ledger import make_writers, reckon, write
from tests.faults.writer import HIDDEN, Writer
from tests.service import Service

REGISTRY = "kirjaamo@example.fi"
Hosts = tuple[Service, Service]


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    """Two of the real service, each with two workers and a folder of its own; they share database, key, mail server."""
    folder = tmp_path_factory.mktemp("hosts")
    (folder / "calls").mkdir()
    shutil.copy(ROOT / "tests/calls/text.toml", folder / "calls")
    how: dict[str, Any] = {"DATABASE_URL": databases.url_of(folder, databases.POSTGRESQL)}
    how |= {"CALLS_DIR": str(folder / "calls"), "LINK_REQUESTS": "3 per hour"}
    for name in ("one", "other"):
        (folder / name).mkdir()
    with (
        Service(folder / "one", **how) as one,
        Service(folder / "other", **{**how, "MAIL_PORT": str(one.smtp_port)}) as other,
    ):
        yield one, other


def ask(hosts: Hosts, sql: str) -> list[tuple[object, ...]]:
    return databases.ask_at(hosts[0].environment["DATABASE_URL"], sql)


def press_on_both(hosts: Hosts, writer: Writer) -> list[int]:
    """One press of *Lähetä* that arrives six times, three on each host."""
    address = f"/hakemus/{writer.reference}/yhteenveto"
    _, _, page = writer.request("GET", address)
    form = {name: html.unescape(value) for name, value in HIDDEN.findall(page)}
    form.update(vakuutus="1", toiminto="laheta")
    with ThreadPoolExecutor(6) as pool:
        places = [replace(writer, port=host.port, statuses=writer.statuses) for host in hosts * 3]
        return [answer[0] for answer in pool.map(lambda place: place.request("POST", address, form), places)]


def test_one_host_goes_on_where_the_other_began(hosts: Hosts) -> None:
    one, other = hosts
    writer = Writer(one.port, "w")
    writer.begin()
    writer.load()
    assert writer.save("alku") == 200
    writer.port = other.port
    assert writer.save("jatko samalla sivulla") == 200
    writer.load()
    assert writer.shown == "jatko samalla sivulla"


def test_limits_are_of_both_together(hosts: Hosts) -> None:
    stranger = Writer(0, "s")
    for number, expected in enumerate([404, 404, 404, 429, 429, 429]):
        stranger.port = hosts[number % 2].port
        assert stranger.request("GET", f"/jatka/{number}")[0] == expected


def test_the_ledger_of_two_hosts(hosts: Hosts) -> None:
    """Writers on both, some in one another's answers; then each sends, as many presses at once on either."""
    one, other = hosts
    writers = make_writers(one, 16)
    for number, writer in enumerate(writers):
        writer.port = hosts[number % 2].port
    until = time.monotonic() + 4
    threads = [threading.Thread(target=write, args=(writer, until, number)) for number, writer in enumerate(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reckon(partial(databases.ask_at, one.environment["DATABASE_URL"]), writers) == (0, 0)
    statuses = [status for writer in writers for status in writer.statuses]
    assert {status for status in statuses if status >= 500} == set()
    acknowledged = sum(len(writer.acknowledged) for writer in writers)
    assert acknowledged > len(writers)

    senders = writers[-6:]
    for writer in senders:
        writer.load()
        assert set(press_on_both(hosts, writer)) == {303}
    # Both operators' commands look for mails too, while the hosts deliver them.
    command = [sys.executable, "-m", "flask", "mail", "send"]
    loops = [subprocess.Popen(command, cwd=ROOT, env=host.environment, stderr=subprocess.DEVNULL) for host in hosts]
    assert [loop.wait(60) for loop in loops] == [0, 0]
    assert ask(hosts, "SELECT count(*), max(version) FROM submission") == [(len(senders), 1)]
    mails = one.inbox.expect(len(senders), REGISTRY)
    assert len({mail["Subject"] for mail in mails}) == len(senders)
    assert other.inbox.mails == []
    assert ask(hosts, "SELECT count(*), count(sent_at) FROM outbox_mail") == [(len(senders), len(senders))]
