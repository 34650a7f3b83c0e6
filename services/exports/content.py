"""What stands in exports, whatever their format: applications, and their answers line by line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Generic, TypeVar

from forms.answers import Answers
from forms.definition import Call
from forms.question import Question, Table
from forms.shown import Row, Shown
from forms.summary import Totals, totals_of
from forms.texts import Euros, Message, Quantity, Text, msg
from language import localise
from models.submission import Submission
from services import listing, submissions
from services.pdf import Personal

Cell = str | int | date | Euros | Quantity | Text | Message | None
"""A value before it is written: numbers, amounts, days and instants keep their type, texts wait for the language."""

_AT_ONCE = 50
"""Submissions in memory at a time."""


class ExportError(Exception):
    """The export can't be written; the message says why."""


def _tell_nobody(done: int, total: int) -> None:
    pass


@dataclass(frozen=True)
class Export:
    """What is exported, and for whom. Submissions of other calls are passed over."""

    call: Call
    which: Sequence[int]
    """Ids of submissions, in the order in which they are to stand."""
    language: str
    """Of heads and labels. Documents are in the language of their application."""
    with_contacts: bool = True
    """Without: no answers with personal details, in documents neither."""
    on_progress: Callable[[int, int], None] = _tell_nobody
    """Called with how many are done, of how many, after each application."""


@dataclass
class Left:
    """What a file does not have although it should: said to whoever gets it, never left out in silence."""

    cut: int = 0
    """Cells that were cut, each with a mark, as the format takes no longer ones."""
    missing: list[str] = field(default_factory=list)
    """References of applications whose document could not be made."""


@dataclass(frozen=True)
class Sent:
    """An application as it is exported: one of its versions."""

    export: Export
    submission: Submission
    answers: Answers
    row: listing.Row
    """How it stands at the desk."""

    @property
    def reference(self) -> str:
        return str(self.submission.application.reference)

    @cached_property
    def provider(self) -> Text | str | None:
        question = self.answers.call.provider_question
        return question.name(self.answers.typed(question.key)) if question else None

    @property
    def business_id(self) -> str | None:
        question = self.answers.call.provider_question
        return question.business_id(self.answers.typed(question.key)) if question else None

    @cached_property
    def areas(self) -> str:
        titles = (section.title for section in self.answers.open_sections if section.area)
        return "; ".join(str(localise(title)) for title in titles)

    @cached_property
    def totals(self) -> Totals | None:
        return totals_of(self.answers)

    @property
    def questions(self) -> list[Question]:
        """Those that were asked and whose answers are exported."""
        return [question for question in self.answers.open_questions if is_exported(self.export, question)]

    def show(self, question: Question) -> Shown:
        if question.is_personal and self.submission.personal is None:
            return Shown(text=localise(Personal.ERASED.mark))
        return question.show(self.answers.typed(question.key), self.answers)


def is_exported(export: Export, question: Question) -> bool:
    return export.with_contacts or not question.is_personal


def applications(export: Export) -> Iterator[Sent]:
    """One after the other, a few in memory at a time."""
    total, done = len(export.which), 0
    for start in range(0, total, _AT_ONCE):
        chunk = export.which[start : start + _AT_ONCE]
        found = submissions.of_ids(export.call, chunk)
        rows = listing.rows_of(export.call, [submission.application.reference for submission in found])
        for submission in found:
            answers = submissions.read_answers(submission, export.with_contacts)
            yield Sent(export, submission, answers, rows[submission.application.reference])
            done += 1
            export.on_progress(done, total)


@dataclass(frozen=True)
class Line:
    """One line of a table of answers."""

    sent: Sent
    question: Question
    row: Row


def lines(sent: Sent, table: Table) -> Iterator[Line]:
    """The lines of an application in a table, in the order of the call."""
    for question in sent.questions:
        if question.table != table:
            continue
        shown = sent.show(question)
        if table == Table.TEXTS:
            yield Line(sent, question, Row("", shown.text if isinstance(shown.text, Quantity) else as_text(shown)))
        else:
            yield from (Line(sent, question, row) for row in shown.rows if row.value or table == Table.AMOUNTS)


def as_text(shown: Shown) -> str | None:
    """A whole answer as one text in the language of the moment; labelled rows become its lines."""
    if shown.text is not None:
        return str(localise(shown.text))
    rows = (f"{localise(row.label)}: {localise(row.value)}" for row in shown.rows if row.value)
    return "\n".join(row.removeprefix(": ") for row in rows) or None


