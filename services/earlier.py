"""Earlier values of answers: what was replaced, and what lost a clash. Nothing that was saved goes without a trace."""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime, timedelta

import peewee

from forms.question import Question, Typed
from models.application import AnswerVersion, Application
from models.prepared import Prepared, gap
from services.drafts import Stored

_BURST = timedelta(minutes=5)
_LONG = 200
"""Characters whose emptying is worth an offer to take it back."""


def _of(application: Application, question: Question, *conditions: object) -> "peewee.ModelSelect[AnswerVersion]":
    return AnswerVersion.select().where(
        AnswerVersion.application == application, AnswerVersion.question == question.key, *conditions
    )


def _stored(version: AnswerVersion) -> Stored:
    return Stored(version.value, version.revision, version.writer, saved_at=version.saved_at)


def keep(application: Application, question: Question, value: Stored) -> None:
    """Put a value that is about to be replaced among the earlier ones."""
    AnswerVersion.create(
        application=application,
        question=question.key,
        value=value.typed,
        revision=value.revision,
        writer=value.writer,
        saved_at=value.saved_at,
    )


def is_worth_keeping(application: Application, question: Question, typed: Typed, now: Stored, at: datetime) -> bool:
    """Whether one page's own value ``now`` stays when the same page replaces it by ``typed``.

    A burst of saves leaves one value in five minutes; one of which more than half goes at once always stays.
    """
    if _in_common(typed, now.typed) < _length(now.typed) / 2:
        return True
    last = _LAST_KEPT.first(application=application.id, question=question.key)
    return last is None or at - last[0] > _BURST


_LAST_KEPT = Prepared(
    lambda: (
        AnswerVersion.select(AnswerVersion.saved_at)
        .where(
            AnswerVersion.application == gap("application", AnswerVersion.application),
            AnswerVersion.question == gap("question", AnswerVersion.question),
            AnswerVersion.revision > 0,
        )
        .order_by(AnswerVersion.revision.desc())
        .limit(1)
        .tuples()
    )
)


def keep_refused(application: Application, question: Question, typed: Typed, page: str, at: datetime) -> None:
    """Keep a text that lost a clash, numbered below zero: it never was the answer.

    One a page: who goes on typing in a clash changes it.
    """
    refused = _of(application, question, AnswerVersion.revision < 0)
    mine = refused.where(AnswerVersion.writer == page).first()
    if mine is None:
        keep(application, question, Stored(typed, -1 - refused.count(), page, saved_at=at))
    else:
        AnswerVersion.update(value=typed, saved_at=at).where(AnswerVersion.id == mine.id).execute()


def has_others(application: Application, question: Question, since: int, page: str) -> bool:
    """Whether an earlier value after revision ``since`` came from another page load."""
    return _of(application, question, AnswerVersion.revision > since, AnswerVersion.writer != page).exists()


def find(application: Application, question: Question, revision: int) -> Stored | None:
    version = _of(application, question, AnswerVersion.revision == revision).first()
    return _stored(version) if version else None


def values(application: Application, question: Question) -> list[Stored]:
    """The kept earlier values of an answer, the newest first."""
    versions = _of(application, question).order_by(AnswerVersion.saved_at.desc(), AnswerVersion.revision.desc())
    return [_stored(version) for version in versions]


def emptied(application: Application, stored: Mapping[str, Stored]) -> dict[str, int]:
    """The questions whose long answer is empty now, with the revision that brings it back."""
    empty = [key for key, answer in stored.items() if not answer.typed and answer.revision > 1]
    if not empty:
        return {}
    versions = AnswerVersion.select().where(AnswerVersion.application == application, AnswerVersion.question.in_(empty))
    # The first value that was replaced is always kept, so a text that lost a clash, numbered below zero, is never last.
    last = {version.question: version for version in versions.order_by(AnswerVersion.revision)}
    return {key: version.revision for key, version in last.items() if _length(version.value) >= _LONG}


def _in_common(one: Typed, other: Typed) -> int:
    """How many characters two values share at the beginnings and ends of their fields."""
    count = 0
    for suffix, text in other.items():
        theirs = one.get(suffix, "")
        begins = _same_beginning(theirs, text)
        count += begins + _same_beginning(theirs[begins:][::-1], text[begins:][::-1])
    return count


def _same_beginning(one: str, other: str) -> int:
    # By halves: long texts are compared at once instead of sign by sign.
    return bisect_left(range(min(len(one), len(other))), True, key=lambda at: one[: at + 1] != other[: at + 1])


def _length(typed: Typed) -> int:
    return sum(len(text) for text in typed.values())
