"""Accounts of the ministry's people: made by an admin, set up by a mailed link, signed in with a one-time code.

The pages know of it only `sign_in` and `session_of`: that is the seam for an organisation's own identity provider.
"""

import base64
import hashlib
import re
import secrets
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import pyotp
from werkzeug.security import check_password_hash, generate_password_hash

import clock
import logs
from forms.texts import msg
from models.application import Application
from models.database import database, hold
from models.event import Event
from models.officer import Officer, OfficerSession, SignInFailure
from services import outbox
from services.context import settings

log = logs.get(__name__)

SHORTEST_PASSWORD = 12
"""Characters; no other rule, as NIST SP 800-63B advises."""
_SETUP_DAYS = 3
_RECOVERY_CODES = 10
_FAILURES = 5
"""Wrong tries on one account from one place until that place has to wait."""
_FAILURES_OF_PLACE = 30
"""The same from one place on all accounts."""
_WAIT = timedelta(minutes=15)
# Checked where there is no account, so that the answer takes as long.
_NOBODYS_HASH = generate_password_hash(secrets.token_urlsafe(16))
_NOBODYS_SECRET = pyotp.random_base32()


class Role(StrEnum):
    """What an officer may do; each may all that the ones before it may."""

    READER = "reader"
    OFFICER = "officer"
    ADMIN = "admin"

    def may(self, needed: "Role") -> bool:
        order = list(Role)
        return order.index(self) >= order.index(needed)


ROLES = {Role.READER: msg("Lukija"), Role.OFFICER: msg("Virkailija"), Role.ADMIN: msg("Pääkäyttäjä")}


class WrongSignInError(Exception):
    """Address, password or code is wrong; which one is not said."""


class TooManyTriesError(Exception):
    """This place has to wait; others can sign in to the same account meanwhile."""


class WeakPasswordError(Exception):
    """Shorter than SHORTEST_PASSWORD, or the address itself."""


class WrongCodeError(Exception):
    """The one-time code is not the telephone's."""


class LinkGoneError(Exception):
    """The link was used, or the account taken out of use, meanwhile."""


def add(email: str, role: Role, language: str, by: Officer | None = None) -> Officer:
    """An account, and the mail by which it is set up. An existing one gets the role, and may be set up anew."""
    with database.atomic():
        officer, _ = Officer.get_or_create(email=email.lower(), defaults={"role": role, "created_at": clock.now()})
        officer.role, officer.disabled_at = role, None
        officer.save(only=[Officer.role, Officer.disabled_at])
        outbox.queue("officer", officer.email, language)
        note("account_invited", by, account=officer.email, role=role)
    found: Officer = officer
    return found


def disable(officer: Officer, by: Officer | None = None) -> None:
    """Take an account out of use, at once and everywhere."""
    with database.atomic():
        Officer.update(disabled_at=clock.now()).where(Officer.id == officer.id).execute()
        shut(officer)
        note("account_disabled", by, account=officer.email)


def shut(officer: Officer) -> None:
    """Forget what an account was set up with, and end its sessions: nobody gets in before it is set up anew."""
    Officer.update(password_hash=None, totp_secret=None, recovery_hashes=[], setup_hash=None).where(
        Officer.id == officer.id
    ).execute()
    _end(OfficerSession.officer == officer, clock.now())


def find(email: str) -> Officer | None:
    """An account that is in use, by its address."""
    return Officer.get_or_none(Officer.email == email.lower(), Officer.disabled_at.is_null())


def everybody() -> list[Officer]:
    return list(Officer.select().order_by(Officer.email))


def state_of(officer: Officer) -> str:
    """For those who run the service: in use, not set up yet, out of use."""
    if officer.disabled_at is not None:
        return "out of use"
    return "in use" if officer.password_hash else "not set up"


def begin_setup(officer: Officer) -> str:
    """The token of a link by which the account is set up once; an earlier one stops working."""
    token = secrets.token_urlsafe(32)
    officer.setup_hash, officer.setup_until = _hash(token), clock.now() + timedelta(days=_SETUP_DAYS)
    officer.save(only=[Officer.setup_hash, Officer.setup_until])
    return token


def of_setup(token: str) -> Officer | None:
    """The account that a link sets up; opening it changes nothing, as mail scanners open links too."""
    found: Officer | None = Officer.get_or_none(
        Officer.setup_hash == _hash(token), Officer.setup_until > clock.now(), Officer.disabled_at.is_null()
    )
    return found


def secret_of(token: str) -> str:
    """The telephone's secret that comes with a link, the same at every opening; kept when the account is set up."""
    return base64.b32encode(hashlib.sha256(f"totp {token}".encode()).digest()[:20]).decode()


def telephone_address(officer: Officer, token: str) -> str:
    """What the picture on the set-up page says to the telephone's application."""
    return pyotp.TOTP(secret_of(token), name=officer.email, issuer="Strategiarahoitus").provisioning_uri()


def set_up(officer: Officer, token: str, password: str, code: str) -> list[str]:
    """Make an account ready; returns its recovery codes, which exist nowhere else. Its old sessions end.

    Raises WeakPasswordError, WrongCodeError, LinkGoneError.
    """
    if len(password) < SHORTEST_PASSWORD or password.lower() == officer.email:
        raise WeakPasswordError
    step = _step_of(secret_of(token), 0, code)
    if step is None:
        raise WrongCodeError
    codes = ["-".join(secrets.token_hex(2) for _ in range(3)) for _ in range(_RECOVERY_CODES)]
    ready = {
        "password_hash": generate_password_hash(password),
        "totp_secret": secret_of(token),
        "totp_step": step,
        "recovery_hashes": [_hash(code) for code in codes],
        "setup_hash": None,
    }
    with database.atomic():
        if not Officer.update(**ready).where(Officer.id == officer.id, Officer.setup_hash == _hash(token)).execute():
            raise LinkGoneError
        _end(OfficerSession.officer == officer, clock.now())
        note("account_set_up", officer)
    return codes


