"""What was begun or sent knows the version of the call that it was made with; what was before has a call's first."""

from peewee import *


def up(migrator, db):
    class CallVersion(Model):
        id = AutoField()

        class Meta:
            database = db
            legacy_table_names = False

    for table in ("application", "submission"):
        version = ForeignKeyField(CallVersion, field=CallVersion.id, null=True, index=False, on_delete="RESTRICT")
        migrator.migrate(migrator.add_column(table, "call_version_id", version))


def down(migrator, db):
    for table in ("application", "submission"):
        migrator.migrate(migrator.drop_column(table, "call_version_id"))
