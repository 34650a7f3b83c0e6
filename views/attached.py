"""A file that an applicant attached, handed out to whoever may read the application."""

from io import BytesIO

from flask import Response, abort, send_file

from models.application import Application
from services import attachments


def attached(application: Application, digest: str) -> Response:
    """A file to be kept and opened elsewhere: what others sent is not shown in a page's own place."""
    kept = attachments.find(application, digest)
    if kept is None:
        abort(404)
    response = send_file(BytesIO(kept.content), kept.media_type, as_attachment=True, download_name=kept.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
