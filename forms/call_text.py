"""The text of a call's file: its data as TOML, and the place of each fault that is found in them."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from forms.faults import MOST, CallFileError, Fault, Found, not_utf8, too_large, too_many_bytes
from forms.texts import Message, msg
from forms.toml_places import Location, excess, lines_of

MOST_BYTES = 250_000
"""Of a call's file; that of 2021 has 45 000."""

_PLACE = re.compile(r"(?s)(?P<what>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")
_TOML_SAYS: Mapping[str, Message] = {
    "Cannot overwrite": msg("Sama nimi on samassa kohdassa kahdesti. Poistakaa toinen."),
    "Cannot mutate": msg("Sama nimi on samassa kohdassa kahdesti. Poistakaa toinen."),
    "Cannot declare": msg("Sama otsikko on tiedostossa kahdesti. Yhdistäkää ne tai poistakaa toinen."),
    "Expected '='": msg("Nimen jälkeen pitää olla yhtäsuuruusmerkki ja arvo."),
    "Unterminated string": msg("Tekstin lopusta puuttuu lainausmerkki."),
    "Unclosed array": msg("Listasta puuttuu pilkku tai sen lopusta hakasulje ]."),
    "Unclosed inline table": msg("Tiedoista puuttuu pilkku tai niiden lopusta aaltosulje }."),
    "Illegal character": msg("Tekstissä on rivinvaihto tai merkki, jota siinä ei voi olla. Tarkistakaa lainausmerkit."),
    "Unescaped": msg("Tekstissä on kenoviiva. Kirjoittakaa kaksi kenoviivaa tai poistakaa se."),
}
"""What the standard library's reader says, by how it begins."""
_NOT_TOML = msg("Riviä ei voi lukea. Tarkistakaa lainausmerkit, sulkeet ja yhtäsuuruusmerkki.")
_PARTS: Mapping[str, tuple[Message, Message]] = {
    "questions": (msg("kysymys %(key)s (%(number)s)"), msg("%(place)s. kysymys")),
    "pages": (msg("sivu %(key)s"), msg("%(place)s. sivu")),
    "sections": (msg("osio %(key)s"), msg("%(place)s. osio")),
    "rules": (msg("%(place)s. sääntö (%(kind)s)"), msg("%(place)s. sääntö")),
}
"""What the parts of a call are called: one that says of itself what the words need, and one that does not."""


@dataclass(frozen=True)
class CallText:
    """A call's file, read as TOML."""

    name: str
    data: dict[str, Any]
    lines: Mapping[Location, int]

    @classmethod
    def parsed(cls, name: str, content: bytes) -> "CallText":
        """Raises CallFileError where the file is too large or not TOML."""

        def refused(line: int | None, message: Message) -> CallFileError:
            return CallFileError([Fault(name, line, message)])

        if len(content) > MOST_BYTES:
            raise refused(None, too_many_bytes(MOST_BYTES))
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise refused(line, not_utf8()) from error
        if too_much := excess(text):
            raise refused(*too_much)
        try:
            return cls(name, tomllib.loads(text), lines_of(text))
        except tomllib.TOMLDecodeError as error:
            raise refused(*_said_by_toml(str(error), text)) from error
        except ValueError as error:
            # Python reads no number of more than some thousand digits.
            longest = max(re.finditer("[0-9_]+", text), key=lambda digits: len(digits[0]))
            raise refused(text.count("\n", 0, longest.start()) + 1, too_large()) from error

    def faults(self, found: Iterable[Found | Fault]) -> list[Fault]:
        """Each thing once, in the order of the file, with its line; not more than anybody reads."""
        faults: dict[str, Fault] = {}
        for one in found:
            fault = one if isinstance(one, Fault) else self._fault(one)
            faults.setdefault(str(fault), fault)
        ordered = sorted(faults.values(), key=lambda fault: (fault.file != self.name, fault.file, fault.line or 0))
        if left := len(ordered[MOST:]):
            more = msg("Muita virheitä on vielä %(n)s. Korjatkaa ensin nämä.", n=left)
            return [*ordered[:MOST], Fault(self.name, None, more)]
        return ordered

    def _fault(self, found: Found) -> Fault:
        """A fault at its line, or at that of what it should stand in."""
        node: Any = self.data
        here: Location = ()
        absent = ""
        for place, step in enumerate(found.location, start=1):
            if _has(node, step):
                node, here = node[step], (*here, step)
            elif place == len(found.location) and step not in ("root", "text", "[key]"):
                absent = str(step + 1 if isinstance(step, int) else step)
        return Fault(self.name, self.lines.get(here), found.message, self._where(here, absent))

    def _where(self, here: Location, absent: str) -> Message | str | None:
        """A place in words of the file; ``absent`` is a name that should stand there."""
        words, rest = None, here
        if len(here) > 1 and here[0] in _PARTS and isinstance(here[1], int):
            name, place = str(here[0]), here[1]
            part = self.data[name][place]
            known = {entry: str(part[entry])[:40] for entry in ("key", "number", "kind") if _has(part, entry)}
            full, bare = _PARTS[name]
            params = {"place": str(place + 1), **known}
            needed = set(re.findall(r"%\((\w+)\)", full.original))
            words = Message((full if needed <= set(params) else bare).original, None, params)
            rest = here[2:]
        named = ".".join(
            str(step + 1 if isinstance(step, int) else step)[:40] for step in (*rest, *filter(None, [absent]))
        )
        if words and named:
            return msg("%(where)s, %(name)s", where=words, name=named)
        return words or named or None


def _has(node: Any, step: int | str) -> bool:
    """Whether data have something by this name, or at this place of a list."""
    return (
        step in node
        if isinstance(node, dict)
        else isinstance(node, list) and isinstance(step, int) and step < len(node)
    )


def _said_by_toml(error: str, text: str) -> tuple[int, Message]:
    """The line and what to do, of what the standard library's reader says in English."""
    found = _PLACE.match(error)
    line = int(found["line"]) if found and found["line"] else text.count("\n") + 1
    return line, next((said for begins, said in _TOML_SAYS.items() if error.startswith(begins)), _NOT_TOML)
