"""What goes when its time is over, and that nothing of it stays: contact details, drafts, events."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from models.application import Answer, Application, Link
from models.submission import Submission
from tests import databases
from tests.applicant import CALL, Applicant
from tests.conftest import ROOT, need
from tests.mailing import CONTACT, begin, flask, mail_link, shown_link
from tests.test_closing import OPEN
from tests.test_sending import filled

pytestmark = pytest.mark.both

PERSON = {"q2.nimi": "Ainojaljeton Virtanen", "q2.tehtava": "Vararehtori", "q2.puhelin": "0503371956"}
PERSON |= {"q2.sahkoposti": "ainojaljeton@koulu.example"}
BEFORE = {"q2.nimi": "Edellinenhenkilo Niemi", "q2.sahkoposti": "edellinenhenkilo@koulu.example"}
OTHERS = ("kollegajoku@koulu.example", "kopionsaaja@koulu.example", "soittajajoku@koulu.example")
TRACES = [*PERSON.values(), *BEFORE.values(), *OTHERS]


def traces_in_files(folder: Path) -> list[str]:
    """What of the person stands in the bytes of the database, its log among them."""
    held = databases.bytes_of(folder).lower()
    return [text for text in TRACES if text.lower().encode() in held]


def whole_text(sent: Submission, folder: Path) -> str:
    """All that the kept PDF of a version says, head and foot among it."""
    path = folder / "whole.pdf"
    assert sent.pdf is not None
    path.write_bytes(sent.pdf)
    out = subprocess.run([need("pdftotext"), "-layout", path, "-"], capture_output=True, check=True)
    return " ".join(out.stdout.decode().split())


def sent_twice(app: Flask, answers: dict[str, Any], at: Callable[[str], None]) -> Applicant:
    """An application whose contact person stands wherever one can."""
    at("2021-05-10T12:00:00")
    applicant = filled(app, answers)
    applicant.go("hakija").press("Tallenna", BEFORE)
    mail_link(applicant, OTHERS[0])
    at("2021-05-11T12:00:00")
    applicant.go("hakija").press("Tallenna", PERSON)
    applicant.go("yhteenveto").send().press("Lähetä yhteenveto", {"sahkoposti": OTHERS[1]})
    applicant.get("/linkki").press("Lähetä linkki", {"sahkoposti": PERSON["q2.sahkoposti"]})
    reason = ("--until", "2021-05-18T12:00:00", "--reason", f"katko, soitti {OTHERS[2]}")
    reference = str(Application.get().reference)
    flask(app, "application", "extend", reference, *reason)
    at("2021-05-12T12:00:00")
    applicant.get(f"/hakemus/{reference}/hakija").press("Tallenna", {"q2.tehtava": "Rehtori"})
    return applicant.go("yhteenveto").send("Lähetä uudelleen")


def test_contact_details_go_and_fingerprints_stay(
    make_app: Callable[..., Flask], short: dict[str, Any], at: Callable[[str], None], tmp_path: Path
) -> None:
    app = make_app(held_open=frozenset())
    applicant = sent_twice(app, short, at)
    reference = applicant.reference
    records = {sent.version: (sent.record, sent.fingerprint) for sent in Submission.select()}
    assert len(records) == 2
    assert "Ainojaljeton" in whole_text(Submission.get(), tmp_path)
    assert traces_in_files(tmp_path) == TRACES

    at("2021-12-01T12:00:00")
    assert "29.12.2021 00.00" in flask(app, "call", "handled", CALL, "--on", "2021-11-29")
    at("2021-12-28T23:59:59")
    flask(app, "retention", "run")
    assert Application.get().contact_email == PERSON["q2.sahkoposti"]
    at("2021-12-29T00:00:00")
    assert f"contact details to erase: {reference}" in flask(app, "retention", "run", "--dry-run")
    assert Application.get().contact_email == PERSON["q2.sahkoposti"]
    said = flask(app, "retention", "run")
    assert "contact details of 1 applications erased, 2 PDFs made again" in said
    assert traces_in_files(tmp_path) == []
    for sent in Submission.select():
        assert (sent.record, sent.fingerprint) == records[sent.version]
        assert hashlib.sha256(sent.record.encode()).hexdigest() == sent.fingerprint
        text = whole_text(sent, tmp_path)
        assert [trace for trace in TRACES if trace in text or trace.split()[0] in text] == []
        assert "Yhteystiedot poistettu" in text
        check = applicant.get(f"/tarkistus?tunnus={reference}&sormenjalki={sent.fingerprint}").text
        assert ("voimassa" in check, "12.5.2021" in check) == (True, sent.version == 2)
    assert applicant.get(f"/hakemus/{reference}/yhteenveto").status == 403
    assert "contact details of 0 applications erased, 0 PDFs" in flask(app, "retention", "run")


def test_a_link_says_that_the_time_is_over(small: Callable[..., Applicant], at: Callable[[str], None]) -> None:
    at("2030-12-20T12:00:00")
    applicant, app = begin(small)
    applicant.press("Tallenna", CONTACT).go("yhteenveto").send()
    address = shown_link(applicant.go("tallennettu"))
    assert "closes only 01.01.2031 00.00" in flask(app, "call", "handled", "contact")
    at("2031-02-01T12:00:00")
    flask(app, "call", "handled", "contact")
    assert "poistetaan 3.3.2031" in applicant.go("tiedot").text
    flask(app, "call", "handled", "contact", "--reopen")
    assert "30 vuorokauden kuluttua" in applicant.go("tiedot").text
    flask(app, "call", "handled", "contact")
    at("2031-03-03T12:00:00")
    flask(app, "retention", "run")
    applicant.get(address)
    assert applicant.status == 410
    assert "kaikki linkit on poistettu käytöstä" in applicant.text
    assert "There is no call x" in flask(app, "call", "handled", "x")


def test_drafts_go_after_their_own_closing(small: Callable[..., Applicant], at: Callable[[str], None]) -> None:
    """The call closes at new year 2031; a draft stays 90 days more, as many after its own extension."""
    at("2030-12-20T12:00:00")
    draft, app = begin(small)
    draft.press("Tallenna", CONTACT)
    address = shown_link(draft.go("tallennettu"))
    extended = Applicant(app).begin("contact").press("Tallenna", CONTACT)
    until = ("--until", "2031-01-10T12:00:00", "--reason", "katko")
    flask(app, "application", "extend", extended.reference, *until)
    sent = Applicant(app).begin("contact").press("Tallenna", CONTACT)
    sent.go("yhteenveto").send()
    at("2031-04-01T00:59:59")
    assert "drafts to delete: none" in flask(app, "retention", "run", "--dry-run")
    at("2031-04-01T01:00:00")
    assert f"drafts to delete: {draft.reference}\n" in flask(app, "retention", "run", "--dry-run")
    assert "1 drafts deleted" in flask(app, "retention", "run")
    assert "0 drafts deleted" in flask(app, "retention", "run")
    left = {application.reference for application in Application.select()}
    assert left == {extended.reference, sent.reference}
    assert draft.go("hakemus").status == 403
    assert "ole poistanut luonnosta" in draft.text
    assert draft.get("/").status == 200
    assert draft.get(address).status == 404
    assert "ole poistanut luonnosta" in draft.text
    at("2031-04-10T13:00:00")
    flask(app, "retention", "run")
    assert [application.reference for application in Application.select()] == [sent.reference]


def test_drafts_of_a_call_that_is_held_open_stay(small: Callable[..., Applicant], at: Callable[[str], None]) -> None:
    at("2035-01-01T12:00:00")
    applicant, app = begin(small, held_open=frozenset({"contact"}))
    assert "niin kauan kuin hakua pidetään auki" in applicant.go("tiedot").text
    flask(app, "retention", "run")
    assert applicant.go("hakemus").status == 200


def test_events_are_kept_for_their_days(
    make_app: Callable[..., Flask], short: dict[str, Any], at: Callable[[str], None]
) -> None:
    app = make_app(held_open=frozenset())
    at(OPEN)
    applicant = filled(app, short)
    until = ("--until", "2021-05-18T12:00:00", "--reason", "katko")
    flask(app, "application", "extend", applicant.reference, *until)
    applicant.send()
    at("2026-05-15T12:00:00")
    assert "events to delete: 0" in flask(app, "retention", "run", "--dry-run")
    at("2026-05-16T15:00:00")
    assert "1 events" in flask(app, "retention", "run")


@pytest.fixture
def past_and_open(tmp_path: Path, make_app: Callable[..., Flask]) -> Flask:
    """A call that closed in 2022, held open here and nowhere else, beside one that takes applications."""
    folder = tmp_path / "calls"
    folder.mkdir()
    past = (ROOT / "tests/calls/contact.toml").read_text().replace("2031-01-01", "2022-01-01")
    (folder / "contact.toml").write_text(past.replace('"PIENI"', '"MENNYT"'))
    shutil.copy(ROOT / "tests/calls/text.toml", folder)
    return make_app(calls_dir=folder, held_open=frozenset({"contact", "text"}))


def command(folder: Path, *words: str) -> subprocess.Popen[str]:
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "a secret of the tests", "VAR_DIR": str(folder)}
    environment["DATABASE_URL"] = databases.url_of(folder)
    return subprocess.Popen(
        [sys.executable, "-m", "flask", *words],
        cwd=ROOT,
        env={**environment, "CALLS_DIR": str(folder / "calls")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_run_may_be_killed_while_people_save(past_and_open: Flask, tmp_path: Path) -> None:
    """Of each application all went or nothing; the next run finishes, and people in another call save meanwhile."""
    for _ in range(4):
        Applicant(past_and_open).begin("contact").press("Tallenna", CONTACT).go("yhteenveto").send()
    writer = Applicant(past_and_open).begin("text")
    command(tmp_path, "call", "handled", "contact", "--on", "2022-02-01").communicate()
    killed = command(tmp_path, "retention", "run")
    assert killed.stderr
    assert any("contact_erased" in line for line in killed.stderr)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    for application in Application.select():
        if application.call_key == "contact":
            sealed = Submission.get(Submission.application == application).salt is not None
            named = Answer.select().where(Answer.application == application).exists()
            addressed = Link.select().where(Link.application == application, Link.revoked_at.is_null()).exists()
            assert sealed == named == addressed == (application.contact_email is not None)
    again = command(tmp_path, "retention", "run")
    saves = 0
    while again.poll() is None:
        saves += 1
        assert writer.press("Tallenna", {"q1": f"kerta {saves}"}).status == 200
    said, log = again.communicate()
    assert again.returncode == 0, log
    assert writer.value("q1") == f"kerta {saves}"
    assert "0 failed" in said
    assert Submission.select().where(Submission.salt.is_null(False) | Submission.pdf.is_null()).count() == 0
    held = databases.bytes_of(tmp_path)
    assert [text for text in (CONTACT["q1.sahkoposti"], CONTACT["q1.puhelin"]) if text.encode() in held] == []
