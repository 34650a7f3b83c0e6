"""The way in: the open calls, what they ask, and the pages that every public service has."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for

import clock
from forms.definition import Call
from forms.schema import schema_of
from forms.texts import Text
from language import NBSP
from models.submission import Submission
from services import drafts
from services.context import calls, settings
from views.access import Opened, arrived_at, my_applications
from views.form_page import send_state

bp = Blueprint("calls", __name__)

# What the help shows as examples of what can be typed.
AMOUNTS_TAKEN = ("1319500", f"1{NBSP}319{NBSP}500", f"1{NBSP}319{NBSP}500{NBSP}€", "1319500,00")
DAYS_TAKEN = ("1.6.2021", "01.06.2021", "2021-06-01")

# Of the accessibility statement; the second moves with every review, which is due once a year.
STATEMENT_MADE = date(2026, 11, 25)
STATEMENT_UPDATED = date(2026, 11, 25)


@dataclass(frozen=True)
class MyApplication:
    """A line of the list of this browser's applications."""

    opened: Opened
    provider: Text | str | None
    saved_at: datetime | None
    sent: Submission | None
    has_unsent_edits: bool


def _mine(opened: Opened) -> MyApplication:
    stored = drafts.stored_answers(opened.application)
    question = opened.call.provider_question
    answers = drafts.answers_of(opened.call, stored)
    provider = question.name(answers.typed(question.key)) if question else None
    sending = send_state(opened, answers)
    return MyApplication(opened, provider, drafts.last_saved_at(stored), sending.sent, sending.has_unsent_edits)


def time_left(call: Call) -> timedelta | None:
    """How long a call still takes applications; None for one that is held open outside its times."""
    at = arrived_at()
    is_outside = not call.has_opened(at) or call.has_closed(at)
    return None if calls().is_held_open(call) and is_outside else call.closes - at


def call_state(call: Call) -> str:
    """Whether a call is still to come, open, or over, in one word for the templates."""
    at = arrived_at()
    if not calls().has_opened(call, at):
        return "coming"
    return "over" if calls().has_closed(call, at) else "open"


@bp.get("/")
def index() -> str:
    by_state: dict[str, list[tuple[Call, timedelta | None]]] = {"open": [], "coming": [], "over": []}
    for call in calls():
        by_state[call_state(call)].append((call, time_left(call)))
    # The one that closes next stands first; of those that are over the last.
    for state in ("open", "coming"):
        by_state[state].reverse()
    mine = [_mine(opened) for opened in my_applications()]
    return render_template("calls/index.html", by_state=by_state, mine=mine, is_deleted="poistettu" in request.args)


@bp.get("/haku/<call_key>")
def show(call_key: str) -> str:
    """The instructions, and the whole form to read."""
    call = calls().get(call_key)
    if call is None:
        abort(404)
    return render_template("calls/call.html", call=call, state=call_state(call), time_left=time_left(call))


@bp.get("/haku/<call_key>/hakemus.schema.json")
def schema(call_key: str) -> Response:
    """What an application's ``hakemus.json`` holds, as a JSON Schema."""
    call = calls().get(call_key)
    if call is None:
        abort(404)
    address = settings().base_url.removesuffix(request.script_root) + url_for(".schema", call_key=call_key)
    return Response(json.dumps(schema_of(call, address), ensure_ascii=False), mimetype="application/schema+json")


@bp.get("/ohje")
def help_page() -> str:
    """How the service works for an applicant."""
    return render_template("calls/help.html", amounts=AMOUNTS_TAKEN, days=DAYS_TAKEN)


@bp.get("/saavutettavuus")
def accessibility() -> str:
    """The accessibility statement (306/2019, model of (EU) 2018/1523)."""
    return render_template(
        "calls/accessibility.html", address=settings().base_url, made=STATEMENT_MADE, updated=STATEMENT_UPDATED
    )


@bp.get("/tietosuoja")
def privacy() -> str:
    """What is told to those whose personal data is kept (GDPR art. 13)."""
    return render_template(
        "calls/privacy.html",
        officer=settings().data_protection_email,
        calls=calls(),
        backup_days=settings().backup_days,
    )


@bp.get("/evasteet")
def cookies() -> str:
    """The one cookie, what it holds and for how long."""
    name = current_app.config["SESSION_COOKIE_NAME"]
    return render_template("calls/cookies.html", name=name, days=settings().session_days)


@bp.get("/.well-known/security.txt")
def security() -> Response:
    """Where faults in the security of the service are told (RFC 9116)."""
    contact = settings().security_contact or abort(404)
    # To the day, so that it is the same text all day; less than the year that is the most.
    expires = (clock.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [f"Contact: {contact}", f"Expires: {expires}", "Preferred-Languages: fi, sv, en"]
    if settings().path == "/":
        lines.append(f"Canonical: {settings().base_url}{url_for('.security')}")
    return Response("".join(f"{line}\n" for line in lines), mimetype="text/plain")
