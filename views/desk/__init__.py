"""The ministry's desk, under /virkailija."""

from views.desk import application, exporting, listing, sign_in
from views.desk.access import bp

__all__ = ["application", "bp", "exporting", "listing", "sign_in"]
