"""The calls, each as its file said it at one time."""

import peewee

from models.database import Model, UtcDateTimeField
from models.officer import Officer


class CallVersion(Model):
    """A call's file and its registers. Once it is in force it never changes: what was written in it refers to it."""

    call_key = peewee.CharField(max_length=60)
    number = peewee.IntegerField()
    """1 for a call's first; of those in force the largest one counts."""
    reference_prefix = peewee.CharField(max_length=10)
    file = peewee.CharField(max_length=200)
    """What the file was called, for what is said of its faults."""
    source = peewee.TextField()
    registers = peewee.JSONField(default=dict)
    """The texts of the registers by the names that the file has for them."""
    digest = peewee.CharField(max_length=64)
    """SHA-256 of file and registers."""
    made_at = UtcDateTimeField()
    officer = peewee.ForeignKeyField(Officer, null=True, on_delete="SET NULL")
    """None for one that came with the program or by a command."""
    publish_at = UtcDateTimeField(null=True)
    """From when on it is in force; None while nobody has published it."""
    moves = peewee.JSONField(default=dict)
    """Where answers go that were given in the version before: services.call_moves."""
    note = peewee.TextField(default="")
    """Why, in the officer's words."""

    class Meta:
        indexes = ((("call_key", "number"), True),)
