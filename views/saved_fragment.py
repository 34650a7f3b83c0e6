"""What a save by htmx brings back: the parts of the page that changed, each with the place it goes to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import render_template
from werkzeug.datastructures import MultiDict

from forms.definition import Page, Section
from forms.question import Question, Typed
from forms.texts import Message
from services import saving
from services.saving import Saved
from views.access import Opened
from views.form_page import FormPage, form_page

SHOWN = "nakyvissa"
"""Hidden field, repeated: the areas whose sections the page shows."""
ASKED = "kysytaan"
"""The same of questions with a condition."""


@dataclass(frozen=True)
class Toggled:
    """What a save opens and closes on the page."""

    sections: list[Section]
    """Areas, which come or go whole."""
    questions: list[Question]
    """Those with a condition in sections that stay."""
    keys: set[str]
    """All questions that are asked or not any more by it, on other pages too."""


def saved_fragment(
    opened: Opened, page: Page, saved: Saved, form: MultiDict[str, str], refused: Mapping[str, Message]
) -> str:
    """What changes on the page after a save by htmx: parts that swap themselves into their places.

    No field is among them, so focus, caret and what is being typed meanwhile stay.
    """
    keys = {question.key for question in saved.posted}
    shown: dict[str, Typed] = {clash.question.key: clash.typed for clash in saved.clashes}
    view = form_page(opened, page, saved.stored)
    for question in saved.posted:
        if view.decides(question):
            # What the page's own boxes say is what it shows; another's tick is news for the next load.
            shown[question.key] = saving.without_blanks(question.posted(form))
    view = replace(view, typed_now=shown, refused=refused)
    toggled = _toggled(view, keys, form)
    # The sections and questions that stay on the page as they are.
    kept = [
        section for section in view.sections if view.shown_answers.is_open(section) and section not in toggled.sections
    ]
    places = {section.key for section in kept}
    stay = [
        question
        for question in view.shown_answers.open_questions
        if question.section in places and question not in toggled.questions
    ]
    # A file may have been refused, now or before: its answer says nothing of that.
    news = {question.key for question in [*saved.news, *(q for q in saved.posted if q.takes_file)]}
    touched = view.answers.touched_by(news | toggled.keys)
    return render_template(
        "apply/saved.html",
        view=view,
        saved=saved,
        questions=[question for question in stay if question.key in touched or not question.has_fields],
        stay={question.key for question in stay},
        toggled=toggled,
    )


def _toggled(view: FormPage, keys: set[str], form: MultiDict[str, str]) -> Toggled:
    """What does not stand on the page as the answers to ``keys`` would have it; the rest of the page says nothing."""
    decided = {other for key in keys for other in view.call.decides[key]}
    if not decided:
        return Toggled([], [], set())
    by_section = {section.key: section for section in view.sections}
    here = [question for question in view.call.questions if question.key in decided and question.section in by_section]
    shown, asked = set(form.getlist(SHOWN)), set(form.getlist(ASKED))
    in_areas = {question.section for question in here if by_section[question.section].area}
    sections = [
        section
        for section in view.sections
        if section.key in in_areas and (section.key in shown) != view.shown_answers.is_open(section)
    ]
    questions = [
        question
        for question in here
        if question.when
        and by_section[question.section] not in sections
        and view.shown_answers.is_open(by_section[question.section])
        and (question.key in asked) != view.asks(question)
    ]
    moved = {question.key for question in here if question in questions or by_section[question.section] in sections}
    return Toggled(sections, questions, moved | {key for key in decided if key not in {one.key for one in here}})
