"""Versions that were sent: each with a record that never changes, and its fingerprint."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import peewee
from peewee import fn

from forms.answers import Answers, answers_from_json
from forms.changes import Comparison, compare
from forms.definition import Call
from forms.moves import Step, follow, joined
from models.application import Application
from models.database import Model
from models.prepared import Prepared, gap
from models.submission import Submission
from services.context import calls


def canonical(value: Any) -> str:
    """JSON text that is the same for the same value: sorted keys, no blanks, letters as themselves."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint_of(record: Any) -> str:
    """The fingerprint of a record, however its JSON is laid out."""
    return digest(canonical(record))


def content(answers: Answers) -> dict[str, Any]:
    """The answers that would be sent: those of open sections, as typed."""
    return {
        question.key: question.to_json(answers.typed(question.key))
        for question in answers.open_questions
        if question.has_fields
    }


def versions(application: Application) -> list[Submission]:
    """All that was sent, newest first, without the documents."""
    found = list(_without_documents().where(Submission.application == application).order_by(Submission.version.desc()))
    for submission in found:
        # Known already; each would be looked up again.
        submission.application = application
    return found


def versions_of_reference(reference: str) -> list[Submission]:
    """The same by reference, none where it is unknown: in one query, so that the time does not tell which it was."""
    found = _without_documents(Application).join(Application).where(Application.reference == reference)
    return list(found.order_by(Submission.version.desc()))


def _without_documents(*beside: type[Model]) -> "peewee.ModelSelect[Submission]":
    """Submissions without their PDFs, which are large and rarely wanted; ``beside`` are models read with them."""
    columns = (column for column in Submission._meta.sorted_fields if column is not Submission.pdf)
    return Submission.select(*columns, *beside)


def current(call: Call) -> list[int]:
    """The ids of the current versions of a call's applications, in the order of their arrival."""
    query = Submission.select(Submission.id).where(Submission.call_key == call.key, _is_current())
    return [row.id for row in query.order_by(Submission.sent_at, Submission.id)]


def of_ids(call: Call, ids: Sequence[int]) -> list[Submission]:
    """Submissions with their applications and without documents, in the order of ``ids``; other calls' are left out.

    All are in memory at once: ask for a few at a time.
    """
    query = _without_documents(Application).join(Application)
    found = query.where(Submission.id.in_(list(ids)), Submission.call_key == call.key)
    place = {wanted: number for number, wanted in enumerate(ids)}
    return sorted(found, key=lambda submission: place[submission.id])


def _is_current() -> peewee.Expression:
    """The condition that no later version of the application was sent."""
    later = Submission.alias()
    has_later = later.select().where(later.application == Submission.application, later.version > Submission.version)
    none_later: peewee.Expression = ~fn.EXISTS(has_later)
    return none_later


def calls_sent_in(call: Call) -> list[Call]:
    """The call as it is, and behind it as it was in other versions that something was sent in, the newest first."""
    used: Any = Submission.select(Submission.call_key, Submission.call_version).where(Submission.call_key == call.key)
    found = sorted(used.distinct(), key=lambda sent: sent.call_version_id or 0, reverse=True)
    return [call, *(other for other in map(calls().of, found) if other is not call)]


def all_of(call: Call) -> "peewee.ModelSelect[Submission]":
    """Every version sent in a call, without the documents."""
    return _without_documents().where(Submission.call_key == call.key)


def newest_version(application: Application) -> int:
    """The number of the version that counts, 0 for an application that was never sent."""
    return int(Submission.select(fn.MAX(Submission.version)).where(Submission.application == application).scalar() or 0)


def last(application: Application) -> Submission | None:
    """The version that counts, without its document."""
    found: Submission | None = _LAST.first(application=application.id)
    if found is not None:
        found.application = application
    return found


_LAST = Prepared(
    lambda: (
        _without_documents()
        .where(Submission.application == gap("application", Submission.application))
        .order_by(Submission.version.desc())
        .limit(1)
    )
)


def read_answers(submission: Submission, with_personal: bool = True) -> Answers:
    """The answers of a version, to the call as it was then.

    Personal ones are missing where nobody wants them and after they were erased.
    """
    call = calls().of(submission)
    answers: dict[str, Any] = json.loads(submission.record)["answers"]
    personal: dict[str, Any] = (submission.personal if with_personal else None) or {}
    return answers_from_json(call, {**answers, **{key: {} for key in call.personal_keys}, **personal})


def read_as_now(submission: Submission) -> Answers:
    """The same as they answer the questions that the application has now, where its call was changed since."""
    return _as_asked_in(submission.application, submission)


def _as_asked_in(later: Application | Submission, submission: Submission) -> Answers:
    answers, steps = read_answers(submission), _steps(submission, later)
    return Answers(steps[-1].new, follow(steps, answers.all_typed)) if steps else answers


def _steps(submission: Submission, later: Application | Submission) -> list[Step]:
    return calls().steps(submission.call_key, submission.call_version_id, later.call_version_id)


def compare_sent(before: Submission, after: Submission) -> Comparison:
    """How one version became another, also where the call was changed between them."""
    gone, steps = None, _steps(before, after)
    if steps:
        was, places = read_answers(before), joined(steps)
        gone = Answers(was.call, {key: typed for key, typed in was.all_typed.items() if places[key] is None})
    return compare(_as_asked_in(after, before), read_answers(after), gone)


def has_unsent_edits(submission: Submission, answers: Answers) -> bool:
    """Whether the saved answers differ from those of the version sent last."""
    return content(read_as_now(submission)) != content(answers)


def provider_of(answers: Answers) -> str | None:
    question = answers.call.provider_question
    return question.identity(answers.typed(question.key)) if question else None


def others_of_provider(application: Application, provider: str | None) -> list[Submission]:
    """The current versions of other applications that the same provider has sent in the same call."""
    if provider is None:
        return []
    return _OTHERS.rows(call=application.call_key, provider=provider, application=application.id)


_OTHERS = Prepared(
    lambda: (
        _without_documents()
        .where(
            Submission.call_key == gap("call", Submission.call_key),
            Submission.provider == gap("provider", Submission.provider),
            Submission.application != gap("application", Submission.application),
            _is_current(),
        )
        .order_by(Submission.sent_at)
    )
)


def contact_email(answers: Answers) -> str | None:
    question = answers.call.contact_question
    return question.email(answers.typed(question.key)) if question else None
