"""What every part of a call's file is: frozen, and nothing in it unknown."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A frozen part of a call that knows all its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, regex_engine="python-re")
