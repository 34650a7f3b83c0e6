"""What was done and opened at the desk, for those who look after it."""

from urllib.parse import urlencode

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.clean import clean_line
from forms.kinds.period import parse_date
from forms.question import UnreadableError
from forms.texts import Message, msg
from services import accounts, event_log
from services.accounts import Role
from services.event_log import View
from views.desk.access import bp, needs

_GROUPS = {event_log.DONE: msg("Kaikki toimet"), event_log.SEEN: msg("Kaikki avatut sivut")}
_SERVER = msg("Palvelimen ylläpito")


@bp.get("/loki")
@needs(Role.ADMIN)
def events() -> ResponseReturnValue:
    """A page of the log as the address names it: what it asks that can't be read is said, and nothing is shown."""
    typed = {name: _line(name) for name in ("virkailija", "laji", "tunnus", "paiva", "ennen")}
    advice: dict[str, Message] = {}
    found = None
    try:
        found = event_log.look(_view(typed))
    except UnreadableError as error:
        advice["paiva"] = error.advice
    page = render_template(
        "desk/event_log.html",
        typed=typed,
        advice=advice,
        found=found,
        officers=[(event_log.SERVER, _SERVER), *((officer.email, officer.email) for officer in accounts.everybody())],
        kinds=[*_GROUPS.items(), *event_log.KINDS.items()],
        server=_SERVER,
        address=lambda **changes: _address({**typed, "ennen": "", **changes}),
    )
    return make_response(page, 422 if advice else 200)


def _view(typed: dict[str, str]) -> View:
    """Raises UnreadableError for a day that is none."""
    before = typed["ennen"]
    return View(
        officer=typed["virkailija"],
        kind=typed["laji"],
        reference=typed["tunnus"],
        day=parse_date(typed["paiva"]),
        before=int(before) if before.isdecimal() and len(before) < 16 else None,
    )


def _address(typed: dict[str, str]) -> str:
    asked = urlencode({name: value for name, value in typed.items() if value})
    return url_for("desk.events") + (f"?{asked}" if asked else "")


def _line(name: str) -> str:
    return clean_line(request.args.get(name, ""))[:200].strip()
