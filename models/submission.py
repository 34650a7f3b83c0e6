"""What was sent: versions that never change."""

import peewee

from models.application import Application
from models.call import CallVersion
from models.database import Model, UtcDateTimeField


class Submission(Model):
    application = peewee.ForeignKeyField(Application, backref="submissions", on_delete="RESTRICT")
    call_key = peewee.CharField(max_length=60)
    call_version_id: int | None
    call_version = peewee.ForeignKeyField(CallVersion, null=True, index=False, on_delete="RESTRICT")
    """The one that it was made with, as in Application."""
    version = peewee.IntegerField()
    """1 at the first sending; the largest one of an application is current."""
    sent_at = UtcDateTimeField()
    """Arrival at the service."""
    recorded_at = UtcDateTimeField(null=True)
    """When it was recorded: the application's last save at that moment (Application.touched_at)."""
    language = peewee.CharField(max_length=5)
    provider = peewee.CharField(max_length=900, null=True)
    """The applying provider's identity (business ID, or typed name in lower case)."""
    record = peewee.TextField()
    """The canonical JSON text, whose SHA-256 is the fingerprint."""
    fingerprint = peewee.CharField(max_length=64)
    personal = peewee.JSONField(null=True)
    """Typed answers with personal details by question; erased after handling, the record stays verifiable."""
    salt = peewee.CharField(max_length=64, null=True)
    """Goes into the record's hashes of personal answers; erased with them."""
    pdf = peewee.BlobField(null=True)
    """The summary as filed; made right after sending, None until then."""
    sending_key = peewee.CharField(max_length=64)
    """One press of the button, however often it arrives."""

    @property
    def is_contact_erased(self) -> bool:
        """Whether its personal details went after handling; the record and its fingerprint are what they were."""
        return self.salt is None

    class Meta:
        indexes = (
            (("application", "version"), True),
            (("application", "sending_key"), True),
            (("call_key", "provider"), False),
        )
