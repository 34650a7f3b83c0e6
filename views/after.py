"""What happens once an answer is out: mails that it caused are sent, without anybody waiting for them."""

import logging
from typing import TypeVar

from flask import current_app
from werkzeug.wrappers import Response

from models.database import database
from services import mail

log = logging.getLogger(__name__)

SomeResponse = TypeVar("SomeResponse", bound=Response)


def deliver_mails_after(response: SomeResponse) -> SomeResponse:
    """Send due mails after this response; what does not get out now, ``flask mail send`` takes."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def deliver() -> None:
        try:
            with app.app_context(), database.connection_context():
                mail.deliver_fresh()
        except Exception:
            # The answer is out and the mails are kept: nobody is helped by a failed request now.
            log.exception("mails not delivered after the response")

    response.call_on_close(deliver)
    return response
