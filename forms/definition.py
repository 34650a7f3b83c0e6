"""A call, typed and frozen. How it is read from a file: forms/call_file.py; what holds in it: forms/consistency.py."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Any, TypeVar, get_args

from pydantic import Field, GetJsonSchemaHandler, WithJsonSchema, field_validator, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from clock import HELSINKI
from forms.conditions import waiting
from forms.faults import shaped
from forms.kinds import AnyQuestion
from forms.kinds.amounts import Rows
from forms.kinds.areas import AreasQuestion
from forms.kinds.choice import ChoiceQuestion
from forms.kinds.contact import ContactQuestion, parse_email
from forms.kinds.derived import DerivedQuestion
from forms.question import Provenance, Question
from forms.retention import Retention
from forms.rules import AnyRule
from forms.strict import Strict
from forms.texts import SOURCE, FaultError, Text, language_schema, msg

SUMMARY_PAGE = "yhteenveto"
"""The last page of every call: problems, preview and sending."""

MOST_PARTS = 200
"""Questions, or rules, of a call; that of 2021 has 40."""

YEARS = range(2000, 2100)
"""Others are slips of the finger, not times of a call."""

_CALL_KEY = msg("Käyttäkää pieniä kirjaimia a–z, numeroita ja väliviivaa, enintään 60 merkkiä.")
_PREFIX = msg("Käyttäkää 2–6 isoa kirjainta A–Z tai numeroa.")

_Time = Annotated[datetime, WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$"})]
"""In the file a date and clock time without a zone, which is not JSON Schema's ``date-time``."""

SomeQuestion = TypeVar("SomeQuestion", bound=Question)


class SourcedText(Strict):
    """A text of the call with where it comes from."""

    text: Text
    provenance: Provenance | None = None

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, given: Any) -> Any:
        """In the file, provenance stands beside the languages."""
        if not isinstance(given, dict):
            return given
        languages = {key: text for key, text in given.items() if key != "provenance"}
        return {"text": languages, "provenance": given.get("provenance")}

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        provenance = {"enum": list(get_args(Provenance))}
        return {**language_schema({"provenance": provenance}), "description": cls.__doc__}


class Registry(Strict):
    """Where the signed document goes, and the copy of each submission."""

    email: str
    name: Text

    @field_validator("email")
    @classmethod
    def _is_address(cls, email: str) -> str:
        try:
            return parse_email(email)
        except ValueError as error:
            raise FaultError(msg("%(email)s ei ole sähköpostiosoite. Korjatkaa se.", email=email[:80])) from error


class Page(Strict):
    """A page of the form; its key is a part of the address."""

    key: str = Field(pattern=r"^(?!(?:tallennettu|linkit|muut|poistu|tiedot)$)[a-z]+$")
    title: Text


class Section(Strict):
    """Questions under one heading. An area's section is open while its box is ticked, the others always."""

    key: str = Field(pattern=r"^[a-z][a-z0-9]*$")
    page: str
    title: Text
    short: Text | None = None
    """How the ministry's lists name it, where many stand in a row."""
    help: Text | None = None
    area: bool = False


def waits_for(questions: Iterable[Question], sections: Iterable[Section]) -> dict[str, list[str]]:
    """For each question those whose answers decide whether it is asked: of its condition, and of its area."""
    questions = list(questions)
    areas = [question.key for question in questions if isinstance(question, AreasQuestion)]
    in_areas = {section.key for section in sections if section.area}
    return {
        question.key: [
            *([question.when.question] if question.when else []),
            *(areas if question.section in in_areas else []),
        ]
        for question in questions
    }


