"""A draft whose call was changed: moved to the version in force when it is opened next, with nothing of it lost."""

from collections.abc import Sequence
from typing import Any

import logs
from forms.call_changes import CallChange, compare
from forms.moves import Step, aside, joined, read_aside
from models.application import Answer, AnswerVersion, Application
from models.database import database, hold
from models.handling import CompletionRequest
from services.context import calls

log = logs.get(__name__)


def bring_up_to_date(application: Application) -> None:
    """Move what is written, now and earlier, to the version in force; the application at hand knows of it."""
    newest = calls().in_force(application.call_key)
    if not calls().steps(application.call_key, application.call_version_id, newest):
        return
    with database.atomic():
        hold(application)
        # Another page of it may have been opened at the same moment.
        now = Application.get_by_id(application.id)
        if steps := calls().steps(now.call_key, now.call_version_id, newest):
            changes = _move(now, steps)
            changed_since = now.changed_since_id or (calls().version_of(now).id if changes else None)
            Application.update(call_version=newest, changed_since=changed_since).where(
                Application.id == now.id
            ).execute()
            log.info("draft_moved", reference=now.reference, since=steps[0].number, steps=len(steps))
            now = Application.get_by_id(application.id)
    application.call_version_id, application.changed_since_id = now.call_version_id, now.changed_since_id


def _move(application: Application, steps: Sequence[Step]) -> bool:
    """Returns whether there was anything written that its people may be told of."""
    is_begun = False
    for step in steps:
        for table in (Answer, AnswerVersion):
            is_begun |= _move_rows(table, application, step)
        for request in CompletionRequest.select().where(
            CompletionRequest.application == application, CompletionRequest.ended_at.is_null()
        ):
            targets = (step.target(key) for key in request.questions if key in step.old.by_key)
            CompletionRequest.update(questions=[target.key for target in targets if target]).where(
                CompletionRequest.id == request.id
            ).execute()
    return is_begun


def _move_rows(table: type[Answer | AnswerVersion], application: Application, step: Step) -> bool:
    """Keys may change places, so those that move are taken out first and put back all together."""
    query: Any = table.select().where(table.application == application).dicts()
    rows: list[dict[str, Any]] = list(query)
    gone, come = [], []
    for row in rows:
        key = row["question"]
        if read_aside(key) or key not in step.old.by_key:
            continue
        target = step.target(key)
        fits, left = step.split(key, row["value"])
        if target is not None and target.key == key and not left:
            continue
        gone.append(row.pop("id"))
        if target is not None:
            come.append({**row, "question": target.key, "value": fits})
        if left or target is None:
            come.append({**row, "question": aside(key, step.number), "value": left})
    if gone:
        table.delete().where(table.id.in_(gone)).execute()
        table.insert_many(come).execute()
    return bool(rows)


def changes_for(application: Application) -> list[CallChange]:
    """What is to be told to the application's people; nothing once somebody has read it."""
    if application.changed_since_id is None:
        return []
    steps = calls().steps(application.call_key, application.changed_since_id, application.call_version_id)
    found = compare(steps[0].old, steps[-1].new, joined(steps)) if steps else []
    return [change for change in found if change.is_for_applicants]


def note_read(application: Application, version: int) -> None:
    """Its people have read what changed up to a version, by its number; a later change is told anew."""
    if calls().version_of(application).number == version:
        Application.update(changed_since=None).where(
            Application.id == application.id, Application.call_version == application.call_version_id
        ).execute()
