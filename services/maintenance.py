"""Maintenance: while a file is there, every page says so, in all processes at once and without the database."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from services.context import settings

_LEAST = 60
_USUAL = 300


@dataclass(frozen=True)
class Maintenance:
    texts: dict[str, str] = field(default_factory=dict)
    """What the operator says, by language."""
    until: datetime | None = None
    """When it is expected to end."""

    def retry_after(self, at: datetime) -> int:
        """In how many seconds it is worth asking again."""
        return max(round((self.until - at).total_seconds()), _LEAST) if self.until else _USUAL


def begin(maintenance: Maintenance) -> None:
    path, until = _path(), maintenance.until
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    aside.write_text(json.dumps({"texts": maintenance.texts, "until": until.isoformat() if until else None}))
    aside.replace(path)


def end() -> bool:
    """False where there was none."""
    was_on = _path().exists()
    _path().unlink(missing_ok=True)
    return was_on


def under_way() -> Maintenance | None:
    """What is under way; None on all other days. A file that somebody wrote by hand counts, whatever is in it."""
    try:
        text = _path().read_text()
    except FileNotFoundError:
        return None
    try:
        said = json.loads(text)
        until = said["until"]
        return Maintenance(dict(said["texts"]), datetime.fromisoformat(until) if until else None)
    except (ValueError, TypeError, KeyError):
        return Maintenance()


def _path() -> Path:
    return settings().var_dir / "maintenance.json"
