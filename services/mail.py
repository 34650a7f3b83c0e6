"""Handing the mails of the outbox to the mail server, or to files under var/mail."""

import os
import smtplib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from math import inf
from pathlib import Path
from time import monotonic

import clock
import logs
from models.outbox import OutboxMail
from services import figures, mail_kinds, outbox, smtp
from services.context import calls, settings
from services.figures import Event
from services.mail_kinds import Contents

log = logs.get(__name__)


@dataclass
class _Run:
    """Mails handed over one after another; ``within`` as in smtp.hand_over."""

    within: float = inf
    sent: int = 0
    waited: float = 0
    """Seconds that the mail server took."""
    is_server_reached: bool = True

    def attempt(self, mail: OutboxMail) -> None:
        """Send a mail; whatever goes wrong, it stays in the outbox, and the log names no address and no text."""
        contents = None
        try:
            contents = mail_kinds.contents_of(mail)
            if contents is None:
                outbox.drop(mail)
                return
            self._hand_over(mail, mail_kinds.compose(mail, contents))
        except Exception as error:
            _unmake_links(contents, error)
            refusal = _refusal(mail, error)
            if refusal is None:
                outbox.mark_failed(mail, f"{type(error).__name__}: {error}"[:500])
            else:
                outbox.mark_refused(mail, refusal[:500])
            log.warning("mail_failed", **_facts(mail), refused=refusal is not None, exc_info=error)
            figures.count(Event.MAIL_FAILED)
            self.is_server_reached = not isinstance(error, smtp.NotReachedError)
        else:
            outbox.mark_sent(mail, clock.now(), contents.missing)
            log.info("mail_sent", **_facts(mail))
            figures.count(Event.MAIL_SENT)
            self.sent += 1

    def _hand_over(self, mail: OutboxMail, message: EmailMessage) -> None:
        if _goes_to_file(mail):
            path = _write(mail, message, settings().mail_dir)
            log.info("mail_written", mail=mail.id, path=str(path))
            return
        began = monotonic()
        try:
            smtp.hand_over(message, self.within)
        finally:
            self.waited += monotonic() - began


def _facts(mail: OutboxMail) -> dict[str, object]:
    return {"mail": mail.id, "kind": mail.kind, "domain": logs.domain(mail.recipient)}


def deliver(*, only: int | None = None) -> int:
    """Send what is due and return how many mails went out; ``only`` is the id of a single mail.

    A failing one waits and stops no other, but a server that is not reached ends the run: the rest stays due.
    """
    run = _Run()
    for mail in _due(only=only):
        run.attempt(mail)
        if not run.is_server_reached:
            break
    return run.sent


_asked = threading.Event()
_is_running = threading.Lock()


def deliver_fresh() -> None:
    """Send the mails that were never tried, while a page's thread waits: only one does in each process.

    Whoever comes while a run is under way leaves its mails to that: it looks again before it ends. One that ends early
    (see _deliver_fresh) leaves them to the next page that has mails, or to ``flask mail send``.
    """
    _asked.set()
    # Looked at after the lock is free again: who was turned away by it has set this before.
    while _asked.is_set() and _is_running.acquire(blocking=False):
        try:
            _asked.clear()
            if not _deliver_fresh():
                return
        finally:
            _is_running.release()


def _deliver_fresh() -> bool:
    """Whether all went well: False as soon as the mail server is not reached, or has been waited for long enough.

    So a server costs a thread some MAIL_TIMEOUT_AFTER_RESPONSE, and for one mail MAIL_TIMEOUT to take it in and again
    to say that it has it. What the program itself does, above all a PDF, is not counted: it has to be done anyway.
    """
    most = settings().mail_timeout_after_response
    run = _Run(within=most)
    for mail in _due(only_fresh=True):
        run.attempt(mail)
        if not run.is_server_reached or run.waited > most:
            return False
    return True


def _due(*, only: int | None = None, only_fresh: bool = False) -> Iterator[OutboxMail]:
    """What is due, first what goes to files: that waits for no mail server."""
    if addresses := _written_always():
        yield from outbox.claim_due(only_fresh=only_fresh, only=only, only_to=addresses)
    yield from outbox.claim_due(only_fresh=only_fresh, only=only)


def _refusal(mail: OutboxMail, error: Exception) -> str | None:
    """What a mail server said that will never take this mail for its recipient; None for what may pass.

    The registry's address is no applicant's slip: its mail is tried until it is taken.
    """
    return None if mail.kind == "registry" else smtp.refusal_of_address(error)


def _unmake_links(contents: Contents | None, error: Exception) -> None:
    """Links of a mail that nobody has got are of no use; where it may have arrived, its link must work."""
    is_refused = isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused)
    if isinstance(error, smtp.NotReachedError) or is_refused:
        for link in contents.links if contents else []:
            link.delete_instance()


def _goes_to_file(mail: OutboxMail) -> bool:
    """Without a mail server all mails do."""
    return not settings().mail_server or mail.recipient.lower() in _written_always()


def _written_always() -> set[str]:
    """Addresses to which nothing is mailed whatever the mail server: a call's own in a try-out."""
    return {call.registry.email.lower() for call in calls()} if settings().tryout else set()


def _write(mail: OutboxMail, message: EmailMessage, folder: Path) -> Path:
    """One file a mail, complete from the moment it has its name."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = clock.in_helsinki(clock.now()).strftime("%Y%m%d-%H%M%S")
    path = folder / f"{stamp}-{mail.id}-{mail.kind}.eml"
    aside = path.with_suffix(f".{os.getpid()}.part")
    aside.write_bytes(message.as_bytes())
    aside.rename(path)
    return path
