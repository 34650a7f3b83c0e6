"""What is kept of an application and until when: to see it, to take it along, to delete a draft."""

from io import BytesIO

from flask import Blueprint, Response, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from services import erasure, retention, submissions, takeout
from views.access import forget, opened_or_403

bp = Blueprint("keeping", __name__, url_prefix="/hakemus/<reference>")


@bp.get("/tiedot")
def show(reference: str) -> str:
    opened = opened_or_403(reference)
    return render_template(
        "keeping/kept.html",
        call=opened.call,
        application=opened.application,
        sent=submissions.last(opened.application),
        draft_until=retention.draft_until(opened.application, opened.call),
        contact_until=retention.contact_until(opened.call),
    )


@bp.get("/tiedot.zip")
def take_out(reference: str) -> Response:
    """All of it in one file."""
    opened = opened_or_403(reference)
    document = BytesIO(takeout.as_zip(opened.application, opened.call))
    return send_file(document, "application/zip", True, takeout.zip_name(opened.application))


@bp.get("/tiedot/poista")
def ask_delete(reference: str) -> BaseResponse | str:
    """What goes with a draft, before it goes."""
    opened = opened_or_403(reference)
    if submissions.last(opened.application) is not None:
        return redirect(url_for(".show", reference=reference), 303)
    return render_template("keeping/delete.html", call=opened.call, application=opened.application)


@bp.post("/tiedot/poista")
def delete(reference: str) -> BaseResponse:
    """Delete a draft. One that was sent meanwhile stays, and the page says so."""
    opened = opened_or_403(reference)
    if not erasure.delete_draft(opened.application):
        return redirect(url_for(".show", reference=reference), 303)
    forget(reference)
    return redirect(url_for("calls.index", poistettu=1), 303)
