"""Checks across questions. Each rule of a call names the questions it looks at and how severe a breach is.

A rule says nothing while one of its questions stands in a section that is not chosen, or can't be read. A new one is
a class here, its name in AnyRule, and a test in tests/test_rules.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from forms.kinds.amounts import AmountsQuestion
from forms.question import Problem, Question, References, Severity
from forms.strict import Strict
from forms.texts import Euros, Message, Percent, msg

if TYPE_CHECKING:
    from forms.answers import Answers


@dataclass(frozen=True)
class Note:
    """What a rule shows beside a question while one types; ``is_ok`` marks good news."""

    question: str
    message: Message
    is_ok: bool


class Rule(Strict):
    looks_at: ClassVar[type[Question]] = AmountsQuestion
    """The kind of the questions that it names; ``Call.of`` gives one as that."""

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

    def problems(self, answers: "Answers") -> Iterator[Problem]:
        """What stands against the rule, none while the answers hold it."""
        raise NotImplementedError

    def notes(self, answers: "Answers") -> Iterator[Note]:
        yield from ()

    def _problem(self, answers: "Answers", question: str, row: str, message: Message) -> Problem:
        return Problem(answers.call.question(question), row, self.kind, self.severity, message, is_of_rule=True)


class EqualTotals(Rule):
    """Two amounts questions add up to the same: costs are covered by financing, no more, no less."""

    kind: Literal["equal_totals"]
    questions: tuple[str, str]

    @property
    def references(self) -> References:
        return tuple((question, None) for question in reversed(self.questions))

    def problems(self, answers: "Answers") -> Iterator[Problem]:
        costs, financing = (answers.total(question) for question in self.questions)
        if costs != financing:
            first, second = (answers.call.question(question).number for question in self.questions)
            last = self.questions[-1]
            message = msg(
                "Kysymyksen %(first)s summa on %(costs)s ja kysymyksen %(second)s summa %(financing)s. "
                "Summien pitää olla yhtä suuret. Korjatkaa väärä summa.",
                first=first,
                second=second,
                costs=Euros(costs),
                financing=Euros(financing),
            )
            yield self._problem(answers, last, "", message)

    def notes(self, answers: "Answers") -> Iterator[Note]:
        costs, financing = (answers.total(question) for question in self.questions)
        last = self.questions[-1]
        if costs == financing:
            if costs:
                yield Note(last, msg("Kustannukset ja rahoitus täsmäävät."), True)
        elif financing < costs:
            yield Note(last, msg("Rahoituksesta puuttuu %(gap)s.", gap=Euros(costs - financing)), False)
        else:
            yield Note(
                last, msg("Rahoitusta on %(gap)s enemmän kuin kustannuksia.", gap=Euros(financing - costs)), False
            )


class RowAbove(Rule):
    """An amount is larger than a bound."""

    kind: Literal["row_above"]
    question: str
    row: str
    above: int
    """Whole euros that the row must exceed."""

    @property
    def references(self) -> References:
        return ((self.question, self.row),)

    def problems(self, answers: "Answers") -> Iterator[Problem]:
        if (answers.amount(self.question, self.row) or 0) <= self.above:
            message = msg("Summan pitää olla suurempi kuin %(bound)s.", bound=Euros(self.above))
            yield self._problem(answers, self.question, self.row, message)


class ShareAbove(Rule):
    """A row is more than a share of its question's total: the own share of the financing."""

    kind: Literal["share_above"]
    question: str
    row: str
    above_percent: int = Field(ge=0, lt=100)

    @property
    def references(self) -> References:
        return ((self.question, self.row),)

    def _share(self, answers: "Answers") -> Percent:
        return Percent(answers.amount(self.question, self.row) or 0, answers.total(self.question))

    def problems(self, answers: "Answers") -> Iterator[Problem]:
        share = self._share(answers)
        if share.whole and share.part * 100 <= self.above_percent * share.whole:
            message = msg(
                "%(row)s on %(share)s rahoituksesta. Tarkistakaa, onko osuus oikein.",
                row=answers.call.of(self.question, AmountsQuestion).row_label(self.row),
                share=share,
            )
            yield self._problem(answers, self.question, self.row, message)

    def notes(self, answers: "Answers") -> Iterator[Note]:
        share = self._share(answers)
        if share.whole:
            label = answers.call.of(self.question, AmountsQuestion).row_label(self.row)
            yield Note(self.question, msg("%(row)s: %(share)s rahoituksesta", row=label, share=share), False)


class RowMatches(Rule):
    """A typed table repeats, row by row, amounts that stand elsewhere.

    Comparing totals is not enough: the original form's real answers had two rows swapped and the right total.
    """

    kind: Literal["row_matches"]
    question: str
    rows: dict[str, tuple[str, str]]
    """Row of ``question`` → the question and row that it must equal."""

    @property
    def references(self) -> References:
        return tuple((self.question, row) for row in self.rows) + tuple(self.rows.values())

    def problems(self, answers: "Answers") -> Iterator[Problem]:
        table = answers.call.of(self.question, AmountsQuestion)
        for row, (question, source_row) in self.rows.items():
            here = answers.amount(self.question, row) or 0
            there = answers.amount(question, source_row) or 0
            if here != there:
                message = msg(
                    "Kysymyksen %(number)s rivillä ”%(row)s” on %(here)s, mutta kysymyksen %(source)s rivillä "
                    "”%(source_row)s” on %(there)s. Korjatkaa väärä summa.",
                    number=table.number,
                    row=table.row_label(row),
                    here=Euros(here),
                    source=answers.call.question(question).number,
                    source_row=answers.call.of(question, AmountsQuestion).row_label(source_row),
                    there=Euros(there),
                )
                yield self._problem(answers, self.question, row, message)


AnyRule = Annotated[EqualTotals | RowAbove | ShareAbove | RowMatches, Field(discriminator="kind")]
