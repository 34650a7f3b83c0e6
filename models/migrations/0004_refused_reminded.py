"""Mails that a server refused for good; applications whose people were reminded; the last hour's mails are counted."""

from peewee import *
from models.database import UtcDateTimeField


def up(migrator, db):
    migrator.migrate(migrator.add_column("application", "reminded_at", UtcDateTimeField(null=True)))
    migrator.migrate(migrator.add_column("outbox_mail", "refused_at", UtcDateTimeField(null=True)))
    migrator.migrate(migrator.add_index("outbox_mail", ("created_at",), False))


def down(migrator, db):
    migrator.migrate(migrator.drop_index("outbox_mail", "outbox_mail_created_at"))
    migrator.migrate(migrator.drop_column("outbox_mail", "refused_at"))
    migrator.migrate(migrator.drop_column("application", "reminded_at"))
