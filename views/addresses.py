"""The addresses that pages are full of, put together once."""

from functools import lru_cache
from typing import Any

import flask
from flask import request


def url_for(endpoint: str, **values: Any) -> str:
    """As Flask's, for templates: a page has some twenty, and the router takes its time for each."""
    if not flask.has_request_context() or endpoint.startswith("."):
        return flask.url_for(endpoint, **values)
    return _address(request.root_path, endpoint, tuple(values.items()))


@lru_cache(maxsize=4096)
def _address(root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return flask.url_for(endpoint, **dict(values))
