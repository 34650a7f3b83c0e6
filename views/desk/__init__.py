"""The ministry's desk, under /virkailija."""

from views.desk import acts, application, exporting, figures, listing, overview, sign_in
from views.desk.access import bp

__all__ = ["acts", "application", "bp", "exporting", "figures", "listing", "overview", "sign_in"]
