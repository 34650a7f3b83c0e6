"""An application while it is written: who it belongs to, its answers, its links."""

import peewee

from models.call import CallVersion
from models.database import Model, UtcDateTimeField
from models.officer import Officer


class Application(Model):
    reference = peewee.CharField(max_length=20, unique=True)
    """Public name, in addresses and letters; gives no access."""
    call_key = peewee.CharField(max_length=60, index=True)
    call_version_id: int | None
    call_version = peewee.ForeignKeyField(CallVersion, null=True, index=False, on_delete="RESTRICT")
    """The one whose questions its answers answer; None before versions were kept, which is a call's first."""
    changed_since_id: int | None
    changed_since = peewee.ForeignKeyField(CallVersion, null=True, index=False, backref="+", on_delete="RESTRICT")
    """The version that its people last knew, until somebody has read what is not as it was; None while all is known."""
    language = peewee.CharField(max_length=5)
    contact_email = peewee.CharField(max_length=254, null=True, index=True)
    """The contact person's address as typed last, in lower case; by it a lost link is found."""
    created_at = UtcDateTimeField()
    touched_at = UtcDateTimeField()
    """The last save or sending. Whoever saves or sends holds this row first (models.database.hold)."""
    sending_until = UtcDateTimeField(null=True)
    """The last instant at which this one may be sent, where it was extended; None for the call's closing."""
    reminded_at = UtcDateTimeField(null=True)
    """When its people were reminded of what is not sent; that happens once."""
    tried_by_id: int | None
    tried_by = peewee.ForeignKeyField(Officer, null=True, index=False, backref="+", on_delete="RESTRICT")
    """The officer who tries a version of a call with it and gets all its mails; it counts nowhere (services.trials)."""


class Answer(Model):
    application = peewee.ForeignKeyField(Application, backref="answers", on_delete="CASCADE")
    question = peewee.CharField(max_length=40)
    value = peewee.JSONField()
    """The typed texts by field suffix (forms.question.Typed)."""
    revision = peewee.IntegerField()
    """1 at the first save, one more at each change."""
    writer = peewee.CharField(max_length=40)
    """The page load that saved it."""
    writer_count = peewee.IntegerField(default=0)
    """Which of that page's posts it was: an earlier one that arrives later is stale."""
    saved_at = UtcDateTimeField()

    class Meta:
        indexes = ((("application", "question"), True),)


class AnswerVersion(Model):
    """An earlier value of an answer."""

    application = peewee.ForeignKeyField(Application, backref="answer_versions", on_delete="CASCADE")
    question = peewee.CharField(max_length=40)
    value = peewee.JSONField()
    revision = peewee.IntegerField()
    writer = peewee.CharField(max_length=40)
    saved_at = UtcDateTimeField()

    class Meta:
        indexes = ((("application", "question", "revision"), True),)


class Link(Model):
    """A personal link. Whoever has its token may open the application; only the token's hash is kept."""

    application = peewee.ForeignKeyField(Application, backref="links", on_delete="CASCADE")
    token_hash = peewee.CharField(max_length=64, unique=True)
    email = peewee.CharField(max_length=254, null=True, index=True)
    """The address that it was mailed to, in lower case; None for one that was shown on the screen."""
    can_write = peewee.BooleanField(default=True)
    """False for a link that only reads and prints."""
    created_at = UtcDateTimeField()
    last_used_at = UtcDateTimeField(null=True)
    revoked_at = UtcDateTimeField(null=True)


class Presence(Model):
    """A page of an application that somebody has open, by its last sign of life."""

    application = peewee.ForeignKeyField(Application, on_delete="CASCADE")
    page = peewee.CharField(max_length=40)
    """The page load (as in Answer.writer)."""
    browser = peewee.CharField(max_length=40)
    """A random id of the browser: one person's two tabs are one."""
    seen_at = UtcDateTimeField()

    class Meta:
        indexes = ((("application", "page"), True),)
