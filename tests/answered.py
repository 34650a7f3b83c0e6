"""A whole application in any call, made from the call alone: what is typed into its fields, and how it reads."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import singledispatchmethod
from typing import Any

from forms.answers import Answers
from forms.definition import Call
from forms.kinds.amounts import AmountsQuestion
from forms.kinds.attachment import DIGEST, NAME, AttachmentQuestion
from forms.kinds.choice import ChoiceQuestion
from forms.kinds.contact import ContactQuestion
from forms.kinds.number import NumberQuestion
from forms.kinds.partners import PartnersQuestion
from forms.kinds.period import END, START, PeriodQuestion
from forms.kinds.table import EurosColumn, NumberColumn, TableQuestion, TextColumn
from forms.kinds.text import TextQuestion
from forms.options import TICKED, ListQuestion, OneOfQuestion, SeveralOfQuestion
from forms.question import Question, Typed
from forms.rules import EqualTotals, Share
from forms.texts import Text
from tests.service import ROOT
from tests.words import Words

PICTURE = ROOT / "docs/screens/1-begun.png"
SIZES = (300_000, 30_000, 3_000, 300)
"""Whole euros of a row of costs; the largest that the call's rules allow is taken."""
ROWS = 2
"""Of a table or of partners, how many are filled in."""
WRONG: dict[type[Question], str] = {
    ContactQuestion: "aino@",
    AmountsQuestion: "1.250",
    PeriodQuestion: "31.2.2022",
    NumberQuestion: "1.250,5",
    TableQuestion: "1.250",
}
"""What can't be read, by kind, typed into the last field that takes no text."""


