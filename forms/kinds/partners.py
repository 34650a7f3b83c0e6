"""Rows of free text, one partner a row. A row stays where it was typed; empty rows are no partners."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, model_validator
from wtforms import StringField

from forms.question import STRING, Question, Severity, Table, Typed, line_fits
from forms.shown import Row, Shown
from forms.texts import Message, Text, msg

if TYPE_CHECKING:
    from forms.answers import Answers


class PartnersQuestion(Question):
    kind: Literal["partners"]
    shown_rows: int = Field(default=5, gt=0)
    most_rows: int = Field(default=20, gt=0)
    row_label: Text

    table: ClassVar[Table] = Table.PARTNERS
    checks: ClassVar[Mapping[str, Severity]] = {"missing": Severity.OFF, "line_too_long": Severity.ERROR}

    @model_validator(mode="after")
    def _room(self) -> "PartnersQuestion":
        if self.most_rows < self.shown_rows:
            raise ValueError("most_rows is smaller than shown_rows; make it at least as large")
        return self

    def suffixes(self, typed: Typed) -> tuple[str, ...]:
        """As many rows as the call shows, or as are needed to show every typed one."""
        last = max((int(suffix) for suffix in typed), default=-1)
        return tuple(str(row) for row in range(max(self.shown_rows, last + 1)))

    def more_suffixes(self, shown: int) -> tuple[str, ...]:
        return tuple(str(row) for row in range(shown, min(shown + self.shown_rows, self.most_rows)))

    @property
    def possible_suffixes(self) -> tuple[str, ...]:
        return tuple(str(row) for row in range(self.most_rows))

    def build_field(self, suffix: str) -> Any:
        return StringField(validators=[line_fits])

    def missing_message(self) -> Message:
        return msg("Kirjoittakaa vähintään yksi nimi.")

    def show(self, typed: Typed, answers: "Answers") -> Shown:
        rows = (Row(f"{int(suffix) + 1}.", typed.get(suffix) or None) for suffix in self.suffixes(typed))
        return Shown(rows=tuple(rows))

    def to_json(self, typed: Typed) -> Any:
        return [typed.get(suffix, "") for suffix in self.suffixes(typed)] if typed else []

    def json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": STRING}

    def from_json(self, value: Any) -> dict[str, str]:
        return {str(row): text for row, text in enumerate(value) if text}
