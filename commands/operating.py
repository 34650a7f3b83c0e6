"""The commands of ``flask`` for whoever looks after the server: the database, backups, maintenance."""

from datetime import timedelta
from pathlib import Path

import click
from flask.cli import AppGroup

import clock
from commands.words import helsinki
from forms.texts import LANGUAGES, SOURCE
from models import moving
from models.database import DOES_NOT_WORK, database, migrate
from services import backups, listed, maintenance
from services.backups import BackupError
from services.context import calls, settings
from services.maintenance import Maintenance

db_group = AppGroup("db", help="The database.")
backup_group = AppGroup("backup", help="Backups of the database.")
maintenance_group = AppGroup("maintenance", help="While it is on, people are told to wait, and keep their text.")


@db_group.command("upgrade")
def upgrade_database() -> None:
    """Bring the database up to this program's version."""
    steps = migrate()
    click.echo(f"Steps taken: {', '.join(steps) or 'none, it was up to date'}.")


@db_group.command("copy")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy_database(source: str, target: str) -> None:
    """Copy all data FROM a database INTO an empty one, each named as in DATABASE_URL.

    Stop the service on every host before, web and mails: what is saved meanwhile stays behind.
    """
    try:
        counts = moving.copy_all(source, target)
    except (moving.MoveError, ValueError, *DOES_NOT_WORK) as error:
        raise click.ClickException(f"Nothing was copied. {error}") from error
    with database.connection_context():
        for call in calls():
            listed.bring_up_to_date(call)
    for table, count in counts.items():
        click.echo(f"{table}: {count}")
    click.echo(
        f"All of it arrived, {counts['submission']} submissions with the fingerprints they were given. Set "
        "DATABASE_URL to the new database on every host, start the service, look at /health/ready and at one "
        "application. The old database is as it was; what is past its time must go from it too, so delete it once the "
        "new one is in your backups."
    )


@backup_group.command("run")
def run_backup() -> None:
    """Make a backup while the service runs, verify it, and let old ones go."""
    try:
        made, contents = backups.run(clock.now())
    except BackupError as error:
        raise click.ClickException(f"No backup: {error}.") from error
    size = f"{made.bytes:,}".replace(",", " ")
    click.echo(
        f"{made.path}: {contents.applications} applications, {len(contents.versions)} versions verified, {size} B"
    )
    if not made.is_encrypted:
        click.echo("It is not encrypted: BACKUP_ENCRYPT names no command.")


@backup_group.command("list")
def list_backups() -> None:
    """Say which backups there are, the newest first."""
    for backup in backups.all_there_are():
        secret = "" if backup.is_encrypted else " not encrypted"
        click.echo(f"{backup.path} {helsinki(backup.made_at)} {backup.bytes} B{secret}")


@backup_group.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore_backup(file: Path) -> None:
    """Put the backup FILE in the database's place, which nobody may have open; the old one stays beside it."""
    try:
        restored = backups.restore(file, clock.now())
    except BackupError as error:
        raise click.ClickException(f"Nothing is replaced: {error}.") from error
    contents = restored.contents
    click.echo(f"Restored: {contents.applications} applications, {len(contents.versions)} versions verified.")
    click.echo(f"What is past its time in it is gone: {restored.gone}.")
    if restored.kept:
        days = settings().backup_days
        click.echo(f"The old database is {restored.kept}; a backup after {days} days takes it away.")
    if restored.lost is None:
        click.echo("It can't be read, so nobody knows what was sent after the backup.")
    for name in restored.lost or ():
        click.echo(f"Sent after the backup, and not in it: {name}")
    click.echo("Officers sign in again. Drafts deleted, links revoked and accounts put out of use after it are back.")
    if restored.gone.failed:
        raise click.ClickException("Not all that is past its time is gone; see the log, run flask retention run.")


@maintenance_group.command("on")
@click.argument("text", default="")
@click.option("--in", "others", nargs=2, multiple=True, metavar="LANGUAGE TEXT", help="The text in another language.")
@click.option("--minutes", type=click.IntRange(1, 7 * 24 * 60), help="How long it is expected to take.")
def begin_maintenance(text: str, others: tuple[tuple[str, str], ...], minutes: int | None) -> None:
    """Answer every page with a word that it goes on later, and with TEXT. Nothing has to be restarted."""
    if unknown := [language for language, _ in others if language not in LANGUAGES]:
        raise click.ClickException(f"There is no language {unknown[0]}, only {', '.join(LANGUAGES)}.")
    texts = {language: said for language, said in ((SOURCE, text), *others) if said}
    until = clock.now() + timedelta(minutes=minutes) if minutes else None
    maintenance.begin(Maintenance(texts, until))
    click.echo("Maintenance is on.")


@maintenance_group.command("off")
def end_maintenance() -> None:
    """Let people go on."""
    click.echo("Maintenance is off." if maintenance.end() else "Maintenance was not on.")
