"""What is no request to the service, and refused first: one for another host, or such as no browser sends."""

import re
from urllib.parse import urlsplit

from flask import Flask, abort, request
from werkzeug.exceptions import BadRequest

from settings import Settings

_LOOPBACK = ("127.0.0.1", "localhost")


class WrongHost(BadRequest):
    """The request names another host than the service's own."""


def register_gate(app: Flask, settings: Settings) -> None:
    names = _own_names(settings)

    @app.before_request
    def refuse_other_hosts() -> None:
        # A load balancer asks by the machine's address, and health says nothing that depends on the name.
        if not request.path.startswith("/health/") and _name(request.headers.get("Host", "")) not in names:
            raise WrongHost

    @app.before_request
    def refuse_half_bodies() -> None:
        # A form that was cut off on its way would be saved as what there is of it. By its length it is known; a web
        # server's word that the body ends where it ends counts for nothing.
        if "Transfer-Encoding" in request.headers:
            abort(411)
        request.environ.pop("wsgi.input_terminated", None)

    @app.before_request
    def refuse_what_no_browser_sends() -> None:
        # Each would be a fault of ours further in: of decoding, of a database, of whoever reads a field's name.
        try:
            query = request.query_string.decode()
        except UnicodeDecodeError:
            abort(400)
        if re.search("[\x00-\x1f\x7f]", query) or None in request.form:
            abort(400)
        if "\0" in request.path:
            abort(404)


def _own_names(settings: Settings) -> tuple[str, ...]:
    """The name of the public address; on one's own machine all that it calls itself."""
    name = _name(urlsplit(settings.base_url).netloc)
    return _LOOPBACK if name in _LOOPBACK else (name,)


def _name(host: str) -> str:
    """A host without its port, which proxies leave out or not."""
    return re.sub(":[0-9]*$", "", host).lower()
