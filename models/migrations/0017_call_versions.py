"""Calls live in the database, version by version."""

from peewee import *
from models.database import UtcDateTimeField


def up(migrator, db):
    class Base(Model):
        id = AutoField()

        class Meta:
            database = db
            legacy_table_names = False

    class Officer(Base):
        pass

    class CallVersion(Base):
        call_key = CharField(max_length=60)
        number = IntegerField()
        reference_prefix = CharField(max_length=10)
        file = CharField(max_length=200)
        source = TextField()
        registers = JSONField(default=dict)
        digest = CharField(max_length=64)
        made_at = UtcDateTimeField()
        officer = ForeignKeyField(Officer, null=True, on_delete="SET NULL")
        publish_at = UtcDateTimeField(null=True)
        moves = JSONField(default=dict)
        note = TextField(default="")

        class Meta:
            indexes = ((("call_key", "number"), True),)

    db.create_tables([CallVersion])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("call_version"))
