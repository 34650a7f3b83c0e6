"""Mails waiting to be sent: a row in the transaction that causes the mail, so neither exists without the other."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import peewee
from peewee import fn

import clock
import logs
from forms.texts import msg
from models.application import Application
from models.database import database, hold
from models.outbox import OutboxMail
from models.submission import Submission
from services.context import settings

log = logs.get(__name__)

# A mail that a process took and did not bring back, because it died, is tried again after this.
_CLAIM = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=2)
_CAPPED = timedelta(hours=1)

TOO_MANY = msg(
    "Viestiä ei lähetetty, sillä tunnin aikana on lähetetty jo monta viestiä. Yrittäkää myöhemmin uudelleen."
)
"""What is said where queue_within_caps is False."""

_OWED = ("receipt", "registry")
"""Kinds of which nobody can ask for one: they use up nobody's room for links."""
_NOT_NEEDED = "not needed any more"


def queue(
    kind: str,
    recipient: str,
    language: str,
    *,
    application: Application | None = None,
    submission: Submission | None = None,
    not_before: datetime | None = None,
) -> None:
    """Put a mail into the outbox. ``kind`` is one of mail_kinds.KINDS; nothing secret is kept here."""
    at = clock.now()
    about = application or (submission.application if submission else None)
    OutboxMail.create(
        kind=kind,
        # Whoever tries a call types any address: nobody else hears of it.
        recipient=about.tried_by.email if about and about.tried_by else recipient,
        language=language,
        application=about,
        submission=submission,
        created_at=at,
        next_at=max(at, not_before or at),
    )


def queue_in_turn(kind: str, recipient: str, language: str, submission: Submission) -> None:
    """The same for a mail that is owed about every version, however often an application is sent.

    Beyond MAILS_PER_ADDRESS of the kind for one application within an hour it waits until there is room, and takes the
    place of an older one that waits: of all versions the newest is mailed in the end.
    """
    same = (OutboxMail.kind == kind) & (OutboxMail.application == submission.application)
    last = OutboxMail.select().where(same).order_by(OutboxMail.id.desc())
    makes_room = last.offset(settings().mails_per_address - 1).first()
    not_before = makes_room.created_at + _CAPPED if makes_room else None
    waits_for_its_turn = same & (OutboxMail.attempts == 0) & (OutboxMail.next_at > clock.now())
    _drop(waits_for_its_turn)
    queue(kind, recipient, language, submission=submission, not_before=not_before)


def queue_within_caps(
    kind: str,
    recipient: str,
    language: str,
    *,
    application: Application | None = None,
    submission: Submission | None = None,
) -> bool:
    """The same for mails that a stranger can cause, to any address: False, and no mail, beyond what is sensible.

    Counted are the mails of the last hour: for one address, in whatever letters, those that somebody asked for; for one
    application, and in all, every kind.
    """
    cause = application or (submission.application if submission else None)
    with database.atomic():
        hold("mails of an hour")
        recent = OutboxMail.select().where(OutboxMail.created_at > clock.now() - _CAPPED)
        full = [
            recent.where(fn.LOWER(OutboxMail.recipient) == recipient.lower(), OutboxMail.kind.not_in(_OWED)).count()
            >= settings().mails_per_address,
            cause is not None
            and recent.where(OutboxMail.application == cause).count() >= settings().mails_per_application,
            recent.count() >= settings().mails_per_hour,
        ]
        if any(full):
            which = " ".join(
                name for name, is_full in zip(("address", "application", "hour"), full, strict=True) if is_full
            )
            log.warning("mail_capped", kind=kind, caps=which)
            return False
        queue(kind, recipient, language, application=application, submission=submission)
    return True


def claim_due(
    *, only_fresh: bool = False, only: int | None = None, only_to: Collection[str] | None = None
) -> Iterator[OutboxMail]:
    """The mails that are due, each taken so that no other process sends it too.

    ``only_fresh`` are never tried ones, ``only`` is the id of a single mail, ``only_to`` are addresses in small
    letters. One is looked for at a time: of a list made at the start, others would take some meanwhile.
    """
    while True:
        due = _unsent().where(OutboxMail.next_at <= clock.now()).order_by(OutboxMail.created_at, OutboxMail.id)
        if only_fresh:
            due = due.where(OutboxMail.attempts == 0)
        if only is not None:
            due = due.where(OutboxMail.id == only)
        if only_to is not None:
            due = due.where(fn.LOWER(OutboxMail.recipient).in_(only_to))
        mail = due.first()
        if mail is None:
            return
        claimed = (
            OutboxMail.update(attempts=mail.attempts + 1, next_at=clock.now() + _CLAIM, last_error=None)
            .where(OutboxMail.id == mail.id, OutboxMail.attempts == mail.attempts, OutboxMail.sent_at.is_null())
            .execute()
        )
        if claimed:
            mail.attempts += 1
            yield mail


