"""The one view model of the summary: page, PDF and mails show it, none of them computes."""

from dataclasses import dataclass

from forms.answers import Answers
from forms.definition import Section
from forms.question import Question
from forms.rule import Note
from forms.shown import Shown
from forms.texts import Euros, Text


@dataclass(frozen=True)
class Entry:
    """A question with its answer."""

    question: Question
    is_answered: bool
    shown: Shown
    notes: list[Note]


@dataclass(frozen=True)
class SummarySection:
    """A section's heading stands also where the area is not chosen; then it has no entries."""

    section: Section
    is_open: bool
    entries: list[Entry]


@dataclass(frozen=True)
class AreaTotals:
    """What one area costs and what is applied for it; None where it is not chosen."""

    key: str
    """The section's."""
    title: Text
    requested: Euros | None
    costs: Euros | None


@dataclass(frozen=True)
class Totals:
    """The money of an application over all areas, in whole euros."""

    areas: list[AreaTotals]
    requested: Euros
    costs: Euros


@dataclass(frozen=True)
class Summary:
    sections: list[SummarySection]
    totals: Totals | None
    provider: Text | str | None


def summarise(answers: Answers) -> Summary:
    """An application as people read it."""
    call = answers.call
    provider = call.provider_question
    return Summary(
        sections=[_section(answers, section) for section in call.sections],
        totals=totals_of(answers),
        provider=provider.name(answers.typed(provider.key)) if provider else None,
    )


def _section(answers: Answers, section: Section) -> SummarySection:
    is_open = answers.is_open(section)
    asked = [question for question in answers.call.questions_in(section.key) if answers.asks(question)]
    entries = [_entry(answers, question) for question in asked]
    return SummarySection(
        section, is_open, [entry for entry in entries if entry.is_answered or not entry.question.omit_when_empty]
    )


def _entry(answers: Answers, question: Question) -> Entry:
    typed = answers.typed(question.key)
    return Entry(question, question.is_answered(typed), question.show(typed, answers), answers.notes_of(question))


def everything(answers: Answers) -> list[SummarySection]:
    """All that is asked, and what was typed where nothing is asked now; sections with nothing of it left out."""
    found = []
    for section in answers.call.sections:
        is_open = answers.is_open(section)
        entries = [_entry(answers, question) for question in answers.call.questions_in(section.key)]
        if shown := [entry for entry in entries if answers.asks(entry.question) or entry.is_answered]:
            found.append(SummarySection(section, is_open, shown))
    return found


def totals_of(answers: Answers) -> Totals | None:
    """The totals of a call that sums up what is applied for; None for a call that doesn't."""
    question = answers.call.totals_question
    if question is None:
        return None
    areas = []
    costs_of = {answers.call.section_of(key).key: key for key in question.beside}
    for source in question.sources:
        section = answers.call.section_of(source)
        if not section.area:
            continue
        is_open = answers.is_open(section)
        requested = answers.amount(source, question.row) or 0
        costs_key = costs_of.get(section.key)
        costs = answers.total(costs_key) if costs_key else 0
        amounts = (Euros(requested), Euros(costs)) if is_open else (None, None)
        areas.append(AreaTotals(section.key, section.title, *amounts))
    return Totals(areas, Euros(question.total(answers)), Euros(question.beside_total(answers)))
