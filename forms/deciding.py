"""What kinds can do whose answers decide whether other questions are asked."""

from typing import ClassVar

from forms.conditions import Condition
from forms.question import Question, Typed
from forms.texts import Message


class DecidingQuestion(Question):
    hows: ClassVar[tuple[str, ...]]
    """Which of conditions.HOWS can be asked of an answer."""

    @property
    def options_to_name(self) -> tuple[str, ...]:
        """The options that a condition may name."""
        return ()

    def misfit(self, condition: Condition) -> str | None:
        """Why a condition can't be on this question, in words of the file."""
        if condition.how not in self.hows:
            hows = " or ".join(self.hows)
            return f"of question {self.key} ({self.kind_name()}) can be asked {hows}, not {condition.how}"
        if condition.option and condition.option not in self.options_to_name:
            known = ", ".join(self.options_to_name)
            return f"question {self.key} has no option {condition.option!r}; it has {known}"
        if condition.row is not None and condition.row not in self.parts:
            return f"question {self.key} has no row {condition.row!r}; it has {', '.join(self.parts) or 'none'}"
        return None

    def meets(self, condition: Condition, typed: Typed) -> bool:
        """Whether an answer is as a condition on this question asks."""
        raise NotImplementedError

    def in_condition(self, condition: Condition) -> Message:
        """A condition on this question, told to people."""
        raise NotImplementedError
