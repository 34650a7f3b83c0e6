"""The ministry's desk, under /virkailija."""

from views.desk import accounts, acts, application, event_log, exporting, figures, listing, overview, sign_in
from views.desk.access import bp

__all__ = ["accounts", "acts", "application", "bp", "event_log", "exporting", "figures", "listing", "overview", "sign_in"]
