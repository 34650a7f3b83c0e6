"""Applications by which an officer tries a call before it is published."""

from peewee import *


def up(migrator, db):
    class Officer(Model):
        id = AutoField()

        class Meta:
            database = db
            legacy_table_names = False

    officer = ForeignKeyField(Officer, field=Officer.id, null=True, index=False, on_delete="RESTRICT")
    migrator.migrate(migrator.add_column("application", "tried_by_id", officer))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("application", "tried_by_id"))