T = TypeVar("T")


@dataclass(frozen=True)
class Column(Generic[T]):
    """A column: its head, about how many signs wide it is, and what stands in it."""

    head: Message
    width: int
    value: Callable[[T], Cell]


@dataclass(frozen=True)
class Sheet(Generic[T]):
    """A table with its title, its columns and an application's lines in it."""

    title: Message
    columns: tuple[Column[T], ...]
    lines: Callable[[Sent], Iterator[T]]


_YES = msg("kyllä")

APPLICATION: tuple[Column[Sent], ...] = (
    Column(msg("Hakemuksen tunnus"), 16, lambda sent: sent.reference),
    Column(msg("Asianumero"), 16, lambda sent: sent.row.case_number or None),
    Column(msg("Versio"), 8, lambda sent: sent.submission.version),
    Column(msg("Saapunut (Suomen aikaa)"), 20, lambda sent: sent.submission.sent_at),
    Column(msg("Kieli"), 8, lambda sent: sent.submission.language),
    Column(msg("Koulutuksen järjestäjä"), 40, lambda sent: sent.provider),
    Column(msg("Y-tunnus"), 12, lambda sent: sent.business_id),
    Column(msg("Kehittämiskokonaisuudet"), 50, lambda sent: sent.areas),
    Column(msg("Haettava yhteensä"), 18, lambda sent: sent.totals.requested if sent.totals else None),
    Column(msg("Kustannukset yhteensä"), 18, lambda sent: sent.totals.costs if sent.totals else None),
    # Else whoever sums up the columns counts what the desk does not.
    Column(msg("Lasketaan summiin"), 12, lambda sent: _YES if sent.row.is_counted else msg("ei")),
    Column(msg("Peruttu"), 10, lambda sent: _YES if sent.row.is_withdrawn else None),
    Column(msg("Lähetetty hakuajan jälkeen"), 14, lambda sent: _YES if sent.row.is_late else None),
    Column(msg("Asiakirja saapunut"), 12, lambda sent: sent.row.document_on),
    Column(msg("Asiakirjan versio"), 10, lambda sent: sent.row.document_version),
    Column(msg("Sormenjälki"), 68, lambda sent: sent.submission.fingerprint),
)

_LINE: tuple[Column[Line], ...] = (
    Column(msg("Hakemuksen tunnus"), 16, lambda line: line.sent.reference),
    Column(msg("Versio"), 8, lambda line: line.sent.submission.version),
    Column(msg("Koulutuksen järjestäjä"), 40, lambda line: line.sent.provider),
    Column(msg("Osio"), 40, lambda line: line.sent.answers.call.section_of(line.question.key).title),
    Column(msg("Numero"), 8, lambda line: line.question.number),
    Column(msg("Kysymys"), 40, lambda line: line.question.label),
)

SHEETS: tuple[Sheet[Any], ...] = (
    Sheet(msg("Hakemukset"), APPLICATION, lambda sent: iter((sent,))),
    Sheet(
        msg("Summat"),
        (
            *_LINE,
            Column(msg("Rivi"), 30, lambda line: line.row.label),
            Column(msg("Summa, euroa"), 18, lambda line: line.row.value),
            # Else whoever sums up the column counts what is applied for twice.
            Column(msg("Laskettu muista"), 16, lambda line: None if line.question.has_fields else _YES),
        ),
        lambda sent: lines(sent, Table.AMOUNTS),
    ),
    Sheet(
        msg("Tekstit"),
        (*_LINE, Column(msg("Vastaus"), 100, lambda line: line.row.value)),
        lambda sent: lines(sent, Table.TEXTS),
    ),
    Sheet(
        msg("Kumppanit"),
        (
            *_LINE,
            Column(msg("Rivi"), 8, lambda line: line.row.label),
            Column(msg("Nimi"), 60, lambda line: line.row.value),
        ),
        lambda sent: lines(sent, Table.PARTNERS),
    ),
    Sheet(
        msg("Taulukot"),
        (
            *_LINE,
            Column(msg("Rivi ja sarake"), 30, lambda line: line.row.label),
            Column(msg("Vastaus"), 60, lambda line: line.row.value),
        ),
        lambda sent: lines(sent, Table.TABLES),
    ),
)
