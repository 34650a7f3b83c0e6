"""Whose form was changed under their hands is told so until they have read it."""

from peewee import *


def up(migrator, db):
    class CallVersion(Model):
        id = AutoField()

        class Meta:
            database = db
            legacy_table_names = False

    version = ForeignKeyField(CallVersion, field=CallVersion.id, null=True, index=False, on_delete="RESTRICT")
    migrator.migrate(migrator.add_column("application", "changed_since_id", version))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("application", "changed_since_id"))
