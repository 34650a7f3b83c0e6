"""The ministry's desk, under /virkailija."""

from views.desk import (
    accounts,
    acts,
    application,
    call_handling,
    call_preview,
    call_publishing,
    call_versions,
    event_log,
    exporting,
    figures,
    listing,
    overview,
    sign_in,
)
from views.desk.access import bp

__all__ = [
    "accounts",
    "acts",
    "application",
    "bp",
    "call_handling",
    "call_preview",
    "call_publishing",
    "call_versions",
    "event_log",
    "exporting",
    "figures",
    "listing",
    "overview",
    "sign_in",
]
