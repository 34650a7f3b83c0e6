"""The calls, and the applications that were sent in one."""

from dataclasses import asdict
from urllib.parse import urlencode

from flask import render_template, request, url_for

from forms.clean import clean_line
from services import listing
from services.context import calls
from services.listing import View
from views.access import is_fragment
from views.desk.access import bp, call_or_404

_NAMES = {
    "words": "haku",
    "state": "tila",
    "document": "asiakirja",
    "area": "alue",
    "sort": "jarjestys",
    "page": "sivu",
}
"""The parts of a view as the address names them."""


@bp.get("/")
def home() -> str:
    return render_template("desk/home.html", calls=list(calls()))


@bp.get("/<call_key>/")
def applications(call_key: str) -> str:
    """The list; htmx gets the table alone."""
    call = call_or_404(call_key)
    view = asked_view()
    return render_template(
        "desk/table.html" if is_fragment() else "desk/applications.html",
        call=call,
        view=view,
        found=listing.look(call, view),
        drafts=listing.draft_count(call),
        areas=[(section.key, section.title) for section in call.sections if section.area],
        titles={section.key: section.short or section.title for section in call.sections},
        address=lambda **changes: _address(call_key, view, changes),
        query=urlencode(_named(view, {})),
    )


def asked_view() -> View:
    """The view that the address names; what it does not know shows all."""
    typed = {part: clean_line(request.args.get(name, ""))[:200] for part, name in _NAMES.items()}
    page = typed.pop("page")
    return View(**typed, page=int(page) if page.isdecimal() and len(page) < 6 else 1)


def _named(view: View, changes: dict[str, object]) -> dict[str, object]:
    """A view that differs from this one, as its address names it; any but a turn of the page begins at the first."""
    wanted = {**asdict(view), "page": 1, **changes}
    return {_NAMES[part]: value for part, value in wanted.items() if value and not (part == "page" and value == 1)}


def _address(call_key: str, view: View, changes: dict[str, object]) -> str:
    named = _named(view, changes)
    return url_for("desk.applications", call_key=call_key) + (f"?{urlencode(named)}" if named else "")
