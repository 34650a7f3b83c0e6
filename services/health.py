"""How the service is, as a monitor sees it: enough to know where to look, nothing that a stranger could use."""

import shutil
import tomllib
from dataclasses import dataclass
from datetime import datetime

import peewee

from models.database import database, is_up_to_date
from services import backups, maintenance, outbox
from services.context import settings
from settings import ROOT

VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


@dataclass(frozen=True)
class Health:
    stops: list[str]
    """Why people can't save, or soon can't: database, migrations, disk."""
    wrong: list[str]
    """What somebody should look at meanwhile: mail, backup."""
    oldest_mail: int | None
    """Seconds that the mail waits which is late longest, 0 where none is; None where nobody can tell."""
    newest_backup: int | None
    """Seconds since it was made; None where there is none."""
    is_maintenance: bool


def look(at: datetime) -> Health:
    """Needs no connection to the database; where it does not open, that is among the answers."""
    stops = []
    oldest = None
    try:
        with database.connection_context():
            waits_since = outbox.oldest_unsent()
            if not is_up_to_date():
                stops.append("migrations")
        oldest = _seconds(at, waits_since) if waits_since else 0
    except peewee.PeeweeException:
        # Also where a table is not there yet.
        stops.append("database")
    is_maintenance = maintenance.under_way() is not None
    if is_maintenance:
        # It may be replaced meanwhile.
        database.close_idle()
    if not _has_room():
        stops.append("disk")
    made = next((_seconds(at, backup.made_at) for backup in backups.all_there_are()), None)
    most_mail, most_backup = settings().mail_age_minutes * 60, settings().backup_age_hours * 3600
    is_wrong = {
        "mail": bool(most_mail) and oldest is not None and oldest > most_mail,
        "backup": bool(most_backup) and (made is None or made > most_backup),
    }
    return Health(stops, [name for name, is_so in is_wrong.items() if is_so], oldest, made, is_maintenance)


def _has_room() -> bool:
    try:
        return shutil.disk_usage(settings().var_dir).free >= settings().disk_free_mb * 1_000_000
    except OSError:
        # The folder is not there, or its disk is not.
        return False


def _seconds(at: datetime, since: datetime) -> int:
    return max(round((at - since).total_seconds()), 0)
