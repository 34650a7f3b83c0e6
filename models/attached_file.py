"""Files that belong to an application: attachments of its answers, kept as they came."""

import peewee

from models.application import Application
from models.database import Model, UtcDateTimeField


class AttachedFile(Model):
    """A file, once in its application however often it is attached. Goes with the application, not before."""

    application = peewee.ForeignKeyField(Application, backref="attached_files", on_delete="CASCADE")
    digest = peewee.CharField(max_length=64)
    """SHA-256 of the content, in hexadecimal: what answers and records name it by."""
    name = peewee.CharField(max_length=200)
    media_type = peewee.CharField(max_length=40)
    """By what is in it, whatever its name says."""
    size = peewee.IntegerField()
    """In bytes."""
    content = peewee.BlobField()
    stored_at = UtcDateTimeField()

    class Meta:
        indexes = ((("application", "digest"), True),)
