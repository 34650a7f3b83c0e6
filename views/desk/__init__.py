"""The ministry's desk, under /virkailija."""

from views.desk import application, listing, sign_in
from views.desk.access import bp

__all__ = ["application", "bp", "listing", "sign_in"]
