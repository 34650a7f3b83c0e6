"""What every rule can do: look at some questions, say what stands against it and what to know while one types.

A rule says nothing while one of its questions is not asked, or can't be read.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from forms.counted import CountedQuestion
from forms.question import Problem, Question, References, Severity
from forms.strict import Strict
from forms.texts import Message

if TYPE_CHECKING:
    from forms.answers import Answers


@dataclass(frozen=True)
class Note:
    """What a rule shows beside a question while one types; ``is_ok`` marks good news."""

    question: str
    message: Message
    is_ok: bool


class Rule(Strict):
    looks_at: ClassVar[type[Question]] = CountedQuestion
    """The kind of the questions that it names; ``Call.of`` gives one as that."""
    said: ClassVar[Message]
    """What it is called where a change of it is told."""

    kind: str
    severity: Severity

    @property
    def references(self) -> References:
        """The questions and rows that the rule looks at, None for no row; the first is where its problems are mended.

        The call's file is refused where one of them is not there, or not of the kind ``looks_at``.
        """
        raise NotImplementedError

    @property
    def questions_looked_at(self) -> set[str]:
        return {question for question, _ in self.references}

    def holds(self, asked: Set[str]) -> bool:
        """Whether it is looked at while these questions are asked."""
        return self.questions_looked_at <= asked

    def problems(self, answers: "Answers") -> Iterator[Problem]:
        """What stands against the rule, none while the answers hold it."""
        raise NotImplementedError

    def notes(self, answers: "Answers") -> Iterator[Note]:
        yield from ()

    def _problem(self, answers: "Answers", question: str, row: str, message: Message) -> Problem:
        return Problem(answers.call.question(question), row, self.kind, self.severity, message, is_of_rule=True)
