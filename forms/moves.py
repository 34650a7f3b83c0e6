"""Where answers go when a call changes: each to its question in the newer version, or nowhere, where they stay aside.

What has no place any more is kept under a key of its own (``aside``), as the answer to an earlier question.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from forms.definition import Call
from forms.question import Question, Typed
from forms.texts import Message, msg

Moves = Mapping[str, str | None]
"""What an officer decided, by the question's key in the older version: the key that its answers go to in the newer, or
None for nowhere. Others stay at their key while it is there and of the same kind."""


def aside(key: str, number: int) -> str:
    """The key under which answers to a question of a version are kept that has no place any more."""
    return f"{key}@{number}"


def read_aside(key: str) -> tuple[str, int] | None:
    """The opposite; None for the key of a question that is asked."""
    name, _, number = key.partition("@")
    return (name, int(number)) if number else None


def kept_aside(question: Question, number: int) -> Question:
    """The same question under that key."""
    return question.model_copy(update={"key": aside(question.key, number)})


@dataclass(frozen=True)
class Step:
    """From one version of a call to the next."""

    number: int
    """That of the older."""
    old: Call
    new: Call
    moves: Moves

    def target(self, key: str) -> Question | None:
        """The question of the newer version that the answers to one of the older are answers to."""
        if key in self.moves:
            return self.new.by_key.get(self.moves[key] or "")
        question = self.new.by_key.get(key)
        return question if question and question.kind_name() == self.old.question(key).kind_name() else None

    def now(self, key: str) -> str | None:
        """The key that a question of the older version has in the newer; None where its answers have no place."""
        target = self.target(key)
        return target.key if target else None

    def fitting(self, key: str, typed: Typed) -> Typed:
        """What the newer version's question can show of an answer of the older."""
        target = self.target(key)
        # What is stored of a button or a file is no words, which a field to type in would make of it.
        if target is None or (self.old.question(key).is_ticked and not target.is_ticked):
            return {}
        return target.fitting(typed)

    def split(self, key: str, typed: Typed) -> tuple[Typed, Typed]:
        """An answer of the older version: what its question in the newer shows of it, and what has no place there."""
        fits = self.fitting(key, typed)
        return fits, {suffix: text for suffix, text in typed.items() if suffix not in fits}

    def faults(self) -> Iterator[Message]:
        """Why what was decided can't be done."""
        takers: dict[str, list[str]] = {}
        for question in self.old.questions:
            if question.has_fields and (target := self.target(question.key)):
                takers.setdefault(target.key, []).append(question.key)
        for new, old in takers.items():
            if len(old) > 1:
                yield msg(
                    "Vastaukset kysymyksiin %(old)s siirtyvät kysymykseen %(new)s, johon mahtuvat vain yhdet. "
                    "Valitkaa muille toinen kysymys, tai jättäkää ne aiemmiksi kysymyksiksi.",
                    old=", ".join(old),
                    new=new,
                )
        for old_key, new_key in self.moves.items():
            if old_key not in self.old.by_key:
                yield msg("Edellisessä versiossa ei ole kysymystä %(old)s. Korjatkaa tunnus.", old=old_key)
            elif new_key is not None and new_key not in self.new.by_key:
                yield msg("Uudessa versiossa ei ole kysymystä %(new)s. Korjatkaa tunnus.", new=new_key)
            elif new_key is not None and not self.new.by_key[new_key].has_fields:
                yield msg("Kysymyksessä %(new)s ei ole täytettävää. Valitkaa toinen.", new=new_key)


def joined(steps: Sequence[Step]) -> Moves:
    """Several steps as one: where the answers to each question of the first version are in the last."""
    found: dict[str, str | None] = {}
    for question in steps[0].old.questions:
        key: str | None = question.key
        for step in steps:
            key = step.now(key) if key is not None else None
        found[question.key] = key
    return found


def follow(steps: Sequence[Step], answers: Mapping[str, Typed]) -> dict[str, Typed]:
    """The answers to the first version's questions as they are answers to the last one's; others are left out."""
    found = dict(answers)
    for step in steps:
        moved = {}
        for key, typed in found.items():
            target = step.target(key) if key in step.old.by_key else None
            if target is not None:
                moved[target.key] = step.split(key, typed)[0]
        found = moved
    return found


@dataclass
class Posted:
    """What a page of an older version posts, in the words of the newer."""

    form: MultiDict[str, str]
    files: MultiDict[str, Any]
    """What was uploaded, by the fields' names."""
    earlier: list[Question] = field(default_factory=list)
    """The questions without a place that it has answers to, under the keys of theirs (``kept_aside``)."""


def understood(posted: Posted, steps: Sequence[Step], buttons: Collection[str]) -> Posted:
    """What a page of the first version posts, for a program that knows the last; ``buttons`` have a key as value."""
    for step in steps:
        posted = _one_step(posted, step, buttons)
    return posted


def _one_step(before: Posted, step: Step, buttons: Collection[str]) -> Posted:
    posted = Posted(MultiDict(), MultiDict(), list(before.earlier))
    places = {question.key: _Places(question, before, step) for question in step.old.questions}
    for name, text in before.form.items(multi=True):
        key, dot, rest = name.partition(".")
        if name in buttons:
            posted.form.add(name, _of_button(text, step))
        else:
            for new in places[key].of(name, text) if key in places else [key]:
                posted.form.add(f"{new}{dot}{rest}", text)
    for name, file in before.files.items(multi=True):
        key, dot, rest = name.partition(".")
        posted.files.add(f"{places[key].of_file if key in places else key}{dot}{rest}", file)
    for question in step.old.questions:
        if f"{aside(question.key, step.number)}.rev" in posted.form:
            posted.earlier.append(kept_aside(question, step.number))
    return posted


class _Places:
    """Under which keys the fields of a question go on."""

    def __init__(self, question: Question, posted: Posted, step: Step) -> None:
        self._step, self._key = step, question.key
        self._target, self._left = step.target(question.key), aside(question.key, step.number)
        names = Counter(question.field_name(suffix) for suffix in question.possible_suffixes)
        self._suffixes = {question.field_name(suffix): suffix for suffix in question.possible_suffixes}
        # Boxes share one name, and each says by its text which it is.
        self._boxes = {name for name, times in names.items() if times > 1}
        fields = ((name, text) for name in self._suffixes for text in posted.form.getlist(name))
        is_left = not all(self._fits(name, text) for name, text in fields)
        has_file = any(name.partition(".")[0] == question.key for name in posted.files)
        self._has_left = is_left or (has_file and self.of_file == self._left)

    @property
    def of_file(self) -> str:
        """For what is uploaded the one that takes it."""
        return self._target.key if self._target and self._target.takes_file else self._left

    def of(self, name: str, text: str) -> list[str]:
        """For a field those that take its text; for what is about the whole question all."""
        if self._target is None:
            return [self._left]
        if name in self._suffixes:
            return [self._target.key if self._fits(name, text) else self._left]
        return [self._target.key, self._left] if self._has_left else [self._target.key]

    def _fits(self, name: str, text: str) -> bool:
        suffix = text if name in self._boxes else self._suffixes[name]
        return suffix in self._step.fitting(self._key, {suffix: text})


def _of_button(value: str, step: Step) -> str:
    key, colon, rest = value.partition(":")
    if key not in step.old.by_key:
        return value
    # Its key may be another question's by now.
    target = step.target(key)
    return f"{target.key if target else aside(key, step.number)}{colon}{rest}"
