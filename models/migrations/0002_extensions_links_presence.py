# Generated from a schema diff on 2026-11-25 02:47.
from peewee import *
from models.database import UtcDateTimeField

def up(migrator, db):
    class Application(Model):
        class Meta:
            database = db
            table_name = 'application'

    class Event(Model):
        application = ForeignKeyField(Application, on_delete='CASCADE')
        at = UtcDateTimeField(index=True)
        kind = CharField(max_length=40)
        reason = TextField()
        class Meta:
            database = db
            table_name = 'event'
    db.create_tables([Event])

    class Presence(Model):
        application = ForeignKeyField(Application, on_delete='CASCADE')
        page = CharField(max_length=40)
        browser = CharField(max_length=40)
        seen_at = UtcDateTimeField()
        class Meta:
            database = db
            table_name = 'presence'
            indexes = ((('application', 'page'), True),)
    db.create_tables([Presence])

    migrator.migrate(migrator.add_column('application', 'sending_until', UtcDateTimeField(null=True)))
    migrator.migrate(migrator.add_column('link', 'can_write', BooleanField(default=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column('link', 'can_write'))
    migrator.migrate(migrator.drop_column('application', 'sending_until'))
    migrator.migrate(migrator.drop_table('presence'))
    migrator.migrate(migrator.drop_table('event'))
