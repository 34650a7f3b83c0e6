"""The commands of ``flask``: checking a call's file, sending mails, bringing the database up to date."""

import time
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from forms.definition import CallFileError, load_call
from models.database import database, migrate
from services import mail

call_group = AppGroup("call", help="Calls for applications.")
mail_group = AppGroup("mail", help="Mails that wait in the outbox.")
db_group = AppGroup("db", help="The database.")


@call_group.command("check")
@click.argument("file", type=click.Path(path_type=Path))
def check_call(file: Path) -> None:
    """Say all that is wrong with a call's FILE, or what it holds and which texts are not official."""
    try:
        call = load_call(file)
    except CallFileError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{file.name}: {len(call.questions)} questions, {len(call.rules)} rules, no faults.")
    by_provenance: dict[str, list[str]] = {}
    for question in call.questions:
        by_provenance.setdefault(call.provenance_of(question), []).append(str(question.number))
    for provenance, numbers in sorted(by_provenance.items()):
        click.echo(f"  {provenance}: questions {', '.join(numbers)}")


@mail_group.command("send")
@click.option("--loop", is_flag=True, help="Go on, looking every half minute.")
def send_mails(loop: bool) -> None:
    """Send the mails that are due."""
    while True:
        with database.connection_context():
            sent = mail.deliver()
        click.echo(f"{sent} mails sent.")
        if not loop:
            return
        time.sleep(30)


@db_group.command("upgrade")
def upgrade_database() -> None:
    """Bring the database up to this program's version."""
    steps = migrate()
    click.echo(f"Steps taken: {', '.join(steps) or 'none, it was up to date'}.")


def register_commands(app: Flask) -> None:
    for group in (call_group, mail_group, db_group):
        app.cli.add_command(group)
