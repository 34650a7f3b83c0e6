"""Which applications this browser may open. The cookie names links, and a link can be revoked at any time."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, current_app, g, make_response, render_template, request, session
from werkzeug.exceptions import Forbidden

import clock
from extensions import htmx
from forms.definition import Call
from forms.texts import LANGUAGES
from models.application import Application, Link
from services import drafts, links
from services.context import calls

_MINE = "hakemukset"
_SHOWN = "linkki"
_MOST = 20


@dataclass(frozen=True)
class Opened:
    """An application that this browser may read and write."""

    application: Application
    call: Call


def arrived_at() -> datetime:
    """When this request arrived: its first touch by the application. Lateness is judged by it (13/2003 10 §)."""
    if "arrived_at" not in g:
        g.arrived_at = clock.now()
    found: datetime = g.arrived_at
    return found


def is_fragment() -> bool:
    """Whether a part of a page is wanted; a restored history entry and a boosted link want the whole page."""
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def remember(link: Link) -> None:
    """Give this browser an application: added to what it has, the oldest of too many dropped.

    The session is never cleared: that would kill the form tokens of its open tabs.
    """
    mine: dict[str, int] = session.get(_MINE, {})
    reference = link.application.reference
    mine = {key: link_id for key, link_id in mine.items() if key != reference}
    mine[reference] = link.id
    session[_MINE] = dict(list(mine.items())[-_MOST:])
    session.permanent = True


def forget(reference: str) -> None:
    session[_MINE] = {key: link_id for key, link_id in session.get(_MINE, {}).items() if key != reference}
    if session.get(_SHOWN, {}).get("ref") == reference:
        session.pop(_SHOWN)


def show_link(application: Application) -> str:
    """The address of a personal link to show on the screen; the same one while this browser has shown it last."""
    shown = session.get(_SHOWN, {})
    if shown.get("ref") != application.reference or links.find(shown.get("token", "")) is None:
        _, token = links.create(application)
        session[_SHOWN] = shown = {"ref": application.reference, "token": token}
    return links.address(shown["token"])


def shown_link(application: Application) -> str | None:
    """The address that this browser has been shown for the application, None before that."""
    shown = session.get(_SHOWN, {})
    if shown.get("ref") != application.reference or links.find(shown.get("token", "")) is None:
        return None
    return links.address(shown["token"])


def my_applications() -> list[Opened]:
    """What this browser may open, the newest first."""
    found = []
    for reference in reversed(session.get(_MINE, {})):
        opened = may_open(reference)
        if opened:
            found.append(opened)
    return found


def may_open(reference: str) -> Opened | None:
    """The application of a reference, where this browser has a working link to it."""
    link_id = session.get(_MINE, {}).get(reference)
    if link_id is None:
        return None
    application = drafts.find(reference)
    if application is None or not links.working(link_id, application):
        return None
    call = calls().get(application.call_key)
    return Opened(application, call) if call else None


def opened_or_403(reference: str) -> Opened:
    """The application of an address; a plain page for whoever may not open it, whether or not it exists."""
    opened = may_open(reference)
    if opened is None:
        raise NoAccess
    return opened


class NoAccess(Forbidden):
    """This browser has no working link to the application."""


def no_access() -> Response:
    """A page that says what to do: open the link, or, where no cookie came at all, allow cookies."""
    has_cookie = current_app.config["SESSION_COOKIE_NAME"] in request.cookies
    return make_response(render_template("errors/no_access.html", has_cookie=has_cookie), 403)


def switch_language(language: str | None, application: Application | None = None) -> None:
    """Read on in another language, and let the application's mails and documents follow."""
    if language in LANGUAGES:
        session["kieli"] = language
        if application is not None and application.language != language:
            drafts.set_language(application, language)
