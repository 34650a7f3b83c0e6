"""What a reader of a language sees: texts of the program from its catalogue, texts of a call from the call."""

from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from forms.texts import SOURCE, Text
from tests.service import ROOT

CATALOGUES = ROOT / "translations"


@cache
def _catalogue(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if isinstance(message.string, str)}


class Words:
    """The words of one language."""

    def __init__(self, language: str, catalogues: Path = CATALOGUES) -> None:
        self.language = language
        self._path = catalogues / language / "LC_MESSAGES/messages.po"

    def __call__(self, text: str | Text, **params: Any) -> str:
        """A text in this language. Raises KeyError for one of the program that the catalogue does not have."""
        if isinstance(text, Text):
            return text.in_language(self.language)
        words = text if self.language == SOURCE else _catalogue(self._path)[text]
        return words % params if params else words
