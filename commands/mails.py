"""The commands of ``flask mail``: what waits is sent, told of, tried again."""

import time

import click
from flask.cli import AppGroup

import logs
from commands.words import helsinki
from forms.clean import clean_line
from models.database import database
from models.outbox import OutboxMail
from services import figures, mail, outbox, reminders

log = logs.get(__name__)

mail_group = AppGroup("mail", help="Mails that wait in the outbox.")


@mail_group.command("send")
@click.option("--loop", is_flag=True, help="Go on, looking every half minute.")
def send_mails(loop: bool) -> None:
    """Send the mails that are due, and the reminders before a closing."""
    if not loop:
        _send_due()
        return
    while True:
        try:
            _send_due()
        except Exception:
            # Such as a locked database: it passes, and nobody would start the loop again.
            log.exception("mail_run_failed")
        time.sleep(30)


def _send_due() -> None:
    with database.connection_context():
        reminders.queue_due()
        sent = mail.deliver()
        figures.write()
    click.echo(f"{sent} mails sent.")


@mail_group.command("status")
def mail_status() -> None:
    """Count the mails, and say of each that does not get through why."""
    with database.connection_context():
        found = outbox.status()
    counts = f"{found.sent} sent, {found.waiting} waiting, {len(found.failing)} failing, {len(found.refused)} refused."
    click.echo(counts)
    if found.dropped:
        click.echo(f"{found.dropped} not needed any more, most because a newer version was sent.")
    if found.oldest:
        click.echo(f"The oldest that is not sent was written {helsinki(found.oldest)}.")
    for row in found.failing:
        click.echo(f"{_told(row)}, next try {helsinki(row.next_at)}: {_error(row)}")
    for row in found.refused:
        click.echo(f"{_told(row)}, refused {helsinki(row.refused_at)}: {_error(row)}")
    for row in found.incomplete:
        click.echo(f"{_told(row)}, sent {helsinki(row.sent_at)}: {_error(row)}")


@mail_group.command("retry")
@click.argument("mail_id", metavar="ID", type=int)
def retry_mail(mail_id: int) -> None:
    """Try the failing or refused mail ID again, now."""
    with database.connection_context():
        row = outbox.find(mail_id)
        if row is None:
            raise click.ClickException(f"There is no mail {mail_id}.")
        if outbox.is_dropped(row):
            raise click.ClickException(f"Mail {mail_id} is {_error(row)}.")
        if row.sent_at:
            raise click.ClickException(f"Mail {mail_id} was sent {helsinki(row.sent_at)}.")
        if not outbox.make_due(row):
            raise click.ClickException(f"Mail {mail_id} is on its way. Look again after {helsinki(row.next_at)}.")
        mail.deliver(only=mail_id)
        row = outbox.find(mail_id)
    if row is None or row.sent_at is None or outbox.is_dropped(row):
        raise click.ClickException(f"Mail {mail_id} was not sent: {_error(row) if row else 'it is gone'}")
    click.echo(f"Mail {mail_id} is sent.")


def _told(row: OutboxMail) -> str:
    return f"{row.id} {row.kind} to {_masked(row.recipient)}, attempts {row.attempts}"


def _masked(address: str) -> str:
    """Enough of an address to find a slip in its domain, without the person: terminals are logged and shared."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"


def _error(row: OutboxMail) -> str:
    """What went wrong, on one line; servers repeat the address in their answers."""
    return clean_line(str(row.last_error)).replace(row.recipient, _masked(row.recipient))
