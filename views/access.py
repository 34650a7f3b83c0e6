"""Which applications this browser may open. The cookie names links, and a link can be revoked at any time."""

import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flask import Response, current_app, g, make_response, render_template, request, session
from flask_babel import refresh
from werkzeug.exceptions import Forbidden

import clock
import logs
from extensions import htmx
from forms.definition import Call
from forms.texts import LANGUAGES
from language import forget as forget_language
from models.application import Application, Link
from models.database import DOES_NOT_WORK
from services import call_moves, drafts, links
from services.context import calls
from settings import Settings

log = logs.get(__name__)

_MINE = "hakemukset"
_SHOWN = {True: "linkki", False: "lukulinkki"}
_MOST = 20


@dataclass(frozen=True)
class Opened:
    """An application that this browser may read, and write where its link says so."""

    application: Application
    call: Call
    link: Link


def arrival(settings: Settings) -> datetime:
    """When the request at hand arrived: as our own proxy says, else now, its first touch by the application.

    A proxy's word counts where the settings know one, and only for the last ten minutes: what waits longer than that
    was not waiting for us.
    """
    now = clock.now()
    said = request.headers.get(settings.arrival_header, "") if settings.proxies and settings.arrival_header else ""
    if re.fullmatch(r"[0-9]{1,11}(\.[0-9]{1,6})?", said):
        instant = datetime.fromtimestamp(float(said), UTC)
        if now - timedelta(minutes=10) <= instant <= now:
            return instant
    return now


def arrived_at() -> datetime:
    """When this request arrived. Lateness is judged by it (13/2003 10 §)."""
    found: datetime = g.arrived_at
    return found


def is_fragment() -> bool:
    """Whether a part of a page is wanted; a restored history entry and a boosted link want the whole page."""
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def _mine() -> dict[str, int]:
    """Link ids by reference, the oldest first. Kept as pairs: the cookie sorts keys, and forgets their order."""
    return dict(session.get(_MINE, []))


def _keep(mine: dict[str, int]) -> None:
    session[_MINE] = list(mine.items())[-_MOST:]
    session.permanent = True


def remember(link: Link) -> None:
    """Give this browser an application: added to what it has, the oldest of too many dropped.

    The session is never cleared: that would kill the form tokens of its open tabs.
    """
    reference = link.application.reference
    _keep({**{key: link_id for key, link_id in _mine().items() if key != reference}, reference: link.id})


def forget(reference: str) -> None:
    _keep({key: link_id for key, link_id in _mine().items() if key != reference})
    for name in _SHOWN.values():
        if session.get(name, {}).get("ref") == reference:
            session.pop(name)


def show_link(application: Application, can_write: bool = True) -> str:
    """The address of a link to show on the screen; the same one as long as this browser shows it last."""
    address = shown_link(application, can_write)
    if address is None:
        _, token = links.create(application, can_write=can_write)
        keep_shown(application, token, can_write)
        address = links.address(token)
    return address


def shown_link(application: Application, can_write: bool = True) -> str | None:
    """The address that this browser showed last, while it works; None where it showed none."""
    shown = session.get(_SHOWN[can_write], {})
    if shown.get("ref") != application.reference or links.find(shown.get("token", "")) is None:
        return None
    return links.address(shown["token"])


def keep_shown(application: Application, token: str, can_write: bool = True) -> None:
    """Remember a token in this browser's cookie, the only place where it can be shown again from."""
    session[_SHOWN[can_write]] = {"ref": application.reference, "token": token}


def my_applications() -> list[Opened]:
    """What this browser may open, the newest first."""
    found = []
    for reference in reversed(_mine()):
        opened = may_open(reference)
        if opened:
            found.append(opened)
    return found


def may_open(reference: str) -> Opened | None:
    """The application of a reference, where this browser has a working link to it."""
    link_id = _mine().get(reference)
    if link_id is None:
        return None
    link = links.working(link_id, reference)
    if link is None or calls().find(link.application.call_key) is None:
        return None
    return Opened(link.application, calls().of(link.application), link)


def opened_or_403(reference: str) -> Opened:
    """The application of an address; a plain page for whoever may not open it, whether or not it exists."""
    opened = may_read(reference)
    if not opened.link.can_write:
        raise ReadOnly
    return opened


def may_read(reference: str) -> Opened:
    """The application of an address, in the call as it is in force, also for a browser whose link only reads.

    Raises NoAccess.
    """
    opened = may_open(reference)
    if opened is None:
        raise NoAccess
    try:
        call_moves.bring_up_to_date(opened.application)
    except DOES_NOT_WORK:
        # It can be read as it is, and moves when it is opened next.
        log.warning("draft_not_moved", reference=reference)
        return opened
    return replace(opened, call=calls().of(opened.application))


class NoAccess(Forbidden):
    """This browser has no working link to the application."""


class ReadOnly(Forbidden):
    """This browser's link reads and prints, but does not write."""


def browser_id() -> str:
    """A random id of this browser, by which one person's two tabs are known as one."""
    if "selain" not in session:
        session["selain"] = secrets.token_urlsafe(9)
    return str(session["selain"])


def no_access() -> Response:
    """A page that says what to do: open the link, or, where no cookie came at all, allow cookies."""
    has_cookie = current_app.config["SESSION_COOKIE_NAME"] in request.cookies
    return make_response(render_template("errors/no_access.html", has_cookie=has_cookie), 403)


def switch_language(language: str | None, application: Application | None = None) -> bool:
    """Read on in another language, and let the application's mails and documents follow; whether it is one of ours."""
    if language not in LANGUAGES:
        return False
    session["kieli"] = language
    refresh()
    forget_language()
    if application is not None and application.language != language:
        drafts.set_language(application, language)
    return True
