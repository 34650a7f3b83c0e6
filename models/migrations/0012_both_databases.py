"""The desk's list for SQLite and PostgreSQL alike: its words, large sums, the order of names.

What is listed is drawn anew from what was sent when the list is next asked for.
"""

from peewee import *


def up(migrator, db):
    db.execute_sql("DELETE FROM listed")
    migrator.migrate(migrator.add_column("listed", "provider_order", CharField(max_length=900, default="")))
    if isinstance(db, SqliteDatabase):
        db.execute_sql("DELETE FROM listed_text")
        return
    for column in ("requested", "costs"):
        migrator.migrate(migrator.alter_column_type("listed", column, BigIntegerField()))
    # SQLite minds no lengths; a name in small letters may have three times as many.
    for table in ("listed", "submission"):
        migrator.migrate(migrator.alter_column_type(table, "provider", CharField(max_length=900, null=True)))
    db.execute_sql("CREATE TABLE listed_text (rowid INTEGER PRIMARY KEY, words TSVECTOR NOT NULL)")
    db.execute_sql("CREATE INDEX listed_text_words ON listed_text USING gin (words)")


def down(migrator, db):
    migrator.migrate(migrator.drop_column("listed", "provider_order"))
    if not isinstance(db, SqliteDatabase):
        db.execute_sql("DROP TABLE listed_text")
        for column in ("requested", "costs"):
            migrator.migrate(migrator.alter_column_type("listed", column, IntegerField()))
        for table in ("listed", "submission"):
            migrator.migrate(migrator.alter_column_type(table, "provider", CharField(max_length=300, null=True)))
