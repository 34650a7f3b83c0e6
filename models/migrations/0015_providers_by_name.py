"""Providers are found by their names: the desk's list is drawn anew when it is next asked for."""


def up(migrator, db):
    db.execute_sql("DELETE FROM listed")
    db.execute_sql("DELETE FROM listed_text")


def down(migrator, db):
    up(migrator, db)
