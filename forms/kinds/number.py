"""One number, whole or with decimals, with the unit that stands after it. Empty and zero differ."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from wtforms import StringField

from forms.counted import Count, CountedQuestion, Measured
from forms.question import Severity, Typed
from forms.shown import Shown
from forms.texts import Message, Quantity, msg

if TYPE_CHECKING:
    from forms.answers import Answers


class NumberQuestion(CountedQuestion, Measured):
    kind: Literal["number"]

    checks: ClassVar[Mapping[str, Severity]] = {
        "missing": Severity.OFF,
        "unreadable": Severity.ERROR,
        "outside": Severity.ERROR,
    }

    def build_field(self, suffix: str) -> Any:
        return StringField(validators=[self.fits])

    def count(self, typed: Typed, part: str | None) -> Count | None:
        return self.read(typed.get("", ""))

    def in_words(self, count: Count) -> Quantity:
        return self.quantity(count)

    def example(self, words: str) -> dict[str, str]:
        return {"": self.example_of_number()}

    def missing_message(self) -> Message:
        return msg("Kirjoittakaa luku.")

    def show(self, typed: Typed, answers: "Answers") -> Shown:
        number = self.count(typed, None)
        # What can't be read stays visible as typed, in drafts; it can't be sent.
        return Shown(text=typed.get("") or None if number is None else self.in_words(number))
