"""Leaving and coming back: the personal link, shown and mailed, and what it opens."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from extensions import limiter
from forms.clean import clean_line
from forms.kinds.contact import EmailError, email_advice, parse_email
from language import current
from models.database import database
from services import drafts, links, outbox, retention
from services.context import calls, settings
from views.access import (
    Opened,
    arrived_at,
    forget,
    keep_shown,
    may_open,
    opened_or_403,
    remember,
    show_link,
    switch_language,
)
from views.after import deliver_mails_after
from views.form_page import send_state

bp = Blueprint("resume", __name__)


def typed_email() -> str:
    """What stands in the field of the small forms: to show it again, no control character may come back."""
    return clean_line(request.form.get("sahkoposti", "")[:300])


def render_saved(opened: Opened, advice: object = None, typed: str = "") -> str:
    """The personal link, to copy or to have mailed, with what is wrong with the typed address."""
    stored = drafts.stored_answers(opened.application)
    answers = drafts.answers_of(opened.call, stored)
    contact = opened.call.contact_question
    known = contact.email(answers.typed(contact.key)) if contact else None
    return render_template(
        "resume/saved.html",
        call=opened.call,
        application=opened.application,
        address=show_link(opened.application),
        saved_at=drafts.last_saved_at(stored),
        sending=send_state(opened, answers),
        advice=advice,
        typed=typed or known or "",
    )


@bp.get("/hakemus/<reference>/tallennettu")
def saved(reference: str) -> str:
    """Where *Tallenna ja jatka myöhemmin* leads."""
    return render_saved(opened_or_403(reference))


@bp.post("/hakemus/<reference>/tallennettu")
@limiter.limit(lambda: settings().link_requests)
def mail_link(reference: str) -> Response:
    """Mail a personal link to the typed address."""
    opened = opened_or_403(reference)
    typed = typed_email()
    if switch_language(request.form.get("kieli"), opened.application):
        return make_response(render_saved(opened, None, typed))
    try:
        recipient = parse_email(typed)
    except EmailError:
        return make_response(render_saved(opened, email_advice(), typed), 422)
    if not outbox.queue_within_caps("link", recipient, current(), application=opened.application):
        return make_response(render_saved(opened, outbox.TOO_MANY, typed), 429)
    flash(recipient)
    return deliver_mails_after(redirect(url_for(".saved", reference=reference), 303))


@bp.get("/jatka/<path:token>")
def open_link(token: str) -> Response:
    """Open an application on this computer. Uses nothing up: mail scanners open links too."""
    link = links.known(token)
    call = calls().find(link.application.call_key) if link else None
    if link is not None and link.revoked_at is not None:
        is_erased = call is not None and retention.is_contact_due(call, link.revoked_at)
        return make_response(render_template("errors/revoked_link.html", is_erased=is_erased), 410)
    if link is None or call is None:
        # Only wrong ones are counted: a good link opens however many wrong ones came from the same address.
        with limiter.limit(settings().link_requests):
            return make_response(render_template("errors/no_link.html"), 404)
    links.use(link, arrived_at())
    has = may_open(link.application.reference)
    if link.can_write or has is None or not has.link.can_write:
        # A look through a reading link takes nobody's pen away.
        remember(link)
    if "kieli" not in session:
        switch_language(link.application.language)
    # An address without the token: it stays out of the history, of referrers and of screenshots.
    reference = link.application.reference
    if not link.can_write:
        return redirect(url_for("summary.show", reference=reference), 303)
    return redirect(url_for("apply.show", reference=reference, page=call.pages[0].key), 303)


def render_ask(advice: object = None, typed: str = "") -> str:
    """The form that asks for one's links, with what is wrong with the typed address."""
    return render_template("resume/ask.html", advice=advice, typed=typed, asked="pyydetty" in request.args)


@bp.get("/linkki")
def ask_link() -> str:
    return render_ask()


@bp.post("/linkki")
@limiter.limit(lambda: settings().link_requests)
def send_links() -> Response:
    """New links to a person's applications; the answer is the same, and as fast, for any address."""
    typed = typed_email()
    if switch_language(request.form.get("kieli")):
        return make_response(render_ask(None, typed))
    try:
        recipient = parse_email(typed)
    except EmailError:
        return make_response(render_ask(email_advice(), typed), 422)
    # Beyond the caps nothing is sent, and the answer is still the same: it tells nothing of an address.
    outbox.queue_within_caps("links", recipient, current())
    return deliver_mails_after(redirect(url_for(".ask_link", pyydetty=1), 303))


@bp.post("/hakemus/<reference>/poistu")
def leave(reference: str) -> Response:
    """Remove an application from this computer; it stays where it is, and its links work on."""
    forget(reference)
    return redirect(url_for("calls.index"), 303)


@bp.post("/haku/<call_key>/aloita")
def begin(call_key: str) -> Response:
    call = calls().get(call_key)
    if call is None:
        abort(404)
    if not calls().takes_applications(call, arrived_at()):
        # The page says why, in the place where the button was.
        return redirect(url_for("calls.show", call_key=call_key, _anchor="aloittaminen"), 303)
    with database.atomic():
        application = drafts.begin(call, current())
        link, token = links.create(application)
    remember(link)
    keep_shown(application, token)
    return redirect(url_for("apply.show", reference=application.reference, page=call.pages[0].key), 303)
