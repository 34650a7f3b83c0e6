"""A line in the log for each request, and its id in every line that it causes: by its route, never by its address."""

import re
import secrets
from sys import exc_info as current_error
from time import perf_counter
from typing import Any

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

import logs
from settings import Settings
from views import assets, health

log = logs.get(__name__)

HEADER = "X-Request-Id"
_ID = re.compile(r"[0-9A-Za-z._-]{8,64}")
_REFERENCE = re.compile(r"[0-9A-Z]{1,12}-[0-9A-Z]{1,12}")
_UNTOLD = (*assets.ENDPOINTS, *health.ENDPOINTS)


def register_request_log(app: Flask, settings: Settings) -> None:
    """Before all other hooks, so that the line has the answer as it goes out."""

    @app.before_request
    def begin() -> None:
        clear_contextvars()
        g.began = perf_counter()
        g.request_id = _id_of_proxy(settings) or secrets.token_hex(8)
        bind_contextvars(request=g.request_id)

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers[HEADER] = g.request_id
        if request.endpoint not in _UNTOLD:
            log.info("answered", **_facts(), status=response.status_code, ms=_milliseconds())
        return response

    def log_exception(error: Any) -> None:
        log.error("failed", **_facts(), exc_info=error or current_error())

    # Flask's own line has the address in it.
    app.log_exception = log_exception  # type: ignore[method-assign, assignment]


def _id_of_proxy(settings: Settings) -> str | None:
    """What our own proxy calls the request; nobody else is believed."""
    said = request.headers.get(HEADER, "") if settings.proxies else ""
    return said if _ID.fullmatch(said) else None


def _facts() -> dict[str, object]:
    reference = str((request.view_args or {}).get("reference", ""))
    facts: dict[str, object] = {"method": request.method, "route": request.url_rule.rule if request.url_rule else None}
    return {**facts, "reference": reference} if _REFERENCE.fullmatch(reference) else facts


def _milliseconds() -> float:
    began: float = g.began
    return round((perf_counter() - began) * 1000, 1)
