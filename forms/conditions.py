"""When a question is asked: only while another one is answered so."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from forms.strict import Strict
from forms.texts import FaultError, msg

HOWS = ("is", "has", "above", "below")
"""What a condition can ask: the chosen option, one among those ticked, a number larger or smaller than a bound."""


class Condition(Strict):
    """One of ``is``, ``has``, ``above`` and ``below``, of the answer to another question. A blank one meets none."""

    question: str
    row: str | None = None
    """Of numbers: the row or column that is meant, none for all together."""
    is_: str | None = Field(default=None, alias="is")
    has: str | None = None
    above: Decimal | None = None
    below: Decimal | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self._asked) != 1:
            raise FaultError(msg("Ehdossa pitää olla tasan yksi näistä: %(known)s.", known=", ".join(HOWS)))
        return self

    @property
    def _asked(self) -> dict[str, str | Decimal]:
        asked = {"is": self.is_, "has": self.has, "above": self.above, "below": self.below}
        return {how: value for how, value in asked.items() if value is not None}

    @property
    def how(self) -> str:
        """Which of HOWS it is."""
        return next(iter(self._asked))

    @property
    def option(self) -> str:
        """The key that is to be chosen or ticked; '' where a number is looked at."""
        return self.is_ or self.has or ""

    @property
    def bound(self) -> Decimal:
        """What the number is to be above or below; 0 where an option is looked at."""
        return next((value for value in (self.above, self.below) if value is not None), Decimal(0))


def circles(depends: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Questions that wait for each other, each circle once, in its order from the first of them on."""
    seen: set[frozenset[str]] = set()
    for start in depends:
        paths = [[start]]
        tried = set()
        while paths:
            path = paths.pop()
            for key in depends.get(path[-1], ()):
                if key == start and frozenset(path) not in seen:
                    seen.add(frozenset(path))
                    yield path
                elif key not in tried:
                    tried.add(key)
                    paths.append([*path, key])


def waiting(depends: Mapping[str, Sequence[str]], decider: str) -> set[str]:
    """The questions that wait for one, at whatever remove."""
    found: set[str] = set()
    while more := {key for key, others in depends.items() if key not in found and {decider, *found} & {*others}}:
        found |= more
    return found
