"""Where answers go when a call changes: each to its question in the new version, or nowhere, where they stay aside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from forms.definition import Call
from forms.question import Question, Typed

Moves = Mapping[str, str | None]
"""What an officer decided, by the question's key in the older version: the key that its answers go to in the newer, or
None for nowhere. Others stay at their key while it is there and of the same kind."""


@dataclass(frozen=True)
class Step:
    """From one version of a call to the next."""

    old: Call
    new: Call
    moves: Moves

    def target(self, key: str) -> Question | None:
        """The question of the newer version that the answers to one of the older are answers to."""
        if key in self.moves:
            return self.new.by_key.get(self.moves[key] or "")
        question = self.new.by_key.get(key)
        return question if question and question.kind_name() == self.old.question(key).kind_name() else None

    def split(self, key: str, typed: Typed) -> tuple[Typed, Typed]:
        """An answer of the older version: what its question in the newer shows of it, and what has no place there."""
        target = self.target(key)
        fits = target.fitting(typed) if target else {}
        return fits, {suffix: text for suffix, text in typed.items() if suffix not in fits}

    def faults(self) -> Iterator[str]:
        """Why what was decided can't be done."""
        takers: dict[str, list[str]] = {}
        for question in self.old.questions:
            if question.has_fields and (target := self.target(question.key)):
                takers.setdefault(target.key, []).append(question.key)
        for new, old in takers.items():
            if len(old) > 1:
                yield f"{' and '.join(old)} go to {new}, which has room for one; let the others go nowhere or elsewhere"
        for old_key, new_key in self.moves.items():
            if old_key not in self.old.by_key:
                yield f"{old_key} is no question of the version before; correct the key"
            elif new_key is not None and new_key not in self.new.by_key:
                yield f"{old_key} goes to {new_key}, which is no question; correct the key"
            elif new_key is not None and not self.new.by_key[new_key].has_fields:
                yield f"{old_key} goes to {new_key}, which has nothing to fill in; choose another"
