"""The contact person: name, title, telephone and e-mail."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from wtforms import Form, StringField

from forms.question import Question, Severity, Typed, flag, line_fits
from forms.shown import Row, Shown
from forms.texts import Message, Text, msg

if TYPE_CHECKING:
    from forms.answers import Answers

NAME, TITLE, PHONE, EMAIL = "nimi", "tehtava", "puhelin", "sahkoposti"
_LABELS = {
    NAME: msg("Nimi"),
    TITLE: msg("Tehtävänimike"),
    PHONE: msg("Puhelin"),
    EMAIL: msg("Sähköposti"),
}
_PHONE = re.compile(r"^\+?[0-9]{5,15}$")


class EmailError(ValueError):
    """A typed e-mail address to which no mail can be sent."""


def parse_email(typed: str) -> str:
    """An address as mails are sent to it: its domain in lower case and in ASCII. Raises EmailError.

    Only the syntax is looked at. Letters outside ASCII before the @ are refused: most mail servers refuse them.
    """
    try:
        parts = validate_email(typed.strip(), check_deliverability=False, allow_smtputf8=False)
    except (EmailNotValidError, UnicodeError) as error:
        raise EmailError(typed) from error
    if parts.ascii_email is None:
        raise EmailError(typed)
    return parts.ascii_email


def email_advice() -> Message:
    return msg("Tarkistakaa sähköpostiosoite. Sen pitää olla muotoa nimi@esimerkki.fi.")


def show_phone(typed: str) -> str:
    """A telephone number in the Finnish grouping (050 337 1956); as typed where it is none."""
    try:
        number = phonenumbers.parse(typed, "FI")
    except phonenumbers.NumberParseException:
        return typed
    if not phonenumbers.is_valid_number(number):
        return typed
    is_domestic = not typed.strip().startswith(("+", "00"))
    style = phonenumbers.PhoneNumberFormat.NATIONAL if is_domestic else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


class ContactQuestion(Question):
    kind: Literal["contact"]

    is_personal: ClassVar[bool] = True
    has_places: ClassVar[bool] = True
    checks: ClassVar[Mapping[str, Severity]] = {
        "name_missing": Severity.ERROR,
        "email_missing": Severity.ERROR,
        "email_invalid": Severity.ERROR,
        "phone_missing": Severity.REMARK,
        "phone_odd": Severity.REMARK,
        "line_too_long": Severity.ERROR,
    }

    def suffixes(self, typed: Typed) -> tuple[str, ...]:
        return (NAME, TITLE, PHONE, EMAIL)

    def field_label(self, suffix: str) -> Text | Message:
        return _LABELS.get(suffix, self.label)

    def email(self, typed: Typed) -> str | None:
        """The address for mails, None where it is missing or wrong."""
        try:
            return parse_email(typed.get(EMAIL, ""))
        except EmailError:
            return None

    def example(self, words: str) -> dict[str, str]:
        return {NAME: words, TITLE: words, PHONE: "050 123 4567", EMAIL: "nimi@example.fi"}

    def build_field(self, suffix: str) -> Any:
        def sensible(form: Form, field: StringField) -> None:
            text = (field.data or "").strip()
            if suffix == NAME and not text:
                raise flag("name_missing", msg("Kirjoittakaa yhteyshenkilön nimi."))
            if suffix == PHONE and not text:
                raise flag("phone_missing", msg("Puhelinnumero puuttuu."))
            if suffix == PHONE and not _PHONE.match(re.sub(r"[\s()\-–/]", "", text)):
                raise flag("phone_odd", msg("Puhelinnumero on epätavallinen. Tarkistakaa se."))
            if suffix == EMAIL and not text:
                raise flag("email_missing", msg("Kirjoittakaa yhteyshenkilön sähköpostiosoite."))
            if suffix == EMAIL and self.email({EMAIL: text}) is None:
                raise flag("email_invalid", email_advice())

        return StringField(validators=[line_fits, sensible])

    def show(self, typed: Typed, answers: "Answers") -> Shown:
        shown = {**typed, PHONE: show_phone(typed.get(PHONE, ""))}
        return Shown(rows=tuple(Row(label, shown.get(suffix) or None) for suffix, label in _LABELS.items()))
