"""What the ministry asks applicants to complete."""

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

    class Submission(Base):
        pass

    class Officer(Base):
        pass

    class CompletionRequest(Base):
        application = ForeignKeyField(Application, on_delete="CASCADE")
        officer = ForeignKeyField(Officer, null=True, on_delete="SET NULL")
        at = UtcDateTimeField()
        text = TextField()
        questions = JSONField()
        until = UtcDateTimeField()
        answered_by = ForeignKeyField(Submission, null=True, on_delete="SET NULL")
        ended_at = UtcDateTimeField(null=True)

    db.create_tables([CompletionRequest])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("completion_request"))
