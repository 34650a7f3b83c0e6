"""The pages of the form: read, save, go on."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from forms.definition import SUMMARY_PAGE, Page
from forms.kinds.choice import ChoiceQuestion
from forms.kinds.partners import PartnersQuestion
from language import current
from services import saving
from services.context import calls, settings
from views.access import Opened, is_fragment, opened_or_403, switch_language
from views.form_page import PAGE_ID, combine, form_page, page_after_clash, saved_fragment

bp = Blueprint("apply", __name__)

ACTION = "toiminto"
MORE_ROWS = "lisaa"


def page_or_404(opened: Opened, key: str) -> Page:
    page = opened.call.page(key)
    if page is None:
        abort(404)
    return page


@bp.get("/hakemus/<reference>/<page>")
def show(reference: str, page: str) -> str:
    opened = opened_or_403(reference)
    more_rows = request.args.get(MORE_ROWS)
    return render_template("apply/page.html", view=form_page(opened, page_or_404(opened, page), more_rows=more_rows))


@bp.post("/hakemus/<reference>/<page>")
def save(reference: str, page: str) -> BaseResponse | str:
    """Save what the page holds; the button says where to go on."""
    opened = opened_or_403(reference)
    this_page = page_or_404(opened, page)
    return save_page(opened, this_page) or go_on(opened, this_page)


def save_page(opened: Opened, page: Page) -> Response | None:
    """Save the posted fields. Returns the whole answer for htmx and for a clash, None when the view is to go on."""
    if len(request.form) > settings().body_fields:
        abort(413)
    saved = saving.save(opened.application, opened.call, request.form, request.form.get(PAGE_ID, "")[:40])
    switch_language(request.form.get("kieli"), opened.application)
    if not saved.clashes:
        _restore(opened, request.form.get(saving.RESTORE, ""), saved)
    if is_fragment():
        fragment = saved_fragment(opened, page, saved, request.form)
        return make_response(fragment, 409 if saved.clashes else 200)
    combined = request.form.get(saving.COMBINE)
    if combined or saved.clashes:
        view = page_after_clash(opened, page, saved)
        view = combine(view, combined, request.form) if combined else view
        return make_response(render_template("apply/page.html", view=view), 409 if saved.clashes else 200)
    return None


def _restore(opened: Opened, wanted: str, saved: saving.Saved) -> None:
    """Bring an earlier answer back, as the button that names it asks."""
    key, _, revision = wanted.partition(":")
    question = opened.call.by_key.get(key)
    if question is not None and revision.isascii() and revision.isdigit():
        page = request.form.get(PAGE_ID, "")[:40]
        seen = saved.shows[key].revision if key in saved.shows else 0
        saving.restore(opened.application, question, int(revision[:9]), page, seen)


def go_on(opened: Opened, page: Page) -> BaseResponse:
    """After a save without scripts: to the page that the pressed button names."""
    reference = opened.application.reference
    if MORE_ROWS in request.form:
        key = request.form[MORE_ROWS]
        shown = sum(name.startswith(f"{key}.") and name != f"{key}.rev" for name in request.form)
        return redirect(url_for(".show", reference=reference, page=page.key, lisaa=f"{key}:{shown}", _anchor=key), 303)
    for button in (saving.RESTORE, saving.KEEP, saving.TAKE):
        if button in request.form:
            key = request.form[button].partition(":")[0]
            return redirect(_address(reference, page) + f"#{key}" * (key in opened.call.by_key), 303)
    match request.form.get(ACTION):
        case "myohemmin":
            return redirect(url_for("resume.saved", reference=reference), 303)
        case "seuraava":
            following = form_page(opened, page).next_page
            return redirect(_address(reference, following or page), 303)
        case "nayta":
            areas = opened.call.areas_question
            anchor = areas.key if areas else None
            return redirect(url_for(".show", reference=reference, page=page.key, _anchor=anchor), 303)
    return redirect(_address(reference, page), 303)


def _address(reference: str, page: Page) -> str:
    if page.key == SUMMARY_PAGE:
        return url_for("summary.show", reference=reference)
    return url_for(".show", reference=reference, page=page.key)


@bp.get("/hakemus/<reference>/rivit/<key>")
def more_rows(reference: str, key: str) -> str:
    """More empty rows for partners, after those that the page has."""
    opened = opened_or_403(reference)
    question = opened.call.by_key.get(key)
    if not isinstance(question, PartnersQuestion):
        abort(404)
    shown = request.args.get("maara", type=int, default=question.shown_rows)
    return render_template("apply/more_rows.html", question=question, shown=max(0, shown), reference=reference)


@bp.get("/haku/<call_key>/jarjestajat/<key>")
def providers(call_key: str, key: str) -> str:
    """The register's entries that hold the typed words, as options of the list."""
    call = calls().get(call_key)
    question = call.by_key.get(key) if call else None
    if not isinstance(question, ChoiceQuestion):
        abort(404)
    search = request.args.get("haku", "")[:100]
    found = list(question.providers.find(search, current()))
    chosen = request.args.get(question.key, "")
    return render_template("apply/providers.html", question=question, found=found, chosen=chosen, search=search)
