"""Where the limits of requests are counted: in the database, for all processes and hosts together."""

import hashlib
from datetime import datetime, timedelta

import peewee
from limits import RateLimitItem
from limits.storage import Storage
from limits.strategies import STRATEGIES, FixedWindowRateLimiter

import clock
from models.database import database
from models.limit import RequestCount

PLACE, STRATEGY = "database", "until full"
"""What Flask-Limiter knows them by."""


class _UntilFull(FixedWindowRateLimiter):
    """A window begins with its first request. Who has used it up costs a look, and keeps no saver waiting."""

    def hit(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        return self.test(item, *identifiers, cost=cost) and super().hit(item, *identifiers, cost=cost)


STRATEGIES[STRATEGY] = _UntilFull


class DatabaseStorage(Storage):
    """Keys are kept as hashes: they name addresses of the network."""

    STORAGE_SCHEME = [PLACE]

    @property
    def base_exceptions(self) -> type[Exception]:
        return peewee.PeeweeException

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        at = clock.now()
        row = {"key": _hash(key), "count": amount, "until": at + timedelta(seconds=expiry)}
        goes_on = RequestCount.until > at
        update = {
            "count": peewee.Case(None, [(goes_on, RequestCount.count + amount)], amount),
            "until": peewee.Case(None, [(goes_on, RequestCount.until)], row["until"]),
        }
        with database.atomic():
            RequestCount.insert(row).on_conflict(conflict_target=[RequestCount.key], update=update).execute()
            return self.get(key)

    def get(self, key: str) -> int:
        found = _of(key)
        return found.count if found else 0

    def get_expiry(self, key: str) -> float:
        found = _of(key)
        return (found.until if found else clock.now()).timestamp()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        return int(RequestCount.delete().execute())

    def clear(self, key: str) -> None:
        RequestCount.delete().where(RequestCount.key == _hash(key)).execute()


def forget_old(at: datetime) -> None:
    RequestCount.delete().where(RequestCount.until <= at).execute()


def _of(key: str) -> RequestCount | None:
    """The count of a window that is not over."""
    return RequestCount.get_or_none(RequestCount.key == _hash(key), RequestCount.until > clock.now())


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
