"""Beside the writing: earlier answers, links in the applicant's hands, and who else is here."""

from datetime import UTC, datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forms.question import Question
from services import drafts, links, presence, saving
from services import earlier as earlier_values
from views.access import Opened, arrived_at, browser_id, opened_or_403, remember, show_link, shown_link
from views.form_page import send_state
from views.numbers import number_in
from views.page_loads import page_id_in

bp = Blueprint("history", __name__, url_prefix="/hakemus/<reference>")


def _question_or_404(opened: Opened, key: str) -> Question:
    question = opened.call.by_key.get(key)
    if question is None or not question.has_fields:
        abort(404)
    return question


@bp.get("/aiemmat/<key>")
def earlier(reference: str, key: str) -> str:
    """The earlier values of an answer with their times, each to be brought back."""
    opened = opened_or_403(reference)
    question = _question_or_404(opened, key)
    stored = drafts.stored_answers(opened.application)
    answers = drafts.answers_of(opened.call, stored)
    shown_now = question.show(answers.typed(key), answers)
    earlier = [
        (value, question.show(value.typed, answers)) for value in earlier_values.values(opened.application, question)
    ]
    return render_template(
        "history/earlier.html",
        call=opened.call,
        reference=reference,
        question=question,
        now=stored.get(key, drafts.NEVER_SAVED),
        shown_now=shown_now,
        earlier=[(value, shown, question.changes(shown, shown_now)) for value, shown in earlier],
    )


@bp.post("/aiemmat/<key>")
def restore(reference: str, key: str) -> Response:
    opened = opened_or_403(reference)
    question = _question_or_404(opened, key)
    revision = number_in(request.form.get("versio", ""))
    seen = number_in(request.form.get("nyt", ""))
    if not saving.restore(opened.application, question, revision, "palautus", seen):
        # Somebody has saved another answer meanwhile: it stands on top of the page that is shown again.
        return redirect(url_for(".earlier", reference=reference, key=key), 303)
    page = opened.call.page_of(question)
    return redirect(url_for("apply.show", reference=reference, page=page, _anchor=key), 303)


@bp.get("/linkit")
def list_links(reference: str) -> str:
    """Every link to the application: made when, sent to, last used, to be taken out of use."""
    opened = opened_or_403(reference)
    return render_template(
        "history/links.html",
        call=opened.call,
        application=opened.application,
        links=links.of_application(opened.application),
        mine=opened.link.id,
        reading_address=shown_link(opened.application, can_write=False),
        sending=send_state(opened, drafts.load_answers(opened.call, opened.application)),
    )


@bp.post("/linkit")
def make_reading_link(reference: str) -> Response:
    """A link that only reads and prints, for boards and colleagues."""
    opened = opened_or_403(reference)
    show_link(opened.application, can_write=False)
    return redirect(url_for(".list_links", reference=reference), 303)


@bp.post("/linkit/<int:link_id>/poista")
def revoke_link(reference: str, link_id: int) -> Response:
    """Take a link out of use. Whoever does it with the link itself stays in by a new one."""
    opened = opened_or_403(reference)
    if link_id == opened.link.id:
        fresh, _ = links.create(opened.application)
        remember(fresh)
    links.revoke(opened.application, link_id, arrived_at())
    return redirect(url_for(".list_links", reference=reference), 303)


@bp.get("/muut")
def others(reference: str) -> tuple[str, int] | str:
    """Whether somebody else is here, or has changed what the page shows; nothing where that is as it was."""
    opened = opened_or_403(reference)
    page = page_id_in(request.args)
    # Milliseconds since 1970; no more than any calendar takes.
    loaded = min(max(request.args.get("alkaen", type=int, default=0), 0), 4_000_000_000_000)
    since = datetime.fromtimestamp(loaded / 1000, UTC)
    presence.note(opened.application, page, browser_id(), arrived_at())
    found = presence.others(opened.application, page, browser_id(), since, arrived_at())
    known = opened.call.by_key
    numbers = sorted(known[key].number for key in found.changed if key in known)
    state = f"{int(found.are_here)}:{','.join(map(str, numbers))}"
    if state == request.args.get("nyt"):
        return "", 204
    return render_template(
        "apply/others.html",
        reference=reference,
        page_id=page,
        loaded=loaded,
        state=state,
        are_here=found.are_here,
        numbers=numbers,
        answers_poll=True,
    )
