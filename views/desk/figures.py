"""How often what happens in the service, for those who look after it."""

from flask import render_template

import clock
from forms.question import Question
from services import figures, listing, outbox, submissions
from services.accounts import Role
from services.context import calls
from views.desk.access import bp, needs


def _question(call_key: str, key: str) -> Question | None:
    """None for one that the call's file does not have any more."""
    call = calls().get(call_key)
    return call.by_key.get(key) if call else None


@bp.get("/luvut")
@needs(Role.ADMIN)
def show_figures() -> str:
    return render_template(
        "desk/figures.html",
        figures=figures.look(clock.now()),
        now=clock.now(),
        mails=outbox.status(),
        drafts=sum(listing.draft_count(call) for call in calls()),
        sent=sum(len(submissions.current(call)) for call in calls()),
        question_of=_question,
    )
