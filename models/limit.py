"""How often something was asked for, counted for all processes and hosts together."""

import peewee

from models.database import Model, UtcDateTimeField


class RequestCount(Model):
    key = peewee.CharField(max_length=64, unique=True)
    """A hash of what is limited and for whom."""
    count = peewee.IntegerField()
    until = UtcDateTimeField(index=True)
    """From then on it is counted anew."""
