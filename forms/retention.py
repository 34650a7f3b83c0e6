"""How long what belongs to a call's applications is kept."""

from pydantic import ConfigDict, Field

from forms.strict import Strict

_LONGEST = 36_500


class Retention(Strict):
    """Whole days. What was sent is kept without contact details for as long as the rules of archiving ask."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    draft_days: int = Field(default=90, ge=1, le=_LONGEST)
    """From closing, or an application's own extension, until a draft that was never sent is deleted."""
    contact_days: int = Field(default=30, ge=1, le=_LONGEST)
    """From the end of handling until contact details are erased and all links are taken out of use."""
    event_days: int = Field(default=1825, ge=1, le=_LONGEST)
    """From its own time until a line of the event log is deleted."""
