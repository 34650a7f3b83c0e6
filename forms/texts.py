"""Texts that wait for a language: those of a call (in its file) and those of the program (in the catalogues)."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, GetJsonSchemaHandler, RootModel, field_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from forms.clean import clean_text

SOURCE = "fi"
"""The language that the texts of the program are written in."""


def _languages() -> tuple[str, ...]:
    catalogues = (Path(__file__).parent.parent / "translations").glob("*/LC_MESSAGES/messages.po")
    return (SOURCE, *sorted(catalogue.parts[-3] for catalogue in catalogues))


LANGUAGES = _languages()
"""Languages of the service, in which a call must be written: the source, and each that has a catalogue."""


@dataclass(frozen=True)
class Message:
    """A text of the program: its Finnish original, a place in the catalogues, and what goes into it."""

    original: str
    plural: str | None = None
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """The Finnish original, for logs and for a start that fails; people read ``language.localise``."""
        return self.original % self.params if self.params else self.original


def msg(original: str, **params: Any) -> Message:
    """A message for the catalogues; ``%(name)s`` in it stands for a parameter."""
    return Message(original, None, params)


def msgn(original: str, plural: str, n: int, **params: Any) -> Message:
    """A message that is worded by the number ``n``, which is a parameter too."""
    return Message(original, plural, {"n": n, **params})


class FaultError(ValueError):
    """A part of a call's file can't be used; the message says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def language_schema(beside: JsonSchemaValue) -> JsonSchemaValue:
    """JSON Schema of a text in every language; ``beside`` has what else may stand there, by name."""
    languages = {language: {"type": "string", "pattern": r"\S"} for language in LANGUAGES}
    return {
        "type": "object",
        "properties": {**languages, **beside},
        "required": list(LANGUAGES),
        "additionalProperties": False,
    }


class Text(RootModel[dict[str, str]]):
    """A text of the call in every language of the service."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**language_schema({}), "description": cls.__doc__}

    @field_validator("root")
    @classmethod
    def _complete(cls, by_language: dict[str, str]) -> dict[str, str]:
        unknown = [language for language in by_language if language not in LANGUAGES]
        if unknown:
            raise FaultError(
                msg(
                    "Kieltä %(language)s ei ole. Tekstin kielet ovat %(known)s.",
                    language=unknown[0],
                    known=", ".join(LANGUAGES),
                )
            )
        # The rule for what people type: a call's texts are pasted from a word processor too.
        cleaned = {language: clean_text(text).strip() for language, text in by_language.items()}
        missing = [language for language in LANGUAGES if not cleaned.get(language)]
        if missing:
            raise FaultError(msg("Teksti puuttuu kielellä %(language)s. Lisätkää se.", language=", ".join(missing)))
        return cleaned

    def in_language(self, language: str) -> str:
        return self.root[language]


@dataclass(frozen=True)
class Euros:
    """An amount in whole euros, printed by the reader's language."""

    amount: int


@dataclass(frozen=True)
class SignedEuros:
    """By how many whole euros an amount grew, or fell: printed as Euros are, always with a sign."""

    amount: int


@dataclass(frozen=True)
class Quantity:
    """A number in its unit, if it has one, printed by the reader's language; zeros that end its decimals are not."""

    number: Decimal
    unit: Text | None = None


@dataclass(frozen=True)
class Percent:
    """``part`` of ``whole`` as a percentage, printed with at most one decimal."""

    part: int
    whole: int

    @property
    def ratio(self) -> float:
        return self.part / self.whole
