"""Any of the options that the call lists: at least and at most so many."""

from functools import cached_property
from typing import Literal

from forms.options import Choice, Options, SeveralOfQuestion


class MultipleChoiceQuestion(SeveralOfQuestion):
    kind: Literal["multiple_choice"]
    options: Options

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        return tuple(Choice(option.key, option.label) for option in self.options)
