"""The small forms by which an officer does something."""

from datetime import date, datetime

from wtforms import BooleanField, Form, SelectMultipleField, StringField, TextAreaField, ValidationError

import clock
from forms.clean import clean_line, clean_text
from forms.kinds.contact import EmailError, email_advice, parse_email
from forms.kinds.period import parse_date, parse_moment
from forms.question import UnreadableError
from forms.texts import Message, msg
from models.handling import Handling
from services import accounts
from services.accounts import Role
from services.handling import Case

_MOST_SIGNS = 4000
_MOST_IN_LINE = 500
_MOST_LABELS = 10


def _line(typed: str | None) -> str:
    return clean_line(typed or "").strip()


def _text(typed: str | None) -> str:
    return clean_text(typed or "").strip()


def _check_text(field: TextAreaField, missing: Message) -> None:
    if not field.data:
        raise ValidationError(missing)
    _check_length(field, _MOST_SIGNS)


def _check_length(field: StringField, most: int) -> None:
    if len(field.data or "") > most:
        raise ValidationError(msg("Lyhentäkää tekstiä: siinä saa olla enintään %(count)s merkkiä.", count=most))


def _labels(typed: str | None) -> list[str]:
    return [label for part in (typed or "").split(",") if (label := part.strip())]


def _day_of(field: StringField) -> date:
    try:
        day = parse_date(field.data or "")
    except UnreadableError as error:
        raise ValidationError(error.advice) from error
    if day is None:
        raise ValidationError(msg("Kirjoittakaa päivä."))
    return day


class SmallForm(Form):
    """What all of them have: one thing to say beside each field that is wrong."""

    @property
    def advice(self) -> dict[str, Message]:
        return {name: said[0] for name, said in self.errors.items()}


class ReasonForm(SmallForm):
    perustelu = TextAreaField(filters=[_text])

    def validate_perustelu(self, field: TextAreaField) -> None:
        _check_text(field, msg("Kirjoittakaa perustelu. Se jää lokiin."))


class UntilForm(SmallForm):
    """A day, whose end of office hours is the last instant for something."""

    viimeistaan = StringField(filters=[_line])

    def validate_viimeistaan(self, field: StringField) -> None:
        if clock.end_of_office_hours(_day_of(field)) <= clock.now():
            raise ValidationError(msg("Valitkaa päivä, jonka klo 16.15 ei ole vielä mennyt."))

    @property
    def until(self) -> datetime:
        """Once it is found valid."""
        return clock.end_of_office_hours(_day_of(self.viimeistaan))


class CaseForm(SmallForm):
    """``oli_…`` is what each field held when the page was made."""

    asianumero = StringField(filters=[_line])
    kasittelija = StringField(filters=[_line])
    tunnisteet = StringField(filters=[_line])
    oli_asianumero = StringField(filters=[_line])
    oli_kasittelija = StringField(filters=[_line])
    oli_tunnisteet = StringField(filters=[_line])

    def validate_asianumero(self, field: StringField) -> None:
        _check_length(field, Handling.case_number.max_length)

    def validate_tunnisteet(self, field: StringField) -> None:
        _check_length(field, _MOST_IN_LINE)
        if len(_labels(field.data)) > _MOST_LABELS:
            raise ValidationError(msg("Tunnisteita saa olla enintään %(count)s.", count=_MOST_LABELS))

    @property
    def case(self) -> Case:
        return self._case(self.asianumero, self.kasittelija, self.tunnisteet)

    @property
    def seen(self) -> Case:
        """What the page showed."""
        return self._case(self.oli_asianumero, self.oli_kasittelija, self.oli_tunnisteet)

    def _case(self, number: StringField, handler: StringField, labels: StringField) -> Case:
        return Case(number.data or "", accounts.find(handler.data or ""), _labels(labels.data))


