"""The commands of ``flask call`` by which a call, or a change of one that runs, is published."""

from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

import clock
from commands.words import helsinki
from forms.call_changes import CallChange
from forms.faults import CallFileError
from forms.texts import SOURCE
from language import localise, speaking
from models.database import database
from services import call_versions, publishing
from services.publishing import NotPublishedError


@click.command("publish")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S"]), help="In force from then on, Helsinki time.")
@click.option("--move", "moved", nargs=2, multiple=True, metavar="OLD NEW", help="Answers to OLD go to NEW.")
@click.option("--aside", multiple=True, metavar="KEY", help="Answers to KEY go nowhere: it asks something else now.")
@click.option("--accept", is_flag=True, help="Publish also what can hurt a draft, marked !.")
@click.option("--note", default="", help="Why; it stands in the event log.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@with_appcontext
def publish(
    file: Path,
    *,
    at: datetime | None,
    moved: tuple[tuple[str, str], ...],
    aside: tuple[str, ...],
    accept: bool,
    note: str,
    dry_run: bool,
) -> None:
    """Put the call of FILE, or what was changed in it, in force, and say what that does to those who are writing.

    Answers that have no place any more stay on the form, to be read and copied.
    """
    moves = {**dict(moved), **dict.fromkeys(aside)}
    begins = at.replace(tzinfo=clock.HELSINKI) if at else None
    with database.connection_context(), speaking(SOURCE):
        try:
            read = call_versions.read_file(file)
            plan = publishing.plan(read, moves)
            if plan.before is None:
                click.echo(f"  {read.call.key} is a new call: nobody is writing in it.")
            for change in plan.changes:
                click.echo(_line(change))
            if dry_run:
                if plan.faults:
                    raise NotPublishedError(plan.faults)
                return
            version = publishing.publish(read, begins, moves=moves, is_accepted=accept, note=note)
        except (CallFileError, NotPublishedError) as error:
            said = "\n".join(str(localise(fault)) for fault in error.faults)
            raise click.ClickException(f"Not published. {said}") from error
    click.echo(f"{version.call_key} version {version.number} is in force from {helsinki(version.publish_at)} on.")


def _line(change: CallChange) -> str:
    return f"{' ' if change.is_harmless else '!'} {localise(change.said)}"


@click.command("take-back")
@click.argument("key")
@with_appcontext
def take_back(key: str) -> None:
    """Do not publish after all what is in force of the call KEY only later."""
    with database.connection_context():
        version = publishing.take_back(key)
    if version is None:
        raise click.ClickException(f"No version of {key} waits to be in force.")
    click.echo(f"{key} version {version.number} is not published.")
