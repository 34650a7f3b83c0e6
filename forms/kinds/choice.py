"""One choice from a register, or a typed name that the register lacks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationInfo
from wtforms import Form, StringField

from forms.json_schema import STRING, object_of
from forms.question import ONLY, Question, Severity, Typed, flag, line_fits
from forms.register import Provider, Register, Registers
from forms.shown import Shown
from forms.texts import Message, Text, msg

if TYPE_CHECKING:
    from forms.answers import Answers

CHOSEN, OTHER = "", "muu"


def _register_of_call(name: object, info: ValidationInfo) -> object:
    """A question names the file of a register that came with the call."""
    if isinstance(name, str):
        registers: Registers = (info.context or {})["registers"]
        return registers.get(name)
    return name


class ChoiceQuestion(Question):
    kind: Literal["choice"]
    providers: Annotated[
        Register, BeforeValidator(_register_of_call, json_schema_input_type=str), Field(alias="register")
    ]

    has_places: ClassVar[bool] = True
    checks: ClassVar[Mapping[str, Severity]] = {
        "missing": Severity.ERROR,
        "outside_register": Severity.REMARK,
        "both": Severity.ERROR,
        "line_too_long": Severity.ERROR,
    }

    def suffixes(self, typed: Typed) -> tuple[str, ...]:
        return (CHOSEN, OTHER)

    def chosen(self, typed: Typed) -> Provider | None:
        return self.providers.get(typed.get(CHOSEN, ""))

    def name(self, typed: Typed) -> Text | str | None:
        """The provider's name: the typed one where there is one, else the chosen one's."""
        provider = self.chosen(typed)
        return typed.get(OTHER, "").strip() or (provider.name if provider else typed.get(CHOSEN)) or None

    def registered(self, typed: Typed) -> Text | None:
        """The chosen provider's name, None where a name was typed instead."""
        provider = self.chosen(typed)
        return provider.name if provider and not typed.get(OTHER, "").strip() else None

    def business_id(self, typed: Typed) -> str | None:
        """The chosen provider's business ID, None where a name was typed instead."""
        return typed.get(CHOSEN) if self.registered(typed) else None

    def identity(self, typed: Typed) -> str | None:
        """What tells one applying provider from another: the business ID, else the typed name."""
        other = typed.get(OTHER, "").strip()
        return other.casefold() if other else typed.get(CHOSEN) or None

    def field_label(self, suffix: str) -> Text | Message:
        return msg("Järjestäjän nimi, jos se ei ole luettelossa") if suffix == OTHER else self.label

    def build_field(self, suffix: str) -> Any:
        def in_register(form: Form, field: StringField) -> None:
            if suffix == OTHER and (field.data or "").strip():
                if form.data.get(ONLY):
                    raise flag("both", msg("Valitkaa järjestäjä luettelosta tai kirjoittakaa nimi, mutta ei molempia."))
                raise flag(
                    "outside_register",
                    msg("Kirjoittamanne nimi ei ole järjestäjäluettelossa. Ministeriö tarkistaa hakukelpoisuuden."),
                )
            if suffix == CHOSEN and field.data and field.data not in self.providers:
                raise flag("missing", msg("Valittua järjestäjää ei ole luettelossa. Valitkaa järjestäjä luettelosta."))

        return StringField(validators=[line_fits, in_register])

    def example(self, words: str) -> dict[str, str]:
        return {CHOSEN: self.providers.all[0].business_id}

    def missing_message(self) -> Message:
        return msg("Valitkaa koulutuksen järjestäjä luettelosta.")

    def show(self, typed: Typed, answers: "Answers") -> Shown:
        return Shown(text=self.name(typed))

    def to_json(self, typed: Typed) -> Any:
        other = typed.get(OTHER)
        return {"valittu": typed.get(CHOSEN, ""), "muu": other} if other else typed.get(CHOSEN, "")

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [STRING, object_of(("valittu", "muu"))]}

    def from_json(self, value: Any) -> dict[str, str]:
        fields = {CHOSEN: value["valittu"], OTHER: value["muu"]} if isinstance(value, dict) else {CHOSEN: value}
        return {suffix: text for suffix, text in fields.items() if text}
