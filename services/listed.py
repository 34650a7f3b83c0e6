"""What the ministry's list is drawn from: versions as they are listed, kept in step with what was sent."""

import json
from collections.abc import Iterator
from typing import Any

import peewee

from forms.answers import Answers
from forms.definition import Call
from forms.register import sort_key
from forms.summary import totals_of
from forms.texts import LANGUAGES, SOURCE, Text
from models.database import database, hold
from models.handling import Handling, Listed
from models.submission import Submission
from services import search, submissions


def bring_up_to_date(call: Call) -> None:
    """List the versions that are not yet: sending has no part in it, and costs nothing more."""
    listed = Listed.select(Listed.submission).where(Listed.call_key == call.key)
    missing = submissions.all_of(call).where(Submission.id.not_in(listed)).order_by(Submission.id)
    for one in list(missing.select(Submission.id)):
        with database.atomic():
            hold_list(call)
            # Somebody else may look at the list just now too.
            for submission in missing.where(Submission.id == one.id):
                _list(call, submission)


def hold_list(call: Call) -> None:
    """Let nobody else change what is counted in a call until the transaction at hand ends."""
    hold(f"list {call.key}")


def _list(call: Call, submission: Submission) -> None:
    answers = submissions.read_answers(submission)
    totals = totals_of(answers)
    names = _names(answers)
    earlier = (Listed.application == submission.application) & (Listed.submission != submission.id)
    is_newest = submission.version == submissions.newest_version(submission.application)
    before = {row.provider for row in Listed.select(Listed.provider).where(earlier)}
    Listed.update(is_current=False, is_counted=False).where(earlier, is_newest).execute()
    Listed.create(
        submission=submission,
        application=submission.application,
        call_key=call.key,
        is_current=is_newest,
        is_counted=False,
        is_one_of_several=False,
        provider=submission.provider,
        # The same whoever looks at the list first.
        provider_name=names[SOURCE],
        provider_order=sort_key(names[SOURCE]),
        requested=totals.requested.amount if totals else 0,
        costs=totals.costs.amount if totals else 0,
        areas=[
            [area.key, area.requested.amount, area.costs.amount if area.costs else 0]
            for area in (totals.areas if totals else [])
            if area.requested is not None
        ],
    )
    search.index(submission.id, [*names.values(), *_texts(submission)])
    for provider in before | {submission.provider}:
        recount(call, provider)


def _names(answers: Answers) -> dict[str, str]:
    """The provider's name by language. In a record stands its business ID alone, and people look for it by name."""
    question = answers.call.provider_question
    name = question.name(answers.typed(question.key)) if question else None
    return name.root if isinstance(name, Text) else dict.fromkeys(LANGUAGES, name or "")


def _texts(submission: Submission) -> Iterator[str]:
    """All text of a record, which has no personal details in it, and its reference."""
    waiting = [json.loads(submission.record)["answers"], submission.application.reference, submission.provider]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(part for key, part in value.items() if key != "sha256")
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str):
            yield value


def recount(call: Call, provider: str | None) -> None:
    """Say anew which of a provider's applications goes into the sums. One without a provider stands for itself.

    Call it in a transaction; what it depends on is changed while the list is held.
    """
    hold_list(call)
    query = (
        Listed.select(Listed.id, Handling.counts)
        .join(Submission)
        .switch(Listed)
        .join(Handling, peewee.JOIN.LEFT_OUTER, on=Handling.application == Listed.application)
        .where(Listed.call_key == call.key, Listed.is_current == True, Listed.provider == provider)  # noqa: E712
    )
    Listed.update(is_counted=False, is_one_of_several=False).where(Listed.id.in_(query.select(Listed.id))).execute()
    not_withdrawn: Any = query.where(Handling.withdrawn_at.is_null()).order_by(Submission.sent_at).tuples()
    rows: list[tuple[int, bool | None]] = list(not_withdrawn)
    standing = [row for row, _ in rows]
    if provider is None:
        counted = standing
    else:
        counted = [row for row, is_chosen in rows if is_chosen] or standing[-1:]
        Listed.update(is_one_of_several=len(standing) > 1).where(Listed.id.in_(standing)).execute()
    Listed.update(is_counted=True).where(Listed.id.in_(counted)).execute()