class DocumentForm(SmallForm):
    """Without a day and a fingerprint the mark is taken back."""

    saapunut = StringField(filters=[_line])
    sormenjalki = StringField(filters=[_line])

    def validate_saapunut(self, field: StringField) -> None:
        if (field.data or self.sormenjalki.data) and _day_of(field) > clock.in_helsinki(clock.now()).date():
            raise ValidationError(msg("Saapumispäivä ei voi olla tulevaisuudessa."))

    @property
    def arrived_on(self) -> date | None:
        """Once it is found valid."""
        return _day_of(self.saapunut) if self.saapunut.data else None


class NoteForm(SmallForm):
    teksti = TextAreaField(filters=[_text])

    def validate_teksti(self, field: TextAreaField) -> None:
        _check_text(field, msg("Kirjoittakaa muistiinpano."))


class ExtensionForm(ReasonForm, UntilForm):
    pass


class CompletionForm(UntilForm):
    """``kysymykset`` are the questions that may be ticked, by key."""

    pyynto = TextAreaField(filters=[_text])
    kysymykset = SelectMultipleField(validate_choice=False)

    def validate_pyynto(self, field: TextAreaField) -> None:
        _check_text(field, msg("Kirjoittakaa hakijalle, mitä pyydätte täydentämään."))

    def validate_kysymykset(self, field: SelectMultipleField) -> None:
        offered = {key for key, _ in field.choices or []}
        if not field.data or set(field.data) - offered:
            raise ValidationError(msg("Valitkaa kysymykset, joita pyyntö koskee."))


class WithdrawalForm(ReasonForm):
    paiva = StringField(filters=[_line])

    def validate_paiva(self, field: StringField) -> None:
        if _day_of(field) > clock.in_helsinki(clock.now()).date():
            raise ValidationError(msg("Pyynnön päivä ei voi olla tulevaisuudessa."))

    @property
    def asked_on(self) -> date:
        """Once it is found valid."""
        return _day_of(self.paiva)


class EndForm(SmallForm):
    paiva = StringField(filters=[_line])

    def validate_paiva(self, field: StringField) -> None:
        if _day_of(field) > clock.in_helsinki(clock.now()).date():
            raise ValidationError(msg("Päättymispäivä ei voi olla tulevaisuudessa."))

    @property
    def ended_on(self) -> date:
        """Once it is found valid."""
        return _day_of(self.paiva)


class PublicationForm(ReasonForm):
    """``siirto.KEY`` is beside these for each question whose answers have no place; ``edellinen`` is the number of the
    version with which the page compared."""

    voimaan = StringField(filters=[_line])
    hyvaksyn = BooleanField()
    edellinen = StringField(filters=[_line])

    def validate_voimaan(self, field: StringField) -> None:
        try:
            if field.data:
                parse_moment(field.data)
        except UnreadableError as error:
            raise ValidationError(error.advice) from error

    @property
    def begins(self) -> datetime | None:
        """Once it is found valid; None for now."""
        return parse_moment(self.voimaan.data) if self.voimaan.data else None


class LateForm(ReasonForm):
    """``tunnus`` is the reference, where the page's address does not name one."""

    tunnus = StringField(filters=[_line])


class LinkForm(LateForm):
    sahkoposti = StringField(filters=[_line])

    def validate_sahkoposti(self, field: StringField) -> None:
        try:
            if field.data:
                parse_email(field.data)
        except EmailError as error:
            raise ValidationError(email_advice()) from error

    @property
    def other(self) -> str | None:
        """The corrected address, once it is found valid; None for the contact's own."""
        return parse_email(self.sahkoposti.data) if self.sahkoposti.data else None


class RoleForm(SmallForm):
    rooli = StringField(filters=[_line])

    def validate_rooli(self, field: StringField) -> None:
        if field.data not in list(Role):
            raise ValidationError(msg("Valitkaa rooli."))

    @property
    def role(self) -> Role:
        """Once it is found valid."""
        return Role(self.rooli.data)


class AccountForm(RoleForm):
    sahkoposti = StringField(filters=[_line])

    def validate_sahkoposti(self, field: StringField) -> None:
        try:
            parse_email(field.data or "")
        except EmailError as error:
            raise ValidationError(email_advice()) from error

    @property
    def email(self) -> str:
        """Once it is found valid."""
        return parse_email(self.sahkoposti.data)
