"""Checks across questions. Each rule of a call names the questions it looks at and how severe a breach is.

A new one is a class here with what it is called, its name in AnyRule, and a test in tests/test_rules.py.
"""

from calendar import monthrange
from collections.abc import Iterator, Set
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from forms.counted import Count, CountedQuestion
from forms.kinds.amounts import AmountsQuestion
from forms.kinds.period import END, START, PeriodQuestion
from forms.question import Problem, Question, References
from forms.rule import Note, Rule
from forms.texts import Euros, FaultError, Message, Percent, msg, msgn

if TYPE_CHECKING:
    from forms.answers import Answers


Part = Annotated[tuple[str, ...], Field(min_length=1, max_length=2)]
"""A question's key, with a row or column of it where one is meant."""


def _no_bound(known: str) -> FaultError:
    return FaultError(msg("Säännöstä puuttuu raja. Lisätkää jokin näistä: %(known)s.", known=known))


class EqualTotals(Rule):
    """Two questions add up to the same: costs are covered by financing, no more, no less."""

    said: ClassVar[Message] = msg("summat yhtä suuret")

    kind: Literal["equal_totals"]
    questions: tuple[str, str]

    @property
    def references(self) -> References:
        return tuple((question, None) for question in reversed(self.questions))

    def _counts(self, answers: "Answers") -> tuple[Count, Count]:
        first, second = (answers.count(question, None) or 0 for question in self.questions)
        return first, second

    def problems(self, answers: "Answers") -> Iterator[Problem]:
        counts = self._counts(answers)
        if counts[0] != counts[1]:
            first, second = (answers.call.of(question, CountedQuestion) for question in self.questions)
            message = msg(
                "Kysymyksen %(first)s summa on %(costs)s ja kysymyksen %(second)s summa %(financing)s. "
                "Summien pitää olla yhtä suuret. Korjatkaa väärä summa.",
                first=first.number,
                second=second.number,
                costs=first.in_words(counts[0]),
                financing=second.in_words(counts[1]),
            )
            yield self._problem(answers, self.questions[-1], "", message)

    def notes(self, answers: "Answers") -> Iterator[Note]:
        if not all(isinstance(answers.call.question(question), AmountsQuestion) for question in self.questions):
            # The words below are those of costs and their financing.
            return
        costs, financing = (int(count) for count in self._counts(answers))
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


class SumWithin(Rule):
    """Numbers of one or several questions add up to at least, at most or exactly so much; those not asked are none."""

    said: ClassVar[Message] = msg("summan raja")

    kind: Literal["sum_within"]
    of: Annotated[tuple[Part, ...], Field(min_length=1)]
    """Each a question's key alone, or with a row or column."""
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    exactly: Decimal | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.at_least is None and self.at_most is None and self.exactly is None:
            raise _no_bound("at_least, at_most, exactly")
        return self

    @property
    def references(self) -> References:
        return tuple((part[0], part[1] if len(part) > 1 else None) for part in self.of)

    def holds(self, asked: Set[str]) -> bool:
        return not self.questions_looked_at.isdisjoint(asked)

    def problems(self, answers: "Answers") -> Iterator[Problem]:
        counts = [(key, row, answers.count(key, row)) for key, row in self.references]
        total = sum(count for _, _, count in counts if count is not None)
        asked = [(key, row) for key, row in self.references if answers.asks(answers.call.question(key))]
        question, row = asked[0]
        words = answers.call.of(question, CountedQuestion).in_words
        numbers = ", ".join(str(answers.call.question(key).number) for key in dict.fromkeys(key for key, _ in asked))
        about = {"numbers": numbers, "total": words(total)}
        if self.exactly is not None and total != self.exactly:
            message = msg(
                "Summa (kysymys %(numbers)s) on %(total)s. Sen pitää olla %(bound)s.",
                **about,
                bound=words(self.exactly),
            )
        elif self.at_least is not None and total < self.at_least:
            message = msg(
                "Summa (kysymys %(numbers)s) on %(total)s. Sen pitää olla vähintään %(bound)s.",
                **about,
                bound=words(self.at_least),
            )
        elif self.at_most is not None and total > self.at_most:
            message = msg(
                "Summa (kysymys %(numbers)s) on %(total)s. Se saa olla enintään %(bound)s.",
                **about,
                bound=words(self.at_most),
            )
        else:
            return
        # A row of amounts is a field; a column of a table and a number alone are none that could be named.
        is_field = isinstance(answers.call.question(question), AmountsQuestion)
        yield self._problem(answers, question, row if is_field and row else "", message)


