"""The whole call at a glance; its curves as SVG paths."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import render_template

import clock
from clock import in_helsinki
from forms.definition import Call
from services import listing
from services.overview import look
from views.desk.access import bp, call_or_404

WIDTH, HEIGHT = 1000, 240
"""Of a curve, in its own units; the page stretches it."""


@dataclass(frozen=True)
class Curve:
    """How many applications had come, from an instant to another."""

    path: str
    """Closed along the foot."""
    closes: int | None
    """Where the call closes, from the left; None for a call that closes outside."""
    first: datetime
    last: datetime
    width: int = WIDTH
    height: int = HEIGHT


@bp.get("/<call_key>/yleiskuva")
def overview(call_key: str) -> str:
    call = call_or_404(call_key)
    found = look(call)
    return render_template(
        "desk/overview.html",
        call=call,
        found=found,
        drafts=listing.draft_count(call),
        now=clock.now(),
        curves=_curves(call, found.arrivals),
    )


def _curves(call: Call, arrivals: list[datetime]) -> list[Curve]:
    """Of the call, and of its closing day once something has come on it."""
    if not arrivals:
        return []
    day = in_helsinki(call.closes).replace(hour=0, minute=0, second=0, microsecond=0)
    next_day = day + timedelta(days=1)
    curves = [_curve(call, arrivals, min(call.opens, arrivals[0]), max(call.closes, arrivals[-1]))]
    if any(day <= arrival < next_day for arrival in arrivals):
        curves.append(_curve(call, arrivals, day, next_day))
    return curves


def _curve(call: Call, arrivals: list[datetime], first: datetime, last: datetime) -> Curve:
    """A step for each unit of width in which something came; it ends now, where its end is still to come."""

    unit = (last - first) / WIDTH

    def across(at: datetime) -> int:
        return round((min(max(at, first), last) - first) / unit)

    total_at = {across(arrival): total for total, arrival in enumerate(arrivals, 1) if arrival <= last}
    steps = "".join(f"H{x}V{round(HEIGHT - total / len(arrivals) * HEIGHT)}" for x, total in total_at.items())
    closes = across(call.closes) if first <= call.closes <= last else None
    return Curve(f"M0 {HEIGHT}{steps}H{across(clock.now())}V{HEIGHT}Z", closes, first, last)
