"""The only source of time. Everything inside is aware UTC; people see Europe/Helsinki."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def end_of_office_hours(day: date) -> datetime:
    """16.15 in Finland: when the state's offices close, and times that an officer sets by the day end."""
    return datetime.combine(day, time(16, 15), HELSINKI).astimezone(UTC)


def in_helsinki(instant: datetime) -> datetime:
    """The same instant as clocks in Finland show it."""
    return instant.astimezone(HELSINKI)
