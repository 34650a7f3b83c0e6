"""An answer as people read it, and what of it is not as it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest

from forms.texts import Euros, Message, Quantity, SignedEuros, Text, msg
from forms.words import Piece

Value = Text | Message | Euros | Quantity | str
"""What can be read in an answer; None in its place is *Ei vastauksia*."""


@dataclass(frozen=True)
class Row:
    """A labelled line of an answer as people read it."""

    label: Text | Message | str
    value: Value | None


@dataclass(frozen=True)
class Shown:
    """An answer as people read it: a text, or labelled rows, with a total where there is one."""

    text: Text | Message | Quantity | str | None = None
    lines: tuple[tuple[str, ...], ...] = ()
    """The text's lines in groups of a few, for printers that can't keep them in a whole."""
    rows: tuple[Row, ...] = ()
    grid: tuple[tuple[Row, ...], ...] = ()
    """The same rows in lines, where they are the cells of a table."""
    totals: tuple[Row, ...] = ()
    """What columns of a table add up to."""
    total: Euros | None = None
    beside: Row | None = None
    file: str = ""
    """The digest of the file that the answer is; '' for all else."""


@dataclass(frozen=True)
class ChangedPart:
    """A part of an answer as it was and as it is; None where it was or is blank."""

    label: Text | Message | str | None
    """None where the answer is one part."""
    before: Value | None
    after: Value | None
    pieces: tuple[Piece, ...] = ()
    """The same word by word, for texts that are worth it."""

    @property
    def difference(self) -> SignedEuros | None:
        """By how many whole euros an amount grew; None for what is no amount, or was or is blank."""
        if isinstance(self.before, Euros) and isinstance(self.after, Euros):
            return SignedEuros(self.after.amount - self.before.amount)
        return None


def changed_parts(before: Shown, after: Shown) -> tuple[ChangedPart, ...]:
    """Row by row, the total and what stands beside it, or the whole of an answer in one part: what is not as it was."""
    return tuple(part for part in _parts(before, after) if part.before != part.after)


def _parts(before: Shown, after: Shown) -> Iterator[ChangedPart]:
    yield ChangedPart(None, before.text, after.text)
    for old, new in chain(zip_longest(before.rows, after.rows), zip_longest(before.totals, after.totals)):
        yield _row(old, new)
    yield ChangedPart(msg("Yhteensä"), before.total, after.total)
    if before.beside or after.beside:
        yield _row(before.beside, after.beside)


def _row(old: Row | None, new: Row | None) -> ChangedPart:
    known = new or old
    assert known is not None
    return ChangedPart(known.label, old.value if old else None, new.value if new else None)
