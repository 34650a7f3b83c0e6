"""What is no request to the service, and refused first: one for another host, or such as no browser sends."""

import re
from functools import cache
from urllib.parse import urlsplit

from flask import Flask, abort, request
from werkzeug.exceptions import BadRequest

from services.context import calls, settings

_LOOPBACK = ("127.0.0.1", "localhost")
_CHUNK = 65_536
_MOST_TAKEN = 4
"""How many times the largest request is read, and thrown away, to say that it is too large."""


class WrongHost(BadRequest):
    """The request names another host than the service's own."""


def register_gate(app: Flask) -> None:
    for look in (_other_hosts, _half_bodies, _what_is_too_large, _what_no_browser_sends, _referrers_that_are_none):
        app.before_request(look)


def _other_hosts() -> None:
    # A load balancer asks by the machine's address, and health says nothing that depends on the name.
    if request.path.startswith("/health/"):
        return
    if _name(request.headers.get("Host", "")) not in _own_names(settings().base_url):
        raise WrongHost


def _half_bodies() -> None:
    # A form that was cut off on its way would be saved as what there is of it. By its length it is known; a web
    # server's word that the body ends where it ends counts for nothing.
    if "Transfer-Encoding" in request.headers:
        abort(411)
    request.environ.pop("wsgi.input_terminated", None)


def _what_is_too_large() -> None:
    # Whoever is still sending when the connection ends sees no answer: a browser, or the web server before it.
    most = _most()
    request.max_content_length = most
    if (request.content_length or 0) > most:
        for _ in range(_MOST_TAKEN * most // _CHUNK):
            if not request.environ["wsgi.input"].read(_CHUNK):
                break
        abort(413)


def _most() -> int:
    """Bytes of the request at hand; files come with pages of the form only, and only where a call asks for them."""
    may_bring_files = request.mimetype == "multipart/form-data" and request.path.startswith("/hakemus/")
    if may_bring_files and any(question.takes_file for call in calls() for question in call.questions):
        return settings().body_bytes + settings().upload_bytes
    return settings().body_bytes


def _what_no_browser_sends() -> None:
    # Each would be a fault of ours further in: of decoding, of a database, of whoever reads a field's name.
    try:
        query = request.query_string.decode()
    except UnicodeDecodeError:
        abort(400)
    if re.search("[\x00-\x1f\x7f]", query) or None in request.form:
        abort(400)
    if "\0" in request.path:
        abort(404)


def _referrers_that_are_none() -> None:
    # Where one came from helps, and stops nobody: what is no address says nothing.
    try:
        urlsplit(request.referrer or "")
    except ValueError:
        del request.environ["HTTP_REFERER"]


@cache
def _own_names(base_url: str) -> tuple[str, ...]:
    """The name of the public address; on one's own machine all that it calls itself."""
    name = _name(urlsplit(base_url).netloc)
    return _LOOPBACK if name in _LOOPBACK else (name,)


def _name(host: str) -> str:
    """A host without its port, which proxies leave out or not."""
    return re.sub(":[0-9]*$", "", host).lower()