def _unsent() -> "peewee.ModelSelect[OutboxMail]":
    """Those that are still to be sent; a refused one is not."""
    return OutboxMail.select().where(OutboxMail.sent_at.is_null(), OutboxMail.refused_at.is_null())


def oldest_unsent() -> datetime | None:
    """When the mail that waits longest was written; None when none waits but for its turn."""
    is_late = (OutboxMail.attempts > 0) | (OutboxMail.next_at <= clock.now())
    mail = _unsent().where(is_late).order_by(OutboxMail.created_at).first()
    return mail.created_at if mail else None


def mark_sent(mail: OutboxMail, at: datetime, missing: str | None = None) -> None:
    """It is out; ``missing`` is why something of it is not."""
    OutboxMail.update(sent_at=at, last_error=missing).where(OutboxMail.id == mail.id).execute()


def drop(mail: OutboxMail) -> None:
    """There is nothing to say any more: it is neither sent nor tried again."""
    _drop(OutboxMail.id == mail.id)


def _drop(which: object) -> None:
    OutboxMail.update(sent_at=clock.now(), last_error=_NOT_NEEDED).where(which).execute()


def is_dropped(mail: OutboxMail) -> bool:
    return mail.last_error == _NOT_NEEDED


def _sent() -> "peewee.ModelSelect[OutboxMail]":
    """Those that went out; a dropped one did not."""
    is_needed = OutboxMail.last_error.is_null() | (OutboxMail.last_error != _NOT_NEEDED)
    return OutboxMail.select().where(OutboxMail.sent_at.is_null(False), is_needed)


def mark_failed(mail: OutboxMail, reason: str) -> None:
    """Try again later, with pauses that grow from half a minute to two hours; a mail is never given up silently."""
    pause = min(timedelta(seconds=30 * 2 ** min(mail.attempts - 1, 10)), _LONGEST_PAUSE)
    OutboxMail.update(last_error=reason, next_at=clock.now() + pause).where(OutboxMail.id == mail.id).execute()


def mark_refused(mail: OutboxMail, reason: str) -> None:
    """The address does not take it: people are told, and it is not tried again until somebody asks for that."""
    OutboxMail.update(last_error=reason, refused_at=clock.now()).where(OutboxMail.id == mail.id).execute()


def make_due(mail: OutboxMail) -> bool:
    """Let a failing or refused mail be tried again now. False, and nothing done, while somebody is sending it."""
    # A claim takes the error away, and a failure brings one back: without it, a mail that was tried is on its way.
    is_on_its_way = (OutboxMail.attempts > 0) & OutboxMail.last_error.is_null() & (OutboxMail.next_at > clock.now())
    made = OutboxMail.update(refused_at=None, next_at=clock.now()).where(
        OutboxMail.id == mail.id, OutboxMail.sent_at.is_null(), ~is_on_its_way
    )
    return bool(made.execute())


def find(mail_id: int) -> OutboxMail | None:
    return OutboxMail.get_or_none(OutboxMail.id == mail_id)


@dataclass(frozen=True)
class Fate:
    """What became of the mails about a submission."""

    refused: list[str]
    """Addresses that took none of them."""
    is_open: bool
    """Whether some are still to be sent."""


def fate_of(submission: Submission) -> Fate:
    about = OutboxMail.submission == submission
    took = _sent().select(OutboxMail.recipient).where(about)
    refused = OutboxMail.select(OutboxMail.recipient).where(
        about, OutboxMail.refused_at.is_null(False), OutboxMail.recipient.not_in(took)
    )
    return Fate(sorted({mail.recipient for mail in refused}), _unsent().where(about).exists())


@dataclass(frozen=True)
class Status:
    """The outbox as an operator looks at it."""

    sent: int
    waiting: int
    """Not tried yet, waiting for their turn, or on their way."""
    failing: list[OutboxMail]
    """Tried, and tried again by themselves."""
    refused: list[OutboxMail]
    incomplete: list[OutboxMail]
    """Sent without a document that belonged to them."""
    dropped: int
    """Not sent, since there was nothing to say any more."""
    oldest: datetime | None


def status() -> Status:
    failing = list(_unsent().where(OutboxMail.last_error.is_null(False)).order_by(OutboxMail.id))
    return Status(
        sent=_sent().count(),
        waiting=_unsent().count() - len(failing),
        failing=failing,
        refused=list(OutboxMail.select().where(OutboxMail.refused_at.is_null(False)).order_by(OutboxMail.id)),
        incomplete=list(_sent().where(OutboxMail.last_error.is_null(False)).order_by(OutboxMail.id)),
        dropped=OutboxMail.select().where(OutboxMail.last_error == _NOT_NEEDED).count(),
        oldest=oldest_unsent(),
    )
