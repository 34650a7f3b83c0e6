"""When the handling of a call's applications ended."""

from peewee import *
from models.database import UtcDateTimeField


def up(migrator, db):
    class CallHandling(Model):
        call_key = CharField(unique=True, max_length=60)
        ended_at = UtcDateTimeField()

        class Meta:
            database = db
            table_name = "call_handling"

    db.create_tables([CallHandling])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("call_handling"))