class Call(Strict):
    """A call for applications: its texts, times, addresses, questions and rules."""

    key: Annotated[str, shaped(r"^[a-z0-9][a-z0-9-]{0,59}$", _CALL_KEY)]
    reference_prefix: Annotated[str, shaped(r"^[A-Z0-9]{2,6}$", _PREFIX)]
    opens: _Time
    """The first instant at which sending is possible, aware UTC; written in the file as Helsinki time."""
    closes: _Time
    """The last instant that is in time, aware UTC."""
    appropriation: int | None = Field(default=None, gt=0)
    """What there is to grant in all, in whole euros; None where nothing is to be compared with it."""
    provenance: dict[str, Provenance] = Field(default_factory=dict)
    title: Text
    authority: Text
    registry: Registry
    instructions: SourcedText
    declaration: SourcedText
    retention: Retention = Field(default_factory=Retention)
    rows: dict[str, Rows] = Field(default_factory=dict)
    pages: tuple[Page, ...] = Field(min_length=1, max_length=50)
    sections: tuple[Section, ...] = Field(min_length=1, max_length=100)
    questions: tuple[AnyQuestion, ...] = Field(min_length=1, max_length=MOST_PARTS)
    rules: tuple[AnyRule, ...] = Field(default=(), max_length=MOST_PARTS)

    @field_validator("opens", "closes", mode="before")
    @classmethod
    def _from_helsinki(cls, written: object) -> datetime:
        # A date alone would silently mean its first minute.
        if not isinstance(written, datetime) or written.tzinfo is not None:
            raise FaultError(
                msg("Tässä pitää olla päivä ja kellonaika muodossa 2026-05-31T16:15:00, ilman lainausmerkkejä.")
            )
        if written.year not in YEARS:
            raise FaultError(msg("Vuosi ei voi olla oikein. Korjatkaa se."))
        return written.replace(tzinfo=HELSINKI).astimezone(UTC)

    @cached_property
    def waits_for(self) -> dict[str, list[str]]:
        """For each question those whose answers decide whether it is asked: of its condition, and of its area."""
        return waits_for(self.questions, self.sections)

    @cached_property
    def decides(self) -> dict[str, frozenset[str]]:
        """For each question those that are asked or not by its answer, at whatever remove."""
        return {key: frozenset(waiting(self.waits_for, key)) for key in self.by_key}

    def of_kind(self, kind: type[SomeQuestion]) -> list[SomeQuestion]:
        return [question for question in self.questions if isinstance(question, kind)]

    @cached_property
    def by_key(self) -> dict[str, Question]:
        return {question.key: question for question in self.questions}

    def question(self, key: str) -> Question:
        return self.by_key[key]

    def of(self, key: str, kind: type[SomeQuestion]) -> SomeQuestion:
        """A question that a rule or another question names, which the file's check has proved to be of this kind."""
        question = self.by_key[key]
        assert isinstance(question, kind)
        return question

    @cached_property
    def areas_question(self) -> AreasQuestion | None:
        return next(iter(self.of_kind(AreasQuestion)), None)

    @cached_property
    def contact_question(self) -> ContactQuestion | None:
        return next(iter(self.of_kind(ContactQuestion)), None)

    @cached_property
    def personal_keys(self) -> list[str]:
        """The questions whose answers are personal details."""
        return [question.key for question in self.questions if question.is_personal]

    @cached_property
    def provider_question(self) -> ChoiceQuestion | None:
        """The question that says who applies: the first choice from a register."""
        return next(iter(self.of_kind(ChoiceQuestion)), None)

    @cached_property
    def totals_question(self) -> DerivedQuestion | None:
        """The question that sums up what is applied for."""
        return next(iter(self.of_kind(DerivedQuestion)), None)

    def page(self, key: str) -> Page | None:
        return next((page for page in self.pages if page.key == key), None)

    def sections_on(self, page: str) -> list[Section]:
        return self._sections_by_page[page]

    @cached_property
    def _sections_by_page(self) -> dict[str, list[Section]]:
        return {page.key: [section for section in self.sections if section.page == page.key] for page in self.pages}

    def section_of(self, question: str) -> Section:
        return self._sections_by_key[self.by_key[question].section]

    @cached_property
    def _sections_by_key(self) -> dict[str, Section]:
        return {section.key: section for section in self.sections}

    def questions_in(self, section: str) -> list[Question]:
        return self._questions_by_section[section]

    @cached_property
    def _questions_by_section(self) -> dict[str, list[Question]]:
        found: dict[str, list[Question]] = {section.key: [] for section in self.sections}
        for question in self.questions:
            found[question.section].append(question)
        return found

    def page_of(self, question: Question) -> str:
        return self.section_of(question.key).page

    def has_opened(self, at: datetime) -> bool:
        return at >= self.opens

    def has_closed(self, at: datetime) -> bool:
        """Whether ``at`` is too late, to the millisecond; the closing instant itself is in time."""
        return at.replace(microsecond=at.microsecond // 1000 * 1000) > self.closes

    def provenance_of(self, question: Question) -> Provenance:
        """Where the Finnish text of a question comes from."""
        from_call = self.provenance.get(SOURCE, "official")
        return question.provenance or from_call
