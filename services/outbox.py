"""Mails waiting to be sent: a row in the transaction that causes the mail, so neither exists without the other."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import clock
from models.application import Application
from models.outbox import OutboxMail
from models.submission import Submission

# A mail that a process took and did not bring back, because it died, is tried again after this.
_CLAIM = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=2)


def queue(
    kind: str,
    recipient: str,
    language: str,
    *,
    application: Application | None = None,
    submission: Submission | None = None,
) -> None:
    """Put a mail into the outbox. ``kind`` names its template; nothing secret is kept here."""
    at = clock.now()
    OutboxMail.create(
        kind=kind,
        recipient=recipient,
        language=language,
        application=application,
        submission=submission,
        created_at=at,
        next_at=at,
    )


def claim_due(most: int | None = None, *, only_fresh: bool = False) -> Iterator[OutboxMail]:
    """The mails that are due, each taken so that no other process sends it too; ``only_fresh`` are never tried ones."""
    due = (
        OutboxMail.select()
        .where(OutboxMail.sent_at.is_null(), OutboxMail.next_at <= clock.now())
        .order_by(OutboxMail.created_at, OutboxMail.id)
        .limit(most)
    )
    if only_fresh:
        due = due.where(OutboxMail.attempts == 0)
    for mail in list(due):
        claimed = (
            OutboxMail.update(attempts=mail.attempts + 1, next_at=clock.now() + _CLAIM)
            .where(OutboxMail.id == mail.id, OutboxMail.attempts == mail.attempts, OutboxMail.sent_at.is_null())
            .execute()
        )
        if claimed:
            mail.attempts += 1
            yield mail


def oldest_unsent() -> datetime | None:
    """When the mail that waits longest was written; None when none waits."""
    oldest = (
        OutboxMail.select(OutboxMail.created_at).where(OutboxMail.sent_at.is_null()).order_by(OutboxMail.created_at)
    )
    mail = oldest.first()
    return mail.created_at if mail else None


def mark_sent(mail: OutboxMail, at: datetime) -> None:
    OutboxMail.update(sent_at=at, last_error=None).where(OutboxMail.id == mail.id).execute()


def mark_failed(mail: OutboxMail, reason: str) -> None:
    """Try again later, with pauses that grow from half a minute to two hours; a mail is never given up silently."""
    pause = min(timedelta(seconds=30 * 2 ** min(mail.attempts - 1, 10)), _LONGEST_PAUSE)
    OutboxMail.update(last_error=reason, next_at=clock.now() + pause).where(OutboxMail.id == mail.id).execute()
