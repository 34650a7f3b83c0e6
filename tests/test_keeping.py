"""What an applicant sees of what is kept, takes along, and deletes."""

import hashlib
import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask

from models.application import Answer, AnswerVersion, Application, Link
from models.event import Event
from models.outbox import OutboxMail
from tests.applicant import CALL, Applicant
from tests.mailing import CONTACT, begin, flask, mail_link, shown_link
from tests.test_sending import filled
from tests.words import Words


def zipped(applicant: Applicant) -> ZipFile:
    answer = applicant.client.get(f"/hakemus/{applicant.reference}/tiedot.zip")
    assert answer.mimetype == "application/zip"
    assert f"{applicant.reference}-tiedot.zip" in answer.headers["Content-Disposition"]
    return ZipFile(BytesIO(answer.data))


def test_the_page_is_where_one_writes_and_where_one_has_sent(app: Flask, short: dict[str, Any]) -> None:
    applicant = Applicant(app).begin()
    here = f"/hakemus/{applicant.reference}/tiedot"
    assert here in applicant.page.xpath("//aside//a/@href")  # type: ignore[union-attr]
    assert here in applicant.go("tallennettu").page.xpath("//main//a/@href")  # type: ignore[union-attr]
    sent = filled(app, short).send()
    assert f"/hakemus/{sent.reference}/tiedot" in sent.page.xpath("//main//a/@href")  # type: ignore[union-attr]
    assert "Lähetettyä hakemusta ei voi poistaa" in sent.go("tiedot").text
    assert sent.go("tiedot/poista").address.endswith("/tiedot")


def test_everything_in_one_file(app: Flask, short: dict[str, Any]) -> None:
    applicant = filled(app, short)
    mail_link(applicant, "kollega@example.fi")
    applicant.go("yhteenveto").send()
    applicant.go("hakija").press("Tallenna", {"q2.nimi": "Toinen Henkilö"})
    until = ("--until", "2031-05-18T12:00:00", "--reason", "katko")
    flask(app, "application", "extend", applicant.reference, *until)
    files = zipped(applicant)
    reference = applicant.reference
    assert sorted(files.namelist()) == [
        f"{reference}-historia.json",
        f"{reference}-versio-1.json",
        f"{reference}-versio-1.pdf",
        f"{reference}.json",
        f"{reference}.txt",
    ]
    typed = json.loads(files.read(f"{reference}.json"))
    assert typed == applicant.client.get(f"/hakemus/{reference}/hakemus.json").json
    assert "Toinen Henkilö" in files.read(f"{reference}.txt").decode("utf-8-sig")
    history = json.loads(files.read(f"{reference}-historia.json"))
    earlier = [value["answer"] for value in history["earlier_answers"] if value["question"] == "q2"]
    assert short["2"]["nimi"] in [answer["nimi"] for answer in earlier]
    assert "kollega@example.fi" in [link["email"] for link in history["links"]]
    assert {"link", "receipt", "registry"} <= {mail["kind"] for mail in history["mails"]}
    assert [(event["kind"], event["reason"]) for event in history["events"]] == [("extended", "katko")]
    version = files.read(f"{reference}-versio-1.pdf")
    assert version == applicant.client.get(f"/hakemus/{reference}/versio/1/yhteenveto.pdf").data
    fingerprint = hashlib.sha256(files.read(f"{reference}-versio-1.json")).hexdigest()
    assert fingerprint in applicant.go("versio/1").text


def test_a_draft_is_deleted_whole_after_a_word_of_what_goes(small: Callable[..., Applicant]) -> None:
    applicant, app = begin(small)
    applicant.press("Tallenna", CONTACT)
    mail_link(applicant, "kollega@example.fi")
    until = ("--until", "2031-05-18T12:00:00", "--reason", "katko")
    flask(app, "application", "extend", applicant.reference, *until)
    address = shown_link(applicant.go("tallennettu"))
    colleague = Applicant(app).get(address)
    other = Applicant(app).begin("contact").press("Tallenna", CONTACT)

    applicant.go("tiedot/poista")
    assert "kaikki linkit, myös muiden kirjoittajien" in applicant.text
    assert Application.select().count() == 2
    assert applicant.client.post(applicant.address).status_code == 400, "without the form's token"
    assert Application.select().count() == 2
    applicant.press("Poista luonnos")
    assert (applicant.address, applicant.status) == ("/", 200)
    assert "Luonnos on poistettu." in applicant.text
    assert [application.reference for application in Application.select()] == [other.reference]
    for table in (Answer, AnswerVersion, Link, OutboxMail, Event):
        assert not table.select().where(table.application != Application.get()).exists(), table

    # The cookies are harmless, and the link says what may have happened.
    assert colleague.get("/").status == 200
    assert Applicant(app).get(address).status == 404
    assert "ole poistanut luonnosta" in colleague.get(address).text


def test_what_a_colleague_types_into_a_deleted_draft_comes_back(small: Callable[..., Applicant]) -> None:
    applicant, app = begin(small)
    address = shown_link(applicant.go("tallennettu"))
    colleague = Applicant(app).get(address)
    applicant.go("tiedot/poista").press("Poista luonnos")
    colleague.press("Tallenna", CONTACT)
    assert colleague.status == 403
    assert colleague.value("q1.nimi") == CONTACT["q1.nimi"]


def test_a_draft_that_was_sent_meanwhile_stays(app: Flask, short: dict[str, Any]) -> None:
    applicant = filled(app, short)
    applicant.go("tiedot/poista")
    form = applicant.form("Poista luonnos")
    applicant.go("yhteenveto").send()
    applicant.post(f"/hakemus/{applicant.reference}/tiedot/poista", form.data)
    assert "Lähetettyä hakemusta ei voi poistaa" in applicant.text
    assert applicant.go("versio/1").status == 200


@pytest.mark.parametrize("page", ["tiedot", "tiedot.zip", "tiedot/poista"])
def test_only_who_writes_sees_it(small: Callable[..., Applicant], page: str) -> None:
    applicant, app = begin(small)
    applicant.go("linkit").press("Tee lukulinkki")
    address = shown_link(applicant)
    reader = Applicant(app).get(address)
    assert reader.status == 200
    assert Applicant(app).get(f"/hakemus/{applicant.reference}/{page}").status == 403
    assert reader.get(f"/hakemus/{applicant.reference}/{page}").status == 403


def test_the_days_are_the_calls_own(make_app: Callable[..., Flask], language: str) -> None:
    """They stand in the statement that one can read before one begins."""
    words = Words(language)
    reader = Applicant(make_app(held_open=frozenset()), language).get("/tietosuoja")
    retention = reader.client.application.extensions["calls"][CALL].retention
    for text, days in (
        (
            "Luonnos, jota ei ole lähetetty, poistetaan %(days)s vuorokauden kuluttua siitä, kun hakuaika on päättynyt.",  # noqa: E501
            retention.draft_days,
        ),
        (
            "Merkinnät siitä, mitä hakemukselle on tehty, poistetaan %(days)s vuorokauden kuluttua.",
            retention.event_days,
        ),
    ):
        assert words(text, days=days) in reader.text
