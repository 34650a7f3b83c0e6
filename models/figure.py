"""How often something happened, by day: numbers alone, of nobody."""

import peewee

from models.database import Model


class Figure(Model):
    day = peewee.DateField()
    """In Finland."""
    event = peewee.CharField(max_length=40)
    """services.figures.Event"""
    about = peewee.CharField(max_length=200)
    """What else it is counted by, such as the question and its check; empty for most."""
    times = peewee.IntegerField()

    class Meta:
        indexes = ((("day", "event", "about"), True),)
