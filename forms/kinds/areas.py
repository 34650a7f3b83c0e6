"""Which development areas are applied for: ticking one opens its section."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationInfo
from werkzeug.datastructures import MultiDict

from forms.question import Question, Severity, Strict, Typed
from forms.shown import ChangedPart, Row, Shown
from forms.texts import Message, Text, msg

if TYPE_CHECKING:
    from forms.answers import Answers

TICKED = "x"


class Area(Strict):
    """A section that a tick opens."""

    key: str
    title: Text


def _areas_of_call(given: object, info: ValidationInfo) -> object:
    return (info.context or {}).get("areas", ()) if given is None else given


class AreasQuestion(Question):
    kind: Literal["areas"]
    areas: Annotated[tuple[Area, ...], BeforeValidator(_areas_of_call), Field(validate_default=True)] = None  # type: ignore[assignment]
    """Filled from the call's sections that are marked ``area``."""

    changes_page: ClassVar[bool] = True
    checks: ClassVar[Mapping[str, Severity]] = {"missing": Severity.ERROR}

    def suffixes(self, typed: Typed) -> tuple[str, ...]:
        return tuple(area.key for area in self.areas)

    def field_name(self, suffix: str) -> str:
        # One name, repeated: a box that is not ticked is not sent.
        return self.key

    def posted(self, form: MultiDict[str, str]) -> dict[str, str]:
        ticked = set(form.getlist(self.key))
        if ticked - {area.key for area in self.areas}:
            # No page of ours sends such a name: what it does not tick says nothing.
            return {area.key: TICKED for area in self.areas if area.key in ticked}
        return {area.key: TICKED if area.key in ticked else "" for area in self.areas}

    def chosen(self, typed: Typed) -> frozenset[str]:
        return frozenset(typed)

    def missing_message(self) -> Message:
        return msg("Valitkaa vähintään yksi kehittämiskokonaisuus.")

    def show(self, typed: Typed, answers: "Answers") -> Shown:
        return Shown(rows=tuple(Row("", area.title) for area in self.areas if area.key in typed))

    def changes(self, before: Shown, after: Shown) -> tuple[ChangedPart, ...]:
        """Each area that was given up or chosen."""
        was, now = [row.value for row in before.rows], [row.value for row in after.rows]
        gone = [ChangedPart(None, title, None) for title in was if title not in now]
        return (*gone, *(ChangedPart(None, None, title) for title in now if title not in was))

    def to_json(self, typed: Typed) -> Any:
        return [area.key for area in self.areas if area.key in typed]

    def json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"enum": [area.key for area in self.areas]}, "uniqueItems": True}

    def from_json(self, value: Any) -> dict[str, str]:
        return {area.key: TICKED for area in self.areas if area.key in value}
