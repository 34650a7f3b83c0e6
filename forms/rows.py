"""Kinds whose answers are rows of fields: some are shown, more can be asked for, each stays where it was typed."""

from functools import cached_property
from typing import Self

from pydantic import Field, model_validator
from wtforms import Form

from forms.question import Question, Typed
from forms.texts import FaultError, Text, msg


class RowsQuestion(Question):
    shown_rows: int = Field(default=5, gt=0)
    most_rows: int = Field(default=20, gt=0, le=100)
    row_label: Text

    @model_validator(mode="after")
    def _room(self) -> Self:
        if self.most_rows < self.shown_rows:
            raise FaultError(msg("most_rows on pienempi kuin shown_rows. Sen pitää olla vähintään yhtä suuri."))
        return self

    @property
    def endings(self) -> tuple[str, ...]:
        """What follows a row's number in the suffixes of its fields."""
        return ("",)

    @staticmethod
    def row_of(suffix: str) -> int:
        return int(suffix.partition("-")[0])

    def in_rows(self, rows: range) -> tuple[str, ...]:
        """The suffixes of rows, counted from 0."""
        return tuple(f"{row}{ending}" for row in rows for ending in self.endings)

    def filled_rows(self, typed: Typed) -> int:
        """How many rows hold every typed one."""
        return max((self.row_of(suffix) + 1 for suffix in typed), default=0)

    def suffixes(self, typed: Typed) -> tuple[str, ...]:
        """Those of as many rows as the call shows, or as are needed to show every typed one."""
        return self.in_rows(range(max(self.shown_rows, self.filled_rows(typed))))

    def more_suffixes(self, shown: int) -> tuple[str, ...]:
        first = shown // len(self.endings)
        return self.in_rows(range(first, min(first + self.shown_rows, self.most_rows)))

    @property
    def possible_suffixes(self) -> tuple[str, ...]:
        return self._possible_suffixes

    @cached_property
    def _possible_suffixes(self) -> tuple[str, ...]:
        return self.in_rows(range(self.most_rows))

    def form_for(self, typed: Typed) -> type[Form]:
        """One with as many rows as are typed: most people fill in a few, and empty rows are always right."""
        return self._forms[min(self.filled_rows(typed), self.most_rows)]

    @cached_property
    def _forms(self) -> list[type[Form]]:
        fields = [(suffix, self.build_field(suffix)) for suffix in self.possible_suffixes]
        width = len(self.endings)
        return [
            type(f"{self.key}Form{rows}", (Form,), dict(fields[: rows * width])) for rows in range(self.most_rows + 1)
        ]
