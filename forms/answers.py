"""The typed answers of one application, seen through its call: what is open, sums, problems."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from forms.conditions import Condition
from forms.counted import Count, CountedQuestion
from forms.deciding import DecidingQuestion
from forms.definition import Call, Section
from forms.kinds.amounts import AmountsQuestion
from forms.question import Problem, Question, Typed
from forms.rule import Note
from forms.rules import AnyRule

NOTHING: Typed = {}


class Stage(StrEnum):
    """How far a part of the form has come."""

    NOT_BEGUN = "not_begun"
    UNDER_WAY = "under_way"
    READY = "ready"
    WRONG = "wrong"


@dataclass(frozen=True)
class Progress:
    """The stage of some questions, how many of them are answered, and how many errors are to be mended now."""

    stage: Stage
    answered: int
    asked: int
    errors: int


class Answers:
    """Typed answers by question key. Those of sections that are not chosen are kept, but count for nothing."""

    def __init__(self, call: Call, typed: Mapping[str, Typed]) -> None:
        self.call = call
        self._typed = typed

    def typed(self, key: str) -> Typed:
        """What was typed to a question, also where its section is not chosen."""
        return self._typed.get(key, NOTHING)

    @property
    def all_typed(self) -> dict[str, Typed]:
        """What was typed to each question of the call."""
        return {question.key: self.typed(question.key) for question in self.call.questions}

    @cached_property
    def chosen_areas(self) -> frozenset[str]:
        question = self.call.areas_question
        if question is None or not self._holds(question.when):
            return frozenset()
        return question.chosen(self.typed(question.key))

    def is_open(self, section: Section) -> bool:
        return not section.area or section.key in self.chosen_areas

    @cached_property
    def open_sections(self) -> list[Section]:
        return [section for section in self.call.sections if self.is_open(section)]

    @cached_property
    def open_questions(self) -> list[Question]:
        """The questions that are asked, in the order of the call."""
        open_sections = {section.key for section in self.open_sections}
        return [one for one in self.call.questions if one.section in open_sections and self._holds(one.when)]

    def _holds(self, condition: Condition | None) -> bool:
        """Whether a condition is met by a question that is asked itself; the file's check has proved that this ends."""
        if condition is None:
            return True
        decider = self.call.of(condition.question, DecidingQuestion)
        is_asked = self.is_open(self.call.section_of(decider.key)) and self._holds(decider.when)
        return is_asked and decider.meets(condition, self.typed(decider.key))

    def asks(self, question: Question) -> bool:
        return question.key in self._open_keys

    @cached_property
    def _open_keys(self) -> frozenset[str]:
        return frozenset(question.key for question in self.open_questions)

    def total(self, key: str) -> int:
        """Whole euros of an amounts question; 0 while it is not asked."""
        return sum(amount or 0 for amount in self._amounts[key].values()) if key in self._open_keys else 0

    def amount(self, key: str, row: str) -> int | None:
        """Whole euros of a row; None where it is blank, unreadable or not asked."""
        return self._amounts[key][row] if key in self._open_keys else None

    def count(self, key: str, part: str | None) -> Count | None:
        """The number of a row or column, or of all together; None where it is blank, unreadable or not asked."""
        if key not in self._open_keys:
            return None
        if (key, part) not in self._counts:
            self._counts[key, part] = self.call.of(key, CountedQuestion).count(self.typed(key), part)
        return self._counts[key, part]

    @cached_property
    def _counts(self) -> dict[tuple[str, str | None], Count | None]:
        """Those that were asked for: problems and notes ask for the same."""
        return {}

    @cached_property
    def _amounts(self) -> dict[str, dict[str, int | None]]:
        """Each row of each amounts question, read once: rules and sums ask for it again and again."""
        return {
            question.key: {row.key: question.amount(self.typed(question.key), row.key) for row in question.rows}
            for question in self.call.of_kind(AmountsQuestion)
        }

    @property
    def rules_that_hold(self) -> list[AnyRule]:
        """The rules whose questions are asked: all of them, or enough."""
        return [rule for rule in self.call.rules if rule.holds(self._open_keys)]

    @cached_property
    def problems(self) -> list[Problem]:
        """All that stops sending or is worth a remark, in the order of the questions."""
        found = [problem for question in self.open_questions for problem in question.problems(self.typed(question.key))]
        # A sum over amounts that can't be read proves nothing.
        unreadable = {problem.question.key for problem in found if problem.is_error and not problem.is_missing}
        for rule in self.rules_that_hold:
            if rule.severity != "off" and not rule.questions_looked_at & unreadable:
                found.extend(rule.problems(self))
        order = {question.key: place for place, question in enumerate(self.call.questions)}
        return sorted(found, key=lambda problem: order[problem.question.key])

    def problems_of(self, question: Question) -> list[Problem]:
        return self._problems_by_key.get(question.key, [])

    @cached_property
    def _problems_by_key(self) -> dict[str, list[Problem]]:
        found: dict[str, list[Problem]] = {}
        for problem in self.problems:
            found.setdefault(problem.question.key, []).append(problem)
        return found

    def progress(self, questions: Iterable[Question]) -> Progress:
        """How far these questions have come. What is merely missing is no error while other things are missing too."""
        asked = [question for question in questions if question.has_fields and self.asks(question)]
        keys = {question.key for question in asked}
        answered = sum(question.is_answered(self.typed(question.key)) for question in asked)
        problems = [problem for problem in self.problems if problem.question.key in keys]
        errors = [problem for problem in problems if problem.is_error]
        missing = [problem for problem in problems if problem.is_missing]
        wrong = [problem for problem in errors if not problem.is_gap] or ([] if missing else errors)
        if not answered:
            stage = Stage.NOT_BEGUN
        elif wrong:
            stage = Stage.WRONG
        else:
            stage = Stage.UNDER_WAY if missing else Stage.READY
        return Progress(stage, answered, len(asked), len(wrong))

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.is_error]

    @property
    def remarks(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.is_error]

    @cached_property
    def _notes(self) -> list[Note]:
        return [note for rule in self.rules_that_hold for note in rule.notes(self)]

    def notes_of(self, question: Question) -> list[Note]:
        """What the rules say beside a question."""
        return [note for note in self._notes if note.question == question.key]

    def touched_by(self, keys: set[str]) -> set[str]:
        """The questions whose notes, problems or sums may change with an answer to ``keys``, these among them."""
        touched = set(keys)
        for rule in self.call.rules:
            if rule.questions_looked_at & keys:
                touched |= rule.questions_looked_at
        return touched

    def to_json(self) -> dict[str, Any]:
        """Everything typed, by question, closed sections too."""
        return {
            question.key: question.to_json(self.typed(question.key))
            for question in self.call.questions
            if question.has_fields
        }


def with_asked_only(sent: Answers, saved: Answers, asked: Collection[str]) -> Answers:
    """The sent answers, with those to the questions ``asked`` as they are saved now.

    Where one of these opens a section that was not sent, that one is answered as it is saved too.
    """
    stay = {question.key for question in sent.open_questions} - set(asked)
    keys = [question.key for question in sent.call.questions]
    return Answers(sent.call, {key: (sent if key in stay else saved).typed(key) for key in keys})


def answers_from_json(call: Call, values: Mapping[str, Any]) -> Answers:
    """The answers of such a JSON object; unknown questions are left out."""
    return Answers(
        call, {key: call.question(key).from_json(value) for key, value in values.items() if key in call.by_key}
    )
