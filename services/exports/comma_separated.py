"""CSV for other programs: one line an application, texts in quotes and unchanged, numbers bare."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from io import TextIOWrapper
from typing import Any, BinaryIO

from clock import in_helsinki
from forms.answers import NOTHING, Answers
from forms.definition import Call
from forms.question import Question, Table
from forms.shown import Shown
from forms.texts import Euros, Quantity
from language import localise, speaking
from services import submissions
from services.exports.content import APPLICATION, Cell, Export, Left, Sent, applications, as_text, is_exported


class Writer:
    """Lines of a CSV file in UTF-8 with a byte order mark, which Excel needs, and semicolons, which it expects here."""

    def __init__(self, out: BinaryIO) -> None:
        self._text = TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
        # A program that reads by the quotes takes no text for a number, a day or a formula.
        self._csv = csv.writer(self._text, delimiter=";", quoting=csv.QUOTE_NONNUMERIC)

    def add(self, cells: Iterable[Cell]) -> None:
        self._csv.writerow([_plain(cell) for cell in cells])

    def finish(self) -> None:
        """Leave the file open to whoever gave it."""
        self._text.detach()


def _plain(cell: Cell) -> str | int:
    match cell:
        case None:
            return ""
        case Euros():
            return cell.amount
        case Quantity():
            # Where commas part decimals, a spreadsheet takes 12.5 for a day.
            return f"{cell.number:f}".replace(".", ",")
        case datetime():
            return f"{in_helsinki(cell):%Y-%m-%d %H:%M:%S}"
        case date():
            return cell.isoformat()
    value: Any = localise(cell)
    return value if isinstance(value, int) else str(value)


def write(export: Export, out: BinaryIO) -> Left:
    """A column for each question, and for each row of amounts; blank where a question was not asked.

    Where the call was changed, what was asked otherwise stands in columns of its own behind the others.
    """
    with speaking(export.language):
        writer = Writer(out)
        known = [_Heads(call) for call in submissions.calls_sent_in(export.call)]
        columns = {head: None for heads in known for head in heads.of_all(export)}
        writer.add([*(column.head for column in APPLICATION), *columns])
        for sent in applications(export):
            heads = next((one for one in known if one.call is sent.answers.call), None) or _Heads(sent.answers.call)
            cells = columns | dict(heads.with_cells(sent))
            writer.add([*(column.value(sent) for column in APPLICATION), *cells.values()])
        writer.finish()
    return Left()


class _Heads:
    """What the columns of a call's questions are called, in the language of the moment."""

    def __init__(self, call: Call) -> None:
        self.call = call
        blank = Answers(call, {})
        self._of = {question.key: list(_heads_of(question, blank)) for question in call.questions}

    def of_all(self, export: Export) -> Iterator[str]:
        for question in self.call.questions:
            if is_exported(export, question):
                yield from self._of[question.key]

    def with_cells(self, sent: Sent) -> Iterator[tuple[str, Cell]]:
        for question in sent.questions:
            yield from zip(self._of[question.key], _cells(question, sent.show(question)), strict=False)


def _heads_of(question: Question, blank: Answers) -> Iterator[str]:
    name = f"{question.number}. {str(localise(question.label)).rstrip(':')}"
    if question.table == Table.AMOUNTS:
        yield from (f"{name}: {localise(row.label)}" for row in question.show(NOTHING, blank).rows)
    else:
        yield name


def _cells(question: Question, shown: Shown) -> Iterator[Cell]:
    match question.table:
        case Table.AMOUNTS:
            yield from (row.value for row in shown.rows)
        case Table.PARTNERS:
            yield "\n".join(str(localise(row.value)) for row in shown.rows if row.value)
        case Table.TEXTS:
            yield shown.text if isinstance(shown.text, Quantity) else as_text(shown)
        case Table.TABLES:
            yield as_text(shown)