class Answered:
    """The answers to all that a call asks. ``turn`` says which of the options that open questions is chosen: 0 the
    first, -1 the last; and which provider applies."""

    def __init__(self, call: Call, turn: int) -> None:
        self.call = call
        self._turn = turn
        tried = []
        for self._size in SIZES:
            self.answers = Answers(call, {question.key: self._typed(question) for question in call.questions})
            if not self.answers.errors:
                return
            tried.append([str(problem.message) for problem in self.answers.errors])
        raise AssertionError(f"{call.key} can't be answered: {tried}")

    @property
    def questions(self) -> list[Question]:
        """Those that are asked and have fields."""
        return [question for question in self.answers.open_questions if question.has_fields]

    @property
    def email(self) -> str:
        return f"{self.call.key}{self._turn}@example.fi"

    def fields(self, question: Question) -> dict[str, Any]:
        """Name of a field → what is typed into it; a list for what is ticked, a path for a file."""
        typed = self.answers.typed(question.key)
        match question:
            case AttachmentQuestion():
                return {question.upload_name: PICTURE}
            case OneOfQuestion():
                return {question.key: [typed[""]]}
            case SeveralOfQuestion():
                return {question.key: list(typed)}
        return {question.field_name(suffix): text for suffix, text in typed.items()}

    def wrong(self) -> Iterator[tuple[Question, str, str]]:
        """A question of each kind that can be typed wrong, which field of it, and what goes there."""
        seen = set()
        for question in self.questions:
            kind, typed = type(question), self.answers.typed(question.key)
            suffixes = [suffix for suffix in typed if not _is_text(question, suffix)]
            if kind in WRONG and kind not in seen and suffixes:
                seen.add(kind)
                yield question, suffixes[-1], WRONG[kind]

    def reads(self, question: Question, words: Words) -> list[str]:
        """What a page, document or mail says for the answer, in its order."""
        typed = self.answers.typed(question.key)
        said = list(typed.values())
        match question:
            case ListQuestion():
                chosen = {typed.get(""), *typed}
                said = [_said(choice.label, words) for choice in question.choices if choice.key in chosen]
            case ChoiceQuestion():
                provider = question.chosen(typed)
                said = [words(provider.name)] if provider else []
            case AttachmentQuestion():
                said = [PICTURE.name]
            case AmountsQuestion():
                said = [f"{words(row.label)} {_euros(typed[row.key])}" for row in question.rows]
            case NumberQuestion(unit=unit):
                said = [f"{typed['']} {words(unit) if unit else ''}"]
            case TableQuestion():
                said = [_cell(question, suffix, text) for suffix, text in typed.items()]
        return said

    @singledispatchmethod
    def _typed(self, question: Question) -> Typed:
        """What is typed, by suffix: one method a kind."""
        assert not question.has_fields, f"the kind {question.kind_name()} is not known here"
        return {}

    @_typed.register
    def _(self, question: ChoiceQuestion) -> Typed:
        return {"": question.providers.all[self._turn].business_id}

    @_typed.register
    def _(self, question: ContactQuestion) -> Typed:
        person = {"nimi": "Aino Esimerkki", "tehtava": "Rehtori", "puhelin": "0401234567"}
        return {**person, "sahkoposti": self.email}

    @_typed.register
    def _(self, question: TextQuestion) -> Typed:
        return {"": f"{question.number}: Åse & Öykkäri <kokeilu>"[: question.limit]}

    @_typed.register
    def _(self, question: OneOfQuestion) -> Typed:
        return {"": self._deciding(question)[self._turn]}

    @_typed.register
    def _(self, question: SeveralOfQuestion) -> Typed:
        wanted = dict.fromkeys([*self._deciding(question), *question.options_to_name])
        return dict.fromkeys(list(wanted)[: question.at_most], TICKED)

    @_typed.register
    def _(self, question: NumberQuestion) -> Typed:
        return {"": _number(question.at_least)}

    @_typed.register
    def _(self, question: PartnersQuestion) -> Typed:
        return {str(row): f"Kumppani {row} Oy" for row in range(ROWS)}

    @_typed.register
    def _(self, question: PeriodQuestion) -> Typed:
        end = min(question.offered.end, question.offered.start + timedelta(days=300))
        return {START: _day(question.offered.start), END: _day(end)}

    @_typed.register
    def _(self, question: AttachmentQuestion) -> Typed:
        return {DIGEST: "0" * 64, NAME: PICTURE.name}

    @_typed.register
    def _(self, question: AmountsQuestion) -> Typed:
        return {row: str(amount) for row, amount in self._amounts(question).items()}

    @_typed.register
    def _(self, question: TableQuestion) -> Typed:
        cells = ((row, column) for row in range(ROWS) for column in question.columns)
        return {f"{row}-{column.key}": self._in_column(column) for row, column in cells}

    def _deciding(self, question: ListQuestion) -> list[str]:
        """The options of a question that open others; all where none does."""
        conditions = (other.when for other in self.call.questions)
        named = [when.option for when in conditions if when and when.question == question.key]
        return named or list(question.options_to_name)

    def _in_column(self, column: TextColumn | EurosColumn | NumberColumn) -> str:
        match column:
            case EurosColumn():
                return str(self._size)
            case NumberColumn():
                return _number(column.at_least)
        return "Öljymäki & Å"

    def _amounts(self, question: AmountsQuestion) -> dict[str, int]:
        """Rows that add up to what they must, each with a share that it may have."""
        total, even = self._total(question), 100 // len(question.rows)
        shares = {
            rule.row: max(
                min(even, rule.at_most_percent or 100), rule.at_least_percent or 0, (rule.above_percent or -1) + 1
            )
            for rule in self.call.rules
            if isinstance(rule, Share) and rule.question == question.key
        }
        amounts = {row: total * share // 100 for row, share in shares.items()}
        others = [row.key for row in question.rows if row.key not in shares] or list(shares)[:1]
        left = total - sum(amounts.values())
        for row in others:
            amounts[row] = amounts.get(row, 0) + left // len(others)
        amounts[others[-1]] += total - sum(amounts.values())
        return {row.key: amounts[row.key] for row in question.rows}

    def _total(self, question: Question) -> int:
        equals = (rule.questions for rule in self.call.rules if isinstance(rule, EqualTotals))
        first = next((first for first, second in equals if second == question.key), None)
        if first is not None:
            return self._total(self.call.question(first))
        return self._size * (len(question.rows) if isinstance(question, AmountsQuestion) else ROWS)


def _day(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


def _number(at_least: Decimal) -> str:
    return str(max(at_least, Decimal(1))).replace(".", ",")


def _euros(amount: str) -> str:
    return f"{int(amount):,} €".replace(",", " ")


def _said(label: Any, words: Words) -> str:
    """A choice of the call, or one that the program has for every call."""
    return words(label) if isinstance(label, Text) else words(str(label))


def _is_text(question: Question, suffix: str) -> bool:
    return isinstance(question, TableQuestion) and isinstance(question.column_of(suffix), TextColumn)


def _cell(question: TableQuestion, suffix: str, text: str) -> str:
    return _euros(text) if isinstance(question.column_of(suffix), EurosColumn) else text
