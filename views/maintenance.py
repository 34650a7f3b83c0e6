"""Maintenance as people meet it: every page is refused before anything of it is done, and text comes back."""

from contextlib import suppress

from flask import request
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from models.database import database
from services import maintenance
from services.maintenance import Maintenance

_SECRET = {"csrf_token", "salasana", "koodi"}


class UnderMaintenance(ServiceUnavailable):
    def __init__(self, maintenance: Maintenance) -> None:
        super().__init__()
        self.maintenance = maintenance


def refuse_under_maintenance() -> None:
    """Raises UnderMaintenance.

    This process lets go of the database then, so that it can be replaced while people are told to wait.
    """
    found = maintenance.under_way()
    if found is not None:
        database.close_idle()
        raise UnderMaintenance(found)


def typed_texts() -> list[str]:
    """What was posted and took some writing, to be given back where no form can be."""
    with suppress(HTTPException):
        posted = [text.strip() for name, text in request.form.items(multi=True) if name not in _SECRET]
        return [text for text in posted if len(text) >= 20 and len(text.split()) > 1]
    return []
