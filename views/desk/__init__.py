"""The ministry's desk, under /virkailija."""

from views.desk import application, exporting, listing, overview, sign_in
from views.desk.access import bp

__all__ = ["application", "bp", "exporting", "listing", "overview", "sign_in"]
