"""What every kind of question can do. Each kind is a subclass in forms/kinds/, with a template of the same name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, get_args

from pydantic import Field, field_validator
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField, ValidationError

from forms.clean import clean_line
from forms.conditions import Condition
from forms.faults import not_among, shaped
from forms.json_schema import STRING, object_of
from forms.known import KnownProblems
from forms.shown import ChangedPart, Shown, changed_parts
from forms.strict import Strict
from forms.texts import FaultError, Message, Text, msg

if TYPE_CHECKING:
    from forms.answers import Answers

Typed = Mapping[str, str]
"""An answer as typed: the fields' suffixes (``henkilosto`` of ``q7.henkilosto``, '' of ``q4``) and their cleaned
texts. Empty fields are left out, so an unanswered question is ``{}``."""

References = tuple[tuple[str, str | None], ...]
"""Keys of questions that are looked at elsewhere, each with a row or None for the whole."""

Provenance = Literal["official", "adapted", "reconstructed", "translated"]


class Severity(StrEnum):
    """What a problem does: an error stops sending, a remark is confirmed once, off is not looked for."""

    ERROR = "error"
    REMARK = "remark"
    OFF = "off"


@dataclass(frozen=True)
class Problem:
    """Something wrong or odd in an answer, and the field that mends it."""

    question: "Question"
    suffix: str
    check: str
    """The name of the question's check, or the kind of the rule that speaks."""
    severity: Severity
    message: Message
    is_of_rule: bool = False

    @property
    def is_error(self) -> bool:
        return self.severity == Severity.ERROR

    @property
    def is_missing(self) -> bool:
        return self.check.endswith("missing")

    @property
    def is_gap(self) -> bool:
        """Whether something is merely not there yet, or not yet what it is elsewhere: not said while one writes."""
        return self.is_missing or self.is_of_rule


@dataclass(frozen=True)
class Found:
    """What a validator says: the check's name, by which the call sets its severity, and the message."""

    check: str
    message: Message


def flag(check: str, message: Message) -> ValidationError:
    """The exception with which a validator reports a check that was not passed."""
    return ValidationError(Found(check, message))


class Table(StrEnum):
    """Where an answer stands in exports: a line a row of amounts, a partner or a cell, or the whole as one text."""

    AMOUNTS = "amounts"
    PARTNERS = "partners"
    TABLES = "tables"
    TEXTS = "texts"


class UnreadableError(ValueError):
    """A typed amount or day that has no single sure reading; ``advice`` tells the person what to write."""

    def __init__(self, advice: Message) -> None:
        super().__init__(advice.original)
        self.advice = advice


MOST_IN_LINE = 300
"""Characters of a one-line field that can be sent; more is kept, but no name, title or partner is so long."""

ONLY = "vastaus"
"""What the field with the suffix '' is called where a name is needed: in WTForms and in ids."""


def line_fits(form: Form, field: StringField) -> None:
    """A validator for fields of one line of text; its check is ``line_too_long``."""
    if len(field.data or "") > MOST_IN_LINE:
        raise flag(
            "line_too_long", msg("Teksti on liian pitkä: enimmäispituus on %(limit)s merkkiä.", limit=MOST_IN_LINE)
        )


