"""A file, PDF or image, that is kept beside the application and named in its record by its fingerprint."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from forms.question import Question, Severity, Typed
from forms.shown import ChangedPart, Shown
from forms.texts import Message, msg

if TYPE_CHECKING:
    from forms.answers import Answers

DIGEST, NAME, SIZE, TYPE = "tiiviste", "nimi", "koko", "laji"
"""What an answer holds of its file: SHA-256, name, bytes and media type; the file itself is kept apart."""
UPLOAD = "tiedosto"


class AttachmentQuestion(Question):
    kind: Literal["attachment"]
    most_megabytes: int = Field(default=5, gt=0, le=20)
    """The largest file, in millions of bytes."""

    checks: ClassVar[Mapping[str, Severity]] = {"missing": Severity.OFF}
    is_ticked: ClassVar[bool] = True
    takes_file: ClassVar[bool] = True

    def suffixes(self, typed: Typed) -> tuple[str, ...]:
        return (DIGEST, NAME, SIZE, TYPE)

    @property
    def is_group(self) -> bool:
        return False

    @property
    def upload_name(self) -> str:
        """The name of the field that holds a new file."""
        return f"{self.key}.{UPLOAD}"

    @property
    def field_names(self) -> list[str]:
        return [*super().field_names, self.upload_name]

    def field_id(self, suffix: str) -> str:
        return f"{self.key}-{UPLOAD}"

    def example(self, words: str) -> dict[str, str]:
        return {}

    def missing_message(self) -> Message:
        return msg("Lisätkää tiedosto.")

    def changes(self, before: Shown, after: Shown) -> tuple[ChangedPart, ...]:
        """Another file is another answer, also under the same name."""
        return (ChangedPart(None, before.text, after.text),) if before.file != after.file else ()

    def show(self, typed: Typed, answers: "Answers") -> Shown:
        if not typed.get(DIGEST):
            return Shown()
        size = typed.get(SIZE, "")
        kilobytes = -(-int(size) // 1000) if size.isascii() and size.isdigit() and len(size) < 12 else 0
        words = msg("%(name)s (%(kilobytes)s kt)", name=typed.get(NAME, ""), kilobytes=kilobytes)
        return Shown(text=words, file=typed[DIGEST])
