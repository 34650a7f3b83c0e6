"""The commands of ``flask application`` and ``flask retention``: exceptions for one, and what is past its time."""

from datetime import datetime

import click
from flask.cli import AppGroup

import clock
from models.application import Application
from models.database import database
from services import drafts, mail, officers, retention
from services.context import calls

application_group = AppGroup("application", help="One application: more time, a late one accepted.")
retention_group = AppGroup("retention", help="What is past its time goes.")


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
