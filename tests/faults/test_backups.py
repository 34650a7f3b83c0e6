"""Backups made while people save, and a service that goes on from one; those that are no good replace nothing."""

import gzip
import os
import re
import shlex
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import databases
from tests.conftest import ROOT, need
from tests.faults.test_disk_and_process import press_save, stored, writer_with
from tests.faults.writer import Writer
from tests.forms_of_pages import forms_of, parse, text_of
from tests.service import Service

pytestmark = pytest.mark.sqlite

KEY = "AES-256 of the tests"


@pytest.fixture
def seal() -> dict[str, str]:
    """Settings by which openssl encrypts backups and reads them again."""
    openssl = f"{need('openssl')} enc -aes-256-cbc -pbkdf2 -pass {shlex.quote(f'pass:{KEY}')}"
    return {"BACKUP_ENCRYPT": openssl, "BACKUP_DECRYPT": f"{openssl} -d"}


def flask(service: Service, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command on the server, with some settings changed."""
    return subprocess.run(
        [sys.executable, "-m", "flask", *words],
        cwd=ROOT,
        env={**service.environment, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def backup(service: Service, **settings: str) -> Path:
    """Make a backup; returns its file."""
    ran = flask(service, "backup", "run", **settings)
    assert ran.returncode == 0, ran.stderr
    return Path(ran.stdout.split(":")[0])


def sent_by(service: Service, text: str) -> tuple[Writer, str]:
    """Somebody who has sent a text, and its fingerprint."""
    writer = writer_with(service, text)
    assert writer.send() < 400
    with sqlite3.connect(service.database) as connection:
        (fingerprint,) = connection.execute("select fingerprint from submission order by id desc").fetchone()
    connection.close()
    return writer, str(fingerprint)


class Typing:
    """People who save all the time, as a context; each remembers what was acknowledged."""

    def __init__(self, service: Service, count: int = 4) -> None:
        self.writers = [writer_with(service, f"kirjoittaja {number}") for number in range(count)]
        self._ends = threading.Event()
        self._threads = [threading.Thread(target=self._type, args=(writer,)) for writer in self.writers]

    def _type(self, writer: Writer) -> None:
        number = 0
        while not self._ends.is_set():
            number += 1
            assert writer.save(f"teksti {number}") == 200

    def __enter__(self) -> "Typing":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ends.set()
        for thread in self._threads:
            thread.join()


@pytest.mark.parametrize("is_sealed", [False, True])
def test_a_service_goes_on_from_a_backup(
    tmp_path: Path, calls_dir: Path, seal: dict[str, str], is_sealed: bool
) -> None:
    settings: dict[str, Any] = {"CALLS_DIR": str(calls_dir), **(seal if is_sealed else {})}
    with Service(tmp_path, **settings) as service:
        sender, fingerprint = sent_by(service, "lähetetty")
        with Typing(service) as typing:
            before = [len(writer.acknowledged) for writer in typing.writers]
            file = backup(service)
        assert all(len(writer.acknowledged) > count for writer, count in zip(typing.writers, before, strict=True))
        assert {writer.statuses.count(503) for writer in typing.writers} == {0}
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert (file.read_bytes()[:2] == b"\x1f\x8b") is not is_sealed
        assert file.name in flask(service, "backup", "list").stdout
    other = tmp_path / "other"
    other.mkdir()
    restored = flask(service, "backup", "restore", str(file), VAR_DIR=str(other))
    assert restored.returncode == 0, restored.stderr
    assert "5 applications, 1 versions verified" in restored.stdout
    with Service(tmp_path, data=other, **settings) as again:
        sender.port = again.port
        sender.load()
        assert sender.shown == "lähetetty"
        _, _, page = sender.request("GET", f"/tarkistus?tunnus={sender.reference}&sormenjalki={fingerprint}")
        assert "Versio 1" in text_of(parse(page))
        for writer, count in zip(typing.writers, before, strict=True):
            writer.port = again.port
            writer.load()
            # What was acknowledged before the backup began is in it, or something that came after.
            assert writer.shown in {save.text for save in writer.acknowledged[count - 1 :]}
            assert writer.save("ja jatketaan") == 200
            assert stored(again.data, writer.reference) == "ja jatketaan"


def damaged(file: Path, how: str, folder: Path) -> Path:
    """A backup that is no good."""
    bad = folder / "bad.db.gz"
    whole = file.read_bytes()
    if how == "cut":
        bad.write_bytes(whole[: len(whole) // 2])
    elif how == "a byte changed":
        middle = len(whole) // 2
        bad.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    elif how == "empty":
        bad.write_bytes(b"")
    elif how == "another database":
        bad.write_bytes(gzip.compress(b""))
    else:
        unpacked = folder / "changed.db"
        unpacked.write_bytes(gzip.decompress(whole))
        with sqlite3.connect(unpacked) as connection:
            if how == "a record changed":
                connection.execute("update submission set record = replace(record, 'alkuperäinen', 'väärennetty')")
            else:
                connection.execute("insert into schema_migration (name, applied) values ('9999_later', '2030-01-01')")
        connection.close()
        bad.write_bytes(gzip.compress(unpacked.read_bytes()))
    return bad


def test_a_bad_backup_replaces_nothing(tmp_path: Path, calls_dir: Path) -> None:
    with Service(tmp_path, CALLS_DIR=str(calls_dir)) as service:
        writer, _ = sent_by(service, "alkuperäinen")
        file = backup(service)
        assert writer.save("uudempi") == 200
    told = {
        "cut": "EOFError",
        "a byte changed": "BadGzipFile|error",
        "empty": "no backup",
        "another database": "no such table",
        "a record changed": "is not the one that was sent",
        "a later program": "newer program",
    }
    for how, why in told.items():
        refused = flask(service, "backup", "restore", str(damaged(file, how, tmp_path)))
        assert refused.returncode != 0, how
        assert "Nothing is replaced" in refused.stderr
        assert re.search(why, refused.stderr), (how, refused.stderr)
        assert stored(service.data, writer.reference) == "uudempi"
    assert sorted(path.name for path in tmp_path.glob("strategiarahoitus.db.before-*")) == []
    assert not (tmp_path / ".backup-aside").exists()


def test_nothing_is_replaced_under_a_running_service(tmp_path: Path, calls_dir: Path) -> None:
    with Service(tmp_path, CALLS_DIR=str(calls_dir)) as service:
        writer, _ = sent_by(service, "ensin")
        file = backup(service)
        assert writer.save("sitten") == 200
        refused = flask(service, "backup", "restore", str(file))
        assert refused.returncode != 0
        assert "is in use" in refused.stderr
        assert writer.save("vielä") == 200
        assert writer.send() < 400
        assert stored(service.data, writer.reference) == "vielä"
    done = flask(service, "backup", "restore", str(file))
    assert done.returncode == 0, done.stderr
    assert f"Sent after the backup, and not in it: {writer.reference} version 2" in done.stdout
    assert stored(service.data, writer.reference) == "ensin"
    kept = next(tmp_path.glob("strategiarahoitus.db.before-*Z"))
    (tmp_path / "kept").mkdir()
    for file in tmp_path.glob(f"{kept.name}*"):
        shutil.copy(file, tmp_path / "kept" / f"{databases.FILE}{file.name.removeprefix(kept.name)}")
    assert stored(tmp_path / "kept", writer.reference) == "vielä"
    assert str(kept) in done.stdout


def test_a_command_that_fails_leaves_nothing(tmp_path: Path, calls_dir: Path) -> None:
    with Service(tmp_path, CALLS_DIR=str(calls_dir)) as service:
        folder = tmp_path / "elsewhere"
        for command in ("false", "true", "no-such-command", "head -c 100", "sh -c 'cat; exit 3'"):
            failed = flask(
                service, "backup", "run", BACKUP_ENCRYPT=command, BACKUP_DIR=str(folder), BACKUP_DECRYPT="cat"
            )
            assert failed.returncode != 0, command
            assert "No backup" in failed.stderr
            assert list(folder.iterdir()) == []
            assert not (tmp_path / ".backup-aside").exists()


def test_old_backups_go(tmp_path: Path, calls_dir: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    now = datetime.now(UTC)

    def old(days: float) -> Path:
        stamp = (now - timedelta(days=days)).strftime("%Y%m%dT%H%M%SZ")
        path = folder / f"strategiarahoitus-{stamp}.db.gz"
        path.write_bytes(b"old")
        return path

    week, fortnight, month = old(7), old(13.9), old(31)
    half = folder / "strategiarahoitus-20200101T000000Z.db.gz.part"
    others = folder / "somebody-elses.txt"
    replaced = tmp_path / f"strategiarahoitus.db.before-{month.name[18:34]}"
    for path in (half, others, replaced):
        path.touch()
    with Service(tmp_path, CALLS_DIR=str(calls_dir)) as service:
        made = backup(service)
        assert set(folder.iterdir()) == {made, week, others}
        assert not fortnight.exists()
        assert not replaced.exists()
        # Of many the newest stay.
        old(1), old(2)
        newest = backup(service, BACKUP_COUNT="2", BACKUP_DAYS="30")
        assert set(folder.iterdir()) == {newest, made, others}


def test_what_is_erased_since_is_erased_again(tmp_path: Path, calls_dir: Path) -> None:
    """A backup has the draft that went since; restoring it deletes it again."""
    text = (calls_dir / "text.toml").read_text()
    (calls_dir / "text.toml").write_text(text.replace("closes = 2031-01-01", "closes = 2022-01-01"))
    with Service(tmp_path, CALLS_DIR=str(calls_dir), HELD_OPEN='["text"]') as service:
        writer = writer_with(service, "mennyt luonnos")
        file = backup(service)
    done = flask(service, "backup", "restore", str(file), HELD_OPEN="[]")
    assert done.returncode == 0, done.stderr
    assert "1 drafts deleted" in done.stdout
    assert stored(service.data, writer.reference) == ""


def test_another_database_has_its_own_tools(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "a secret of the tests", "VAR_DIR": str(tmp_path)}
    for words in (["run"], ["restore", __file__]):
        told = subprocess.run(
            [sys.executable, "-m", "flask", "backup", *words],
            cwd=ROOT,
            env={**environment, "DATABASE_URL": "postgresql+pool://nobody@127.0.0.1:1/nothing"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode != 0
        assert "pg_dump" in told.stderr


def test_a_restore_while_people_are_told_to_wait(tmp_path: Path, calls_dir: Path) -> None:
    """In maintenance the processes let go of the database: it is replaced without a stop, and typed text waits."""
    with Service(tmp_path, CALLS_DIR=str(calls_dir)) as service:
        writer, _ = sent_by(service, "ensin")
        file = backup(service)
        assert writer.save("sitten") == 200
        assert flask(service, "maintenance", "on", "Palautetaan").returncode == 0
        for _ in range(20):
            # As everybody does who looks meanwhile, until each process has seen somebody.
            with ThreadPoolExecutor(8) as pool:
                assert set(pool.map(lambda _: writer.request("GET", "/")[0], range(16))) == {503}
            done = flask(service, "backup", "restore", str(file))
            if done.returncode == 0:
                break
            assert "is in use" in done.stderr
        assert done.returncode == 0, done.stderr
        status, page = press_save(writer, "kirjoitettu nyt")
        assert status == 503
        assert forms_of(parse(page), "/")[0].data["q1"] == "kirjoitettu nyt"
        assert flask(service, "maintenance", "off").returncode == 0
        writer.load()
        assert writer.shown == "ensin"
        assert writer.save("jatkuu") == 200
        assert stored(service.data, writer.reference) == "jatkuu"
