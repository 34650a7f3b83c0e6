"""The end of a call's handling at the desk: a day, what goes when, and the way back until something has gone."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from models.application import Application
from models.event import Event
from models.handling import CallHandling
from services import retention
from services.accounts import Role
from services.context import calls
from tests.applicant import CALL, Applicant
from tests.desk import signed_in
from tests.mailing import flask
from tests.test_completion import ask
from tests.test_sending import filled

PAGE = f"/virkailija/{CALL}/kasittely"
END, BACK = "Merkitse käsittely päättyneeksi", "Kumoa päättyminen"


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """The service with the call's real times."""
    return make_app(held_open=frozenset())


@pytest.fixture
def sent(app: Flask, short: dict[str, Any], at: Callable[[str], None]) -> Applicant:
    """One application that was sent in time; the clock then stands in autumn."""
    at("2021-05-17T12:00:00")
    applicant = filled(app, short).send()
    at("2021-11-29T12:00:00")
    return applicant


def acts() -> list[tuple[str, str | None, str, dict[str, Any]]]:
    """What was done to the call, by whom and why."""
    events: Any = Event.select().where(Event.kind.startswith("handling")).order_by(Event.id)
    return [(event.kind, event.officer and event.officer.email, event.reason, event.details) for event in events]


def test_from_the_end_to_what_goes(app: Flask, sent: Applicant, at: Callable[[str], None]) -> None:
    officer = signed_in(app)
    officer.get(f"/virkailija/{CALL}/").get(PAGE)
    assert officer.value("paiva") == "29.11.2021"
    assert "30 vuorokautta päättymispäivän jälkeen: jos se on tänään, 29.12.2021." in officer.text
    officer.press(END, {"paiva": "15.11.2021"})
    assert "Käsittely on merkitty päättyneeksi." in officer.text
    assert "Käsittely on päättynyt 15.11.2021" in officer.text
    assert "Yhteystiedot poistetaan 15.12.2021." in officer.text
    assert acts() == [("handling_ended", officer.email, "", {"ended_on": "2021-11-15"})]
    assert "poistetaan 15.12.2021" in sent.go("tiedot").text
    at("2021-12-15T00:00:00")
    assert "Yhteystiedot poistetaan seuraavan vuorokauden aikana." in officer.sign_in().get(PAGE).text
    flask(app, "retention", "run")
    assert Application.get().contact_email is None
    assert "Yhteystiedot on poistettu. Päättymistä ei voi enää kumota." in officer.get(PAGE).text
    assert BACK not in officer.text.replace("Päättymistä", "")
    token = {"csrf_token": officer.value("csrf_token")}
    officer.post(f"{PAGE}/kumoa", {**token, "perustelu": "Virhe"})
    assert officer.status == 422
    assert "Yhteystietoja on jo poistettu." in officer.text
    assert CallHandling.select().count() == 1
    assert len(acts()) == 1


def test_it_is_taken_back_with_a_reason(app: Flask, sent: Applicant, at: Callable[[str], None]) -> None:
    officer = signed_in(app)
    officer.get(PAGE).press(END).press(BACK)
    assert officer.status == 422
    assert "Kirjoittakaa perustelu." in officer.text
    officer.press(BACK, {"perustelu": "Päätös puuttuu"})
    assert "Käsittelyn päättyminen on kumottu." in officer.text
    assert "Hakemusten käsittely on kesken." in officer.text
    assert acts()[1] == ("handling_reopened", officer.email, "Päätös puuttuu", {})
    at("2022-02-01T12:00:00")
    flask(app, "retention", "run")
    assert Application.get().contact_email is not None


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("", "Kirjoittakaa päivä."),
        ("31.11.2021", "Tätä päivää ei ole kalenterissa."),
        ("30.11.2021", "Päättymispäivä ei voi olla tulevaisuudessa."),
        ("30.10.2021", "Yhteystiedot poistettaisiin heti."),
    ],
)
def test_what_is_wrong_with_a_day(app: Flask, sent: Applicant, day: str, said: str) -> None:
    officer = signed_in(app).get(PAGE).press(END, {"paiva": day})
    assert officer.status == 422
    assert said in officer.text
    assert officer.value("paiva") == day
    assert (CallHandling.select().count(), acts()) == (0, [])


def test_not_before_the_closing(app: Flask, at: Callable[[str], None]) -> None:
    at("2021-05-17T17:00:00")
    officer = signed_in(app)
    officer.get(PAGE)
    assert "aikaisintaan hakuajan päättymistä seuraavana päivänä" in officer.text
    assert END not in officer.text
    at("2021-05-18T00:00:00")
    officer.sign_in().get(PAGE).press(END, {"paiva": "17.5.2021"})
    assert "Valitkaa päivä hakuajan päättymisen jälkeen." in officer.text
    officer.press(END, {"paiva": "18.5.2021"})
    assert "Yhteystiedot poistetaan 17.6.2021." in officer.text


def test_what_still_waits_is_said(app: Flask, sent: Applicant) -> None:
    officer = ask(signed_in(app), sent, viimeistaan="15.12.2021").get(PAGE)
    assert "1 täydennyspyyntö odottaa vielä vastausta." in officer.text


def test_ended_once_though_two_press(app: Flask, sent: Applicant) -> None:
    officer = signed_in(app).get(PAGE)
    token = {"csrf_token": officer.value("csrf_token")}
    officer.post(PAGE, {**token, "paiva": "29.11.2021"})
    officer.post(PAGE, {**token, "paiva": "28.11.2021"})
    assert "Käsittely oli jo merkitty päättyneeksi." in officer.text
    assert "Käsittely on päättynyt 29.11.2021" in officer.text


def test_a_reader_reads_how_it_stands(app: Flask, sent: Applicant) -> None:
    reader = signed_in(app, Role.READER, "lukija@example.fi")
    reader.get(PAGE)
    assert "Hakemusten käsittely on kesken." in reader.text
    assert END not in reader.text
    signed_in(app).get(PAGE).press(END)
    assert "Yhteystiedot poistetaan 29.12.2021." in reader.get(PAGE).text
    assert BACK not in reader.text


def test_what_commands_do_is_on_record_too(app: Flask, sent: Applicant) -> None:
    flask(app, "call", "handled", CALL, "--on", "2021-11-01")
    flask(app, "call", "handled", CALL, "--reopen")
    flask(app, "call", "handled", CALL, "--reopen")
    assert acts() == [("handling_ended", None, "", {"ended_on": "2021-11-01"}), ("handling_reopened", None, "", {})]


class TakenUpAgain(logging.Handler):
    """Somebody takes the call up again as soon as a first application is done."""

    def emit(self, record: logging.LogRecord) -> None:
        if "erased" in record.getMessage():
            retention.reopen(calls()[CALL])


def test_a_run_spares_what_is_taken_up_again_meanwhile(
    app: Flask, short: dict[str, Any], at: Callable[[str], None]
) -> None:
    at("2021-05-17T12:00:00")
    for _ in range(2):
        filled(app, short).send()
    at("2021-12-31T12:00:00")
    flask(app, "call", "handled", CALL, "--on", "2021-11-01")
    logger, handler = logging.getLogger("services.retention"), TakenUpAgain()
    logger.addHandler(handler)
    try:
        assert "contact details of 1 applications erased" in flask(app, "retention", "run")
    finally:
        logger.removeHandler(handler)
    assert [application.contact_email is None for application in Application.select().order_by(Application.id)] == [
        True,
        False,
    ]
