"""Texts that wait for a language: those of a call (in its file) and those of the program (in the catalogues)."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, RootModel, field_validator

SOURCE = "fi"
"""The language that the texts of the program are written in."""


def _languages() -> tuple[str, ...]:
    catalogues = (Path(__file__).parent.parent / "translations").glob("*/LC_MESSAGES/messages.po")
    return (SOURCE, *sorted(catalogue.parts[-3] for catalogue in catalogues))


LANGUAGES = _languages()
"""Languages of the service, in which a call must be written: the source, and each that has a catalogue."""


class Text(RootModel[dict[str, str]]):
    """A text of the call in every language of the service."""

    model_config = ConfigDict(frozen=True)

    @field_validator("root")
    @classmethod
    def _complete(cls, by_language: dict[str, str]) -> dict[str, str]:
        missing = [language for language in LANGUAGES if not by_language.get(language, "").strip()]
        if missing:
            raise ValueError(f"the text in {', '.join(missing)} is missing")
        unknown = sorted(set(by_language) - set(LANGUAGES))
        if unknown:
            raise ValueError(f"unknown language {', '.join(unknown)}; the languages are {', '.join(LANGUAGES)}")
        return {language: text.strip() for language, text in by_language.items()}

    def in_language(self, language: str) -> str:
        return self.root[language]


@dataclass(frozen=True)
class Message:
    """A text of the program: its Finnish original, a place in the catalogues, and what goes into it."""

    original: str
    plural: str | None = None
    params: dict[str, Any] = field(default_factory=dict)


def msg(original: str, **params: Any) -> Message:
    """A message for the catalogues; ``%(name)s`` in it stands for a parameter."""
    return Message(original, None, params)


def msgn(original: str, plural: str, n: int, **params: Any) -> Message:
    """A message that is worded by the number ``n``, which is a parameter too."""
    return Message(original, plural, {"n": n, **params})


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
