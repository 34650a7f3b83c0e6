"""Rows of columns that each take a text, whole euros or a number, with totals of columns. Empty rows are none."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator
from wtforms import Form, StringField

from forms.counted import Count, CountedQuestion, Measured
from forms.json_schema import object_of
from forms.kinds.amounts import EXAMPLE, euros_fit, read_euros
from forms.question import Severity, Table, Typed, line_fits
from forms.rows import RowsQuestion
from forms.shown import Row, Shown
from forms.strict import PartKey, Strict
from forms.texts import Euros, FaultError, Message, Quantity, Text, msg

if TYPE_CHECKING:
    from forms.answers import Answers


class Column(Strict):
    """One column of a table: what its cells take."""

    key: PartKey
    label: Text
    total: bool = False
    """Whether its numbers are added up below it."""

    def read(self, typed: str) -> Count | None:
        """The number of a cell; None where it is blank, can't be read or is no number."""
        return None

    def in_words(self, count: Count) -> Euros | Quantity:
        return Quantity(Decimal(count))

    def example(self, words: str) -> str:
        """What a cell may hold."""
        return words

    def fits(self, form: Form, field: StringField) -> None:
        """The validator of a cell."""
        raise NotImplementedError


class TextColumn(Column):
    kind: Literal["text"]
    total: Literal[False] = False

    def fits(self, form: Form, field: StringField) -> None:
        line_fits(form, field)


class EurosColumn(Column):
    kind: Literal["euros"]
    total: bool = True

    def read(self, typed: str) -> Count | None:
        return read_euros(typed)

    def in_words(self, count: Count) -> Euros:
        return Euros(int(count))

    def example(self, words: str) -> str:
        return EXAMPLE

    def fits(self, form: Form, field: StringField) -> None:
        euros_fit(form, field)


class NumberColumn(Measured, Column):
    kind: Literal["number"]

    def in_words(self, count: Count) -> Quantity:
        return self.quantity(count)

    def example(self, words: str) -> str:
        return self.example_of_number()


AnyColumn = Annotated[TextColumn | EurosColumn | NumberColumn, Field(discriminator="kind")]


class TableQuestion(RowsQuestion, CountedQuestion):
    kind: Literal["table"]
    columns: tuple[AnyColumn, ...] = Field(min_length=1, max_length=6)

    table: ClassVar[Table] = Table.TABLES
    has_places: ClassVar[bool] = True
    checks: ClassVar[Mapping[str, Severity]] = {
        "missing": Severity.OFF,
        "unreadable": Severity.ERROR,
        "outside": Severity.ERROR,
        "line_too_long": Severity.ERROR,
    }

    @field_validator("columns")
    @classmethod
    def _distinct(cls, columns: tuple[AnyColumn, ...]) -> tuple[AnyColumn, ...]:
        keys = [column.key for column in columns]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise FaultError(msg("%(value)s on jo käytössä. Antakaa toinen.", value=", ".join(twice)))
        return columns

    @cached_property
    def endings(self) -> tuple[str, ...]:
        return tuple(f"-{column.key}" for column in self.columns)

    @cached_property
    def _by_key(self) -> dict[str, AnyColumn]:
        return {column.key: column for column in self.columns}

    def column_of(self, suffix: str) -> AnyColumn:
        return self._by_key[suffix.partition("-")[2]]

    def field_label(self, suffix: str) -> Text | Message:
        if not suffix:
            return self.label
        return msg("Rivi %(row)s, %(column)s", row=self.row_of(suffix) + 1, column=self.column_of(suffix).label)

    def build_field(self, suffix: str) -> Any:
        return StringField(validators=[self.column_of(suffix).fits])

    @property
    def parts(self) -> tuple[str, ...]:
        """The columns of numbers."""
        return tuple(column.key for column in self.columns if not isinstance(column, TextColumn))

    def part_label(self, part: str | None) -> Text | Message:
        return self._by_key[part].label if part else self.label

    def count(self, typed: Typed, part: str | None) -> Count | None:
        """What a column adds up to; without one named the first that has a total, or the first of numbers."""
        column = self._by_key[part] if part else self.main_column
        counts = (
            [] if column is None else [column.read(typed[cell]) for cell in typed if self.column_of(cell) is column]
        )
        known = [count for count in counts if count is not None]
        return sum(known) if known else None

    @cached_property
    def main_column(self) -> AnyColumn | None:
        """The column that is meant where none is named."""
        return next(iter((*self.totals, *(self._by_key[part] for part in self.parts))), None)

    @cached_property
    def totals(self) -> tuple[AnyColumn, ...]:
        """The columns whose numbers are added up."""
        return tuple(column for column in self.columns if column.total)

    def total_of(self, typed: Typed, column: AnyColumn) -> Euros | Quantity:
        """The total of a column, 0 while it is blank; always computed, never taken from a form."""
        return column.in_words(self.count(typed, column.key) or 0)

    def in_words(self, count: Count) -> Euros | Quantity:
        return self.main_column.in_words(count) if self.main_column else Quantity(Decimal(count))

    def example(self, words: str) -> dict[str, str]:
        cells = self.in_rows(range(min(2, self.most_rows)))
        return {cell: self.column_of(cell).example(words) for cell in cells}

    def missing_message(self) -> Message:
        return msg("Täyttäkää vähintään yksi rivi.")

    def show(self, typed: Typed, answers: "Answers") -> Shown:
        grid = tuple(
            tuple(self._cell(typed, row, column) for column in self.columns) for row in range(self.filled_rows(typed))
        )
        cells = tuple(cell for line in grid for cell in line)
        totals = (Row(msg("Yhteensä, %(column)s", column=one.label), self.total_of(typed, one)) for one in self.totals)
        return Shown(rows=cells, grid=grid, totals=tuple(totals))

    def _cell(self, typed: Typed, row: int, column: AnyColumn) -> Row:
        text = typed.get(f"{row}-{column.key}", "")
        count = column.read(text)
        label = msg("%(row)s. %(column)s", row=row + 1, column=column.label)
        return Row(label, (text or None) if count is None else column.in_words(count))

    def to_json(self, typed: Typed) -> Any:
        """A list of rows up to the last that is filled in, each with all its columns."""
        keys = [column.key for column in self.columns]
        return [{key: typed.get(f"{row}-{key}", "") for key in keys} for row in range(self.filled_rows(typed))]

    def json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": object_of(column.key for column in self.columns)}

    def from_json(self, value: Any) -> dict[str, str]:
        return {f"{row}-{key}": text for row, cells in enumerate(value) for key, text in cells.items() if text}
