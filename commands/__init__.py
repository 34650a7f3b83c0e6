"""The commands of ``flask``, a group or two a module. They do what services do, and say what came of it."""

from flask import Flask

from commands.applications import application_group, retention_group
from commands.calls import call_group
from commands.mails import mail_group
from commands.officers import officer_group
from commands.operating import backup_group, db_group, maintenance_group
from commands.publishing import publish, take_back

for command in (publish, take_back):
    call_group.add_command(command)


def register_commands(app: Flask) -> None:
    for group in (
        call_group,
        mail_group,
        application_group,
        officer_group,
        retention_group,
        backup_group,
        db_group,
        maintenance_group,
    ):
        app.cli.add_command(group)
