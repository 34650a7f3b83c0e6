"""Rows of whole euros with a total. A blank row counts as 0 in sums and stays blank: empty and zero differ."""

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationInfo
from wtforms import Form, StringField

from forms.counted import BLANK, Count, CountedQuestion
from forms.faults import SaidElsewhereError, not_among
from forms.question import Severity, Table, Typed, UnreadableError, flag
from forms.shown import Row, Shown
from forms.strict import PartKey, Strict
from forms.texts import Euros, FaultError, Message, Text, msg

if TYPE_CHECKING:
    from forms.answers import Answers

MOST = 999_999_999_999
"""The largest amount, in euros, that a row takes."""
EXAMPLE = "10000"
"""An amount as it may be typed."""

_CURRENCY = re.compile(rf"{BLANK}*(€|euroa?|EUR)$", re.IGNORECASE)
_AMOUNT = re.compile(rf"^(?P<euros>[0-9]+|[0-9]{{1,3}}(?:{BLANK}[0-9]{{3}})+)(?:[.,](?P<cents>[0-9]{{2}}|-|–))?$")
_CENTS = re.compile(r"^[0-9]+[.,][0-9]{1,2}$")
_GROUPED = re.compile(r"^[0-9]{1,3}([.,][0-9]{3})+([.,][0-9]{1,2})?$")


def parse_euros(typed: str) -> int | None:
    """The whole euros of a typed amount, None for a blank one. Raises UnreadableError.

    Accepted (facts 5, issue): 1319500 · groups of three with any blank · € / euroa / EUR after it · zero cents
    as ,00 .00 or ,- ; all else is refused with advice rather than guessed.
    """
    text = typed.strip(" \t\n\u00a0\u2007\u2009\u202f")
    if not text:
        return None
    bare = _CURRENCY.sub("", text)
    match = _AMOUNT.match(bare)
    if match and match["cents"] in (None, "00", "-", "–"):
        amount = int(re.sub(BLANK, "", match["euros"]))
        if amount > MOST:
            raise UnreadableError(msg("Summa on liian suuri. Tarkistakaa numerot."))
        return amount
    compact = re.sub(BLANK, "", bare)
    if re.match("^[-\u2212\u2012-\u2015\ufe63\uff0d]", compact):
        raise UnreadableError(msg("Summa ei voi olla negatiivinen. Kirjoittakaa summa ilman miinusmerkkiä."))
    if _CENTS.match(compact):
        raise UnreadableError(msg("Kirjoittakaa summa kokonaisina euroina ilman senttejä, esimerkiksi 1319500."))
    if _GROUPED.match(compact):
        raise UnreadableError(
            msg("Summaa ei voi lukea varmasti. Kirjoittakaa se ilman pisteitä ja pilkkuja, esimerkiksi 1319500.")
        )
    raise UnreadableError(msg("Kirjoittakaa summa kokonaisina euroina numeroilla, esimerkiksi 1319500."))


def read_euros(typed: str) -> int | None:
    """The same, None also for what can't be read."""
    # A page asks for each amount several times. What is too long for one is not kept in memory.
    return _read_often(typed) if len(typed) < 30 else _read(typed)


def _read(typed: str) -> int | None:
    try:
        return parse_euros(typed)
    except UnreadableError:
        return None


_read_often = lru_cache(maxsize=2048)(_read)


def euros_fit(form: Form, field: StringField) -> None:
    """A validator for fields of an amount; its check is ``unreadable``."""
    try:
        parse_euros(field.data or "")
    except UnreadableError as error:
        raise flag("unreadable", error.advice) from error


class AmountRow(Strict):
    """One row of an estimate or plan."""

    key: PartKey
    label: Text


Rows = Annotated[tuple[AmountRow, ...], Field(min_length=1, max_length=50)]


def _named_rows(name: object, info: ValidationInfo) -> object:
    """A question names a set of rows that stands in the call under ``rows``, None for one that can't be read."""
    if isinstance(name, str):
        row_sets: Mapping[str, tuple[AmountRow, ...] | None] = (info.context or {})["rows"]
        if name not in row_sets:
            raise FaultError(not_among(name, row_sets))
        if (rows := row_sets[name]) is None:
            raise SaidElsewhereError(name)
        return rows
    return name


class AmountsQuestion(CountedQuestion):
    kind: Literal["amounts"]
    rows: Annotated[Rows, BeforeValidator(_named_rows, json_schema_input_type=str)]

    table: ClassVar[Table] = Table.AMOUNTS
    has_places: ClassVar[bool] = True
    checks: ClassVar[Mapping[str, Severity]] = {"missing": Severity.OFF, "unreadable": Severity.ERROR}

    def suffixes(self, typed: Typed) -> tuple[str, ...]:
        return self._row_keys

    @cached_property
    def _row_keys(self) -> tuple[str, ...]:
        return tuple(row.key for row in self.rows)

    def row_label(self, key: str) -> Text:
        return next(row.label for row in self.rows if row.key == key)

    def field_label(self, suffix: str) -> Text | Message:
        return self.row_label(suffix) if suffix else self.label

    def build_field(self, suffix: str) -> Any:
        return StringField(validators=[euros_fit])

    def amount(self, typed: Typed, row: str) -> int | None:
        """Whole euros of a row; None where it is blank or can't be read."""
        return read_euros(typed.get(row, ""))

    def total(self, typed: Typed) -> int:
        """Whole euros of all rows that can be read; always computed, never taken from a form."""
        return sum(self.amount(typed, row.key) or 0 for row in self.rows)

    @property
    def parts(self) -> tuple[str, ...]:
        return self._row_keys

    def part_label(self, part: str | None) -> Text | Message:
        return self.row_label(part) if part else self.label

    def count(self, typed: Typed, part: str | None) -> Count | None:
        amounts = [self.amount(typed, row) for row in ((part,) if part else self._row_keys)]
        known = [amount for amount in amounts if amount is not None]
        return sum(known) if known else None

    def in_words(self, count: Count) -> Euros:
        return Euros(int(count))

    def example(self, words: str) -> dict[str, str]:
        return dict.fromkeys(self._row_keys, EXAMPLE)

    def missing_message(self) -> Message:
        return msg("Täyttäkää vähintään yksi rivi.")

    def show(self, typed: Typed, answers: "Answers") -> Shown:
        rows = []
        for row in self.rows:
            amount = self.amount(typed, row.key)
            # What can't be read stays visible as typed, in drafts; it can't be sent.
            value = typed.get(row.key) if amount is None else Euros(amount)
            rows.append(Row(row.label, value or None))
        return Shown(rows=tuple(rows), total=Euros(self.total(typed)))
