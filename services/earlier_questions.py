"""Answers whose question is not on the form any more (*aiempi kysymys*): kept, shown to be copied, never sent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from forms.answers import Answers
from forms.definition import Call
from forms.moves import kept_aside, read_aside
from forms.question import Question, Typed
from forms.shown import Shown
from models.application import AnswerVersion, Application
from services.context import calls
from services.drafts import Stored


@dataclass(frozen=True)
class EarlierQuestion:
    """A question of an earlier version, under the key that its answers are kept under, or what is left of it."""

    question: Question
    page: str
    """Where it stood, and in which section; both may be gone."""
    typed: Typed
    shown: Shown


def of(application: Application, stored: Mapping[str, Stored]) -> list[EarlierQuestion]:
    """Those with an answer, in the order of their versions and questions."""
    found = []
    for question, call in _asked(application, stored):
        typed = stored[question.key].typed
        if question.is_answered(typed):
            shown = question.show(typed, Answers(call, {}))
            # Of an answer in rows only those are here that have no place any more.
            rows = tuple(row for row in shown.rows if row.value)
            left = replace(shown, rows=rows, totals=(), total=None)
            found.append(EarlierQuestion(question, _page(call, question), typed, left))
    return found


def _page(call: Call, question: Question) -> str:
    return next(section.page for section in call.sections if section.key == question.section)


def with_history(application: Application) -> list[Question]:
    """Those that have earlier answers, however they are answered now."""
    query = AnswerVersion.select(AnswerVersion.question).where(
        AnswerVersion.application == application, AnswerVersion.question.contains("@")
    )
    return [question for question, _ in _asked(application, [row.question for row in query])]


def _asked(application: Application, keys: Iterable[str]) -> Iterator[tuple[Question, Call]]:
    """The questions of such keys among all that are kept, each with the call as it asked it."""
    kept = {place for key in keys if (place := read_aside(key))}
    for number in sorted({number for _, number in kept}):
        call = calls().numbered(application.call_key, number)
        for question in call.questions if call else ():
            if call and (question.key, number) in kept:
                yield kept_aside(question, number), call
