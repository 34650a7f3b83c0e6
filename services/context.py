"""What the running application was started with: its settings and its calls."""

from datetime import datetime

from flask import current_app

from models.application import Application
from services.calls import Calls
from settings import Settings


def calls() -> Calls:
    found: Calls = current_app.extensions["calls"]
    return found


def closing_of(application: Application) -> datetime:
    """The last instant at which an application can be sent: its call's closing, or its own where it was extended."""
    return calls().closing_of(calls()[application.call_key], application.sending_until)


def settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found
