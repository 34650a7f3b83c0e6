"""What goes with a sent version besides its summary: the record that its fingerprint is of."""

from io import BytesIO

from flask import Blueprint, Response, send_file

from views.access import may_read
from views.summary import version_or_404

bp = Blueprint("documents", __name__, url_prefix="/hakemus/<reference>/versio/<int:number>")


@bp.get("/tietue.json")
def record(reference: str, number: int) -> Response:
    """The record of a version, to the byte as its fingerprint was computed."""
    sent = version_or_404(may_read(reference), number)
    name = f"{reference}-versio-{number}.json"
    return send_file(BytesIO(sent.record.encode()), "application/json", as_attachment=True, download_name=name)
