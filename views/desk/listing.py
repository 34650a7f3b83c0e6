"""The calls, and the applications that were sent in one."""

from flask import render_template

from services.context import calls
from views.desk.access import bp


@bp.get("/")
def home() -> str:
    return render_template("desk/home.html", calls=list(calls()))
