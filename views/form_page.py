"""A page of the form as it is shown: what is stored, or what was typed and could not be saved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from flask import request
from werkzeug.datastructures import MultiDict

from forms.answers import Answers, Progress
from forms.definition import Call, Page, Section
from forms.question import Problem, Question, Severity, Typed
from forms.summary import Totals, totals_of
from forms.texts import Message
from models.application import Application
from models.submission import Submission
from services import allowances, drafts, earlier, saving, submissions
from services.allowances import Allowance
from services.drafts import NEVER_SAVED, Stored
from services.saving import Clash, Rendered, Saved
from services.sending import state_of, to_send
from views.access import Opened, arrived_at
from views.addresses import url_for
from views.numbers import number_in
from views.page_loads import OfEarlierVersions, call_shown, new_page_id, page_id_in


@dataclass(frozen=True)
class SendState:
    """What every page says of sending: last sent when, whether edits wait, how long it is possible."""

    sent: Submission | None
    has_unsent_edits: bool
    allowed: Allowance
    time_left: timedelta | None
    """None when the time is past, also where the call is held open."""


def send_state(opened: Opened, answers: Answers) -> SendState:
    at = arrived_at()
    sent = submissions.last(opened.application)
    allowed = allowances.of(opened.application, sent, at)
    return SendState(
        sent=sent,
        has_unsent_edits=sent is not None and submissions.has_unsent_edits(sent, answers),
        allowed=allowed,
        time_left=allowed.until - at if allowed.can_send and at <= allowed.until else None,
    )


@dataclass(frozen=True)
class FormPage:
    """What the templates of a form page need."""

    application: Application
    call: Call
    page: Page
    stored: dict[str, Stored]
    sending: SendState
    page_id: str
    typed_now: dict[str, Typed] = field(default_factory=dict)
    """Texts of a post that could not be saved; shown in place of the stored ones."""
    revs_now: dict[str, str] = field(default_factory=dict)
    """The ``.rev`` of those, as posted: what could not be saved was not seen either."""
    clashes: list[Clash] = field(default_factory=list)
    refused: Mapping[str, Message] = field(default_factory=dict)
    """By question why a file was not kept."""
    not_kept: Sequence[Message] = ()
    """The same of questions that do not stand on the page, or not any more."""
    is_checking: bool = False
    """Whether to say also what is merely missing: after a look at the list of problems."""
    more_rows: str | None = None
    """The question for which more rows were asked for, and how many it had: ``q11:5``."""
    searches: Mapping[str, str] = field(default_factory=dict)
    """The words that a list of choices is narrowed to, by the name of their field: ``q1.haku``."""
    loaded_at: datetime = field(default_factory=arrived_at)

    @cached_property
    def address(self) -> str:
        """Where the page is shown, and saved."""
        return url_for("apply.save", reference=self.application.reference, page=self.page.key)

    @cached_property
    def of_earlier_versions(self) -> OfEarlierVersions:
        return OfEarlierVersions(self.application, self.call, self.stored)

    @cached_property
    def answers(self) -> Answers:
        return drafts.answers_of(self.call, self.stored)

    @cached_property
    def to_send(self) -> Answers:
        """The answers that would be sent from here now: all, or what the ministry asks for beside the sent ones."""
        return to_send(self.answers, self.sending.sent, self.sending.allowed)

    @cached_property
    def asked(self) -> list[Question]:
        """The questions that a completion request is about."""
        request = self.sending.allowed.request
        return [question for question in self.call.questions if request and question.key in request.questions]

    @cached_property
    def shown_answers(self) -> Answers:
        """The answers with the texts that this page shows."""
        if not self.typed_now:
            # What is wrong with them is looked for once.
            return self.answers
        typed = {key: answer.typed for key, answer in self.stored.items()}
        return Answers(self.call, {**typed, **self.typed_now})

    @cached_property
    def sections(self) -> list[Section]:
        return self.call.sections_on(self.page.key)

    @property
    def takes_files(self) -> bool:
        return any(one.takes_file for section in self.sections for one in self.call.questions_in(section.key))

    @property
    def next_page(self) -> Page | None:
        place = self.call.pages.index(self.page)
        return self.call.pages[place + 1] if place + 1 < len(self.call.pages) else None

    @cached_property
    def totals(self) -> Totals | None:
        return totals_of(self.answers)

    @property
    def last_saved_at(self) -> datetime | None:
        return drafts.last_saved_at(self.stored)

    def typed(self, question: Question) -> Typed:
        if question.key in self.typed_now:
            return self.typed_now[question.key]
        return self.stored.get(question.key, NEVER_SAVED).typed

    def rev(self, question: Question) -> str:
        posted = self.revs_now.get(question.key)
        return posted if posted is not None else str(Rendered.of(self.stored.get(question.key, NEVER_SAVED)))

    def keeps_any(self, questions: Iterable[Question]) -> bool:
        """Whether anything was ever saved for one of these."""
        return any(question.key in self.stored for question in questions)

    def saved_at(self, question: Question) -> datetime | None:
        return self.stored.get(question.key, NEVER_SAVED).saved_at

    def clash(self, question: Question) -> Clash | None:
        return next((clash for clash in self.clashes if clash.question.key == question.key), None)

    def seen(self, clash: Clash) -> str:
        """Says, when posted, that the stored text of a clash was looked at."""
        return str(Rendered.of(clash.stored))

    def suffixes(self, question: Question) -> tuple[str, ...]:
        """The fields to show, with those that were asked for."""
        suffixes = question.suffixes(self.typed(question))
        key, _, shown = (self.more_rows or "").partition(":")
        if key != question.key:
            return suffixes
        possible = question.possible_suffixes
        rows = max(len(suffixes), min(number_in(shown), len(possible)))
        return possible[:rows] + question.more_suffixes(rows)

    def problems(self, question: Question) -> list[Problem]:
        """What to say beside a question: nothing of what is merely not there yet, unless one is checking."""
        found = self.shown_answers.problems_of(question)
        if question.key in self.refused:
            found = [*found, Problem(question, "", "file", Severity.ERROR, self.refused[question.key])]
        return found if self.is_checking else [problem for problem in found if not problem.is_gap]

    def problems_at(self, question: Question, suffix: str) -> list[Problem]:
        """What to say beside a field."""
        return [problem for problem in self.problems(question) if problem.suffix == suffix]

    def problems_below(self, question: Question) -> list[Problem]:
        """What to say below a question: all that has no place beside a field."""
        found = self.problems(question)
        places = set(self.suffixes(question)) if found and question.has_places else set()
        return [problem for problem in found if problem.suffix not in places]

    def wrong_fields(self, question: Question) -> set[str]:
        return {problem.suffix for problem in self.problems(question) if problem.is_error}

    @cached_property
    def to_mend(self) -> list[Problem]:
        """What is wrong on this page, in the order of its questions."""
        on_page = {section.key for section in self.sections}
        questions = [question for question in self.shown_answers.open_questions if question.section in on_page]
        return [problem for question in questions for problem in self.problems(question) if problem.is_error]

    def asks(self, question: Question) -> bool:
        return self.shown_answers.asks(question)

    def decides(self, question: Question) -> bool:
        """Whether an answer opens and closes others of this page, which is posted whole then: nothing may get lost."""
        return question.key in self._deciding

    @cached_property
    def _deciding(self) -> set[str]:
        on_page = {section.key for section in self.sections}
        here = {question.key for question in self.call.questions if question.when and question.section in on_page}
        areas = self.call.areas_question
        return {key for key, others in self.call.decides.items() if here & others} | ({areas.key} if areas else set())

    def progress_of_page(self, page: Page) -> Progress | None:
        """How far a page has come without its areas; None for one with nothing to fill in."""
        sections = [section.key for section in self.call.sections_on(page.key) if not section.area]
        questions = [question for key in sections for question in self.call.questions_in(key) if question.has_fields]
        return self.shown_answers.progress(questions) if questions else None

    def progress_of(self, section: Section) -> Progress:
        return self.shown_answers.progress(self.call.questions_in(section.key))

    def search(self, question: Question) -> str:
        return self.searches.get(question.field_name("haku"), "")[:100]

    @cached_property
    def emptied(self) -> dict[str, int]:
        """The long answers that were emptied last, and the revision that takes it back."""
        return earlier.emptied(self.application, self.stored)

    @property
    def seen_state(self) -> str:
        """What one has looked at when one presses *Lähetä* on this page."""
        return state_of(self.application, self.to_send, self.sending.sent)


def form_page(opened: Opened, page: Page, stored: dict[str, Stored] | None = None) -> FormPage:
    """A page with what is stored now, where that was not read already."""
    stored = drafts.stored_answers(opened.application) if stored is None else stored
    sending = send_state(opened, drafts.answers_of(opened.call, stored))
    asked = request.args
    return FormPage(
        opened.application,
        opened.call,
        page,
        stored,
        sending,
        new_page_id(opened.application),
        is_checking="tarkista" in asked,
        more_rows=asked.get("lisaa"),
        searches=asked,
    )


def page_after_clash(opened: Opened, page: Page, saved: Saved) -> FormPage:
    """The page with both texts of each clash: one's own in the fields, the other beside them."""
    return replace(
        form_page(opened, page),
        typed_now={clash.question.key: clash.typed for clash in saved.clashes},
        revs_now={clash.question.key: str(clash.shows) for clash in saved.clashes},
        clashes=saved.clashes,
    )


