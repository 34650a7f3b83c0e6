"""The disk is full, read-only or locked, the database's log is damaged, all is killed: what was saved stays."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests import databases
from tests.faults.writer import Writer
from tests.forms_of_pages import forms_of, parse, text_of
from tests.service import Service


def stored(folder: Path, reference: str) -> str:
    """The answer as a folder's database has it, after a check of the whole of it."""
    databases.check(folder)
    rows = databases.ask(
        folder,
        "SELECT CAST(value AS TEXT) FROM answer JOIN application ON application.id = application_id"
        " WHERE reference = ?",
        [reference],
    )
    return str(json.loads(rows[0][0])[""]) if rows else ""


def writer_with(service: Service, text: str) -> Writer:
    writer = Writer(service.port, "w")
    writer.begin()
    writer.load()
    assert writer.save(text) == 200
    return writer


def press_save(writer: Writer, text: str) -> tuple[int, str]:
    """*Tallenna* without scripts; returns what the page says."""
    data = {name: writer.fields[name] for name in ("csrf_token", "sivu", "q1.rev")}
    status, _, page = writer.request("POST", writer.page, {**data, "q1": text, "toiminto": "tallenna"})
    return status, page


def expect_given_back(page: str, text: str) -> None:
    """The form is there with the text in it, and a word that it is not saved."""
    tree = parse(page)
    assert "Palvelussa on häiriö. Kaikki kirjoittamanne on tällä sivulla" in text_of(tree)
    assert forms_of(tree, "/")[0].data["q1"] == text


def fill_up(disk: Path) -> None:
    """Leave no room on a disk."""
    try:
        with (disk / "ballast").open("wb", buffering=0) as ballast:
            while True:
                ballast.write(b"x" * 4096)
    except OSError:
        pass


@pytest.mark.sqlite
def test_a_full_disk(tmp_path: Path, small_disk: Path, calls_dir: Path) -> None:
    with Service(tmp_path, data=small_disk, CALLS_DIR=str(calls_dir), DISK_FREE_MB="0") as service:
        writer = writer_with(service, "tallella")
        fill_up(small_disk)
        big = "y" * 30_000
        assert writer.save(big) == 503
        status, page = press_save(writer, big)
        assert status == 503
        expect_given_back(page, big)
        (small_disk / "ballast").unlink()
        assert writer.save("taas tilaa") == 200
        assert stored(service.data, writer.reference) == "taas tilaa"


@pytest.mark.sqlite
def test_a_read_only_disk(tmp_path: Path, small_disk: Path, calls_dir: Path) -> None:
    with Service(tmp_path, data=small_disk, CALLS_DIR=str(calls_dir), DISK_FREE_MB="0") as service:
        writer = writer_with(service, "tallella")
        # A disk is not made read-only while a worker's connection holds its files open.
        service.change_workers()
        subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
        status, page = press_save(writer, "ei mahdu")
        assert status == 503
        assert "Palvelussa on häiriö" in page
        subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
        writer.load()
        assert writer.shown == "tallella"
        assert writer.save("taas") == 200
        assert stored(service.data, writer.reference) == "taas"


@pytest.mark.both
def test_a_locked_database(tmp_path: Path, calls_dir: Path) -> None:
    with Service(tmp_path, CALLS_DIR=str(calls_dir)) as service:
        writer = writer_with(service, "tallella")
        with databases.held(service.data):
            status, page = press_save(writer, "odottaa")
            assert status == 503
            expect_given_back(page, "odottaa")
        assert writer.save("odottaa") == 200
        assert stored(service.data, writer.reference) == "odottaa"


@pytest.mark.sqlite
@pytest.mark.parametrize("damage", ["none", "garbage", "cut"])
def test_everything_is_killed(tmp_path: Path, calls_dir: Path, damage: str) -> None:
    """As by a power cut: whatever comes after the log's last synced commit is ignored, every saved answer is there."""
    folder = tmp_path / "first"
    folder.mkdir()
    with Service(folder, CALLS_DIR=str(calls_dir)) as service:
        writer = writer_with(service, "ensimmäinen")
        assert writer.save("toinen") == 200
        service.kill()
        log = service.database.with_name(service.database.name + "-wal")
        if damage == "garbage":
            with log.open("ab") as file:
                file.write(bytes(range(256)) * 40)
        elif damage == "cut":
            # A frame that was being written: a header that says more than there is.
            with log.open("ab") as file:
                file.write(b"\0\0\0\1" * 6 + b"half a page")
        with Service(folder, CALLS_DIR=str(calls_dir)) as again:
            writer.port = again.port
            writer.load()
            assert writer.shown == "toinen"
            assert writer.save("kolmas") == 200
            assert stored(again.data, writer.reference) == "kolmas"


def test_another_key_and_an_upgrade_in_between(tmp_path: Path, calls_dir: Path) -> None:
    """An open page outlives the service: restarted with a new key it saves at the second press."""
    with Service(tmp_path, CALLS_DIR=str(calls_dir)) as service:
        writer = writer_with(service, "vanha")
        service.kill()
    changed: dict[str, Any] = {
        "SECRET_KEY": "a quite different secret",
        "SECRET_KEY_FALLBACKS": '["a secret of the tests"]',
    }
    with Service(tmp_path, CALLS_DIR=str(calls_dir), **changed) as again:
        writer.port = again.port
        status, page = press_save(writer, "kirjoitettu välissä")
        assert status == 400
        form = forms_of(parse(page), writer.page)[0]
        assert form.data["q1"] == "kirjoitettu välissä"
        assert writer.request("POST", writer.page, form.data.to_dict())[0] == 303
        assert stored(again.data, writer.reference) == "kirjoitettu välissä"
