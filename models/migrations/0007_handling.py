"""What the desk adds to applications, and its list; when a version was recorded, to know what was saved after it."""

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

    class Handling(Base):
        application = ForeignKeyField(Application, unique=True, on_delete="CASCADE")
        case_number = CharField(max_length=60)
        handler = ForeignKeyField(Officer, null=True, on_delete="SET NULL")
        labels = JSONField()
        counts = BooleanField(null=True)
        document_on = DateField(null=True)
        document_version = IntegerField(null=True)
        withdrawn_at = UtcDateTimeField(null=True)

    class Note(Base):
        application = ForeignKeyField(Application, on_delete="CASCADE")
        officer = ForeignKeyField(Officer, null=True, on_delete="SET NULL")
        at = UtcDateTimeField()
        text = TextField()

    class Listed(Base):
        submission = ForeignKeyField(Submission, unique=True, on_delete="CASCADE")
        application = ForeignKeyField(Application, on_delete="CASCADE")
        call_key = CharField(max_length=60, index=True)
        is_current = BooleanField()
        is_counted = BooleanField()
        is_one_of_several = BooleanField()
        provider = CharField(max_length=300, null=True)
        provider_name = CharField(max_length=300)
        requested = IntegerField()
        costs = IntegerField()
        areas = JSONField()

    db.create_tables([Handling, Note, Listed])
    migrator.migrate(migrator.add_column("submission", "recorded_at", UtcDateTimeField(null=True)))
    if isinstance(db, SqliteDatabase):
        # Behind services/search.py; other databases have their own way to find words.
        db.execute_sql("CREATE VIRTUAL TABLE listed_text USING fts5(words, tokenize='unicode61 remove_diacritics 2')")


def down(migrator, db):
    if isinstance(db, SqliteDatabase):
        migrator.migrate(migrator.drop_table("listed_text"))
    for table in ("listed", "note", "handling"):
        migrator.migrate(migrator.drop_table(table))
    migrator.migrate(migrator.drop_column("submission", "recorded_at"))
