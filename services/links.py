"""Personal links: whoever opens one may go on with the application. No accounts, no passwords."""

import hashlib
import re
import secrets
from datetime import datetime

import clock
import logs
from models.application import Application, Link
from models.database import DOES_NOT_WORK
from models.prepared import Prepared, gap
from services.context import settings

log = logs.get(__name__)

# 32 bytes in URL-safe base64; what mail programs take along from the text around a link is no part of it.
_TOKEN = re.compile(r"^([A-Za-z0-9_-]{43})[^A-Za-z0-9_-]*$")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def create(application: Application, email: str | None = None, can_write: bool = True) -> tuple[Link, str]:
    """A new link, and its token, which exists nowhere else. ``email`` is where it is mailed to."""
    token = secrets.token_urlsafe(32)
    link = Link.create(
        application=application,
        token_hash=_hash(token),
        email=email.lower() if email else None,
        can_write=can_write,
        created_at=clock.now(),
    )
    return link, token


def address(token: str) -> str:
    """The address to give to a person, from the configured base only."""
    return f"{settings().base_url}/jatka/{token}"


def known(token: str) -> Link | None:
    """The link of a token, taken out of use or not; None for an unknown or malformed one."""
    match = _TOKEN.match(token)
    return Link.get_or_none(Link.token_hash == _hash(match[1])) if match else None


def find(token: str) -> Link | None:
    """The working link of a token, None for an unknown, malformed or revoked one."""
    link = known(token)
    return link if link is not None and link.revoked_at is None else None


def use(link: Link, at: datetime) -> None:
    """Note that a link was opened; it goes on working, as often as it is opened, and where nothing can be noted."""
    try:
        Link.update(last_used_at=at).where(Link.id == link.id).execute()
    except DOES_NOT_WORK:
        log.warning("link_use_not_noted")


def working(link_id: int, reference: str) -> Link | None:
    """The link of an id with its application, while it still gives access to the one of this reference."""
    found: Link | None = _WORKING.first(id=link_id, reference=reference)
    return found


_WORKING = Prepared(
    lambda: (
        Link.select(Link, Application)
        .join(Application)
        .where(
            Link.id == gap("id", Link.id),
            Application.reference == gap("reference", Application.reference),
            Link.revoked_at.is_null(),
        )
    )
)


def of_application(application: Application) -> list[Link]:
    """All links to an application, the newest first."""
    return list(Link.select().where(Link.application == application).order_by(Link.created_at.desc(), Link.id.desc()))


def revoke(application: Application, link_id: int, at: datetime) -> None:
    """Take a link out of use; every browser that came by it stays outside from now on."""
    Link.update(revoked_at=at).where(
        Link.id == link_id, Link.application == application, Link.revoked_at.is_null()
    ).execute()


def applications_known_to(email: str) -> list[Application]:
    """Applications with this address as contact, or to which a link was mailed there that still works."""
    address = email.lower()
    mailed = Link.select(Link.application).where(Link.email == address, Link.revoked_at.is_null(), Link.can_write)
    return list(
        Application.select()
        .where((Application.contact_email == address) | Application.id.in_(mailed))
        .order_by(Application.created_at)
    )


def addresses_of(application: Application) -> list[str]:
    """The contact's address and those to which a writing link was mailed that still works: who may know of it."""
    mailed = Link.select(Link.email).where(
        Link.application == application, Link.email.is_null(False), Link.revoked_at.is_null(), Link.can_write
    )
    known = {link.email for link in mailed} | {application.contact_email}
    return sorted(address for address in known if address)
