"""Numbers as people type them, and what kinds of question share whose answers can be added up and compared."""

import re
from decimal import Decimal
from typing import ClassVar, Self

from pydantic import Field, model_validator
from wtforms import Form, StringField

from forms.conditions import Condition
from forms.deciding import DecidingQuestion
from forms.question import Typed, UnreadableError, flag
from forms.strict import Strict
from forms.texts import Euros, FaultError, Message, Quantity, Text, msg

Count = int | Decimal
"""What can be added up: whole euros, or a number in its question's unit."""

MOST_DIGITS = 12
"""Digits before the comma that a number takes."""

BLANK = "[ \t\u00a0\u2007\u2009\u202f]"
"""What people and programs put between groups: space, tab, NBSP, figure, thin and narrow NBSP."""

_NUMBER = re.compile(rf"^-?(?:[0-9]+|[0-9]{{1,3}}(?:{BLANK}[0-9]{{3}})+)(?:[.,](?P<decimals>[0-9]+))?$")
_GROUPED = re.compile(r"^-?[0-9]{1,3}([.,][0-9]{3})+([.,][0-9]+)?$")
_COMMA = re.compile("^-?[0-9]+,[0-9]+$")
_MINUS = str.maketrans(dict.fromkeys("\u2212\u2012\u2013\ufe63\uff0d", "-"))


def parse_number(typed: str, decimals: int = 0) -> Decimal | None:
    """The number of a typed text, None for a blank one. Raises UnreadableError.

    Accepted: groups of three with any blank · a comma or point before at most so many decimals. A point or comma before
    exactly three digits may part groups as well as decimals: that is refused with advice rather than guessed, but for a
    comma where three decimals are asked for.
    """
    text = re.sub(rf"^{BLANK}+|{BLANK}+$", "", typed.strip()).translate(_MINUS)
    if not text:
        return None
    if _GROUPED.match(text) and not (decimals >= 3 and _COMMA.match(text)):
        raise UnreadableError(
            msg("Lukua ei voi lukea varmasti. Kirjoittakaa se ilman tuhaterottimia, esimerkiksi 1250.")
        )
    match = _NUMBER.match(text)
    if match is None:
        raise UnreadableError(msg("Kirjoittakaa luku numeroilla, esimerkiksi 1250."))
    if len(match["decimals"] or "") > decimals:
        if decimals == 0:
            raise UnreadableError(msg("Kirjoittakaa kokonaisluku ilman desimaaleja, esimerkiksi 1250."))
        raise UnreadableError(msg("Kirjoittakaa luku enintään %(n)s desimaalin tarkkuudella.", n=decimals))
    number = Decimal(re.sub(BLANK, "", text).replace(",", "."))
    if abs(number) >= 10**MOST_DIGITS:
        raise UnreadableError(msg("Luku on liian suuri. Tarkistakaa numerot."))
    return number


class CountedQuestion(DecidingQuestion):
    """A question whose answer is numbers: a rule or a condition may look at a part of it, or at all parts together."""

    hows: ClassVar[tuple[str, ...]] = ("above", "below")

    def part_label(self, part: str | None) -> Text | Message:
        """What a part is called; the question's own label where none is meant."""
        return self.label

    def count(self, typed: Typed, part: str | None) -> Count | None:
        """The number of a part, of all together where none is named; None where nothing is typed that can be read."""
        raise NotImplementedError

    def in_words(self, count: Count) -> Euros | Quantity:
        """A number of this question as people read it."""
        raise NotImplementedError

    def meets(self, condition: Condition, typed: Typed) -> bool:
        count = self.count(typed, condition.row)
        if count is None:
            return False
        return count > condition.bound if condition.how == "above" else count < condition.bound

    def in_condition(self, condition: Condition) -> Message:
        words = {"number": self.number, "part": self.part_label(condition.row), "bound": self.in_words(condition.bound)}
        if condition.how == "above":
            return msg("Kysytään, jos kysymyksessä %(number)s ”%(part)s” on enemmän kuin %(bound)s.", **words)
        return msg("Kysytään, jos kysymyksessä %(number)s ”%(part)s” on vähemmän kuin %(bound)s.", **words)


class Measured(Strict):
    """What a typed number counts, and within which bounds."""

    unit: Text | None = None
    decimals: int = Field(default=0, ge=0, le=4)
    """The most digits after the comma."""
    at_least: Decimal = Decimal(0)
    at_most: Decimal | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.at_most is not None and self.at_most < self.at_least:
            raise FaultError(msg("at_most on pienempi kuin at_least. Vaihtakaa ne keskenään."))
        return self

    def read(self, typed: str) -> Decimal | None:
        """A typed number, None for a blank one or one that can't be read."""
        try:
            return parse_number(typed, self.decimals)
        except UnreadableError:
            return None

    def example_of_number(self) -> str:
        """A number within the bounds, as it may be typed."""
        number = max(self.at_least, Decimal(10))
        return f"{number if self.at_most is None else min(number, self.at_most):f}".replace(".", ",")

    def quantity(self, number: Count) -> Quantity:
        return Quantity(Decimal(number), self.unit)

    def fits(self, form: Form, field: StringField) -> None:
        """A validator with the checks ``unreadable`` and ``outside``."""
        try:
            number = parse_number(field.data or "", self.decimals)
        except UnreadableError as error:
            raise flag("unreadable", error.advice) from error
        if number is not None and number < self.at_least:
            raise flag("outside", msg("Luvun pitää olla vähintään %(bound)s.", bound=self.quantity(self.at_least)))
        if number is not None and self.at_most is not None and number > self.at_most:
            raise flag("outside", msg("Luku saa olla enintään %(bound)s.", bound=self.quantity(self.at_most)))
