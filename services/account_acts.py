"""What an admin sees of everybody's accounts, and does to them beside adding one; by whom and to whom is on record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from models.database import database
from models.officer import Officer, OfficerSession
from services import accounts, outbox
from services.accounts import Role


class LastAdminError(Exception):
    """Nobody else could sign in as an admin any more."""


@dataclass(frozen=True)
class Account:
    officer: Officer
    role: Role
    signed_in_at: datetime | None
    """When last."""
    open_sessions: int


def everybody() -> list[Account]:
    """All accounts by address, those out of use after the others."""
    last = dict(_by_officer(OfficerSession.select(OfficerSession.officer, fn.MAX(OfficerSession.created_at))))
    going_on = dict(_by_officer(accounts.open_sessions().select(OfficerSession.officer, fn.COUNT(OfficerSession.id))))
    found = [
        Account(officer, Role(officer.role), last.get(officer.id), going_on.get(officer.id, 0))
        for officer in accounts.everybody()
    ]
    return sorted(found, key=lambda account: account.officer.disabled_at is not None)


def _by_officer(sessions: Any) -> Any:
    return sessions.group_by(OfficerSession.officer).tuples()


def of_number(number: int) -> Officer | None:
    """An account that is in use."""
    return Officer.get_or_none(Officer.id == number, Officer.disabled_at.is_null())


def change_role(officer: Officer, role: Role, by: Officer) -> None:
    """From the next page on. Raises LastAdminError."""
    with database.atomic():
        if role is not Role.ADMIN:
            _leave_an_admin(officer)
        Officer.update(role=role).where(Officer.id == officer.id).execute()
        accounts.note("account_role_changed", by, account=officer.email, role=role)


def renew(officer: Officer, language: str, by: Officer) -> None:
    """Let nobody in any more with the old password and telephone, and mail a link. Raises LastAdminError."""
    with database.atomic():
        _leave_an_admin(officer)
        accounts.shut(officer)
        outbox.queue("officer", officer.email, language)
        accounts.note("account_renewed", by, account=officer.email)


def remove(officer: Officer, by: Officer) -> None:
    """Raises LastAdminError."""
    with database.atomic():
        _leave_an_admin(officer)
        accounts.disable(officer, by)


def _leave_an_admin(officer: Officer) -> None:
    """See to it that somebody else can sign in as an admin. Call it in the transaction that takes this one away."""
    admins = (Officer.role == Role.ADMIN) & Officer.disabled_at.is_null()
    # Written first: of two admins who remove each other at once, one comes second.
    Officer.update(role=Officer.role).where(admins).execute()
    others = Officer.select().where(admins, Officer.id != officer.id, Officer.password_hash.is_null(False))
    if not others.exists():
        raise LastAdminError
