"""A register that a question offers to choose from, read from the CSV file that a call names."""

import csv
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stdnum.fi import ytunnus

from forms.faults import MOST, Fault, FileFaultError, not_utf8, too_many_bytes
from forms.texts import LANGUAGES, SOURCE, FaultError, Message, Text, msg

NAMES = {language: f"name_{language}" for language in LANGUAGES}
NEEDED = ("business_id", NAMES[SOURCE])
KNOWN = tuple(dict.fromkeys([*NEEDED, *NAMES.values()]))
# Å, Ä and Ö follow Z in Finnish and Swedish; these signs follow z in code points.
_AFTER_Z = str.maketrans("åäö", "{|}")


MOST_BYTES = 500_000
"""Of a register's file; that of 2021 has 6 400."""


class RegisterError(FileFaultError):
    """A register's file can't be used."""


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
    """The register in a file. Raises RegisterError with the faults that were found in it, as many as anybody reads."""
    providers: dict[str, Provider] = {}
    faults: list[Fault] = []
    for number, line in _lines(name, content):
        provider = _provider(line, providers)
        if isinstance(provider, Provider):
            providers[provider.business_id] = provider
        else:
            faults.append(Fault(name, number, provider))
        if len(faults) == MOST:
            break
    if not providers and not faults:
        faults.append(Fault(name, 1, msg("Luettelossa ei ole yhtään järjestäjää. Lisätkää vähintään yksi rivi.")))
    if faults:
        raise RegisterError(faults)
    return Register(list(providers.values()))


def _lines(name: str, content: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The lines of a file below its heads, each with its number. Raises RegisterError where it is no such file."""
    if len(content) > MOST_BYTES:
        raise RegisterError([Fault(name, None, too_many_bytes(MOST_BYTES))])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise RegisterError([Fault(name, number, not_utf8())]) from error
    reader = csv.DictReader(text.splitlines())
    try:
        if "\0" in text:
            raise csv.Error
        heads = reader.fieldnames or []
        # A name in a column that nobody reads would be a name lost.
        if heads and (not set(NEEDED) <= set(heads) <= set(KNOWN) or len(set(heads)) < len(heads)):
            raise RegisterError([Fault(name, 1, _columns())])
        for line in reader:
            yield reader.line_num, line
    except csv.Error as error:
        not_csv = msg("Tiedosto ei ole CSV-muotoa. Tallentakaa se CSV-muodossa, pilkku erottimena.")
        raise RegisterError([Fault(name, reader.line_num + 1, not_csv)]) from error


def _columns() -> Message:
    return msg("Sarakkeet pitää olla %(columns)s, ja jokaisella rivillä yhtä monta.", columns=", ".join(KNOWN))


def _provider(line: Mapping[str, str], others: Mapping[str, Provider]) -> Provider | Message:
    """The provider of a line, or what is wrong with it."""
    # Csv puts None where a line has too few columns, and under None what it has too many.
    if None in line or None in line.values():
        return _columns()
    business_id, finnish = line["business_id"].strip(), line[NAMES[SOURCE]].strip()
    if not ytunnus.is_valid(business_id):
        return msg("%(given)s ei ole Y-tunnus. Kirjoittakaa se muodossa 1234567-8.", given=business_id[:40] or "–")
    if business_id in others:
        return msg("%(value)s on jo käytössä. Antakaa toinen.", value=business_id)
    if not finnish:
        return msg("Järjestäjän nimi puuttuu sarakkeesta %(column)s. Lisätkää se.", column=NAMES[SOURCE])
    names = {language: line.get(column, "").strip() or finnish for language, column in NAMES.items()}
    return Provider(business_id, Text(names))


class Registers:
    """The registers that came with a call, each read when a question first asks for it, and once."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._read: dict[str, Register | FaultError] = {}

    def get(self, name: str) -> Register:
        """Raises FaultError where there is none of this name, or it can't be used."""
        if name not in self._read:
            self._read[name] = self._found(name)
        found = self._read[name]
        if isinstance(found, FaultError):
            raise found
        return found

    def _found(self, name: str) -> Register | FaultError:
        if name not in self._files:
            return FaultError(
                msg("Luetteloa %(name)s ei ole haun vieressä. Lisätkää tiedosto tai korjatkaa nimi.", name=name[:80])
            )
        try:
            return read_register(name, self._files[name])
        except RegisterError as error:
            return error
