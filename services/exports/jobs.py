"""Exports that take longer than anybody waits for a page: begun, written beside, fetched, gone after a day."""

import secrets
from datetime import timedelta
from pathlib import Path

import clock
from forms.definition import Call
from models.database import database
from models.handling import ExportJob
from models.officer import Officer
from services import accounts, exports
from services.context import settings
from services.exports.content import Export

_KEPT = timedelta(days=1)
_SILENT = timedelta(minutes=5)
"""Without a sign of life for so long, whoever wrote it has died: one document takes a minute at most."""


def begin(call: Call, officer: Officer, kind: str, count: int, with_contacts: bool) -> ExportJob:
    """Note an export, on record with whether it has contact details; files of yesterday go."""
    clean_up()
    at = clock.now()
    with database.atomic():
        accounts.note(
            "exported", officer, call_key=call.key, kind_of_file=kind, count=count, with_contacts=with_contacts
        )
        job: ExportJob = ExportJob.create(
            key=secrets.token_hex(16),
            officer=officer,
            call_key=call.key,
            kind=kind,
            created_at=at,
            moved_at=at,
            total=count,
        )
    return job


def write(job: ExportJob, call: Call, which: list[int], language: str, with_contacts: bool) -> None:
    """Write the file. Whoever looks sees how far it is; a file that is there is whole."""
    path = file_of(job)
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.with_suffix(".part")
    export = Export(
        call,
        which,
        language,
        with_contacts,
        on_progress=lambda done, total: _move(job, done),
    )
    try:
        with begun.open("w+b") as file:
            left = exports.write(export, job.kind, file)
        begun.replace(path)
    except Exception:
        # Whoever waits for it learns at once.
        ExportJob.update(moved_at=job.created_at - 2 * _SILENT).where(ExportJob.id == job.id).execute()
        raise
    ExportJob.update(finished_at=clock.now(), cut=left.cut, missing=left.missing).where(
        ExportJob.id == job.id
    ).execute()


def _move(job: ExportJob, done: int) -> None:
    # Every write waits for the disk: twenty over the whole are enough for a bar.
    if done % max(job.total // 20, 1) == 0:
        ExportJob.update(done=done, moved_at=clock.now()).where(ExportJob.id == job.id).execute()


def find(call: Call, officer: Officer, key: str) -> ExportJob | None:
    """An officer's own export of a call."""
    return ExportJob.get_or_none(ExportJob.key == key, ExportJob.officer == officer, ExportJob.call_key == call.key)


def has_died(job: ExportJob) -> bool:
    return job.finished_at is None and job.moved_at < clock.now() - _SILENT


def file_of(job: ExportJob) -> Path:
    return settings().var_dir / "exports" / f"{job.key}.{job.kind}"


def clean_up() -> None:
    """Take away the files of yesterday, which may hold contact details."""
    old = list(ExportJob.select().where(ExportJob.created_at < clock.now() - _KEPT))
    for job in old:
        for path in (file_of(job), file_of(job).with_suffix(".part")):
            path.unlink(missing_ok=True)
        ExportJob.delete().where(ExportJob.id == job.id).execute()
