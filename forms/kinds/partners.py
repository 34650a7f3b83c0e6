"""Rows of free text, one partner a row. A row stays where it was typed; empty rows are no partners."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, model_validator
from wtforms import Form, StringField

from forms.question import STRING, Question, Severity, Table, Typed, line_fits
from forms.shown import Row, Shown
from forms.texts import FaultError, Message, Text, msg

if TYPE_CHECKING:
    from forms.answers import Answers


class PartnersQuestion(Question):
    kind: Literal["partners"]
    shown_rows: int = Field(default=5, gt=0)
    most_rows: int = Field(default=20, gt=0, le=100)
    row_label: Text

    table: ClassVar[Table] = Table.PARTNERS
    checks: ClassVar[Mapping[str, Severity]] = {"missing": Severity.OFF, "line_too_long": Severity.ERROR}

    @model_validator(mode="after")
    def _room(self) -> "PartnersQuestion":
        if self.most_rows < self.shown_rows:
            raise FaultError(msg("most_rows on pienempi kuin shown_rows. Sen pitää olla vähintään yhtä suuri."))
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

    def form_for(self, typed: Typed) -> type[Form]:
        """One with as many rows as are typed: most people name a few, and empty rows are always right."""
        return self._forms[min(max((int(suffix) + 1 for suffix in typed), default=0), self.most_rows)]

    @cached_property
    def _forms(self) -> list[type[Form]]:
        fields = {suffix: self.build_field(suffix) for suffix in self.possible_suffixes}
        return [
            type(f"{self.key}Form{rows}", (Form,), dict(list(fields.items())[:rows])) for rows in range(len(fields) + 1)
        ]

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
