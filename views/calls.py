"""The way in: the open calls, what they ask, and the pages that every public service has."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import peewee
from flask import Blueprint, Response, abort, jsonify, make_response, render_template

from forms.definition import Call
from forms.texts import Text
from models.submission import Submission
from services import drafts, outbox
from services.context import calls
from views.access import Opened, arrived_at, my_applications
from views.form_page import send_state

bp = Blueprint("calls", __name__)


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
    states = [(call, call_state(call), time_left(call)) for call in calls()]
    return render_template("calls/index.html", states=states, mine=[_mine(opened) for opened in my_applications()])


@bp.get("/haku/<call_key>")
def show(call_key: str) -> str:
    """The instructions, and the whole form to read."""
    call = calls().get(call_key)
    if call is None:
        abort(404)
    return render_template("calls/call.html", call=call, state=call_state(call), time_left=time_left(call))


@bp.get("/saavutettavuus")
def accessibility() -> str:
    return render_template("calls/accessibility.html")


@bp.get("/tietosuoja")
def privacy() -> str:
    return render_template("calls/privacy.html")


@bp.get("/health/live")
def live() -> Response:
    return jsonify(status="ok")


@bp.get("/health/ready")
def ready() -> Response:
    """Whether the database answers, and how long the oldest unsent mail has waited, in seconds."""
    try:
        oldest = outbox.oldest_unsent()
    except peewee.OperationalError:
        return make_response(jsonify(status="no database"), 503)
    waits = (arrived_at() - oldest).total_seconds() if oldest else 0
    return jsonify(status="ok", oldest_unsent_mail_seconds=round(max(waits, 0)))
