"""A register that a question offers to choose from, read from the CSV file that a call names."""

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum.fi import ytunnus

from forms.texts import LANGUAGES, SOURCE, Text

NAMES = {language: f"name_{language}" for language in LANGUAGES}
NEEDED = ("business_id", NAMES[SOURCE])
KNOWN = tuple(dict.fromkeys([*NEEDED, *NAMES.values()]))
# Å, Ä and Ö follow Z in Finnish and Swedish; these signs follow z in code points.
_AFTER_Z = str.maketrans("åäö", "{|}")


class RegisterError(ValueError):
    """The register's file can't be used; the message says why."""


@dataclass(frozen=True)
class Provider:
    """One education provider. A name that has no form in a language stands in Finnish there."""

    business_id: str
    name: Text


def sort_key(name: str) -> str:
    """Orders names as Finnish and Swedish readers expect."""
    return name.casefold().translate(_AFTER_Z)


def fold(text: str) -> str:
    """What a search compares: case and diacritics do not matter (*a* finds *ä*)."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


class Register:
    """The providers in the order of the file, looked up by business ID."""

    def __init__(self, providers: list[Provider]) -> None:
        self._by_id = {provider.business_id: provider for provider in providers}

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, business_id: object) -> bool:
        return business_id in self._by_id

    @property
    def all(self) -> list[Provider]:
        return list(self._by_id.values())

    def get(self, business_id: str) -> Provider | None:
        return self._by_id.get(business_id)

    def find(self, search: str, language: str) -> Iterator[Provider]:
        """Those whose name in any language or business ID holds every word of ``search``, sorted by name."""
        words = fold(search).split()
        ordered = sorted(self.all, key=lambda provider: sort_key(provider.name.in_language(language)))
        for provider in ordered:
            text = fold(" ".join([provider.business_id, *provider.name.root.values()])) if words else ""
            if all(word in text for word in words):
                yield provider


def read_register(name: str, content: bytes) -> Register:
    """The register in a file. Raises RegisterError, naming the file, the line and what to do."""
    try:
        lines = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    except (UnicodeDecodeError, csv.Error) as error:
        raise RegisterError(f"{name}: can't be read ({error}); save it as CSV in UTF-8") from error
    providers: dict[str, Provider] = {}
    for number, line in enumerate(lines, start=2):
        where = f"{name}, line {number}"
        # A name in a column that nobody reads would be a name lost.
        if None in line.values() or not set(NEEDED) <= set(line) <= set(KNOWN):
            raise RegisterError(f"{where}: the columns must be {', '.join(KNOWN)}")
        business_id = line["business_id"].strip()
        if not ytunnus.is_valid(business_id):
            raise RegisterError(f"{where}: {business_id!r} is not a business ID; write it as 1234567-8")
        if business_id in providers:
            raise RegisterError(f"{where}: {business_id} stands twice; remove one")
        finnish = line[NAMES[SOURCE]].strip()
        if not finnish:
            raise RegisterError(f"{where}: {NAMES[SOURCE]} is empty; write the provider's name")
        names = {language: line.get(column, "").strip() or finnish for language, column in NAMES.items()}
        providers[business_id] = Provider(business_id, Text(names))
    if not providers:
        raise RegisterError(f"{name}: holds no provider; add at least one line")
    return Register(list(providers.values()))
