"""Rows of free text, one partner a row. A row stays where it was typed; empty rows are no partners."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from wtforms import StringField

from forms.json_schema import STRING
from forms.question import Severity, Table, Typed, line_fits
from forms.rows import RowsQuestion
from forms.shown import Row, Shown
from forms.texts import Message, msg

if TYPE_CHECKING:
    from forms.answers import Answers


class PartnersQuestion(RowsQuestion):
    kind: Literal["partners"]

    table: ClassVar[Table] = Table.PARTNERS
    checks: ClassVar[Mapping[str, Severity]] = {"missing": Severity.OFF, "line_too_long": Severity.ERROR}

    def build_field(self, suffix: str) -> Any:
        return StringField(validators=[line_fits])

    def example(self, words: str) -> dict[str, str]:
        return dict.fromkeys(self.in_rows(range(min(2, self.most_rows))), words)

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
