"""Attachments, each once in its application."""

from peewee import *
from models.database import UtcDateTimeField


def up(migrator, db):
    class Base(Model):
        id = AutoField()

        class Meta:
            database = db
            legacy_table_names = False

    class Application(Base):
        pass

    class AttachedFile(Base):
        application = ForeignKeyField(Application, on_delete="CASCADE")
        digest = CharField(max_length=64)
        name = CharField(max_length=200)
        media_type = CharField(max_length=40)
        size = IntegerField()
        content = BlobField()
        stored_at = UtcDateTimeField()

        class Meta:
            indexes = ((("application", "digest"), True),)

    db.create_tables([AttachedFile])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("attached_file"))
