"""What goes with a sent version besides its summary: the cover letter, and the record that its fingerprint is of."""

from io import BytesIO

from flask import Blueprint, Response, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from services import cover_letter, pdf, submission
from views.access import may_read
from views.summary import made_or_sorry, version_or_404

bp = Blueprint("documents", __name__, url_prefix="/hakemus/<reference>/versio/<int:number>")


@bp.get("/saatekirje.pdf")
def letter(reference: str, number: int) -> BaseResponse:
    """The cover letter, with the summary behind it when it is asked for (``yhteenveto``)."""
    opened = may_read(reference)
    sent = version_or_404(opened, number)
    current = submission.last(opened.application)
    if current is not None and current.version != number:
        # From a page that was open before the newer version was sent. The version's page says what to do.
        return redirect(url_for("summary.version", reference=reference, number=number), 303)
    has_summary = "yhteenveto" in request.args

    def made() -> Response:
        document = (cover_letter.with_summary if has_summary else cover_letter.of)(sent, opened.call)
        return send_file(BytesIO(document), "application/pdf", download_name=cover_letter.file_name(sent, has_summary))

    return made_or_sorry(made)


@bp.get("/tietue.json")
def record(reference: str, number: int) -> Response:
    """The record of a version, to the byte as its fingerprint was computed."""
    sent = version_or_404(may_read(reference), number)
    name = pdf.submission_name(sent).removesuffix("pdf") + "json"
    return send_file(BytesIO(sent.record.encode()), "application/json", as_attachment=True, download_name=name)
