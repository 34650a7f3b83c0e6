"""Officers, their sessions and wrong tries; events without an application, and by whom they were."""

from peewee import *
from models.database import UtcDateTimeField


def up(migrator, db):
    class Base(Model):
        id = AutoField()

        class Meta:
            database = db
            legacy_table_names = False

    class Officer(Base):
        email = CharField(max_length=254, unique=True)
        role = CharField(max_length=20)
        password_hash = CharField(max_length=300, null=True)
        totp_secret = CharField(max_length=64, null=True)
        totp_step = IntegerField()
        recovery_hashes = JSONField()
        setup_hash = CharField(max_length=64, null=True, index=True)
        setup_until = UtcDateTimeField(null=True)
        created_at = UtcDateTimeField()
        disabled_at = UtcDateTimeField(null=True)

    class OfficerSession(Base):
        officer = ForeignKeyField(Officer, on_delete="CASCADE")
        browser = CharField(max_length=200)
        created_at = UtcDateTimeField()
        seen_at = UtcDateTimeField()
        ended_at = UtcDateTimeField(null=True)

    class SignInFailure(Base):
        who = CharField(max_length=64, index=True)
        at = UtcDateTimeField(index=True)

    db.create_tables([Officer, OfficerSession, SignInFailure])
    migrator.migrate(migrator.drop_not_null("event", "application_id"))
    by = ForeignKeyField(Officer, field=Officer.id, null=True, on_delete="SET NULL")
    migrator.migrate(migrator.add_column("event", "officer_id", by))
    migrator.migrate(migrator.add_column("event", "call_key", CharField(max_length=60, null=True)))


def down(migrator, db):
    # What has no application has no place in the older schema.
    db.execute_sql("DELETE FROM event WHERE application_id IS NULL")
    migrator.migrate(migrator.drop_column("event", "call_key"))
    migrator.migrate(migrator.drop_index("event", "event_officer_id"))
    migrator.migrate(migrator.drop_column("event", "officer_id"))
    migrator.migrate(migrator.add_not_null("event", "application_id"))
    for table in ("sign_in_failure", "officer_session", "officer"):
        migrator.migrate(migrator.drop_table(table))
