"""PostgreSQL goes down and comes back while people write: texts come back to them, nothing acknowledged is lost."""

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.databases import Server
from tests.faults.test_disk_and_process import expect_given_back, press_save, writer_with
from tests.faults.test_ledger import make_writers, reckon, write
from tests.service import Service


@pytest.fixture
def server() -> Iterator[Server]:
    """One of its own, as durable as PostgreSQL is by itself."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    folder.chmod(0o755)
    own = Server(folder)
    own.make()
    own.start()
    yield own
    own.stop("immediate")
    shutil.rmtree(folder)


def test_a_server_that_is_down(tmp_path: Path, calls_dir: Path, server: Server) -> None:
    with Service(tmp_path, CALLS_DIR=str(calls_dir), DATABASE_URL=server.url("postgres")) as service:
        writer = writer_with(service, "tallella")
        server.stop()
        assert writer.save("pysähdyksissä") == 503
        status, page = press_save(writer, "pysähdyksissä")
        assert status == 503
        expect_given_back(page, "pysähdyksissä")
        server.start()
        # Each worker's connections are of the old server.
        for number in range(6):
            assert writer.save(f"taas {number}") == 200
        writer.load()
        assert writer.shown == "taas 5"


def test_a_server_that_only_reads(tmp_path: Path, calls_dir: Path, server: Server) -> None:
    """As one that another has taken over from."""
    with Service(tmp_path, CALLS_DIR=str(calls_dir), DATABASE_URL=server.url("postgres")) as service:
        writer = writer_with(service, "tallella")
        server.ask("postgres", "ALTER DATABASE postgres SET default_transaction_read_only = on")
        service.change_workers()
        status, page = press_save(writer, "ei mahdu")
        assert status == 503
        assert "Palvelussa on häiriö" in page
        writer.load()
        assert writer.shown == "tallella"


def test_a_server_that_crashes_while_people_write(tmp_path: Path, calls_dir: Path, server: Server) -> None:
    with Service(tmp_path, CALLS_DIR=str(calls_dir), DATABASE_URL=server.url("postgres")) as service:
        writers = make_writers(service, 12)
        until = time.monotonic() + 8
        threads = [
            threading.Thread(target=write, args=(writer, until, number)) for number, writer in enumerate(writers)
        ]
        for thread in threads:
            thread.start()
        for crash in (1, 2):
            while sum(len(writer.acknowledged) for writer in writers) < crash * len(writers):
                threading.Event().wait(0.01)
            server.stop("immediate")
            server.start()
        for thread in threads:
            thread.join()
        for writer in writers:
            writer.load()
            assert writer.save(f"{writer.name}-{10**6}") == 200
        missing, overwritten = reckon(partial(server.ask, "postgres"), writers)
        acknowledged = sum(len(writer.acknowledged) for writer in writers)
        statuses = [status for writer in writers for status in writer.statuses]
        print(f"{acknowledged} saves acknowledged, {statuses.count(503)} refused, missing {missing}")
        assert statuses.count(503) > 0
        assert statuses.count(500) == 0
        assert (missing, overwritten) == (0, 0)
