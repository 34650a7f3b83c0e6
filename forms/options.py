"""Answers out of a list: one of its options, or several. Kinds of question that are so only say what the list is."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple

from pydantic import AfterValidator, Field, model_validator
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField

from forms.conditions import Condition
from forms.deciding import DecidingQuestion
from forms.question import Found, Severity, Typed, flag
from forms.shown import ChangedPart, Row, Shown
from forms.strict import PartKey, Strict
from forms.texts import FaultError, Message, Text, msg, msgn

if TYPE_CHECKING:
    from forms.answers import Answers

TICKED = "x"


class Choice(NamedTuple):
    """What can be chosen: stored by its key, read by its label."""

    key: str
    label: Text | Message


class Option(Strict):
    """What can be chosen, as a call's file has it."""

    key: PartKey
    label: Text


def _distinct(options: tuple[Option, ...]) -> tuple[Option, ...]:
    keys = [option.key for option in options]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise FaultError(msg("%(value)s on jo käytössä. Antakaa toinen.", value=", ".join(twice)))
    return options


Options = Annotated[tuple[Option, ...], Field(min_length=2), AfterValidator(_distinct)]
"""The list of a question, as a call's file has it."""


class ListQuestion(DecidingQuestion):
    """A question that is answered out of a list."""

    is_ticked: ClassVar[bool] = True

    @property
    def choices(self) -> tuple[Choice, ...]:
        raise NotImplementedError

    @property
    def options_to_name(self) -> tuple[str, ...]:
        return tuple(choice.key for choice in self.choices)

    def in_condition(self, condition: Condition) -> Message:
        label = next(choice.label for choice in self.choices if choice.key == condition.option)
        return msg("Kysytään, jos kysymyksessä %(number)s on valittu ”%(option)s”.", number=self.number, option=label)


class OneOfQuestion(ListQuestion):
    """One of a list, as radio buttons. Such a button can't be released, so a blank one is there where none is asked."""

    checks: ClassVar[Mapping[str, Severity]] = {"missing": Severity.ERROR}
    hows: ClassVar[tuple[str, ...]] = ("is",)

    @property
    def is_group(self) -> bool:
        return True

    @property
    def can_be_blank(self) -> bool:
        return self.severity.get("missing", self.checks["missing"]) != Severity.ERROR

    def field_id(self, suffix: str) -> str:
        """The id of a choice's button; '' is that of the first."""
        return f"{self.key}-{suffix or self.choices[0].key}"

    def posted(self, form: MultiDict[str, str]) -> dict[str, str]:
        # No page of ours sends another key: that says nothing.
        known = {"", *(choice.key for choice in self.choices)}
        return {suffix: text for suffix, text in super().posted(form).items() if text in known}

    def fitting(self, typed: Typed) -> Typed:
        # No button shows a choice that is not on offer.
        return super().fitting(typed) if typed.get("", "") in ("", *self.options_to_name) else {}

    def meets(self, condition: Condition, typed: Typed) -> bool:
        return typed.get("") == condition.option

    def chosen(self, typed: Typed) -> Choice | None:
        return next((choice for choice in self.choices if choice.key == typed.get("")), None)

    def build_field(self, suffix: str) -> Any:
        def in_list(form: Form, field: StringField) -> None:
            if self.chosen({"": field.data or ""}) is None:
                raise flag("missing", msg("Valittua vaihtoehtoa ei ole enää. Valitkaa toinen."))

        return StringField(validators=[in_list])

    def example(self, words: str) -> dict[str, str]:
        return {"": self.choices[0].key}

    def missing_message(self) -> Message:
        return msg("Valitkaa yksi vaihtoehto.")

    def show(self, typed: Typed, answers: "Answers") -> Shown:
        choice = self.chosen(typed)
        return Shown(text=choice.label if choice else typed.get("") or None)

    def json_schema(self) -> dict[str, Any]:
        return {"enum": ["", *(choice.key for choice in self.choices)]}


class SeveralOfQuestion(ListQuestion):
    """Several of a list, as boxes to tick."""

    at_least: int = Field(default=0, ge=0)
    at_most: int | None = Field(default=None, gt=0)

    checks: ClassVar[Mapping[str, Severity]] = {"missing": Severity.ERROR, "too_many": Severity.ERROR}
    hows: ClassVar[tuple[str, ...]] = ("has",)

    @model_validator(mode="after")
    def _possible(self) -> "SeveralOfQuestion":
        most = min(self.at_most or len(self.choices), len(self.choices))
        if self.at_least > most:
            raise FaultError(msg("at_least on suurempi kuin %(most)s, joka on eniten. Pienentäkää sitä.", most=most))
        return self

    def suffixes(self, typed: Typed) -> tuple[str, ...]:
        return self.options_to_name

    def field_name(self, suffix: str) -> str:
        # One name, repeated: a box that is not ticked is not sent.
        return self.key

    @property
    def field_names(self) -> list[str]:
        return [self.key]

    def posted(self, form: MultiDict[str, str]) -> dict[str, str]:
        keys, ticked = self.suffixes({}), set(form.getlist(self.key))
        if ticked - set(keys):
            # No page of ours sends such a name: what it does not tick says nothing.
            return {key: TICKED for key in keys if key in ticked}
        return {key: TICKED if key in ticked else "" for key in keys}

    def meets(self, condition: Condition, typed: Typed) -> bool:
        return condition.option in typed

    def chosen(self, typed: Typed) -> frozenset[str]:
        return frozenset(typed)

    def example(self, words: str) -> dict[str, str]:
        return {choice.key: TICKED for choice in self.choices[: self.at_most]}

    def missing_message(self) -> Message:
        return msgn("Valitkaa vähintään %(n)s vaihtoehto.", "Valitkaa vähintään %(n)s vaihtoehtoa.", self.at_least or 1)

    def too_many_message(self, most: int) -> Message:
        return msgn("Valitkaa enintään %(n)s vaihtoehto.", "Valitkaa enintään %(n)s vaihtoehtoa.", most)

    @property
    def bounds(self) -> tuple[Message, ...]:
        """What is to be known before one ticks."""
        least = (self.missing_message(),) if self.at_least > 1 else ()
        return least if self.at_most is None else (*least, self.too_many_message(self.at_most))

    def found(self, typed: Typed) -> Iterator[tuple[str, Found]]:
        ticked = len(self.chosen(typed))
        if ticked < self.at_least:
            yield "", Found("missing", self.missing_message())
        if self.at_most is not None and ticked > self.at_most:
            yield "", Found("too_many", self.too_many_message(self.at_most))

    def show(self, typed: Typed, answers: "Answers") -> Shown:
        return Shown(rows=tuple(Row("", choice.label) for choice in self.choices if choice.key in typed))

    def changes(self, before: Shown, after: Shown) -> tuple[ChangedPart, ...]:
        """Each choice that was given up or made."""
        was, now = [row.value for row in before.rows], [row.value for row in after.rows]
        gone = [ChangedPart(None, label, None) for label in was if label not in now]
        return (*gone, *(ChangedPart(None, None, label) for label in now if label not in was))

    def to_json(self, typed: Typed) -> Any:
        return [choice.key for choice in self.choices if choice.key in typed]

    def json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"enum": list(self.suffixes({}))}, "uniqueItems": True}

    def from_json(self, value: Any) -> dict[str, str]:
        return {choice.key: TICKED for choice in self.choices if choice.key in value}
