"""What is wrong with an answer, looked for once: each save of one answer asks for the problems of all others."""

from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forms.question import Problem, Typed

_MOST = 500
"""Answers of a question whose problems are known: those of more people than write at once."""


class KnownProblems:
    """The problems of a question's answers, by a digest of the typed fields: no text is kept in memory for it."""

    def __init__(self) -> None:
        self._by_digest: dict[bytes, tuple[Problem, ...]] = {}

    def of(self, typed: "Typed", find: "Callable[[Typed], Iterable[Problem]]") -> "list[Problem]":
        digest = _digest_of(typed)
        known = self._by_digest.get(digest)
        if known is None:
            if len(self._by_digest) >= _MOST:
                self._by_digest.clear()
            known = self._by_digest[digest] = tuple(find(typed))
        return list(known)


def _digest_of(typed: "Typed") -> bytes:
    digest = blake2b(digest_size=16)
    for suffix, text in sorted(typed.items()):
        digest.update(f"{suffix}\0{text}\0".encode(errors="surrogatepass"))
    return digest.digest()
