"""The commands of ``flask officer``: who has an account of the ministry's desk."""

import click
from flask.cli import AppGroup

from forms.kinds.contact import EmailError, parse_email
from forms.texts import LANGUAGES, SOURCE
from models.database import database
from services import accounts, mail
from services.accounts import Role

officer_group = AppGroup("officer", help="Accounts of the ministry's people.")


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
