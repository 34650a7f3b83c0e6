"""The last page: problems, preview, sending; and what was sent, to read, print and pass on."""

import secrets

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from extensions import limiter
from forms.changes import compare
from forms.clean import clean_line
from forms.definition import SUMMARY_PAGE, Page
from forms.kinds.contact import EmailError, email_advice, parse_email
from forms.summary import summarise
from language import current
from models.database import database, hold
from models.submission import Submission
from services import cover_letter, outbox, pdf, sending, submissions
from services.context import closing_of, settings
from services.sending import Order, Refusal
from views.access import Opened, arrived_at, is_fragment, may_read, opened_or_403, switch_language
from views.after import deliver_mails_after
from views.apply import ACTION, go_on, page_or_404, save_page
from views.form_page import FormPage, form_page
from views.resume import typed_email

bp = Blueprint("summary", __name__, url_prefix="/hakemus/<reference>")


def render_form(
    opened: Opened, view: FormPage, refusals: list[Refusal] | None = None, status: int = 200, trouble: str = ""
) -> Response:
    """The page before sending, with the boxes ticked as they were posted."""
    answers = view.to_send
    sent = view.sending.sent
    changes = compare(submissions.read_as_now(sent), answers) if sent else None
    return make_response(
        render_template(
            "summary/send.html",
            changes=changes,
            kept_back=compare(answers, view.answers),
            view=view,
            answers=answers,
            summary=summarise(answers),
            refusals=refusals or [],
            others=submissions.others_of_provider(opened.application, submissions.provider_of(answers)),
            sending_key=secrets.token_urlsafe(24),
            ticked=set(request.form),
            trouble=trouble,
        ),
        status,
    )


def render_sent(
    opened: Opened, sent: Submission, advice: object = None, typed: str = "", status: int = 200
) -> Response:
    """A sent version with its receipt, and what is wrong with the address typed for a copy."""
    answers = submissions.read_answers(sent)
    return make_response(
        render_template(
            "summary/sent.html",
            can_write=opened.link.can_write,
            view=form_page(opened, page_or_404(opened, SUMMARY_PAGE)),
            submission=sent,
            versions=submissions.versions(opened.application),
            summary=summarise(answers),
            personal_mark=pdf.Personal.of(sent).mark,
            contact=submissions.contact_email(answers),
            due=closing_of(opened.application),
            mail_to_registry=cover_letter.mail_to_registry(sent),
            fate=outbox.fate_of(sent),
            advice=advice,
            typed=typed,
        ),
        status,
    )


@bp.get("/yhteenveto")
def show(reference: str) -> Response:
    """What was sent, once everything is sent; else the page to check and send."""
    opened = may_read(reference)
    view = form_page(opened, page_or_404(opened, SUMMARY_PAGE))
    if view.sending.sent is not None and not view.sending.has_unsent_edits and "muokkaa" not in request.args:
        return render_sent(opened, view.sending.sent)
    if not opened.link.can_write:
        return make_response(render_template("summary/read.html", view=view, summary=summarise(view.answers)))
    return render_form(opened, view)


@bp.post("/yhteenveto")
def save(reference: str) -> BaseResponse:
    opened = opened_or_403(reference)
    page = page_or_404(opened, SUMMARY_PAGE)
    if request.form.get(ACTION) == "laheta":
        return send(opened, page)
    return save_page(opened, page) or go_on(opened, page)


def send(opened: Opened, page: Page) -> BaseResponse:
    """*Lähetä*: save what the page holds, then send, or show all that stands against it."""
    with database.atomic():
        hold(opened.application)
        was_seen = request.form.get("tila", "") == form_page(opened, page).seen_state
        clash = save_page(opened, page)
        # What the person types on this very page and sends with it has been seen too.
        seen = form_page(opened, page).seen_state if was_seen else ""
    if clash is not None:
        return clash
    order = Order(
        key=clean_line(request.form.get("lahetys", ""))[:64] or secrets.token_urlsafe(24),
        seen=seen,
        declared="vakuutus" in request.form,
        confirmed="huomautukset" in request.form,
        arrived_at=arrived_at(),
        language=current(),
    )
    outcome = sending.send(opened.application, order)
    if outcome.submission is None:
        return render_form(opened, form_page(opened, page), outcome.refusals, 422)
    address = url_for(".show", reference=opened.application.reference)
    if form_page(opened, page).sending.has_unsent_edits:
        # Beside what the ministry asked for, other edits wait: the receipt is on the page of the version.
        number = outcome.submission.version
        address = url_for(".version", reference=opened.application.reference, number=number)
    return deliver_mails_after(redirect(address, 303))


def version_or_404(opened: Opened, number: int) -> Submission:
    found = next((sent for sent in submissions.versions(opened.application) if sent.version == number), None)
    if found is None:
        abort(404)
    return found


@bp.get("/versio/<int:number>")
def version(reference: str, number: int) -> Response:
    """A sent version, current or not."""
    opened = may_read(reference)
    return render_sent(opened, version_or_404(opened, number))


@bp.get("/muutokset/<int:before>/<int:after>")
def changes(reference: str, before: int, after: int) -> str:
    """What changed from one sent version to another."""
    opened = may_read(reference)
    old, new = version_or_404(opened, before), version_or_404(opened, after)
    return render_template(
        "summary/compare.html",
        call=opened.call,
        reference=reference,
        versions=[old, new],
        comparison=submissions.compare_sent(old, new),
    )


@bp.get("/versio/<int:number>/osoitteet")
def addresses(reference: str, number: int) -> BaseResponse:
    """The part of a receipt that names refused addresses, for a page that was faster than the mail server."""
    opened = opened_or_403(reference)
    sent = version_or_404(opened, number)
    if not is_fragment():
        return redirect(url_for(".version", reference=reference, number=number), 303)
    contact = submissions.contact_email(submissions.read_answers(sent))
    return make_response(render_template("summary/refused.html", fate=outbox.fate_of(sent), contact=contact))


@bp.get("/versio/<int:number>/kopio")
def copy_form(reference: str, number: int) -> BaseResponse:
    """The address of a refused copy, opened again: back to the version that it belongs to."""
    return redirect(url_for(".version", reference=reference, number=number, _anchor="kopio"), 303)


@bp.post("/versio/<int:number>/kopio")
@limiter.limit(lambda: settings().link_requests)
def copy(reference: str, number: int) -> BaseResponse:
    """Mail the summary of a sent version to any address."""
    opened = opened_or_403(reference)
    sent = version_or_404(opened, number)
    typed = typed_email()
    if switch_language(request.form.get("kieli"), opened.application):
        return render_sent(opened, sent, None, typed)
    try:
        recipient = parse_email(typed)
    except EmailError:
        return render_sent(opened, sent, email_advice(), typed, 422)
    if not outbox.queue_within_caps("copy", recipient, current(), submission=sent):
        return render_sent(opened, sent, outbox.TOO_MANY, typed, 429)
    flash(recipient)
    answer = redirect(url_for(".version", reference=reference, number=number, _anchor="kopio"), 303)
    return deliver_mails_after(answer)
