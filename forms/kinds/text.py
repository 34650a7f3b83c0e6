"""A long text with a limit. Nothing is ever cut: a text above the limit is kept and only sending is refused."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field
from wtforms import Form, StringField

from forms.clean import clean_text
from forms.question import Question, Severity, Typed, flag
from forms.shown import ChangedPart, Shown
from forms.texts import Message, msg, msgn
from forms.words import pieces


def excess_message(excess: int) -> Message:
    return msgn("%(n)s merkki liikaa", "%(n)s merkkiä liikaa", excess)


class TextQuestion(Question):
    kind: Literal["text"]
    limit: int = Field(gt=0, le=100_000)
    """The most characters that can be sent, counted as in forms/clean.py."""

    checks: ClassVar[Mapping[str, Severity]] = {"missing": Severity.OFF, "too_long": Severity.ERROR}

    def clean(self, typed: str) -> str:
        return clean_text(typed)

    def build_field(self, suffix: str) -> Any:
        def within_limit(form: Form, field: StringField) -> None:
            excess = len(field.data or "") - self.limit
            if excess > 0:
                raise flag(
                    "too_long",
                    msgn(
                        "Vastauksessa on %(n)s merkki liikaa: enimmäispituus on %(limit)s merkkiä. "
                        "Lyhentäkää vastausta.",
                        "Vastauksessa on %(n)s merkkiä liikaa: enimmäispituus on %(limit)s merkkiä. "
                        "Lyhentäkää vastausta.",
                        excess,
                        limit=self.limit,
                    ),
                )

        return StringField(validators=[within_limit])

    def counter(self, typed: Typed) -> Message:
        """How many characters are left, or too many; worded to be read on its own."""
        left = self.limit - len(typed.get("", ""))
        if left < 0:
            return excess_message(-left)
        return msgn("%(n)s merkki jäljellä", "%(n)s merkkiä jäljellä", left)

    def rows_to_show(self, typed: Typed) -> int:
        """How many rows of about 75 characters show the whole text, on paper too, where nothing can be scrolled."""
        lines = typed.get("", "").split("\n")
        return max(8, sum(len(line) // 75 + 1 for line in lines) + 1)

    def is_over(self, typed: Typed) -> bool:
        return len(typed.get("", "")) > self.limit

    def is_near(self, typed: Typed) -> bool:
        """Whether the limit is so near that it is worth saying aloud: the last twentieth, or past it."""
        return len(typed.get("", "")) > self.limit * 0.95

    def combine(self, mine: Typed, theirs: Typed) -> dict[str, str] | None:
        return {"": f"{mine.get('', '')}\n\n{theirs.get('', '')}".strip("\n")}

    def changes(self, before: Shown, after: Shown) -> tuple[ChangedPart, ...]:
        """Word by word."""
        if before.text == after.text:
            return ()
        words = pieces(str(before.text or ""), str(after.text or ""))
        return (ChangedPart(None, before.text, after.text, words),)

    def example(self, words: str) -> dict[str, str]:
        return {"": words[: self.limit]}

    def missing_message(self) -> Message:
        return msg("Vastaus puuttuu.")
