"""What every part of a call's file is: frozen, and nothing in it unknown."""

from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

# A field is KEY.part by name and KEY-part by id; so are these, which stand beside the fields of a question.
_BESIDE = "aiemmat|kumoa|nahty|ohje|ota|pida|rev|ristiriita|summa|tila|yhdista"
PartKey = Annotated[str, Field(pattern=rf"^(?!(?:{_BESIDE})$)[a-z][a-z0-9]*$")]
"""The key of a row, column or option of a question, in the names and ids of its fields."""


class Strict(BaseModel):
    """A frozen part of a call that knows all its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, regex_engine="python-re")

    @cached_property
    def rendered(self) -> dict[tuple[Any, ...], str]:
        """What templates made of this part alone, by macro and language: the same for everybody."""
        return {}

    def __copy__(self) -> Self:
        """A copy, by which pydantic changes what is frozen. What was worked out of the first is not true of it."""
        copied = super().__copy__()
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied
