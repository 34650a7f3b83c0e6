"""One load of a form page: the id that its posts carry, and the version of the form that it shows.

Whoever has a page open while the call is changed goes on writing in it: what it posts is understood.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from werkzeug.datastructures import FileStorage, MultiDict

from forms.call_changes import CallChange
from forms.clean import clean_line
from forms.definition import Call, Page, Section
from forms.moves import Posted, understood
from models.application import Application
from models.database import database
from services import attachments, call_moves, earlier_questions, saving
from services.context import calls
from services.drafts import Stored
from services.earlier_questions import EarlierQuestion
from views.numbers import number_in

PAGE_ID = "sivu"
"""Hidden field: a random id per page load, after the number of the form's version."""
READ = "muutos_luettu"
"""The button by which people say that they have read what changed; its value is the version's number."""
BUTTONS = (saving.KEEP, saving.TAKE, saving.COMBINE, saving.RESTORE, attachments.REMOVE, "lisaa", "hae", "nayta")
"""Those at a question, whose key is in their value."""


def page_id_in(sent: Mapping[str, str]) -> str:
    """The id that a page sends; empty where it sends none."""
    return clean_line(sent.get(PAGE_ID, ""))[:40]


def _version_in(sent: Mapping[str, str]) -> int | None:
    """The number of the version that the sending page shows; None where it does not say."""
    number, dot, _ = page_id_in(sent).partition(".")
    return number_in(number) or None if dot else None


def new_page_id(application: Application, sent: Mapping[str, str] | None = None) -> str:
    """One for a page in the application's version, or in that of the page that sent something."""
    number = _version_in(sent or {}) or calls().version_of(application).number
    return f"{number}.{secrets.token_urlsafe(9)}"


def call_shown(call_key: str, sent: Mapping[str, str]) -> Call | None:
    """The call as the sending page shows it; None where that is not known."""
    number = _version_in(sent)
    # Not looked up while the database is away, as under maintenance: nobody may open it then.
    return calls().numbered(call_key, number) if number and not database.is_closed() else None


def is_old(application: Application, sent: Mapping[str, str]) -> bool:
    """Whether the form was changed since the page was loaded."""
    number = _version_in(sent)
    return number is not None and number < calls().version_of(application).number


def read(application: Application, form: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> Posted:
    """What a page posts, in the words of the form as the application has it now."""
    number = _version_in(form)
    now = calls().version_of(application).number
    steps = calls().numbered_steps(application.call_key, number, now) if number else []
    return understood(Posted(form, files), steps, BUTTONS)


@dataclass(frozen=True)
class OfEarlierVersions:
    """What a page shows of earlier versions of its form."""

    application: Application
    call: Call
    stored: Mapping[str, Stored]

    @cached_property
    def changes(self) -> list[CallChange]:
        """What changed, until somebody has read it."""
        return call_moves.changes_for(self.application)

    @property
    def version(self) -> int:
        return calls().version_of(self.application).number

    @cached_property
    def questions(self) -> list[EarlierQuestion]:
        return earlier_questions.of(self.application, self.stored)

    def in_section(self, section: Section) -> list[EarlierQuestion]:
        return [one for one in self.questions if one.question.section == section.key]

    def elsewhere(self, page: Page) -> list[EarlierQuestion]:
        """Those whose section is gone: on the page where it was, or on the first one."""
        sections, pages = {section.key for section in self.call.sections}, {one.key for one in self.call.pages}
        homeless = [one for one in self.questions if one.question.section not in sections]
        return [one for one in homeless if page.key == (one.page if one.page in pages else self.call.pages[0].key)]
