"""Signing in and out, setting up an account, and seeing where one is signed in."""

import re

import segno
from flask import make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from extensions import limiter
from forms.clean import clean_line
from forms.texts import Message, msg
from services import accounts
from services.accounts import Role
from services.context import settings
from views.access import browser_id, switch_language
from views.desk.access import SignedIn, bp, for_nobody, me, needs
from views.numbers import number_in

_KNOWN = "virkailijat"
"""In the cookie: the accounts that were signed in to in this browser before."""
_MOST_KNOWN = 5


def _place(email: str) -> str:
    """Where a try comes from. A browser known to the account stands for itself: nobody beside it can lock it out."""
    is_known = email.lower() in session.get(_KNOWN, [])
    return f"browser {browser_id()}" if is_known else f"address {request.remote_addr}"


def _remember(email: str) -> None:
    others = [known for known in session.get(_KNOWN, []) if known != email]
    session[_KNOWN] = [*others, email][-_MOST_KNOWN:]
    session.permanent = True


def _next_page() -> str:
    """Where one wanted to go before signing in, within the desk only."""
    wanted = request.values.get("jatko", "")
    # Printable ASCII alone: browsers skip blanks and control characters, and take "\\" for "/".
    is_ours = wanted.startswith(url_for("desk.home")) and re.fullmatch(r"[!-\[\]-~]*", wanted)
    return wanted.partition("#")[0] if is_ours else url_for("desk.home")


def _render(advice: Message | None = None, status: int = 200) -> Response:
    typed = clean_line(request.form.get("sahkoposti", "")[:300])
    return make_response(render_template("desk/sign_in.html", advice=advice, typed=typed, next=_next_page()), status)


@bp.get("/kirjaudu")
@for_nobody
def sign_in() -> ResponseReturnValue:
    return redirect(_next_page(), 303) if current_user.is_authenticated else _render()


@bp.post("/kirjaudu")
@for_nobody
def do_sign_in() -> ResponseReturnValue:
    """One answer to whatever is wrong."""
    if switch_language(request.form.get("kieli")):
        return _render()
    email = clean_line(request.form.get("sahkoposti", "")[:300]).strip()
    try:
        began = accounts.sign_in(
            email,
            request.form.get("salasana", ""),
            request.form.get("koodi", ""),
            _place(email),
            str(request.user_agent),
        )
    except accounts.WrongSignInError:
        return _render(msg("Osoite, salasana tai koodi on väärä. Sama koodi käy vain kerran."), 422)
    except accounts.TooManyTriesError:
        return _render(msg("Liian monta yritystä. Odottakaa neljännestunti ja yrittäkää uudelleen."), 429)
    if current_user.is_authenticated:
        accounts.end_session(me(), current_user.session.id)
    _remember(email.lower())
    login_user(SignedIn(began))
    # Whoever prepared this browser's cookie knows its form token: from here on there is another.
    session.pop("csrf_token", None)
    return redirect(_next_page(), 303)


@bp.post("/ulos")
@needs(Role.READER)
def sign_out() -> ResponseReturnValue:
    accounts.end_session(me(), current_user.session.id)
    logout_user()
    return redirect(url_for("desk.sign_in"), 303)


@bp.get("/istunnot")
def sessions() -> str:
    return render_template("desk/sessions.html", sessions=accounts.sessions_of(me()), here=current_user.session.id)


@bp.post("/istunnot")
@needs(Role.READER)
def end_session() -> ResponseReturnValue:
    """Sign a browser of one's own out from here."""
    accounts.end_session(me(), number_in(request.form.get("istunto", "")))
    return redirect(url_for("desk.sessions"), 303)


@bp.route("/kayttoonotto/<token>", methods=["GET", "POST"])
@limiter.limit(lambda: settings().link_requests, methods=["POST"])
@for_nobody
def set_up(token: str) -> ResponseReturnValue:
    """Choose a password and tie a telephone; the answer shows the codes for its loss, once."""
    officer = accounts.of_setup(token)
    if officer is None:
        return make_response(render_template("desk/no_setup.html"), 404)
    advice, status = None, 200
    if request.method == "POST" and not switch_language(request.form.get("kieli")):
        try:
            codes = accounts.set_up(officer, token, request.form.get("salasana", ""), request.form.get("koodi", ""))
            return make_response(render_template("desk/recovery_codes.html", codes=codes))
        except accounts.WeakPasswordError:
            length = accounts.SHORTEST_PASSWORD
            advice = {"salasana": msg("Valitkaa salasana, jossa on vähintään %(count)s merkkiä.", count=length)}
        except accounts.LinkGoneError:
            return make_response(render_template("desk/no_setup.html"), 404)
        except accounts.WrongCodeError:
            advice = {"koodi": msg("Koodi on väärä. Kirjoittakaa koodi, jonka sovellus antaa nyt.")}
        status = 422
    page = render_template(
        "desk/set_up.html",
        officer=officer,
        picture=_picture(accounts.telephone_address(officer, token)),
        secret=accounts.secret_of(token),
        shortest=accounts.SHORTEST_PASSWORD,
        advice=advice or {},
    )
    return make_response(page, status)


def _picture(text: str) -> tuple[int, str]:
    """A QR code as the width of its square and an SVG path of its dark modules, without the quiet zone around it."""
    rows = list(segno.make_qr(text, error="m").matrix)
    dark = [(x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module]
    return len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)
