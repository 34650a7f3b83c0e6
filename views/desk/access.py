"""Who may be at the ministry's desk: signed in, with a role that is enough. What is seen there is in the event log."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user
from werkzeug.urls import iri_to_uri

from extensions import login
from forms.definition import Call
from models.application import Application
from models.officer import Officer, OfficerSession
from services import accounts, drafts, submissions
from services.accounts import Role
from services.context import calls
from views.maintenance import typed_texts

bp = Blueprint("desk", __name__, url_prefix="/virkailija")

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
_NEEDS = "needs_role"
_NOBODY = "nobody"


class SignedIn(UserMixin):
    """The officer at this browser, as Flask-Login keeps one: by the id of a session that can be ended elsewhere."""

    def __init__(self, session: OfficerSession) -> None:
        self.session = session
        self.officer: Officer = session.officer
        self.role = Role(session.officer.role)

    def get_id(self) -> str:
        return str(self.session.id)


@login.user_loader  # type: ignore[untyped-decorator]
def _load(session_id: str) -> SignedIn | None:
    session = accounts.session_of(int(session_id)) if session_id.isdecimal() else None
    return SignedIn(session) if session else None


def me() -> Officer:
    """The officer who asks."""
    officer: Officer = current_user.officer
    return officer


def for_nobody(view: View) -> View:
    """A page for those who are not signed in yet."""
    setattr(view, _NEEDS, _NOBODY)
    return view


def needs(role: Role) -> Callable[[View], View]:
    """Who may ask for a page, where it is not what its method says: a reader may GET, an officer POST."""

    def mark(view: View) -> View:
        setattr(view, _NEEDS, role)
        return view

    return mark


@bp.before_request
def let_in() -> ResponseReturnValue | None:
    """Nothing under /virkailija is open by omission."""
    view = current_app.view_functions[str(request.endpoint)]
    needed = getattr(view, _NEEDS, Role.READER if request.method in ("GET", "HEAD") else Role.OFFICER)
    if needed == _NOBODY:
        return None
    if not current_user.is_authenticated:
        return _to_sign_in()
    if not current_user.role.may(needed):
        abort(403)
    return None


def _to_sign_in() -> ResponseReturnValue:
    """To the page that was asked for, or on which something was pressed; what was written there is given back first."""
    asked_for = iri_to_uri(request.script_root + request.full_path.rstrip("?"))
    back = asked_for if request.method == "GET" else urlsplit(request.referrer or "").path
    address = url_for("desk.sign_in", jatko=back or None)
    if typed := typed_texts():
        return make_response(render_template("desk/signed_out.html", typed=typed, sign_in=address), 403)
    return redirect(address, 303)


@bp.after_request
def note_what_was_seen(response: Response) -> Response:
    """Reading is on record too; what is changed says so itself, in the transaction that changes it."""
    if request.method == "GET" and response.status_code < 300 and current_user.is_authenticated:
        arguments = request.view_args or {}
        application = drafts.find(arguments["reference"]) if "reference" in arguments else None
        accounts.note(
            f"seen {str(request.endpoint).removeprefix('desk.')}",
            me(),
            call_key=arguments.get("call_key"),
            application=application,
        )
    return response


def call_or_404(call_key: str) -> Call:
    return calls().get(call_key) or abort(404)


def application_or_404(call: Call, reference: str) -> Application:
    """An application of this call that was sent. Of others an officer sees nothing, not even that they are there."""
    application = drafts.find(reference)
    if application is None or application.call_key != call.key or submissions.last(application) is None:
        abort(404)
    return application
