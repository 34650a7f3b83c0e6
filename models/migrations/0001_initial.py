# Generated from a schema diff on 2026-11-25 02:00.
from peewee import *
from models.database import UtcDateTimeField

def up(migrator, db):
    class Application(Model):
        reference = CharField(unique=True, max_length=20)
        call_key = CharField(index=True, max_length=60)
        language = CharField(max_length=5)
        contact_email = CharField(index=True, null=True, max_length=254)
        created_at = UtcDateTimeField()
        touched_at = UtcDateTimeField()
        class Meta:
            database = db
            table_name = 'application'
    db.create_tables([Application])

    class Answer(Model):
        application = ForeignKeyField(Application, on_delete='CASCADE')
        question = CharField(max_length=40)
        value = JSONField()
        revision = IntegerField()
        writer = CharField(max_length=40)
        saved_at = UtcDateTimeField()
        class Meta:
            database = db
            table_name = 'answer'
            indexes = ((('application', 'question'), True),)
    db.create_tables([Answer])

    class AnswerVersion(Model):
        application = ForeignKeyField(Application, on_delete='CASCADE')
        question = CharField(max_length=40)
        value = JSONField()
        revision = IntegerField()
        writer = CharField(max_length=40)
        saved_at = UtcDateTimeField()
        class Meta:
            database = db
            table_name = 'answer_version'
            indexes = ((('application', 'question', 'revision'), True),)
    db.create_tables([AnswerVersion])

    class Link(Model):
        application = ForeignKeyField(Application, on_delete='CASCADE')
        token_hash = CharField(unique=True, max_length=64)
        email = CharField(index=True, null=True, max_length=254)
        created_at = UtcDateTimeField()
        last_used_at = UtcDateTimeField(null=True)
        revoked_at = UtcDateTimeField(null=True)
        class Meta:
            database = db
            table_name = 'link'
    db.create_tables([Link])

    class Submission(Model):
        application = ForeignKeyField(Application, on_delete='RESTRICT')
        call_key = CharField(max_length=60)
        version = IntegerField()
        sent_at = UtcDateTimeField()
        language = CharField(max_length=5)
        provider = CharField(null=True, max_length=300)
        record = TextField()
        fingerprint = CharField(max_length=64)
        personal = JSONField(null=True)
        salt = CharField(null=True, max_length=64)
        pdf = BlobField(null=True)
        sending_key = CharField(max_length=64)
        class Meta:
            database = db
            table_name = 'submission'
            indexes = ((('application', 'version'), True), (('application', 'sending_key'), True), (('call_key', 'provider'), False))
    db.create_tables([Submission])

    class OutboxMail(Model):
        kind = CharField(max_length=40)
        recipient = CharField(max_length=254)
        language = CharField(max_length=5)
        application = ForeignKeyField(Application, null=True, on_delete='CASCADE')
        submission = ForeignKeyField(Submission, null=True, on_delete='CASCADE')
        created_at = UtcDateTimeField()
        next_at = UtcDateTimeField(index=True)
        attempts = IntegerField(default=0)
        last_error = TextField(null=True)
        sent_at = UtcDateTimeField(null=True)
        class Meta:
            database = db
            table_name = 'outbox_mail'
    db.create_tables([OutboxMail])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('outbox_mail'))
    migrator.migrate(migrator.drop_table('submission'))
    migrator.migrate(migrator.drop_table('link'))
    migrator.migrate(migrator.drop_table('answer_version'))
    migrator.migrate(migrator.drop_table('answer'))
    migrator.migrate(migrator.drop_table('application'))
