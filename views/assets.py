"""Style, script and icon, each with a mark of its contents in the address: browsers keep it, and never an old one."""

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, url_for

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
    path = _folder() / name
    return url_for("static", filename=name, v=_mark(path, path.stat().st_mtime_ns))


def script_address() -> str:
    """The address of htmx and our own script, which come as one: a request less for the first page."""
    own = _folder() / "app.js"
    return url_for("assets.script", v=_mark(_htmx(), 0)[:6] + _mark(own, own.stat().st_mtime_ns)[:6])


@bp.get("/static/ohjelma.js")
def script() -> Response:
    response = Response(_htmx().read_bytes() + b"\n;" + (_folder() / "app.js").read_bytes(), mimetype="text/javascript")
    response.cache_control.max_age = YEAR
    response.cache_control.public = True
    return response


def _folder() -> Path:
    return Path(current_app.static_folder or "")


def _htmx() -> Path:
    """htmx as its package brings it."""
    return Path(str(files("js_lib_htmx"))) / "static/htmx/htmx.min.js"


@cache
def _mark(path: Path, changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
