"""One of the options that the call lists."""

from functools import cached_property
from typing import Literal

from forms.options import Choice, OneOfQuestion, Options


class SingleChoiceQuestion(OneOfQuestion):
    kind: Literal["single_choice"]
    options: Options

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        return tuple(Choice(option.key, option.label) for option in self.options)
