"""Taking a call's applications along: asked for, written after the answer, fetched when they are done."""

from flask import abort, make_response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from forms.definition import Call
from language import current
from models.handling import ExportJob
from services import exports, listing
from services.accounts import Role
from services.exports import jobs
from views.access import is_fragment
from views.after import do_after
from views.desk.access import bp, call_or_404, me, needs
from views.desk.listing import asked_view


@bp.get("/<call_key>/vienti")
def export_form(call_key: str) -> str:
    call, view = call_or_404(call_key), asked_view()
    count = len(listing.submission_ids(call, view))
    return render_template("desk/export.html", call=call, count=count, query=request.query_string.decode())


@bp.post("/<call_key>/vienti")
@needs(Role.READER)
def export(call_key: str) -> ResponseReturnValue:
    """Begin an export of the view that the address names."""
    call, view = call_or_404(call_key), asked_view()
    kind, with_contacts, language = request.form.get("muoto", ""), "yhteystiedot" in request.form, current()
    if kind not in exports.FORMATS:
        abort(400)
    which = listing.submission_ids(call, view)
    job = jobs.begin(call, me(), kind, len(which), with_contacts)
    answer = redirect(url_for("desk.export_state", call_key=call_key, key=job.key), 303)
    return do_after(answer, lambda: jobs.write(job, call, which, language, with_contacts))


def _job_or_404(call: Call, key: str) -> ExportJob:
    return jobs.find(call, me(), key) or abort(404)


@bp.get("/<call_key>/vienti/<key>")
def export_state(call_key: str, key: str) -> ResponseReturnValue:
    """How far an export is; the page looks again by itself, with and without scripts."""
    call = call_or_404(call_key)
    job = _job_or_404(call, key)
    template = "desk/export_progress.html" if is_fragment() else "desk/export_state.html"
    response = make_response(render_template(template, call=call, job=job, has_died=jobs.has_died(job)))
    if job.finished_at is None and not is_fragment() and not jobs.has_died(job):
        response.headers["Refresh"] = "5"
    return response


@bp.get("/<call_key>/vienti/<key>/tiedosto")
def export_file(call_key: str, key: str) -> ResponseReturnValue:
    call = call_or_404(call_key)
    job = _job_or_404(call, key)
    if job.finished_at is None or not jobs.file_of(job).exists():
        abort(404)
    name = f"{call.key}.{job.kind}"
    mimetype = exports.FORMATS[job.kind].mimetype
    return send_file(jobs.file_of(job), mimetype, as_attachment=True, download_name=name)
