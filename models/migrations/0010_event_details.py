"""What else is to be known of an event, events found by kind; accounts out of use keep no secrets."""

from peewee import *


def up(migrator, db):
    migrator.migrate(migrator.add_column("event", "details", JSONField(null=True)))
    db.execute_sql("UPDATE event SET details = '{}'")
    migrator.migrate(migrator.add_not_null("event", "details"))
    migrator.migrate(migrator.add_index("event", ("kind",)))
    db.execute_sql(
        "UPDATE officer SET password_hash = NULL, totp_secret = NULL, recovery_hashes = '[]' "
        "WHERE disabled_at IS NOT NULL"
    )


def down(migrator, db):
    migrator.migrate(migrator.drop_index("event", "event_kind"))
    migrator.migrate(migrator.drop_column("event", "details"))
