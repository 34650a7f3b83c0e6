"""Which development areas are applied for: ticking one opens its section."""

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationInfo

from forms.options import Choice, SeveralOfQuestion
from forms.strict import Strict
from forms.texts import Message, Text, msg


class Area(Strict):
    """A section that a tick opens."""

    key: str
    title: Text


def _areas_of_call(given: object, info: ValidationInfo) -> object:
    return (info.context or {}).get("areas", ()) if given is None else given


class AreasQuestion(SeveralOfQuestion):
    kind: Literal["areas"]
    areas: Annotated[tuple[Area, ...], BeforeValidator(_areas_of_call), Field(validate_default=True)] = None  # type: ignore[assignment]
    """Filled from the call's sections that are marked ``area``."""
    at_least: int = Field(default=1, ge=0)

    changes_page: ClassVar[bool] = True

    @property
    def choices(self) -> tuple[Choice, ...]:
        return tuple(Choice(area.key, area.title) for area in self.areas)

    def missing_message(self) -> Message:
        if self.at_least > 1:
            return super().missing_message()
        return msg("Valitkaa vähintään yksi kehittämiskokonaisuus.")
