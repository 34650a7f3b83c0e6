"""What was done besides writing an application: by whom, to what, why."""

import peewee

from models.application import Application
from models.database import Model, UtcDateTimeField
from models.officer import Officer


class Event(Model):
    at = UtcDateTimeField(index=True)
    kind = peewee.CharField(max_length=40, index=True)
    officer = peewee.ForeignKeyField(Officer, null=True, on_delete="SET NULL")
    """None for what was done by a command on the server."""
    call_key = peewee.CharField(max_length=60, null=True)
    application = peewee.ForeignKeyField(Application, null=True, backref="events", on_delete="CASCADE")
    reason = peewee.TextField()
    """Why, in the officer's words; they may name a person."""
    details = peewee.JSONField(default=dict)
    """What else is to be known about it, by name; it names no applicant. Times as in ISO 8601."""
