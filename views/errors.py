"""What people see when something goes wrong: a plain page in their language that says what to do, text kept."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

import logs
from extensions import limiter
from forms.definition import SUMMARY_PAGE, Call, Page
from forms.texts import msg
from models.database import DOES_NOT_WORK
from services.context import calls, settings
from services.saving import MovedError
from services.typesetter import PdfError
from views import resume, summary
from views.access import (
    NoAccess,
    ReadOnly,
    arrived_at,
    is_fragment,
    may_open,
    may_read,
    no_access,
    opened_or_403,
    switch_language,
)
from views.form_page import page_as_posted, page_without_access
from views.gate import WrongHost
from views.maintenance import UnderMaintenance, typed_texts
from views.page_loads import PAGE_ID, call_shown

log = logs.get(__name__)


def register_error_pages(app: Flask) -> None:
    app.register_error_handler(CSRFError, lost_token)
    app.register_error_handler(WrongHost, wrong_host)
    app.register_error_handler(NoAccess, lost_access)
    app.register_error_handler(ReadOnly, read_only)
    app.register_error_handler(UnderMaintenance, under_maintenance)
    for error in DOES_NOT_WORK:
        app.register_error_handler(error, no_database)
    app.register_error_handler(PdfError, no_pdf)
    app.register_error_handler(MovedError, once_more)
    app.register_error_handler(HTTPException, http_error)


def lost_token(error: CSRFError) -> ResponseReturnValue:
    """A form whose token is lost comes back as it was typed, with a new one; the second press works."""
    posted = _posted_page()
    if posted is None:
        return _lost_token_elsewhere()
    opened, page = may_open(posted[0]), posted[2]
    if opened is None:
        return lost_access(NoAccess())
    if is_fragment():
        # A new token for the page; the next pause in typing saves.
        return make_response(render_template("apply/new_token.html"), 400)
    view = page_as_posted(opened, page, request.form)
    if page.key == SUMMARY_PAGE:
        return summary.render_form(opened, view, status=400, trouble="lost_token")
    return make_response(render_template("apply/page.html", view=view, trouble="lost_token"), 400)


def _lost_token_elsewhere() -> ResponseReturnValue:
    """The same of a form that holds no answers."""
    typed = typed_texts()
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies and not typed:
        return no_access()
    try:
        return _small_form() or make_response(render_template("errors/lost_token.html", typed=typed), 400)
    except HTTPException as refusal:
        # From within an error's handler Flask would take it for a fault of ours.
        return current_app.handle_user_exception(refusal)


def _small_form() -> ResponseReturnValue | None:
    """The pages with one field, as it was typed; None for a form without any. Raises what those pages raise."""
    advice = msg("Sivu oli vanhentunut. Painakaa painiketta uudelleen.")
    typed = resume.typed_email()
    match request.endpoint, request.view_args:
        case "resume.send_links", _:
            return resume.render_ask(advice, typed), 400
        case "resume.mail_link", {"reference": str(reference)}:
            return resume.render_saved(opened_or_403(reference), advice, typed), 400
        case "summary.copy", {"reference": str(reference), "number": int(number)}:
            opened = may_read(reference)
            return summary.render_sent(opened, summary.version_or_404(opened, number), advice, typed, 400)
    return None


def wrong_host(error: WrongHost) -> Response:
    """Somebody's old address, or a mistake in BASE_URL or in the proxy: says where the service is."""
    return make_response(render_template("errors/wrong_host.html", address=settings().base_url), 400)


def lost_access(error: NoAccess) -> Response:
    """A browser without a working link gets a page that says what to do, and back what it posted."""
    if is_fragment():
        return make_response(render_template("errors/fragment.html", code=403), 403)
    posted = _posted_page()
    if posted is None:
        return no_access()
    view = page_without_access(*posted, request.form)
    return make_response(render_template("apply/page.html", view=view, trouble="lost_access"), 403)


def no_database(error: Exception) -> Response:
    """A full, locked or unreadable disk, a server that is gone: what was posted comes back, with a word that it is not
    saved."""
    log.error("database_failed", exc_info=error)
    if is_fragment():
        return make_response(render_template("errors/fragment.html", code=503), 503)
    return _given_back(503, "no_database") or make_response(render_template("errors/http.html", code=503), 503)


def once_more(error: MovedError) -> ResponseReturnValue:
    """Between the opening of an application and its save somebody else's page moved it: it is opened anew."""
    view: Any = current_app.view_functions[str(request.endpoint)]
    answer: ResponseReturnValue = view(**(request.view_args or {}))
    return answer


def under_maintenance(error: UnderMaintenance) -> Response:
    """The page as it was typed where one was posted, so that it waits in the browser; nothing needs the database."""
    maintenance = error.maintenance
    if is_fragment():
        answer = make_response(render_template("errors/fragment.html", code=503, maintenance=maintenance), 503)
    else:
        if request.method == "POST":
            switch_language(request.form.get("kieli"))
        answer = _given_back(503, "maintenance", maintenance=maintenance) or make_response(
            render_template("errors/maintenance.html", maintenance=maintenance, typed=typed_texts()), 503
        )
    answer.headers["Retry-After"] = str(maintenance.retry_after(arrived_at()))
    return answer


def no_pdf(error: PdfError) -> Response:
    """A document that could not be made; what it would have shown is safe."""
    log.error("document_failed", exc_info=error)
    return make_response(render_template("errors/no_pdf.html"), 503)


def _given_back(code: int, trouble: str, **more: object) -> Response | None:
    """The posted page with what was typed; None where none was posted, or where that page itself is what fails."""
    try:
        posted = _posted_page()
        if posted is None:
            return None
        view = page_without_access(*posted, request.form)
        return make_response(render_template("apply/page.html", view=view, trouble=trouble, **more), code)
    except Exception:
        log.exception("not_given_back")
        return None


def read_only(error: ReadOnly) -> Response:
    """A link that only reads opens no form; what was typed comes back."""
    if _posted_page() is not None:
        return lost_access(NoAccess())
    reference = (request.view_args or {})["reference"]
    return make_response(render_template("errors/read_only.html", reference=reference), 403)


def _posted_page() -> tuple[str, Call, Page] | None:
    """Reference, call and page of a refused post of answers; the call is told by the reference's beginning."""
    arguments = request.view_args or {}
    reference = arguments.get("reference", "")
    if request.method != "POST" or PAGE_ID not in request.form:
        return None
    call = next((call for call in calls() if reference.startswith(f"{call.reference_prefix}-")), None)
    call = call_shown(call.key, request.form) or call if call else None
    page = call.page(arguments.get("page", SUMMARY_PAGE)) if call else None
    return (reference, call, page) if call and page else None


def http_error(error: HTTPException) -> Response:
    code = error.code or 500
    if is_fragment():
        return make_response(render_template("errors/fragment.html", code=code), code)
    given_back = _given_back(code, "no_database") if code == 500 else None
    return given_back or make_response(render_template("errors/http.html", code=code, again_at=again_at()), code)


def again_at() -> datetime | None:
    """When the limit that stopped this request lets the next one through."""
    limit = limiter.current_limit
    return datetime.fromtimestamp(limit.reset_at, UTC) if limit else None
