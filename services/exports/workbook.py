"""A workbook for Excel and LibreOffice: typed cells, and text that stays text whatever it begins with."""

from datetime import date, datetime
from typing import Any, BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from clock import in_helsinki
from forms.clean import clean_text
from forms.texts import Euros, Quantity, msg
from language import localise, speaking
from services.exports.content import SHEETS, Cell, Export, ExportError, Left, Sheet, applications

MOST_IN_CELL = 32_767
"""UTF-16 units that a cell takes; Excel calls a file with more in it broken."""
_CUT = msg("Teksti on katkaistu. CSV- ja JSON-vienti sisältävät sen kokonaan.")
# A row of cells in memory at a time. Nothing is taken for a formula, a number or an address: each cell is written as
# what it is.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write(export: Export, out: BinaryIO) -> Left:
    """One sheet each of applications, amounts, texts, partners and tables. Raises ExportError."""
    with speaking(export.language):
        book = _Book(Workbook(out, _OPTIONS))
        pages = [(book.page(sheet), sheet) for sheet in SHEETS]
        for sent in applications(export):
            for page, sheet in pages:
                for line in sheet.lines(sent):
                    page.add([column.value(line) for column in sheet.columns])
        for page, _ in pages:
            page.finish()
        book.workbook.close()
    return book.left


class _Book:
    """The workbook, its formats, and what it could not take."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.left = Left()
        top: dict[str, Any] = {"valign": "top"}
        self.head: Format = workbook.add_format({**top, "bold": True, "text_wrap": True, "bottom": 1})
        self.text: Format = workbook.add_format({**top, "text_wrap": True, "num_format": "@"})
        self.number: Format = workbook.add_format(top)
        self.euros: Format = workbook.add_format({**top, "num_format": '#,##0 "€"'})
        self.day: Format = workbook.add_format({**top, "num_format": "d.m.yyyy"})
        self.moment: Format = workbook.add_format({**top, "num_format": "d.m.yyyy hh:mm:ss"})
        self._mark = f" […] {localise(_CUT)}"

    def page(self, sheet: Sheet[Any]) -> "_Page":
        return _Page(self, self.workbook.add_worksheet(localise(sheet.title)), sheet)

    def fitted(self, text: str) -> str:
        """A text as a cell takes it, with a mark where it had to be cut."""
        text = clean_text(text)
        if len(text) <= MOST_IN_CELL // 2 or units(text) <= MOST_IN_CELL:
            return text
        self.left.cut += 1
        room = MOST_IN_CELL - units(self._mark)
        return text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore") + self._mark


def units(text: str) -> int:
    """The length of a text as Excel counts it."""
    return len(text.encode("utf-16-le")) // 2


class _Page:
    """A sheet of the workbook, written from its first line on."""

    def __init__(self, book: _Book, worksheet: Worksheet, sheet: Sheet[Any]) -> None:
        self._book = book
        self._worksheet = worksheet
        self._next = 0
        self._last_column = len(sheet.columns) - 1
        for number, column in enumerate(sheet.columns):
            worksheet.set_column(number, number, column.width)
        worksheet.freeze_panes(1, 1)
        for number, column in enumerate(sheet.columns):
            worksheet.write_string(0, number, localise(column.head), book.head)

    def add(self, cells: list[Cell]) -> None:
        self._next += 1
        for column, cell in enumerate(cells):
            if cell is not None and self._put(column, cell):
                raise ExportError(f"the sheet {self._worksheet.get_name()} takes no more than {self._next} lines")

    def _put(self, column: int, cell: Cell) -> int:  # noqa: PLR0911 - one line a type
        """Write a cell as its type asks for; not 0 where the sheet has no room for it."""
        sheet, book = self._worksheet, self._book
        match cell:
            case Euros():
                return int(sheet.write_number(self._next, column, cell.amount, book.euros))
            case int():
                return int(sheet.write_number(self._next, column, cell, book.number))
            case Quantity():
                return int(sheet.write_number(self._next, column, cell.number, book.number))
            case datetime():
                # Workbooks know no zones.
                local = in_helsinki(cell).replace(tzinfo=None)
                return int(sheet.write_datetime(self._next, column, local, book.moment))
            case date():
                return int(sheet.write_datetime(self._next, column, cell, book.day))
            case str():
                return int(sheet.write_string(self._next, column, book.fitted(cell), book.text))
            case _:
                return int(sheet.write_string(self._next, column, str(localise(cell)), book.text))

    def finish(self) -> None:
        self._worksheet.autofilter(0, 0, self._next, self._last_column)
