"""The ministry's desk, under /virkailija."""

from views.desk import accounts, acts, application, exporting, figures, listing, overview, sign_in
from views.desk.access import bp

__all__ = ["accounts", "acts", "application", "bp", "exporting", "figures", "listing", "overview", "sign_in"]
