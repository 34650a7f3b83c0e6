"""The ministry's desk, under /virkailija."""

from views.desk import listing, sign_in
from views.desk.access import bp

__all__ = ["bp", "listing", "sign_in"]
