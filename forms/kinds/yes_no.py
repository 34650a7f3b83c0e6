"""Yes or no."""

from typing import Literal

from forms.options import Choice, OneOfQuestion
from forms.texts import Message, msg

YES, NO = "kylla", "ei"
_CHOICES = (Choice(YES, msg("Kyllä")), Choice(NO, msg("Ei")))


class YesNoQuestion(OneOfQuestion):
    kind: Literal["yes_no"]

    @property
    def choices(self) -> tuple[Choice, ...]:
        return _CHOICES

    def missing_message(self) -> Message:
        return msg("Valitkaa kyllä tai ei.")
