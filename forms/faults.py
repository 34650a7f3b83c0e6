"""What is wrong with a call's file, in words of the file: its place, what is wrong there and what to do."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from forms.texts import FaultError, Message, msg
from forms.toml_places import Location

MOST = 100
"""So many faults are said at once: more are the same slip over and over."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a file of a call, its own or a register's."""

    file: str
    line: int | None
    """From 1; None where the file as a whole is meant."""
    message: Message
    where: Message | str | None = None
    """The place in words: the question by key and number, the name of what stands there."""

    @property
    def spot(self) -> str:
        """File and line, as editors and compilers write it."""
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def text(self) -> Message:
        """The place in words, with what is wrong there."""
        if self.where is None:
            return self.message
        return msg("%(where)s: %(message)s", where=self.where, message=self.message)

    def __str__(self) -> str:
        return f"{self.spot}: {self.text}"


class CallFileError(Exception):
    """A call's file can't be used. ``faults`` has one for each reason, in the order of the file."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


@dataclass(frozen=True)
class Found:
    """Something wrong, at a place among the file's data."""

    location: Location
    message: Message


class FileFaultError(FaultError):
    """A file that a call names can't be used; ``faults`` are in that file."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults[0].message)
        self.faults = faults


class SaidElsewhereError(ValueError):
    """What a part of a call names can't be used; why is said where that stands."""


_ADVICE: dict[str, Message] = {}


def shaped(pattern: str, advice: Message) -> FieldInfo:
    """A pydantic field that must match ``pattern``; ``advice`` says in words how it is written."""
    _ADVICE[pattern] = advice
    return Field(pattern=pattern)  # type: ignore[no-any-return]


_NOT_TEXT = msg("Tässä pitää olla teksti. Kirjoittakaa se lainausmerkkeihin.")
_NOT_NUMBER = msg("Tässä pitää olla kokonaisluku ilman lainausmerkkejä.")
_NOT_DECIMAL = msg("Tässä pitää olla luku ilman lainausmerkkejä.")
_NOT_DATE = msg("Tässä pitää olla päivä muodossa 2026-05-31, ilman lainausmerkkejä.")
_NOT_BOOLEAN = msg("Tässä pitää olla true tai false.")
_NOT_LIST = msg("Tässä pitää olla lista hakasulkeissa.")
_NOT_TABLE = msg("Tässä pitää olla tietoja nimineen, ei yksi arvo.")
_WORDS: Mapping[str, Message] = {
    "missing": msg("Tieto puuttuu. Lisätkää se."),
    "union_tag_not_found": msg("Tieto puuttuu. Lisätkää se."),
    "too_short": msg("Lista on tyhjä. Lisätkää vähintään yksi."),
    "too_long": msg("Listassa on liikaa. Enintään %(max_length)s sallitaan."),
    "string_type": _NOT_TEXT,
    "int_type": _NOT_NUMBER,
    "int_parsing": _NOT_NUMBER,
    "int_from_float": _NOT_NUMBER,
    "finite_number": _NOT_NUMBER,
    "decimal_type": _NOT_DECIMAL,
    "decimal_parsing": _NOT_DECIMAL,
    "bool_type": _NOT_BOOLEAN,
    "bool_parsing": _NOT_BOOLEAN,
    "date_type": _NOT_DATE,
    "date_parsing": _NOT_DATE,
    "date_from_datetime_parsing": _NOT_DATE,
    "date_from_datetime_inexact": _NOT_DATE,
    "tuple_type": _NOT_LIST,
    "list_type": _NOT_LIST,
    "dict_type": _NOT_TABLE,
    "mapping_type": _NOT_TABLE,
    "model_type": _NOT_TABLE,
    "model_attributes_type": _NOT_TABLE,
    "is_instance_of": _NOT_TEXT,
    "greater_than": msg("Luvun pitää olla suurempi kuin %(gt)s."),
    "greater_than_equal": msg("Luvun pitää olla vähintään %(ge)s."),
    "less_than": msg("Luvun pitää olla pienempi kuin %(lt)s."),
    "less_than_equal": msg("Luku saa olla enintään %(le)s."),
}
"""What pydantic finds, by its own name for it, with what it tells of the bound that was passed."""
UNKNOWN = msg("Arvo ei kelpaa. Katsokaa sallitut arvot ohjeesta docs/calls.md.")
_KEY_ADVICE = msg(
    "Käyttäkää pieniä kirjaimia a–z ja numeroita. Jos niin on jo, ohjelma käyttää nimeä itse: antakaa toinen."
)


def too_many_bytes(most: int) -> Message:
    return msg("Tiedosto on liian suuri. Siinä saa olla enintään %(most)s tavua.", most=most)


def too_large() -> Message:
    return msg("Luku on liian suuri. Lyhentäkää sitä.")


def not_utf8() -> Message:
    return msg("Tiedosto ei ole UTF-8-muotoa. Tallentakaa se UTF-8-muodossa.")


