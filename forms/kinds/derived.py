"""A table computed from other questions: there is nothing to type, so it can't disagree with them."""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from forms.kinds.amounts import AmountsQuestion
from forms.question import Question, References, Table, Typed
from forms.shown import Row, Shown
from forms.texts import Euros, Text

if TYPE_CHECKING:
    from forms.answers import Answers


class DerivedQuestion(Question):
    table: ClassVar[Table] = Table.AMOUNTS
    looks_at: ClassVar[type[Question]] = AmountsQuestion

    kind: Literal["derived"]
    sources: tuple[str, ...]
    """Keys of the amounts questions, one a row of the table."""
    row: str
    """The row of each that is taken."""
    beside: tuple[str, ...] = ()
    """Keys of amounts questions whose totals are added up for comparison."""
    beside_label: Text | None = None

    @property
    def references(self) -> References:
        """The questions and rows that it is computed from."""
        return tuple((source, self.row) for source in self.sources) + tuple((key, None) for key in self.beside)

    @property
    def has_fields(self) -> bool:
        return False

    def suffixes(self, typed: Typed) -> tuple[str, ...]:
        return ()

    def is_answered(self, typed: Typed) -> bool:
        return True

    def show(self, typed: Typed, answers: "Answers") -> Shown:
        rows = []
        for source in self.sources:
            amount = answers.amount(source, self.row)
            title = answers.call.section_of(source).title
            rows.append(Row(title, None if amount is None else Euros(amount)))
        beside = Row(self.beside_label, Euros(self.beside_total(answers))) if self.beside_label else None
        return Shown(rows=tuple(rows), total=Euros(self.total(answers)), beside=beside)

    def total(self, answers: "Answers") -> int:
        """Whole euros of the row over all open sections."""
        return sum(answers.amount(source, self.row) or 0 for source in self.sources)

    def beside_total(self, answers: "Answers") -> int:
        return sum(answers.total(source) for source in self.beside)

    def to_json(self, typed: Typed) -> Any:
        return None

    def from_json(self, value: Any) -> dict[str, str]:
        return {}
