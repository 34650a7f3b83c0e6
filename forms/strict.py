"""What every part of a call's file is: frozen, and nothing in it unknown."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# A field is KEY.part by name and KEY-part by id; so are these, which stand beside the fields of a question.
_BESIDE = "aiemmat|kumoa|nahty|ohje|ota|pida|rev|ristiriita|summa|tila|yhdista"
PartKey = Annotated[str, Field(pattern=rf"^(?!(?:{_BESIDE})$)[a-z][a-z0-9]*$")]
"""The key of a row, column or option of a question, in the names and ids of its fields."""


class Strict(BaseModel):
    """A frozen part of a call that knows all its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, regex_engine="python-re")
