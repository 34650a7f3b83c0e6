"""A call, typed and frozen, read from its TOML file; and what is wrong with a bad file.

The file is data: an officer writes it. A fault names the file, the place in it and what to do.
"""

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError, field_validator, model_validator

from clock import HELSINKI
from forms.faults import faults_of, numbered
from forms.kinds import AnyQuestion
from forms.kinds.amounts import AmountRow
from forms.kinds.areas import Area, AreasQuestion
from forms.kinds.choice import ChoiceQuestion
from forms.kinds.contact import ContactQuestion, parse_email
from forms.kinds.derived import DerivedQuestion
from forms.question import Provenance, Question, References, Strict
from forms.register import RegisterError
from forms.retention import Retention
from forms.rules import AnyRule
from forms.texts import SOURCE, Text

SUMMARY_PAGE = "yhteenveto"
"""The last page of every call: problems, preview and sending."""

SomeQuestion = TypeVar("SomeQuestion", bound=Question)


class CallFileError(Exception):
    """A call's file can't be used. ``faults`` has a line for each reason, with the remedy."""

    def __init__(self, path: Path, faults: list[str]) -> None:
        self.path = path
        self.faults = faults
        super().__init__("\n".join(f"{path.name}: {fault}" for fault in faults))


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
            raise ValueError(f"{email!r} is no e-mail address") from error


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


class Call(Strict):
    """A call for applications: its texts, times, addresses, questions and rules."""

    key: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    reference_prefix: str = Field(pattern=r"^[A-Z0-9]{2,6}$")
    opens: datetime
    """The first instant at which sending is possible, aware UTC; written in the file as Helsinki time."""
    closes: datetime
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
    rows: dict[str, tuple[AmountRow, ...]] = Field(default_factory=dict)
    pages: tuple[Page, ...] = Field(min_length=1)
    sections: tuple[Section, ...] = Field(min_length=1)
    questions: tuple[AnyQuestion, ...] = Field(min_length=1)
    rules: tuple[AnyRule, ...] = ()

    @field_validator("opens", "closes", mode="before")
    @classmethod
    def _from_helsinki(cls, written: object) -> datetime:
        # A date alone would silently mean its first minute.
        if not isinstance(written, datetime) or written.tzinfo is not None:
            raise ValueError("must be a date and clock time in Helsinki, as 2021-05-17T16:15:00")
        return written.replace(tzinfo=HELSINKI).astimezone(UTC)

    @model_validator(mode="after")
    def _consistent(self) -> "Call":
        faults = list(self._faults())
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _faults(self) -> Iterator[str]:
        if self.closes <= self.opens:
            yield "closes is not after opens; correct the times"
        names = {
            "pages": [page.key for page in self.pages],
            "sections": [section.key for section in self.sections],
            "questions": [question.key for question in self.questions],
            "numbers": [str(question.number) for question in self.questions],
        }
        for name, keys in names.items():
            for key in sorted({key for key in keys if keys.count(key) > 1}):
                yield f"{name}: {key} stands twice; give one of them another"
        if self.pages[-1].key != SUMMARY_PAGE:
            yield f"pages: the last must be {SUMMARY_PAGE!r}; add it or move it to the end"
        pages = {page.key for page in self.pages}
        for section in self.sections:
            if section.page not in pages:
                yield f"section {section.key}: unknown page {section.page!r}; take one of {', '.join(sorted(pages))}"
        sections = {section.key for section in self.sections}
        for question in self.questions:
            if question.section not in sections:
                known = ", ".join(sorted(sections))
                yield f"question {question.key}: unknown section {question.section!r}; take one of {known}"
        areas = [section for section in self.sections if section.area]
        if len(self.of_kind(AreasQuestion)) != bool(areas):
            yield "questions: sections with area = true need one question of the kind areas, and no more than one"
        yield from self._broken_references()

    def _broken_references(self) -> Iterator[str]:
        named: list[tuple[str, type[Question], References]] = [
            *(
                (f"question {question.key}", question.looks_at, question.references)
                for question in self.of_kind(DerivedQuestion)
            ),
            *(
                (f"rules {numbered(place, rule.kind)}", rule.looks_at, rule.references)
                for place, rule in enumerate(self.rules)
            ),
        ]
        for who, kind, references in named:
            for key, row in sorted({one for one in references if references.count(one) > 1}):
                yield f"{who}: names {key}{f' row {row}' if row else ''} twice; correct one of the two"
            for key, row in references:
                question = self.by_key.get(key)
                if not isinstance(question, kind):
                    yield f"{who}: {key!r} is no question of the kind {kind.kind_name()}; correct the key"
                elif row is not None and row not in question.suffixes({}):
                    rows = ", ".join(question.suffixes({}))
                    yield f"{who}: question {key} has no row {row!r}; it has {rows}"

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
        wanted = self.by_key[question].section
        return next(section for section in self.sections if section.key == wanted)

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


def load_call(path: Path) -> Call:
    """Read a call and the registers it names. Raises CallFileError with every fault that was found."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CallFileError(path, [f"can't be read ({error}); save it as UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        raise CallFileError(path, [f"is not TOML: {error}; correct the line"]) from error
    context = {"folder": path.parent, "rows": data.get("rows", {}), "areas": _areas(data)}
    try:
        call = Call.model_validate(data, context=context)
    except ValidationError as error:
        raise CallFileError(path, list(faults_of(error, data))) from error
    except RegisterError as error:
        raise CallFileError(path, [str(error)]) from error
    for question in call.questions:
        # Built now, once: building them while people wait costs more than all checks.
        _ = question.form_class
    return call


def _areas(data: dict[str, Any]) -> tuple[Area, ...]:
    """The areas that the areas question offers: the call's sections marked so, where they are well-formed."""
    try:
        return tuple(
            Area(key=section["key"], title=section["title"])
            for section in data.get("sections", [])
            if section.get("area")
        )
    except (KeyError, TypeError, AttributeError, ValidationError):
        # The same faults come out, with their place, when the sections themselves are read.
        return ()
