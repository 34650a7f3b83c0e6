"""Mails that wait to be sent, written in the transaction that causes them."""

import peewee

from models.application import Application
from models.database import Model, UtcDateTimeField
from models.submission import Submission


class OutboxMail(Model):
    kind = peewee.CharField(max_length=40)
    """Names the pair of templates in templates/mail/."""
    recipient = peewee.CharField(max_length=254)
    language = peewee.CharField(max_length=5)
    application = peewee.ForeignKeyField(Application, null=True, on_delete="CASCADE")
    submission = peewee.ForeignKeyField(Submission, null=True, on_delete="CASCADE")
    created_at = UtcDateTimeField(index=True)
    next_at = UtcDateTimeField()
    """Not tried before this."""
    attempts = peewee.IntegerField(default=0)
    last_error = peewee.TextField(null=True)
    """Why it is not sent; of a sent one, what it went without. None while it is on its way."""
    sent_at = UtcDateTimeField(null=True)
    """When it went out, or was dropped (services/outbox.py)."""
    refused_at = UtcDateTimeField(null=True)
    """When the mail server said that it will never take this for the recipient; nothing is tried after that."""

    class Meta:
        # What waits is found without reading all that was sent.
        indexes = ((("sent_at", "created_at"), False),)