def sign_in(email: str, password: str, code: str, place: str, browser: str) -> OfficerSession:
    """Begin a session. ``place`` is where the try comes from: wrong ones are counted by account and place.

    Raises WrongSignInError and TooManyTriesError; the work is the same whether there is such an account or not.
    """
    if _has_to_wait(email, place):
        log.warning("sign_in_stopped")
        raise TooManyTriesError
    officer = find(email)
    password_fits = check_password_hash((officer and officer.password_hash) or _NOBODYS_HASH, password)
    with database.atomic():
        # Looked at anew and used up in one transaction: a code is good for one of two tries at once, and of many tries
        # at once only so many are looked at.
        hold(f"sign-in {email.lower()}")
        hold(f"sign-in from {place}")
        if _has_to_wait(email, place):
            raise TooManyTriesError
        officer = find(email)
        code_fits = _use_code(officer, code, is_real=password_fits)
        if officer is None or officer.password_hash is None or not (password_fits and code_fits):
            _count_failure(email, place)
        else:
            at = clock.now()
            note("signed_in", officer)
            log.info("signed_in", officer=officer.id)
            return OfficerSession.create(officer=officer, browser=browser[:200], created_at=at, seen_at=at)
    log.warning("sign_in_refused")
    raise WrongSignInError


def _use_code(officer: Officer | None, code: str, is_real: bool) -> bool:
    """Whether the code is the telephone's, or one for its loss; a right one beside a right password is used up."""
    secret = (officer and officer.totp_secret) or _NOBODYS_SECRET
    step = _step_of(secret, officer.totp_step if officer else 0, code)
    recovery = _hash(re.sub(r"\s", "", code).lower())
    if officer is None or not is_real:
        return False
    if step is not None:
        Officer.update(totp_step=step).where(Officer.id == officer.id).execute()
        return True
    left = [kept for kept in officer.recovery_hashes if not secrets.compare_digest(kept, recovery)]
    if len(left) == len(officer.recovery_hashes):
        return False
    Officer.update(recovery_hashes=left).where(Officer.id == officer.id).execute()
    return True


def _step_of(secret: str, last: int, code: str) -> int | None:
    """The half minute that a code belongs to, one before and after allowed, if later than the last one taken."""
    totp = pyotp.TOTP(secret)
    now = int(clock.now().timestamp()) // totp.interval
    digits = re.sub("[^0-9]", "", code)
    fitting = [step for step in (now - 1, now, now + 1) if secrets.compare_digest(totp.generate_otp(step), digits)]
    return fitting[0] if fitting and fitting[0] > last else None


def _who(email: str, place: str) -> str:
    return _hash(f"{email.lower()}|{place}")


def _has_to_wait(email: str, place: str) -> bool:
    since = clock.now() - _WAIT
    recent = SignInFailure.select().where(SignInFailure.at > since)
    here = recent.where(SignInFailure.who == _who(email, place)).count()
    anywhere_here = recent.where(SignInFailure.who == _who("", place)).count()
    return bool(here >= _FAILURES or anywhere_here >= _FAILURES_OF_PLACE)


def _count_failure(email: str, place: str) -> None:
    at = clock.now()
    SignInFailure.delete().where(SignInFailure.at < at - _WAIT).execute()
    for who in (_who(email, place), _who("", place)):
        SignInFailure.create(who=who, at=at)


def open_sessions() -> Any:
    """The sessions that go on, with their officers; one ends after hours, or when nothing is done for long."""
    at = clock.now()
    return (
        OfficerSession.select(OfficerSession, Officer)
        .join(Officer)
        .where(
            OfficerSession.ended_at.is_null(),
            OfficerSession.created_at > at - timedelta(hours=settings().officer_session_hours),
            OfficerSession.seen_at > at - timedelta(minutes=settings().officer_idle_minutes),
            Officer.disabled_at.is_null(),
        )
    )


def session_of(session_id: int) -> OfficerSession | None:
    """A session that goes on, by whoever is in it now."""
    at = clock.now()
    found: OfficerSession | None = open_sessions().where(OfficerSession.id == session_id).get_or_none()
    if found is not None and found.seen_at < at - timedelta(minutes=1):
        OfficerSession.update(seen_at=at).where(OfficerSession.id == found.id).execute()
    return found


def sessions_of(officer: Officer) -> list[OfficerSession]:
    """Those of an officer that go on, the newest first."""
    return list(open_sessions().where(OfficerSession.officer == officer).order_by(OfficerSession.id.desc()))


def end_session(officer: Officer, session_id: int) -> None:
    with database.atomic():
        _end((OfficerSession.id == session_id) & (OfficerSession.officer == officer), clock.now())
        note("signed_out", officer)


def end_all_sessions() -> None:
    _end(OfficerSession.ended_at.is_null(), clock.now())


def _end(which: object, at: datetime) -> None:
    OfficerSession.update(ended_at=at).where(which, OfficerSession.ended_at.is_null()).execute()


def note(
    kind: str,
    officer: Officer | None,
    *,
    call_key: str | None = None,
    application: Application | None = None,
    reason: str = "",
    **details: date | str | int | list[str],
) -> None:
    """Put into the event log what was seen or done; ``officer`` is None for a command on the server.

    ``reason`` is what the officer wrote; ``details`` are facts, in which no applicant is named.
    """
    Event.create(
        at=clock.now(),
        kind=kind,
        officer=officer,
        call_key=application.call_key if application else call_key,
        application=application,
        reason=reason,
        details={name: value.isoformat() if isinstance(value, date) else value for name, value in details.items()},
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
