"""The files of an application: the summary as PDF, the cover letter, the record, and everything typed to keep."""

from io import BytesIO

from flask import Blueprint, Response, jsonify, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from language import current
from services import cover_letter, drafts, pdf, submissions, takeout
from views.access import may_read
from views.attached import attached
from views.summary import version_or_404

bp = Blueprint("documents", __name__, url_prefix="/hakemus/<reference>")


def _pdf(document: bytes, name: str) -> Response:
    # Whole, where send_file would hand it on in ten pieces, each of which waits for its turn.
    response = Response(document, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=name)
    return response


@bp.get("/versio/<int:number>/yhteenveto.pdf")
def version_pdf(reference: str, number: int) -> Response:
    opened = may_read(reference)
    if kept := pdf.kept(opened.application, number):
        return _pdf(*kept)
    sent = version_or_404(opened, number)
    return _pdf(pdf.of_submission(sent), pdf.submission_name(sent))


@bp.get("/yhteenveto.pdf")
def current_pdf(reference: str) -> Response:
    """The current sent version; the draft before the first sending, or when it is asked for (``luonnos``)."""
    opened = may_read(reference)
    sent = submissions.last(opened.application)
    if sent is not None and "luonnos" not in request.args:
        return version_pdf(reference, sent.version)
    answers = drafts.load_answers(opened.call, opened.application)
    if sent is not None and not submissions.has_unsent_edits(sent, answers):
        # What is asked for as a draft is the sent version, to the letter.
        return version_pdf(reference, sent.version)
    document = pdf.of_draft(opened.application, opened.call, answers, current())
    return _pdf(document, pdf.draft_name(opened.application, current()))


@bp.get("/versio/<int:number>/saatekirje.pdf")
def letter(reference: str, number: int) -> BaseResponse:
    """The cover letter, with the summary behind it when it is asked for (``yhteenveto``)."""
    opened = may_read(reference)
    sent = version_or_404(opened, number)
    newest = submissions.last(opened.application)
    if newest is not None and newest.version != number:
        # From a page that was open before the newer version was sent. The version's page says what to do.
        return redirect(url_for("summary.version", reference=reference, number=number), 303)
    has_summary = "yhteenveto" in request.args
    document = (cover_letter.with_summary if has_summary else cover_letter.of)(sent)
    return _pdf(document, cover_letter.file_name(sent, has_summary))


@bp.get("/liite/<digest>")
def attachment(reference: str, digest: str) -> Response:
    """A file of the application, as it came."""
    return attached(may_read(reference).application, digest)


@bp.get("/versio/<int:number>/tietue.json")
def record(reference: str, number: int) -> Response:
    """The record of a version, to the byte as its fingerprint was computed."""
    sent = version_or_404(may_read(reference), number)
    name = takeout.record_name(pdf.submission_name(sent))
    return send_file(BytesIO(sent.record.encode()), "application/json", as_attachment=True, download_name=name)


@bp.get("/hakemus.txt")
def as_text(reference: str) -> Response:
    """Everything typed as a plain text, for the applicant to keep."""
    opened = may_read(reference)
    text = takeout.as_text(opened.application, opened.call)
    return send_file(BytesIO(text), "text/plain; charset=utf-8", True, f"{reference}.txt")


@bp.get("/hakemus.json")
def as_json(reference: str) -> Response:
    """Everything typed, for the applicant to keep."""
    opened = may_read(reference)
    response = jsonify(takeout.as_json(opened.application, opened.call))
    response.headers["Content-Disposition"] = f'inline; filename="{opened.application.reference}.json"'
    response.headers["Link"] = f'<{url_for("calls.schema", call_key=opened.call.key)}>; rel="describedby"'
    return response
