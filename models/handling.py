"""What the ministry's desk adds to applications that were sent, and keeps to find them by."""

import peewee

from models.application import Application
from models.database import Model, UtcDateTimeField
from models.officer import Officer
from models.submission import Submission


class Handling(Model):
    """How one application is handled."""

    application = peewee.ForeignKeyField(Application, unique=True, backref="handlings", on_delete="CASCADE")
    case_number = peewee.CharField(max_length=60, default="")
    """The ministry's own, such as VN/12345/2021."""
    handler = peewee.ForeignKeyField(Officer, null=True, on_delete="SET NULL")
    labels = peewee.JSONField(default=list)
    counts = peewee.BooleanField(null=True)
    """True for the one that an officer chose among several of a provider."""
    document_on = peewee.DateField(null=True)
    """The day on which the signed document arrived."""
    document_version = peewee.IntegerField(null=True)
    """The version that its fingerprint belongs to."""
    withdrawn_at = UtcDateTimeField(null=True)
    """When the applicant's request to withdraw it was noted."""


class Note(Model):
    """A note of an officer to the others; applicants never see it."""

    application = peewee.ForeignKeyField(Application, backref="notes", on_delete="CASCADE")
    officer = peewee.ForeignKeyField(Officer, null=True, on_delete="SET NULL")
    at = UtcDateTimeField()
    text = peewee.TextField()


class CompletionRequest(Model):
    """What the ministry asks an applicant to complete: some questions, until an instant."""

    application = peewee.ForeignKeyField(Application, backref="completion_requests", on_delete="CASCADE")
    officer = peewee.ForeignKeyField(Officer, null=True, on_delete="SET NULL")
    at = UtcDateTimeField()
    text = peewee.TextField()
    """What is asked, in the officer's words; the applicant reads it."""
    questions = peewee.JSONField()
    """The keys of the questions that it is about."""
    until = UtcDateTimeField()
    """The last instant for the answer."""
    answered_by = peewee.ForeignKeyField(Submission, null=True, on_delete="SET NULL")
    ended_at = UtcDateTimeField(null=True)
    """When it was answered, or another took its place; None also for one whose time has run out."""


class Listed(Model):
    """What the desk's list shows of a version, drawn from its record when the list is first asked for after it."""

    submission = peewee.ForeignKeyField(Submission, unique=True, on_delete="CASCADE")
    application = peewee.ForeignKeyField(Application, index=True, on_delete="CASCADE")
    call_key = peewee.CharField(max_length=60, index=True)
    is_current = peewee.BooleanField()
    """Whether no newer version is listed."""
    is_counted = peewee.BooleanField()
    """Whether it goes into the call's sums: current, not withdrawn, and of its provider's applications the one that an
    officer chose, else the one sent last."""
    is_one_of_several = peewee.BooleanField()
    """Whether the provider has other applications in the call that are not withdrawn."""
    provider = peewee.CharField(max_length=900, null=True)
    """As in Submission."""
    provider_name = peewee.CharField(max_length=300)
    provider_order = peewee.CharField(max_length=900, default="")
    """The name as its alphabet orders it, by code points (forms.register.sort_key)."""
    requested = peewee.BigIntegerField()
    """Whole euros over all areas."""
    costs = peewee.BigIntegerField()
    areas = peewee.JSONField()
    """[area's key, requested, costs] of each chosen area, in whole euros."""


class CallHandling(Model):
    """When the ministry has done with a call: from then on the time runs after which contact details go."""

    call_key = peewee.CharField(max_length=60, unique=True)
    ended_at = UtcDateTimeField()


class ExportJob(Model):
    """An export that an officer asked for: written after the answer, fetched when it is done, gone a day later."""

    key = peewee.CharField(max_length=40, unique=True)
    """Random: its place in addresses and folders, never used again."""
    officer = peewee.ForeignKeyField(Officer, on_delete="CASCADE")
    call_key = peewee.CharField(max_length=60)
    kind = peewee.CharField(max_length=10)
    """The ending of the file's name (services.exports.FORMATS)."""
    created_at = UtcDateTimeField()
    moved_at = UtcDateTimeField()
    """The last sign of life of the process that writes it."""
    total = peewee.IntegerField()
    """Applications in it."""
    done = peewee.IntegerField(default=0)
    finished_at = UtcDateTimeField(null=True)
    cut = peewee.IntegerField(default=0)
    """Cells cut because the format takes no longer ones."""
    missing = peewee.JSONField(default=list)
    """References of applications whose document could not be made."""
