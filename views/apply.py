"""The pages of the form: read, save, go on."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from forms.definition import SUMMARY_PAGE, Page
from forms.kinds.choice import ChoiceQuestion
from forms.moves import Posted
from forms.texts import Message, msg
from language import current
from services import attachments, call_moves, drafts, saving
from services.context import calls, settings
from views.access import Opened, is_fragment, opened_or_403, switch_language
from views.form_page import combine, form_page, page_after_clash
from views.numbers import number_in
from views.page_loads import READ, is_old, page_id_in, read
from views.saved_fragment import saved_fragment

bp = Blueprint("apply", __name__)

ACTION = "toiminto"
MORE_ROWS = "lisaa"
SEARCH = "hae"
SHOW = "nayta"
"""The button that shows what an answer opens; its value is the question's key."""
_AT_A_QUESTION = (saving.RESTORE, saving.KEEP, saving.TAKE)


def page_or_404(opened: Opened, key: str) -> Page:
    """A page of the form; the first one in place of a page that an earlier version had."""
    page = opened.call.page(key)
    if page is None and not any(call.page(key) for call in calls().versions_of(opened.call.key)):
        abort(404)
    return page or opened.call.pages[0]


@bp.get("/hakemus/<reference>/<page>")
def show(reference: str, page: str) -> str:
    opened = opened_or_403(reference)
    return render_template("apply/page.html", view=form_page(opened, page_or_404(opened, page)))


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
    posted = read(opened.application, request.form, request.files)
    form, refused = attachments.take(opened.application, opened.call, posted)
    saved = saving.save(opened.application, opened.call, form, page_id_in(form), posted.earlier)
    if READ in form:
        call_moves.note_read(opened.application, number_in(form[READ]))
    switch_language(request.form.get("kieli"), opened.application)
    if not saved.clashes and _restore(opened, form.get(saving.RESTORE, ""), saved):
        saved = replace(saved, stored=drafts.stored_answers(opened.application))
    if is_fragment():
        if is_old(opened.application, form):
            address = _address(opened.application.reference, page)
            not_kept = _not_kept(opened, posted, refused)
            fragment = render_template("apply/old_page.html", saved=saved, address=address, not_kept=not_kept)
        else:
            fragment = saved_fragment(opened, page, saved, form, refused)
        return make_response(fragment, 409 if saved.clashes else 200)
    combined = form.get(saving.COMBINE)
    if combined or saved.clashes or refused:
        not_kept = _not_kept(opened, posted, refused, page)
        view = replace(page_after_clash(opened, page, saved), refused=refused, not_kept=not_kept)
        view = combine(view, combined, form) if combined else view
        return make_response(render_template("apply/page.html", view=view), 409 if saved.clashes else 200)
    return None


def _not_kept(
    opened: Opened, posted: Posted, refused: Mapping[str, Message], shown: Page | None = None
) -> list[Message]:
    """Why files were not kept, to be said apart from their questions; those of a page that is shown say it there."""
    there = {section.key for section in opened.call.sections_on(shown.key)} if shown else set()
    apart = [question for question in opened.call.questions if question.section not in there]
    return [
        msg("Kysymys %(number)s: %(what)s", number=question.number, what=refused[question.key])
        for question in (*apart, *posted.earlier)
        if question.key in refused
    ]


def _restore(opened: Opened, wanted: str, saved: saving.Saved) -> bool:
    """Bring an earlier answer back, as the button that names it asks; whether it did."""
    key, _, revision = wanted.partition(":")
    question = opened.call.by_key.get(key)
    if question is None:
        return False
    page = page_id_in(request.form)
    seen = saved.shows[key].revision if key in saved.shows else 0
    return saving.restore(opened.application, question, number_in(revision), page, seen)


def go_on(opened: Opened, page: Page) -> BaseResponse:
    """After a save without scripts: to the page that the pressed button names."""
    reference = opened.application.reference
    match request.form.get(ACTION):
        case "myohemmin":
            address = url_for("resume.saved", reference=reference)
        case "seuraava":
            address = _address(reference, form_page(opened, page).next_page or page)
        case "nayta":
            areas = opened.call.areas_question
            address = url_for(".show", reference=reference, page=page.key, _anchor=areas.key if areas else None)
        case _:
            address = _same_page(opened, page)
    return redirect(address, 303)


def _same_page(opened: Opened, page: Page) -> str:
    """The page again: at the question whose button was pressed, with more rows or a narrower list if that was asked."""
    reference, form = opened.application.reference, request.form
    pressed = next(
        (form[name] for name in (MORE_ROWS, SEARCH, SHOW, attachments.REMOVE, *_AT_A_QUESTION) if name in form), ""
    )
    question = opened.call.by_key.get(pressed.partition(":")[0])
    if question is None:
        return _address(reference, page)
    asked = {}
    if MORE_ROWS in form:
        shown = sum(name.startswith(f"{question.key}.") and name != f"{question.key}.rev" for name in form)
        asked[MORE_ROWS] = f"{question.key}:{shown}"
    elif SEARCH in form:
        name = question.field_name("haku")
        asked[name] = form.get(name, "")[:100]
    query = f"?{urlencode(asked)}" if asked else ""
    return f"{_address(reference, page)}{query}#{question.key}"


def _address(reference: str, page: Page) -> str:
    if page.key == SUMMARY_PAGE:
        return url_for("summary.show", reference=reference)
    return url_for(".show", reference=reference, page=page.key)


@bp.get("/hakemus/<reference>/rivit/<key>")
def more_rows(reference: str, key: str) -> str:
    """More empty rows of a question, after those that the page has."""
    opened = opened_or_403(reference)
    question = opened.call.by_key.get(key)
    if question is None or not question.more_suffixes(0):
        abort(404)
    shown = number_in(request.args.get("maara", ""))
    return render_template("apply/more_rows.html", question=question, shown=shown, reference=reference)


@bp.get("/haku/<call_key>/jarjestajat/<key>")
def providers(call_key: str, key: str) -> str:
    """The register's entries that hold the typed words, as options of the list."""
    call = calls().find(call_key)
    question = call.by_key.get(key) if call else None
    if not isinstance(question, ChoiceQuestion):
        abort(404)
    search = request.args.get(question.field_name("haku"), "")[:100]
    found = list(question.providers.find(search, current()))
    chosen = request.args.get(question.key, "")
    return render_template("apply/providers.html", question=question, found=found, chosen=chosen, search=search)
