"""The ministry's people: their accounts and where they are signed in."""

import peewee

from models.database import Model, UtcDateTimeField


class Officer(Model):
    email = peewee.CharField(max_length=254, unique=True)
    """In lower case; the name of the account."""
    role = peewee.CharField(max_length=20)
    """services.accounts.Role"""
    password_hash = peewee.CharField(max_length=300, null=True)
    """None until the account is set up."""
    totp_secret = peewee.CharField(max_length=64, null=True)
    """Base32, as the telephone's application keeps it (RFC 6238)."""
    totp_step = peewee.IntegerField(default=0)
    """The half minute of the last one-time code taken: none is taken twice."""
    recovery_hashes = peewee.JSONField(default=list)
    """Codes that take the telephone's place, once each."""
    setup_hash = peewee.CharField(max_length=64, null=True, index=True)
    """Of the mailed link by which the account is set up, or set up anew."""
    setup_until = UtcDateTimeField(null=True)
    created_at = UtcDateTimeField()
    disabled_at = UtcDateTimeField(null=True)


class OfficerSession(Model):
    """A browser in which an officer is signed in."""

    officer = peewee.ForeignKeyField(Officer, backref="sessions", on_delete="CASCADE")
    browser = peewee.CharField(max_length=200)
    """What it calls itself, for the officer to know it by."""
    created_at = UtcDateTimeField()
    seen_at = UtcDateTimeField()
    ended_at = UtcDateTimeField(null=True)


class SignInFailure(Model):
    """A wrong password or code, counted for a while."""

    who = peewee.CharField(max_length=64, index=True)
    """Hash of the account's name and the place it was tried from, or of the place alone."""
    at = UtcDateTimeField(index=True)
