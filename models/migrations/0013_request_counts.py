"""Limits of requests are counted in the database."""

from peewee import *
from models.database import UtcDateTimeField


def up(migrator, db):
    class RequestCount(Model):
        key = CharField(max_length=64, unique=True)
        count = IntegerField()
        until = UtcDateTimeField(index=True)

        class Meta:
            database = db
            table_name = "request_count"

    db.create_tables([RequestCount])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("request_count"))
