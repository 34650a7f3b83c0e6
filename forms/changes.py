"""What is not in one version of an application as it was in another, in the order of the form."""

from collections.abc import Iterator
from dataclasses import dataclass

from forms.answers import Answers
from forms.definition import Section
from forms.question import Question
from forms.shown import ChangedPart, Shown
from forms.summary import totals_of
from forms.texts import msg


@dataclass(frozen=True)
class Change:
    """A question whose answer differs, as it was and as it is; None where it was or is not asked."""

    question: Question
    before: Shown | None
    after: Shown | None
    parts: tuple[ChangedPart, ...] = ()
    """What differs where it was and is asked; nothing, where the same is only written otherwise."""
    is_struck: bool = False
    """Whether the question is not on the form any more."""


@dataclass(frozen=True)
class ChangedSection:
    """A section with what changed in it; all its questions where its area was chosen or given up."""

    section: Section
    has_come: bool
    has_gone: bool
    changes: list[Change]


@dataclass(frozen=True)
class Comparison:
    """All that differs between the answers of two versions."""

    totals: tuple[ChangedPart, ...]
    """The money over all areas, as far as it changed."""
    sections: list[ChangedSection]
    """Those in which something changed."""

    @property
    def count(self) -> int:
        """How many questions have another answer than before."""
        return sum(len(part.changes) for part in self.sections)


def compare(before: Answers, after: Answers, gone: Answers | None = None) -> Comparison:
    """How the answers of one version became those of another, to the questions of the newer.

    Where the call was changed between them, ``gone`` are the older answers that have no place in the newer.
    """
    if before is after:
        return Comparison((), [])
    sections = [_section(before, after, section) for section in after.call.sections]
    sections += [_gone(gone, section) for section in gone.call.sections] if gone else []
    return Comparison(tuple(_totals(before, after)), [section for section in sections if section.changes])


def _section(before: Answers, after: Answers, section: Section) -> ChangedSection:
    was_open, is_open = before.is_open(section), after.is_open(section)
    changes = []
    if was_open or is_open:
        for question in after.call.questions_in(section.key):
            old, new = before.typed(question.key), after.typed(question.key)
            was_asked, is_asked = before.asks(question), after.asks(question)
            shown_before = question.show(old, before) if was_asked else None
            shown_after = question.show(new, after) if is_asked else None
            parts = question.changes(shown_before, shown_after) if shown_before and shown_after else ()
            if was_asked != is_asked or ((old != new or parts) and is_asked):
                changes.append(Change(question, shown_before, shown_after, parts))
    return ChangedSection(section, is_open and not was_open, was_open and not is_open, changes)


def _gone(answers: Answers, section: Section) -> ChangedSection:
    asked = ((question, answers.typed(question.key)) for question in answers.call.questions_in(section.key))
    changes = [
        Change(question, question.show(typed, answers), None, is_struck=True)
        for question, typed in asked
        if question.has_fields and question.is_answered(typed)
    ]
    return ChangedSection(section, False, False, changes)


def _totals(before: Answers, after: Answers) -> Iterator[ChangedPart]:
    old, new = totals_of(before), totals_of(after)
    if old and new:
        if old.requested != new.requested:
            yield ChangedPart(msg("Haettava yhteensä"), old.requested, new.requested)
        if old.costs != new.costs:
            yield ChangedPart(msg("Kustannukset yhteensä"), old.costs, new.costs)