class RowAbove(Rule):
    """An amount is larger than a bound."""

    looks_at: ClassVar[type[Question]] = AmountsQuestion
    said: ClassVar[Message] = msg("rivin alaraja")

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


class Share(Rule):
    """A row is more than, at least or at most a share of its question's total: the own share of the financing."""

    looks_at: ClassVar[type[Question]] = AmountsQuestion
    said: ClassVar[Message] = msg("osuus summasta")

    kind: Literal["share"]
    question: str
    row: str
    above_percent: int | None = Field(default=None, ge=0, lt=100)
    at_least_percent: int | None = Field(default=None, gt=0, le=100)
    at_most_percent: int | None = Field(default=None, ge=0, lt=100)

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.above_percent is None and self.at_least_percent is None and self.at_most_percent is None:
            raise _no_bound("above_percent, at_least_percent, at_most_percent")
        return self

    @property
    def references(self) -> References:
        return ((self.question, self.row),)

    def _share(self, answers: "Answers") -> Percent:
        return Percent(answers.amount(self.question, self.row) or 0, answers.total(self.question))

    def problems(self, answers: "Answers") -> Iterator[Problem]:
        share = self._share(answers)
        if not share.whole:
            return
        label = answers.call.of(self.question, AmountsQuestion).row_label(self.row)
        if self.above_percent is not None and share.part * 100 <= self.above_percent * share.whole:
            message = msg("%(row)s on %(share)s rahoituksesta. Tarkistakaa, onko osuus oikein.", row=label, share=share)
        elif self.at_least_percent is not None and share.part * 100 < self.at_least_percent * share.whole:
            bound = Percent(self.at_least_percent, 100)
            message = msg(
                "%(row)s on %(share)s. Osuuden pitää olla vähintään %(bound)s.", row=label, share=share, bound=bound
            )
        elif self.at_most_percent is not None and share.part * 100 > self.at_most_percent * share.whole:
            bound = Percent(self.at_most_percent, 100)
            message = msg(
                "%(row)s on %(share)s. Osuus saa olla enintään %(bound)s.", row=label, share=share, bound=bound
            )
        else:
            return
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

    looks_at: ClassVar[type[Question]] = AmountsQuestion
    said: ClassVar[Message] = msg("samat summat riveittäin")

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


class PeriodWithin(Rule):
    """A period begins and ends within days that are no mere offer, and takes so many months at most."""

    looks_at: ClassVar[type[Question]] = PeriodQuestion
    said: ClassVar[Message] = msg("käyttöajan rajat")

    kind: Literal["period_within"]
    question: str
    start: date | None = None
    """The first day on which it may begin."""
    end: date | None = None
    """The last day on which it may end."""
    most_months: int | None = Field(default=None, gt=0, le=600)

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.start is None and self.end is None and self.most_months is None:
            raise _no_bound("start, end, most_months")
        if self.start and self.end and self.end < self.start:
            raise FaultError(msg("Käyttöaika päättyy ennen kuin se alkaa. Korjatkaa start tai end."))
        return self

    @property
    def references(self) -> References:
        return ((self.question, None),)

    def problems(self, answers: "Answers") -> Iterator[Problem]:
        period, typed = answers.call.of(self.question, PeriodQuestion), answers.typed(self.question)
        start, end = period.day(typed, START), period.day(typed, END)
        if self.start and start and start < self.start:
            message = msg("Käyttöaika saa alkaa aikaisintaan %(day)s.", day=self.start)
            yield self._problem(answers, self.question, START, message)
        if self.end and end and end > self.end:
            message = msg("Käyttöaika saa päättyä viimeistään %(day)s.", day=self.end)
            yield self._problem(answers, self.question, END, message)
        if self.most_months and start and end and end >= months_after(start, self.most_months):
            message = msgn(
                "Käyttöaika saa olla enintään %(n)s kuukausi.",
                "Käyttöaika saa olla enintään %(n)s kuukautta.",
                self.most_months,
            )
            yield self._problem(answers, self.question, END, message)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


AnyRule = Annotated[EqualTotals | SumWithin | RowAbove | Share | RowMatches | PeriodWithin, Field(discriminator="kind")]
