"""What a monitor asks: whether the process lives, and whether the service works."""

from flask import Blueprint, Response, jsonify, make_response

from services import health
from views.access import arrived_at

bp = Blueprint("health", __name__, url_prefix="/health")

ENDPOINTS = ("health.live", "health.ready")
"""They open no database, or their own: where it does not open, they say so."""


@bp.get("/live")
def live() -> Response:
    return jsonify(status="ok")


@bp.get("/ready")
def ready() -> Response:
    """503 with what stops people from saving; 200 with ``wrong`` for what can wait until somebody looks."""
    found = health.look(arrived_at())
    said = jsonify(
        status="stopped" if found.stops else "attention" if found.wrong else "ok",
        wrong=[*found.stops, *found.wrong],
        version=health.VERSION,
        oldest_unsent_mail_seconds=found.oldest_mail,
        newest_backup_seconds=found.newest_backup,
        maintenance=found.is_maintenance,
    )
    return make_response(said, 503 if found.stops else 200)
