"""What a reader of a language sees: texts of the program from its catalogue, texts of a call from the call."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from forms.definition import Call
from forms.texts import LANGUAGES, SOURCE, Text
from tests.service import ROOT

CATALOGUES = ROOT / "translations"


@cache
def _catalogue(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if isinstance(message.string, str)}


def compact(text: str) -> str:
    """A text without any white space, so that neither line nor page breaks matter."""
    return "".join(text.split())


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

    def next_button(self, call: Call, page: str) -> str:
        """The button that saves and goes on to a page of a call."""
        found = call.page(page)
        assert found
        return f"{self('Seuraava')}: {self(found.title)}"

    def foreign(self, text: str) -> set[str]:
        """The phrases of the program that stand in a text in another of its languages."""
        found = compact(text)
        others = {phrase for language in LANGUAGES if language != self.language for phrase in _phrases(language)}
        return {phrase for phrase in others - _phrases(self.language) if phrase in found}


@cache
def _phrases(language: str) -> set[str]:
    """What the program says in a language, compact. Single and short ones are left out: applicants write them too."""
    # Without the name of a language on the switch, which is its own in every language.
    paths = CATALOGUES.glob("*/LC_MESSAGES/messages.po")
    originals = {text for path in paths for text in _catalogue(path)} - {"Suomeksi"}
    parts = (part for original in originals for part in re.split(r"%\(\w+\)s", Words(language)(original)))
    return {compact(part) for part in parts if re.search(r"\w \w", part) and len(part) >= 10}


FINNISH = Words(SOURCE)