class Question(Strict):
    """A question of a call: what it asks, how an answer is read from a form, and what may be wrong with it."""

    checks: ClassVar[Mapping[str, Severity]] = {"missing": Severity.OFF}
    """Names of the checks of this kind with the severity that holds unless the call says otherwise.

    One that ends in ``missing`` is not said while one writes; usual others are ``unreadable``, ``line_too_long``. An
    error that doesn't end so, ``unreadable`` above all, also silences the rules that look at the question.
    """
    is_personal: ClassVar[bool] = False
    """Answers are personal details: kept apart from the submission's record, so that they can be erased."""

    table: ClassVar[Table] = Table.TEXTS
    """Of exports; what stands there is what ``show`` gives."""

    has_places: ClassVar[bool] = False
    """Each field has a place of its own for its problems, beside it; else they stand below the question."""

    changes_page: ClassVar[bool] = False
    """An answer opens and closes other questions, so the page is posted whole with it and nothing on it gets lost."""

    takes_file: ClassVar[bool] = False
    """Its answer comes as a file, for which a page's form has to be of another type."""

    is_ticked: ClassVar[bool] = False
    """Its fields are buttons or boxes: one press says all, where a text is waited for until it pauses."""

    # Such keys can be no name of a field or place that the program itself uses.
    key: Annotated[str, shaped(r"^q[0-9]{1,4}[a-z]?$", msg("Kysymyksen tunnus on q ja numero, esimerkiksi q4."))]
    number: int = Field(gt=0, lt=10_000)
    section: str
    label: Text
    help: Text | None = None
    provenance: Provenance | None = None
    severity: Mapping[str, Severity] = Field(default_factory=dict)
    omit_when_empty: bool = False
    when: Condition | None = None
    """Asked only while this holds; else what was typed is kept and counts for nothing."""

    @field_validator("severity")
    @classmethod
    def _known_checks(cls, severity: Mapping[str, Severity]) -> Mapping[str, Severity]:
        for check in severity:
            if check not in cls.checks:
                raise FaultError(not_among(check, cls.checks))
        return severity

    @classmethod
    def kind_name(cls) -> str:
        """The kind as a call's file and the templates name it; of what several kinds share, all of theirs."""
        if "kind" not in cls.model_fields:
            return " or ".join(sorted(kind.kind_name() for kind in cls.__subclasses__()))
        return str(get_args(cls.model_fields["kind"].annotation)[0])

    @property
    def has_fields(self) -> bool:
        """Whether there is anything to type."""
        return True

    @property
    def is_group(self) -> bool:
        """Whether the question names a group of fields (fieldset), or is the label of its only one."""
        return self.suffixes({}) != ("",)

    def suffixes(self, typed: Typed) -> tuple[str, ...]:
        """The suffixes of the fields on the page, in order; one without rows has the suffix ''."""
        return ("",)

    @property
    def field_names(self) -> list[str]:
        """Every name that a form may post for this question."""
        return [self.field_name(suffix) for suffix in self.possible_suffixes]

    def field_name(self, suffix: str) -> str:
        """The name of a field in the HTML form."""
        return f"{self.key}.{suffix}" if suffix else self.key

    def field_id(self, suffix: str) -> str:
        """The id of a field in the page, without a dot, which CSS would read as a class.

        Where no single field is meant ('' of an answer in rows) it is that of the first.
        """
        named = suffix or next(iter(self.suffixes({})), "")
        return f"{self.key}-{named or ONLY}"

    def field_label(self, suffix: str) -> Text | Message:
        """What a field is called when a problem with it is listed."""
        return self.label

    @property
    def parts(self) -> tuple[str, ...]:
        """The rows or columns of numbers that a call's file may name."""
        return ()

    def clean(self, typed: str) -> str:
        return clean_line(typed)

    def posted(self, form: MultiDict[str, str]) -> dict[str, str]:
        """The fields that a form holds, cleaned; a field that was not sent is absent, an emptied one is ''."""
        names = {self.field_name(suffix): suffix for suffix in self.possible_suffixes}
        return {suffix: self.clean(form[name]) for name, suffix in names.items() if name in form}

    @property
    def possible_suffixes(self) -> tuple[str, ...]:
        """Every suffix that is taken from a form, shown or not."""
        return self.suffixes({})

    def fitting(self, typed: Typed) -> Typed:
        """What the fields of this question can show of an answer, which may have been given to an earlier version."""
        possible = self.possible_suffixes
        return {suffix: text for suffix, text in typed.items() if suffix in possible}

    def more_suffixes(self, shown: int) -> tuple[str, ...]:
        """The fields that come when a person asks for more than ``shown``; none for a kind of one size."""
        return ()

    def is_answered(self, typed: Typed) -> bool:
        return any(text.strip() for text in typed.values())

    @cached_property
    def form_class(self) -> type[Form]:
        """The WTForms form that checks an answer; built once, when the call is loaded."""
        fields = {suffix or ONLY: self.build_field(suffix) for suffix in self.possible_suffixes}
        return type(f"{self.key}Form", (Form,), fields)

    def form_for(self, typed: Typed) -> type[Form]:
        """The form that checks this answer: the same, or one without fields that have nothing to say of it."""
        return self.form_class

    def build_field(self, suffix: str) -> Any:
        """The WTForms field of a suffix, with its validators."""
        return StringField(validators=[])

    def email(self, typed: Typed) -> str | None:
        """The address for mails in an answer with personal details; None where there is none."""
        return None

    def is_near(self, typed: Typed) -> bool:
        """Whether a limit is so near, or past, that its counter is said aloud, instead of the problems."""
        return False

    def combine(self, mine: Typed, theirs: Typed) -> dict[str, str] | None:
        """Two people's answers as one to go on from; None for kinds whose fields are chosen one by one."""
        return None

    def missing_message(self) -> Message:
        return msg("Vastatkaa tähän kysymykseen.")

    def problems(self, typed: Typed) -> list[Problem]:
        """All that is wrong or odd in an answer taken alone, in the order of its fields."""
        return self._known_problems.of(typed, lambda answer: self._graded(self.found(answer)))

    @cached_property
    def _known_problems(self) -> KnownProblems:
        return KnownProblems()

    def found(self, typed: Typed) -> Iterator[tuple[str, Found]]:
        """What the checks find in an answer, each with its field. A kind without "missing" asks field by field."""
        if "missing" in self.checks and not self.is_answered(typed):
            yield "", Found("missing", self.missing_message())
            return
        form = self.form_for(typed)(data={suffix or ONLY: text for suffix, text in typed.items()})
        form.validate()
        for suffix in self.possible_suffixes:
            if (name := suffix or ONLY) in form:
                yield from ((suffix, found) for found in form[name].errors)

    def _graded(self, found: Iterable[tuple[str, Found]]) -> Iterable[Problem]:
        for suffix, fault in found:
            if fault.check not in self.checks:
                continue
            severity = self.severity.get(fault.check, self.checks[fault.check])
            if severity != Severity.OFF:
                yield Problem(self, suffix, fault.check, severity, fault.message)

    def show(self, typed: Typed, answers: "Answers") -> Shown:
        """The answer as people read it on the page, in the PDF and in print."""
        return Shown(text=typed.get("") or None)

    def changes(self, before: Shown, after: Shown) -> tuple[ChangedPart, ...]:
        """How an answer became another one, as people read it: the parts that differ, old and new."""
        return changed_parts(before, after)

    def example(self, words: str) -> dict[str, str]:
        """A made-up answer, the same each time, by which a call is looked at; ``words`` stand for a text."""
        return dict.fromkeys(self.suffixes({}), words)

    def to_json(self, typed: Typed) -> Any:
        """The answer as typed, as a JSON value that reads naturally: a text, or an object of its fields."""
        suffixes = self.suffixes({})
        return typed.get("", "") if suffixes == ("",) else {suffix: typed.get(suffix, "") for suffix in suffixes}

    def json_schema(self) -> dict[str, Any]:
        """What ``to_json`` gives, as a JSON Schema."""
        suffixes = self.suffixes({})
        return STRING if suffixes == ("",) else object_of(suffixes)

    def from_json(self, value: Any) -> dict[str, str]:
        """The typed answer of such a JSON value."""
        fields = value if isinstance(value, dict) else {"": value}
        return {suffix: text for suffix, text in fields.items() if text}