def said_of(errors: Iterable[ErrorDetails], whole: type[BaseModel]) -> Iterator[Found | Fault]:
    """What pydantic found wrong in the data of a file, read as ``whole``; each thing once."""
    errors = list(errors)
    wholes = {error["loc"][:length] for error in errors for length in range(len(error["loc"]))}
    meant: set[Location] = set()
    for error in errors:
        if error["type"] == "extra_forbidden":
            *place, name = error["loc"]
            known = _names_at(whole, tuple(place))
            nearest = _nearest(str(name), known)
            meant.update((*place, one) for one in nearest)
            yield Found(_in_file(whole, error["loc"]), _not_among(str(name), nearest, known))
    for error in errors:
        location = error["loc"]
        # Parts at fault are not counted: their list only seems to be empty.
        only_seems = error["type"] == "too_short" and location in wholes
        is_misspelt = error["type"] == "missing" and location in meant
        if error["type"] == "extra_forbidden" or only_seems or is_misspelt:
            continue
        if error["type"].startswith("union_tag"):
            location = (*location, "kind")
        cause = error.get("ctx", {}).get("error")
        if isinstance(cause, SaidElsewhereError):
            continue
        if isinstance(cause, FileFaultError):
            yield from cause.faults
        else:
            yield Found(_in_file(whole, location), _message(error))


def _message(error: ErrorDetails) -> Message:
    context: dict[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "value_error" if isinstance(context["error"], FaultError):
            message: Message = context["error"].message
            return message
        case "string_pattern_mismatch":
            return _ADVICE.get(context["pattern"], _KEY_ADVICE)
        case "union_tag_invalid":
            return _not_among(context["tag"], None, _quoted(context["expected_tags"]))
        case "literal_error" | "enum":
            return _not_among(str(error["input"])[:80], None, _quoted(context["expected"]))
    words = _WORDS.get(error["type"], UNKNOWN)
    bounds = {name: value for name, value in context.items() if f"%({name})s" in words.original}
    return Message(words.original, None, bounds)


def _quoted(names: str) -> list[str]:
    """Names in pydantic's list of them, each in quotes."""
    return names.replace(" or ", ", ").replace("'", "").split(", ")


def _nearest(name: str, known: Iterable[str]) -> list[str]:
    return get_close_matches(name[:80], list(known), n=1)


def _not_among(name: str, nearest: list[str] | None, known: Iterable[str]) -> Message:
    known = sorted(known)
    nearest = _nearest(name, known) if nearest is None else nearest
    name = name[:80]
    others = _listed(one for one in known if one not in nearest)
    if nearest:
        return msg(
            "Nimeä %(name)s ei ole. Tarkoititteko %(nearest)s? Muut ovat %(known)s.",
            name=name,
            nearest=nearest[0],
            known=others,
        )
    return msg(
        "Nimeä %(name)s ei ole. Korjatkaa tai poistakaa se. Nimet ovat %(known)s.", name=name, known=_listed(known)
    )


def _listed(names: Iterable[str]) -> str:
    """Names one after the other, the first of many."""
    names = [name[:80] for name in names]
    return ", ".join([*names[:12], *(["…"] if len(names) > 12 else [])]) or "–"


def not_among(name: str, known: Iterable[str]) -> Message:
    """That a name is none of those known, with the nearest of them."""
    return _not_among(name, None, known)


def _names_at(model: Any, location: Location) -> list[str]:
    """The names that a place of the file may have, by the types of the model it is read as."""
    for step in location:
        model, _ = _inner(model, step)
    fields: Mapping[str, FieldInfo] = getattr(_bare(model), "model_fields", {})
    return [field.alias or name for name, field in fields.items()]


def _in_file(model: Any, location: Location) -> Location:
    """A place as pydantic names it, without the names of kinds, which it puts into the way."""
    places: Location = ()
    for step in location:
        model, is_kind = _inner(model, step)
        places = places if is_kind else (*places, step)
    return places


def _bare(annotation: Any) -> Any:
    """A type without what is noted beside it, and without its None."""
    while get_origin(annotation) is Annotated or type(None) in get_args(annotation):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def _inner(annotation: Any, step: int | str) -> tuple[Any, bool]:
    """The type of what stands in a value of this type by a name, or in a list; and whether the step is to a kind."""
    bare = _bare(annotation)
    arguments = get_args(bare)
    fields: Mapping[str, FieldInfo] = getattr(bare, "model_fields", {})
    for name, field in fields.items():
        if step in (name, field.alias):
            return field.annotation, False
    if get_origin(bare) in (tuple, list):
        return arguments[0], False
    if get_origin(bare) is dict:
        return arguments[1], False
    for kind in arguments:
        kinds: Mapping[str, FieldInfo] = getattr(kind, "model_fields", {})
        if "kind" in kinds and step in get_args(kinds["kind"].annotation):
            return kind, True
    return None, False
