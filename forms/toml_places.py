"""Where in a TOML file each of its values stands, and how much there is in it.

The standard library's reader keeps no places; and for a key of 30 000 parts, 60 kB, it takes six seconds, for one of
125 000 all memory there is. So a file is measured before it is read.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from forms.texts import Message, msg

Location = tuple[int | str, ...]
"""The way to a value from the top of the file: names of keys, and places in lists from 0."""

DEEPEST = 20
"""Lists and tables inside one another; a call has four."""
MOST_PARTS = 10
"""Names with dots between them that lead to one value; a call has three."""
MOST_VALUES = 15_000
"""Values, lists and tables in a file, and parts of their names; the call of 2021 has some 2 000."""

# Possessive, so that a text that never ends is passed once and not again from each of its marks.
_TOKEN = re.compile(
    r"""
      (?P<text> \"{3} (?: [^"\\]++ | \\. | "(?!"") )*+ (?: "{3,5} | \Z )
              | '{3} (?: [^']++ | '(?!'') )*+ (?: '{3,5} | \Z )
              | " (?: [^"\\\n]++ | \\[^\n] )*+ "?
              | ' [^'\n]*+ '? )
    | (?P<name> [A-Za-z0-9_-]++ )
    | (?P<sign> [\[\]{}=,.] )
    | (?P<end> \n \s*+ )
    | \#[^\n]*+
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    line: int


def _tokens(text: str) -> Iterator[_Token]:
    line, passed = 1, 0
    for found in _TOKEN.finditer(text):
        if found.lastgroup:
            line += text.count("\n", passed, found.start())
            passed = found.start()
            yield _Token(found.lastgroup, "\n" if found["end"] else found[0], line)


def excess(text: str) -> tuple[int, Message] | None:
    """The line where a file, TOML or not, has more in it than any call, and what to do; None where it has not."""
    depth = parts = values = 0
    for token in _tokens(text):
        if token.kind != "sign":
            continue
        depth += (token.text in "[{") - (token.text in "]}")
        values += token.text in "[{=,."
        parts = parts + 1 if token.text == "." else 0
        if depth > DEEPEST:
            return token.line, msg("Sulkeita on sisäkkäin liikaa. Tarkistakaa, puuttuuko sulkeva sulje.")
        if parts >= MOST_PARTS:
            return token.line, msg("Nimessä on liikaa pisteellä erotettuja osia. Lyhentäkää nimeä.")
        if values > MOST_VALUES:
            return token.line, msg("Tiedostossa on liikaa tietoja hauksi. Jakakaa haku kahdeksi.")
    return None


def lines_of(text: str) -> dict[Location, int]:
    """The line, from 1, on which each value of a file begins. The file must be TOML that ``excess`` lets pass."""
    return _Walk(text).lines


class _Walk:
    """Goes through the tokens of a valid file once; anything else than valid TOML gives wrong places."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Location, int] = {}
        self._last: dict[Location, int] = {}
        """The place of the last table in each list of tables."""
        self._tokens = [*_tokens(text), _Token("end", "\n", 0)]
        self._at = 0
        table: Location = ()
        while self._at < len(self._tokens):
            if self._take("\n"):
                continue
            table = self._header() if self._take("[") else self._entry(table)

    def _take(self, sign: str) -> bool:
        """Whether the next token is this sign, which then is passed."""
        token = self._tokens[self._at]
        is_it = token.kind != "text" and token.text == sign
        self._at += is_it
        return is_it

    def _key(self) -> list[str]:
        parts = []
        while True:
            token = self._tokens[self._at]
            self._at += 1
            parts.append(token.text if token.kind == "name" else str(tomllib.loads(f"key = {token.text}")["key"]))
            if not self._take("."):
                return parts

    def _note(self, location: Location, line: int) -> Location:
        self.lines.setdefault(location, line)
        return location

    def _header(self) -> Location:
        is_list = self._take("[")
        line = self._tokens[self._at].line
        table: Location = ()
        parts = self._key()
        for place, part in enumerate(parts, start=1):
            table = self._note((*table, part), line)
            if is_list and place == len(parts):
                self._last[table] = self._last.get(table, -1) + 1
            if table in self._last:
                table = self._note((*table, self._last[table]), line)
        while self._take("]"):
            pass
        return table

    def _entry(self, table: Location) -> Location:
        """Passes a key with its value; gives the table again, in which the next stands."""
        line, location = self._tokens[self._at].line, table
        for part in self._key():
            location = self._note((*location, part), line)
        self._take("=")
        self._value(location)
        return table

    def _value(self, location: Location) -> None:
        if self._take("["):
            place = 0
            while not self._take("]"):
                if not self._take("\n") and not self._take(","):
                    self._value(self._note((*location, place), self._tokens[self._at].line))
                    place += 1
        elif self._take("{"):
            while not self._take("}"):
                if not self._take("\n") and not self._take(","):
                    self._entry(location)
        else:
            while self._tokens[self._at].kind == "text" or self._tokens[self._at].text not in ("\n", ",", "]", "}"):
                self._at += 1
