"""A call's file with its registers, as bytes; and the call that is read from them, or all that is wrong with them."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from forms.definition import Call
from forms.faults import faults_of
from forms.kinds.areas import Area


class CallFileError(Exception):
    """A call's file can't be used. ``faults`` has a line for each reason, with the remedy."""

    def __init__(self, name: str, faults: list[str]) -> None:
        self.name = name
        self.faults = faults
        super().__init__("\n".join(f"{name}: {fault}" for fault in faults))


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
            text = path.read_bytes()
        except OSError as error:
            raise CallFileError(path.name, [f"can't be read ({error}); correct its name or its rights"]) from error
        return cls(path.name, text, _registers_beside(path, text))


def read_call(source: CallSource) -> Call:
    """The call of a file; opens no file itself. Raises CallFileError with every fault that was found."""
    data = _parsed(source.name, source.text)
    context = {"registers": source.registers, "rows": data.get("rows", {}), "areas": _areas(data)}
    try:
        call = Call.model_validate(data, context=context)
    except ValidationError as error:
        raise CallFileError(source.name, list(faults_of(error, data))) from error
    for question in call.questions:
        # Built now, once: building them while people wait costs more than all checks.
        _ = question.form_class
    return call


def load_call(path: Path) -> Call:
    """Read a call and the registers it names. Raises CallFileError with every fault that was found."""
    return read_call(CallSource.from_path(path))


def _parsed(name: str, text: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise CallFileError(name, [f"can't be read ({error}); save it as UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        raise CallFileError(name, [f"is not TOML: {error}; correct the line"]) from error


def registers_named(name: str, text: bytes) -> list[str]:
    """The registers that a call's file names, well-formed or not. Raises CallFileError where it is not TOML."""
    return list(dict.fromkeys(_registers_in(_parsed(name, text))))


def _registers_in(data: dict[str, Any]) -> Iterator[str]:
    questions = data.get("questions")
    for question in questions if isinstance(questions, list) else []:
        register = question.get("register") if isinstance(question, dict) else None
        if isinstance(register, str):
            yield register


def _registers_beside(path: Path, text: bytes) -> dict[str, bytes]:
    try:
        names = registers_named(path.name, text)
    except CallFileError:
        return {}
    # Only what lies beside the call: a file must not reach others of the machine.
    beside = {name: path.with_name(name) for name in names if name == Path(name).name}
    return {name: file.read_bytes() for name, file in beside.items() if file.is_file()}


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