def combine(view: FormPage, key: str, form: MultiDict[str, str]) -> FormPage:
    """The same page with two people's texts of a question together in its field, to go on from."""
    question = view.call.by_key.get(key)
    both = question.combine(question.posted(form), view.typed(question)) if question else None
    return replace(view, typed_now={**view.typed_now, key: both}) if both else view


def page_as_posted(opened: Opened, page: Page, form: MultiDict[str, str]) -> FormPage:
    """The page with every field as it was typed, none of it saved: in the version of the form that it was in."""
    shown = replace(opened, call=call_shown(opened.call.key, form) or opened.call)
    typed = saving.typed_from(shown.call, form)
    revs = {key: form[saving.rev_name(shown.call.question(key))] for key in typed}
    page_id = new_page_id(opened.application, form)
    return replace(form_page(shown, page), typed_now=typed, revs_now=revs, page_id=page_id)


def page_without_access(reference: str, call: Call, page: Page, form: MultiDict[str, str]) -> FormPage:
    """What was typed, given back to a browser that may not open the application (any more).

    Nothing of the application itself is in it, so it says nothing of what is stored, nor whether anything is.
    """
    typed = saving.typed_from(call, form)
    return FormPage(
        application=Application(reference=reference, call_key=call.key),
        call=call,
        page=page,
        stored={},
        sending=SendState(None, False, Allowance(True, False, call.closes), None),
        typed_now=typed,
        revs_now={key: form[saving.rev_name(call.question(key))] for key in typed},
        page_id=page_id_in(form),
    )
