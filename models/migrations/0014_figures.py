"""How often something happened, by day."""

from peewee import *


def up(migrator, db):
    class Figure(Model):
        id = AutoField()
        day = DateField()
        event = CharField(max_length=40)
        about = CharField(max_length=200)
        times = IntegerField()

        class Meta:
            database = db
            legacy_table_names = False
            indexes = ((("day", "event", "about"), True),)

    db.create_tables([Figure])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("figure"))
