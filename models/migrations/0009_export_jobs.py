"""Exports that are written after the answer."""

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

    class ExportJob(Base):
        key = CharField(max_length=40, unique=True)
        officer = ForeignKeyField(Officer, on_delete="CASCADE")
        call_key = CharField(max_length=60)
        kind = CharField(max_length=10)
        created_at = UtcDateTimeField()
        moved_at = UtcDateTimeField()
        total = IntegerField()
        done = IntegerField()
        finished_at = UtcDateTimeField(null=True)
        cut = IntegerField()
        missing = JSONField()

    db.create_tables([ExportJob])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("export_job"))
