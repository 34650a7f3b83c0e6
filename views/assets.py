"""Style, script and icon, each with a mark of its contents in the address: browsers keep it, and never an old one."""

import hashlib
import os
from functools import cache
from importlib.resources import files
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app

from views.addresses import url_for

bp = Blueprint("assets", __name__)

ENDPOINTS = ("static", "assets.script")
YEAR = 365 * 86_400
"""Seconds."""


def register_assets(app: Flask) -> None:
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR
    app.register_blueprint(bp)
    app.jinja_env.globals.update(asset=asset, script_address=script_address)


def asset(name: str) -> str:
    """The address of a file under static/."""
    return url_for("static", filename=name, v=_mark(f"{current_app.static_folder}/{name}"))


def script_address() -> str:
    """The address of htmx and our own script, which come as one: a request less for the first page."""
    return url_for("assets.script", v=_mark(_htmx())[:6] + _mark(f"{current_app.static_folder}/app.js")[:6])


@bp.get("/static/ohjelma.js")
def script() -> Response:
    own = Path(f"{current_app.static_folder}/app.js")
    response = Response(Path(_htmx()).read_bytes() + b"\n;" + own.read_bytes(), mimetype="text/javascript")
    response.cache_control.max_age = YEAR
    response.cache_control.public = True
    return response


@cache
def _htmx() -> str:
    """htmx as its package brings it."""
    return f"{files('js_lib_htmx')}/static/htmx/htmx.min.js"


def _mark(path: str) -> str:
    """Of a file as it is now: three of them stand on every page."""
    return _digest(path, os.stat(path).st_mtime_ns)


@cache
def _digest(path: str, changed: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]
