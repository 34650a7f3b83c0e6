"""Answers know which of a page's posts wrote them."""

from peewee import *


def up(migrator, db):
    migrator.migrate(migrator.add_column("answer", "writer_count", IntegerField(default=0)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("answer", "writer_count"))
