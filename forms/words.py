"""How one text became another, word by word."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby, takewhile

MOST_WORK = 2_000_000
"""Steps that a comparison may take at worst, some 0.2 s. Two texts at the form's limits need a tenth of them."""

AROUND = 12
"""Unchanged words that stay in sight before and after a change."""
WORTH_FOLDING = 25
"""Unchanged words that are folded away; fewer are read sooner than unfolded."""

ISLAND = 3
"""So few unchanged words between two longer changes are only alike by chance: *ja* in two sentences."""

_WORD = re.compile(r"(\s*)(\S*)")
_TO_FOLD = re.compile(r"\s*\S+(?:\s+\Z)?|\s+")


class Mark(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """A part of a text: the same and the added ones joined are the new text, the same and the removed ones the old."""

    mark: Mark
    text: str
    is_folded: bool = False
    """Unchanged and far from every change: shown when asked for."""

    @property
    def words(self) -> int:
        return len(self.text.split())


@dataclass(frozen=True)
class _Word:
    """A word and the white space before it; the end of a text is an empty word. Words are compared, spaces follow."""

    space: str
    word: str

    def __str__(self) -> str:
        return self.space + self.word


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """The new text with what was removed from the old one in its place, long unchanged stretches folded.

    What differs between texts that would take too long to compare is removed and added as a whole.
    """
    joined = (
        Piece(mark, "".join(piece.text for piece in run))
        for mark, run in groupby(_gathered(_marked(_words(old), _words(new))), key=lambda piece: piece.mark)
    )
    return tuple(_folded([piece for piece in joined if piece.text]))


def _words(text: str) -> list[_Word]:
    return [_Word(*match) for match in _WORD.findall(text)]


def _text(words: Iterable[_Word]) -> str:
    return "".join(map(str, words))


def _marked(old: Sequence[_Word], new: Sequence[_Word]) -> Iterator[Piece]:
    """Each stretch of words with its mark; only what differs between their beginnings and ends takes time."""
    begins = _shared(old, new)
    ends = _shared(old[begins:][::-1], new[begins:][::-1])
    yield from _same(old[:begins], new[:begins])
    yield from _between(old[begins : len(old) - ends], new[begins : len(new) - ends])
    yield from _same(old[len(old) - ends :], new[len(new) - ends :])


def _shared(old: Sequence[_Word], new: Sequence[_Word]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0].word == pair[1].word, zip(old, new, strict=False)))


def _between(old: Sequence[_Word], new: Sequence[_Word]) -> Iterator[Piece]:
    was, now = [one.word for one in old], [one.word for one in new]
    if _work(was, now) > MOST_WORK:
        yield from _replaced(old, new)
        return
    # Without autojunk: it would leave words out of the comparison only because a text is long.
    steps = SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    for place, (change, a, b, c, d) in enumerate(steps):
        is_island = b - a <= ISLAND and b - a < min(map(_size, steps[place - 1 : place + 2 : 2]), default=0)
        yield from (_same if change == "equal" and not is_island else _replaced)(old[a:b], new[c:d])


def _size(step: tuple[str, int, int, int, int]) -> int:
    _, a, b, c, d = step
    return max(b - a, d - c)


def _work(old: list[str], new: list[str]) -> int:
    """The most steps that SequenceMatcher may take: in each of its searches it meets every pair of equal words."""
    in_old, in_new = Counter(old), Counter(new)
    pairs = sum(count * in_new[word] for word, count in in_old.items())
    return min(len(old), len(new)) * (max(len(old), len(new)) + pairs)


def _replaced(old: Sequence[_Word], new: Sequence[_Word]) -> Iterator[Piece]:
    yield Piece(Mark.REMOVED, _text(old))
    yield Piece(Mark.ADDED, _text(new))


def _same(old: Sequence[_Word], new: Sequence[_Word]) -> Iterator[Piece]:
    """Equal words, between which the white space may have changed."""
    for before, after in zip(old, new, strict=True):
        if before.space == after.space:
            yield Piece(Mark.SAME, str(after))
        else:
            yield Piece(Mark.REMOVED, before.space)
            yield Piece(Mark.ADDED, after.space)
            yield Piece(Mark.SAME, after.word)


def _gathered(marked: Iterable[Piece]) -> Iterator[Piece]:
    """Between two unchanged pieces first all that was removed, then all that was added."""
    for is_same, run in groupby((piece for piece in marked if piece.text), key=lambda piece: piece.mark == Mark.SAME):
        if is_same:
            yield from run
            continue
        changed = list(run)
        old, new = ("".join(one.text for one in changed if one.mark == mark) for mark in (Mark.REMOVED, Mark.ADDED))
        space = _space_before(old) if new.startswith(_space_before(old)) else ""
        yield Piece(Mark.SAME, space)
        yield Piece(Mark.REMOVED, old.removeprefix(space))
        yield Piece(Mark.ADDED, new.removeprefix(space))


def _space_before(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _folded(joined: Sequence[Piece]) -> Iterator[Piece]:
    """Unchanged stretches with their middle folded, or all but the words beside the only change they stand at."""
    for place, piece in enumerate(joined):
        if piece.mark != Mark.SAME:
            yield piece
            continue
        words = _TO_FOLD.findall(piece.text)
        first = AROUND if place > 0 else 0
        last = len(words) - (AROUND if place + 1 < len(joined) else 0)
        if last - first < WORTH_FOLDING:
            yield piece
            continue
        yield from (
            Piece(Mark.SAME, "".join(part), is_folded=number == 1)
            for number, part in enumerate((words[:first], words[first:last], words[last:]))
            if part
        )
