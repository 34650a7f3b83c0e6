"""What kinds can do whose answers decide whether other questions are asked."""

from typing import ClassVar

from forms.conditions import Condition
from forms.faults import not_among
from forms.question import Question, Typed
from forms.texts import Message


class DecidingQuestion(Question):
    hows: ClassVar[tuple[str, ...]]
    """Which of conditions.HOWS can be asked of an answer."""

    @property
    def options_to_name(self) -> tuple[str, ...]:
        """The options that a condition may name."""
        return ()

    def misfit(self, condition: Condition) -> tuple[str, Message] | None:
        """What of a condition can't be on this question, by its name in the file, and why."""
        if condition.how not in self.hows:
            return condition.how, not_among(condition.how, self.hows)
        if condition.option and condition.option not in self.options_to_name:
            return condition.how, not_among(condition.option, self.options_to_name)
        if condition.row is not None and condition.row not in self.parts:
            return "row", not_among(condition.row, self.parts)
        return None

    def meets(self, condition: Condition, typed: Typed) -> bool:
        """Whether an answer is as a condition on this question asks."""
        raise NotImplementedError

    def in_condition(self, condition: Condition) -> Message:
        """A condition on this question, told to people."""
        raise NotImplementedError
