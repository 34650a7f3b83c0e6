"""A call's file with its registers, as bytes; and the call that is read from them, or all that is wrong with them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from forms import register
from forms.call_text import MOST_BYTES, CallText
from forms.consistency import Parts, inconsistencies
from forms.definition import Call
from forms.faults import CallFileError, Fault, Found, said_of, too_large
from forms.kinds.amounts import AmountRow, Rows
from forms.kinds.areas import Area
from forms.register import Registers
from forms.texts import Message, msg
from forms.toml_places import Location

_ROWS: TypeAdapter[tuple[AmountRow, ...]] = TypeAdapter(Rows)

LARGEST = 999_999_999_999
"""The largest number in a file, in either direction: as of amounts, which databases and printers can take."""


@dataclass(frozen=True)
class CallSource:
    """What a call is read from: the bytes of its file, and those of its registers by the names that the file uses."""

    name: str
    text: bytes
    registers: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def from_path(cls, path: Path) -> "CallSource":
        """A file with those registers it names that lie beside it. Raises CallFileError where it can't be read."""
        try:
            text = _beginning(path, MOST_BYTES)
        except OSError as error:
            why = msg("Tiedostoa ei voi avata (%(why)s). Tarkistakaa nimi ja oikeudet.", why=error.strerror)
            raise CallFileError([Fault(path.name, None, why)]) from error
        return cls(path.name, text, _registers_beside(path, text))


def read_call(source: CallSource) -> Call:
    """The call of a file; opens no file itself. Raises CallFileError with every fault that was found."""
    text = CallText.parsed(source.name, source.text)
    data = text.data
    if unusable := list(_too_large(data, ())):
        raise CallFileError(text.faults(unusable))
    context = {"registers": Registers(source.registers), "rows": _rows(data), "areas": _areas(data)}
    found: list[Found | Fault] = []
    try:
        call = Call.model_validate(data, context=context)
        parts = Parts.of(call, data)
    except ValidationError as error:
        found += said_of(error.errors(include_url=False), Call)
        parts = Parts.salvaged(data, context)
    found += inconsistencies(parts)
    if found:
        raise CallFileError(text.faults(found))
    for question in call.questions:
        # Built now, once: building them while people wait costs more than all checks.
        _ = question.form_class
    return call


def load_call(path: Path) -> Call:
    """Read a call and the registers it names. Raises CallFileError with every fault that was found."""
    return read_call(CallSource.from_path(path))


def expect_another(name: str, call: Call, others: Iterable[Call]) -> None:
    """Raises CallFileError, for the file of this name, where its call is called as one of the others."""
    for other in others:
        if other.key == call.key or other.reference_prefix == call.reference_prefix:
            raise CallFileError([Fault(name, None, taken_by(other.key))])


def taken_by(key: str) -> Message:
    return msg("key tai reference_prefix on jo haulla %(call)s. Antakaa toinen.", call=key)


def wrong_with(field: str, value: str) -> Message | None:
    """What is wrong with a text as a field of a call, None where nothing is."""
    try:
        TypeAdapter(Call.model_fields[field].rebuild_annotation()).validate_python(value)
    except ValidationError as error:
        return next(found.message for found in said_of(error.errors(), Call))
    return None


def named_in(name: str, text: bytes) -> tuple[str, list[str]]:
    """A call's key and the registers its file names, well-formed or not. Raises CallFileError where it is not TOML."""
    data = CallText.parsed(name, text).data
    questions = data.get("questions")
    parts = [part for part in questions if isinstance(part, dict)] if isinstance(questions, list) else []
    registers = dict.fromkeys(part["register"] for part in parts if isinstance(part.get("register"), str))
    return str(data.get("key", ""))[:100], list(registers)


def _registers_beside(path: Path, text: bytes) -> dict[str, bytes]:
    try:
        _, names = named_in(path.name, text)
    except CallFileError:
        return {}
    # Only what lies beside the call: a file must not reach others of the machine.
    files = {file.name: file for file in path.parent.glob("*.csv") if file.is_file()}
    return {name: _beginning(files[name], register.MOST_BYTES) for name in names if name in files}


def _beginning(path: Path, most: int) -> bytes:
    """A file, or enough of it to see that it has more than ``most`` bytes."""
    with path.open("rb") as file:
        return file.read(most + 1)


def _too_large(node: Any, location: Location) -> Iterator[Found]:
    """The numbers that nothing can be counted with."""
    if isinstance(node, dict | list):
        for step, part in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _too_large(part, (*location, step))
    elif isinstance(node, int) and abs(node) > LARGEST:
        yield Found(location, too_large())


def _rows(data: dict[str, Any]) -> dict[str, tuple[AmountRow, ...] | None]:
    """The sets of rows that questions name, read once however many name one; None for one that can't be read."""
    found: dict[str, tuple[AmountRow, ...] | None] = {}
    sets = data.get("rows")
    for name, rows in sets.items() if isinstance(sets, dict) else ():
        try:
            found[name] = _ROWS.validate_python(rows)
        except ValidationError:
            # Its faults come out, with their place, when the sets themselves are read.
            found[name] = None
    return found


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
