"""The commands of ``flask``: mails, single applications, officers, retention; and the groups that stand elsewhere."""

import time
from datetime import datetime

import click
from flask import Flask
from flask.cli import AppGroup

import clock
import logs
import publishing
from call_commands import call_group
from forms.clean import clean_line
from forms.kinds.contact import EmailError, parse_email
from forms.texts import LANGUAGES, SOURCE
from models.application import Application
from models.database import database
from models.outbox import OutboxMail
from operating import backup_group, db_group, helsinki, maintenance_group
from services import (
    accounts,
    drafts,
    figures,
    mail,
    officers,
    outbox,
    reminders,
    retention,
)
from services.accounts import Role
from services.context import calls

log = logs.get(__name__)

mail_group = AppGroup("mail", help="Mails that wait in the outbox.")
application_group = AppGroup("application", help="One application: more time, a late one accepted.")
officer_group = AppGroup("officer", help="Accounts of the ministry's people.")
retention_group = AppGroup("retention", help="What is past its time goes.")


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


def _application(reference: str) -> Application:
    application = drafts.find(reference)
    if application is None:
        raise click.ClickException(f"There is no application {reference}.")
    return application


@application_group.command("extend")
@click.argument("reference")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%dT%H:%M:%S"]), help="Helsinki time.")
@click.option("--reason", required=True)
def extend_application(reference: str, until: datetime, reason: str) -> None:
    """Let the application REFERENCE be sent until a time of its own; the reason is kept."""
    with database.connection_context():
        officers.extend(_application(reference), until.replace(tzinfo=clock.HELSINKI), reason, None)
    click.echo(f"{reference} can be sent until {until:%d.%m.%Y %H.%M} Helsinki time.")


@application_group.command("accept-late")
@click.argument("reference")
@click.option("--reason", required=True)
def accept_late(reference: str, reason: str) -> None:
    """Send the application REFERENCE as it is saved although its time is past; the reason is kept."""
    with database.connection_context():
        application = _application(reference)
        outcome = officers.accept_late(application, reason, None)
        if outcome.submission is None:
            raise click.ClickException(f"Not accepted: {', '.join(outcome.refusals)}.")
        mail.deliver()
    click.echo(f"{reference} is accepted as version {outcome.submission.version}.")


@officer_group.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="What they may do.")
@click.option("--language", default=SOURCE, type=click.Choice(list(LANGUAGES)), help="Of the mail.")
def add_officer(email: str, role: Role, language: str) -> None:
    """Make an account for EMAIL, or give it another role, and mail the link by which it is set up (anew)."""
    try:
        address = parse_email(email)
    except EmailError as error:
        raise click.ClickException(f"{email} is no e-mail address.") from error
    with database.connection_context():
        accounts.add(address, Role(role), language)
        mail.deliver()
    click.echo(f"{address} is {role}; the link to set the account up is in the mail.")


@officer_group.command("remove")
@click.argument("email")
def remove_officer(email: str) -> None:
    """Take the account of EMAIL out of use, at once and in every browser."""
    with database.connection_context():
        officer = accounts.find(email)
        if officer is None:
            raise click.ClickException(f"There is no account {email}.")
        accounts.disable(officer)
    click.echo(f"{email} is out of use.")


@officer_group.command("list")
def list_officers() -> None:
    """Say who has an account, with which role."""
    with database.connection_context():
        for officer in accounts.everybody():
            click.echo(f"{officer.email} {officer.role} {accounts.state_of(officer)}")


@retention_group.command("run")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
def run_retention(dry_run: bool) -> None:
    """Delete drafts, erase contact details and delete events that are past their time. Once a day is enough."""
    with database.connection_context():
        if not dry_run:
            gone = retention.run(clock.now())
            click.echo(f"{gone}.")
            if gone.failed or not gone.is_clean:
                raise click.ClickException("Not all is done; see the log, and run it again.")
            return
        for call in calls():
            found = retention.due(call, clock.now())
            click.echo(f"{call.key}: drafts to delete: {_references(found.drafts)}")
            click.echo(f"{call.key}: contact details to erase: {_references(found.contacts)}")
            click.echo(f"{call.key}: events to delete: {found.events.count()}")
        click.echo(f"mails of no application to delete: {retention.loose_mails(clock.now()).count()}")


def _references(applications: list[Application]) -> str:
    return ", ".join(application.reference for application in applications) or "none"


for command in (publishing.publish, publishing.take_back):
    call_group.add_command(command)


def register_commands(app: Flask) -> None:
    own = (call_group, mail_group, application_group, officer_group, retention_group)
    for group in (*own, backup_group, db_group, maintenance_group):
        app.cli.add_command(group)
