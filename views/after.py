"""What happens once an answer is out, without anybody waiting for it: mails that it caused, an export that it began."""

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from flask import current_app, request
from werkzeug.wrappers import Response

import logs
from models.database import database
from services import mail

log = logs.get(__name__)

SomeResponse = TypeVar("SomeResponse", bound=Response)


def do_after(response: SomeResponse, act: Callable[[], object]) -> SomeResponse:
    """Do something after this response, with the database; what fails is only logged."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    connection = request.environ.get("gunicorn.socket")

    def do() -> None:
        if connection is not None:
            # The answer ends here: how long the rest takes is nothing that the asker may learn from.
            with suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
        try:
            with app.app_context(), database.connection_context():
                act()
        except Exception:
            # The answer is out: nobody is helped by a failed request now.
            log.exception("after_response_failed")

    response.call_on_close(do)
    return response


def deliver_mails_after(response: SomeResponse) -> SomeResponse:
    """Send due mails after this response; what does not get out now, ``flask mail send`` takes."""
    return do_after(response, mail.deliver_fresh)
