"""Two dates, the first and the last day of use."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import model_validator
from wtforms import Form, StringField

from clock import HELSINKI
from forms.question import Question, Severity, Typed, UnreadableError, flag
from forms.shown import Row, Shown
from forms.strict import Strict
from forms.texts import FaultError, Message, Text, msg

if TYPE_CHECKING:
    from forms.answers import Answers

START, END = "alku", "loppu"
_LABELS = {START: msg("Aloituspäivämäärä"), END: msg("Lopetuspäivämäärä")}
_FINNISH = re.compile(r"^([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})$")
_ISO = re.compile(r"^([0-9]{4})-([0-9]{2})-([0-9]{2})$")
_MOMENT = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?: klo| kl\.)? ([0-9]{1,2})[.:]([0-9]{2})")
# Years outside these are slips of the finger, not periods of a grant.
_YEARS = range(1990, 2100)


def parse_date(typed: str) -> date | None:
    """The day of D.M.YYYY, DD.MM.YYYY or YYYY-MM-DD, None for a blank one. Raises UnreadableError."""
    text = typed.strip()
    if not text:
        return None
    advice = msg(
        "Kirjoittakaa päivämäärä muodossa päivä.kuukausi.vuosi, esimerkiksi 1.6.2021. Vuodessa on neljä numeroa."
    )
    if match := _FINNISH.match(text):
        day, month, year = (int(part) for part in match.groups())
    elif match := _ISO.match(text):
        year, month, day = (int(part) for part in match.groups())
    else:
        raise UnreadableError(advice)
    if year not in _YEARS:
        raise UnreadableError(advice)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UnreadableError(msg("Tätä päivää ei ole kalenterissa. Tarkistakaa päivä ja kuukausi.")) from error


def parse_moment(typed: str) -> datetime:
    """The instant of a day and clock time in Finland, as in 31.3.2027 klo 16.15. Raises UnreadableError."""
    found = _MOMENT.fullmatch(typed.strip())
    try:
        day, month, year, hour, minute = (int(part) for part in found.groups()) if found else (0,) * 5
        return datetime(year, month, day, hour, minute, tzinfo=HELSINKI)
    except ValueError as error:
        raise UnreadableError(msg("Kirjoittakaa päivä ja kellonaika muodossa 31.3.2027 klo 16.15.")) from error


class OfferedPeriod(Strict):
    """The period, both days in it, for which the ministry grants by default."""

    start: date
    end: date

    @model_validator(mode="after")
    def _ordered(self) -> "OfferedPeriod":
        if self.end < self.start:
            raise FaultError(msg("Käyttöaika päättyy ennen kuin se alkaa. Korjatkaa start tai end."))
        if not {self.start.year, self.end.year} <= set(_YEARS):
            raise FaultError(msg("Vuosi ei voi olla oikein. Korjatkaa se."))
        return self


class PeriodQuestion(Question):
    kind: Literal["period"]
    offered: OfferedPeriod

    has_places: ClassVar[bool] = True
    checks: ClassVar[Mapping[str, Severity]] = {
        "missing": Severity.REMARK,
        "unreadable": Severity.ERROR,
        "reversed": Severity.ERROR,
        "outside": Severity.REMARK,
    }

    def suffixes(self, typed: Typed) -> tuple[str, ...]:
        return (START, END)

    def field_label(self, suffix: str) -> Text | Message:
        return _LABELS.get(suffix, self.label)

    def build_field(self, suffix: str) -> Any:
        def in_order(form: Form, field: StringField) -> None:
            start, end = self.day(form.data, START), self.day(form.data, END)
            if suffix == END and start and end and end < start:
                raise flag("reversed", msg("Käyttöaika päättyy ennen kuin se alkaa. Tarkistakaa päivämäärät."))

        def sensible(form: Form, field: StringField) -> None:
            try:
                day = parse_date(field.data or "")
            except UnreadableError as error:
                raise flag("unreadable", error.advice) from error
            if day is None:
                raise flag("missing", msg("Päivämäärä puuttuu."))
            if not self.offered.start <= day <= self.offered.end:
                raise flag(
                    "outside",
                    msg(
                        "Päivä on ajanjakson %(start)s–%(end)s ulkopuolella. Voitte esittää oman käyttöajan.",
                        start=self.offered.start,
                        end=self.offered.end,
                    ),
                )

        return StringField(validators=[in_order, sensible])

    def day(self, typed: Mapping[str, Any], suffix: str) -> date | None:
        """The day of a field; None where it is blank or can't be read."""
        try:
            return parse_date(typed.get(suffix) or "")
        except UnreadableError:
            return None

    def example(self, words: str) -> dict[str, str]:
        return {START: self.offered.start.isoformat(), END: self.offered.end.isoformat()}

    def missing_message(self) -> Message:
        return msg("Merkitkää käyttöaika.")

    def show(self, typed: Typed, answers: "Answers") -> Shown:
        rows = []
        for suffix, label in _LABELS.items():
            day = self.day(typed, suffix)
            shown = f"{day.day}.{day.month}.{day.year}" if day else typed.get(suffix)
            rows.append(Row(label, shown or None))
        return Shown(rows=tuple(rows))
