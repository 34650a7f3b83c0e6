"""The only source of time. Everything inside is aware UTC; people see Europe/Helsinki."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def in_helsinki(instant: datetime) -> datetime:
    """The same instant as clocks in Finland show it."""
    return instant.astimezone(HELSINKI)
