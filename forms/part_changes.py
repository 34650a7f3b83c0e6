"""What of a question or a rule is not as it was a version before: in words, and whether it can hurt a draft."""

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import Any

from forms.conditions import Condition
from forms.deciding import DecidingQuestion
from forms.moves import Step
from forms.question import Question, Severity
from forms.register import Register
from forms.rule import Rule
from forms.strict import Strict
from forms.texts import Message, Quantity, Text, msg, msgn

Part = tuple[Message, bool]
"""What changed, and whether it is harmless."""

_TEXTS = {
    "label": msg("teksti on muuttunut"),
    "title": msg("teksti on muuttunut"),
    "help": msg("ohje on muuttunut"),
    "row_label": msg("rivien teksti on muuttunut"),
    "beside_label": msg("rivien teksti on muuttunut"),
    "sources": msg("taulukko lasketaan toisin"),
    "row": msg("taulukko lasketaan toisin"),
    "beside": msg("taulukko lasketaan toisin"),
}
"""Nothing that is typed depends on them."""
_MOSTS = {
    "limit": msg("enimmäispituus"),
    "most_rows": msg("rivejä enintään"),
    "most_megabytes": msg("tiedoston enimmäiskoko megatavuina"),
    "decimals": msg("desimaaleja enintään"),
    "at_most": msg("enintään"),
    "at_most_percent": msg("osuus prosentteina enintään"),
    "most_months": msg("kuukausia enintään"),
    "end": msg("päättyy viimeistään"),
}
"""Of these larger ones are harmless."""
_LEASTS = {
    "at_least": msg("vähintään"),
    "at_least_percent": msg("osuus prosentteina vähintään"),
    "above": msg("enemmän kuin"),
    "above_percent": msg("osuus prosentteina enemmän kuin"),
    "start": msg("alkaa aikaisintaan"),
}
"""Of these smaller ones."""
_BOUNDS = {**_MOSTS, **_LEASTS, "exactly": msg("tasan"), "unit": msg("yksikkö")}
_SAY_NOTHING = {"key", "kind", "section", "number", "severity", "provenance", "omit_when_empty", "shown_rows"}
"""Said elsewhere here, or nothing that anybody would notice."""
_LOOKED_AT = {"kind", "severity", "question", "questions", "row", "rows", "of"}
"""Of a rule: what it looks at, which is the same in both, and what is said elsewhere here."""
_NONE = "–"
_FLOOR = {Severity.OFF: 0, Severity.REMARK: 1, Severity.ERROR: 2}


def setting(name: str) -> Message:
    """What is said of what this program has no words for."""
    return msg("asetuksia on muutettu (%(name)s)", name=name)


def is_required(question: Question) -> bool:
    """Whether nothing is sent without an answer to it."""
    return any(_severity(question, check) == Severity.ERROR for check in _missing(question))


def question_parts(step: Step, old: Question, new: Question) -> Iterator[Part]:
    """``new`` is where the answers to ``old`` go."""
    if old.number != new.number:
        yield msg("numero %(old)s → %(new)s", old=old.number, new=new.number), True
    if old.section != new.section:
        sections = step.old.section_of(old.key), step.new.section_of(new.key)
        is_same = not any(section.area for section in sections)
        yield msg("siirretty kohtaan %(section)s", section=sections[1].title), is_same
    if old.kind_name() != new.kind_name():
        yield msg("vastaustapa on muuttunut"), False
        return
    yield from _of_severities(old, new)
    for name in type(new).model_fields:
        before, after = _as_named_now(step, getattr(old, name)), getattr(new, name)
        if name == "when":
            yield from _of_condition(step, new, before)
        elif name not in _SAY_NOTHING:
            yield from _of_field(name, before, after)


def rule_parts(old: Rule, new: Rule) -> Iterator[Part]:
    """Both look at the same."""
    can_hurt = new.severity == Severity.ERROR
    if new.severity != old.severity:
        is_stricter = _FLOOR[new.severity] > _FLOOR[old.severity]
        yield _graded(is_stricter), not (is_stricter and can_hurt)
    for what, is_harmless in _of_fields(old, new, _LOOKED_AT):
        yield what, is_harmless or not can_hurt


def _as_named_now(step: Step, value: Any) -> Any:
    """A condition, or a list of questions, by the keys that these have now."""
    if isinstance(value, Condition):
        return value.model_copy(update={"question": step.now(value.question)})
    if isinstance(value, tuple) and all(isinstance(key, str) for key in value):
        return tuple(step.now(key) for key in value)
    return value


def _of_condition(step: Step, question: Question, before: Condition | None) -> Iterator[Part]:
    if question.when == before:
        return
    if question.when is None:
        rules = (rule for rule in step.new.rules if question.key in rule.questions_looked_at)
        # Who was not asked may have nothing there that could be sent.
        is_harmless = not is_required(question) and all(rule.severity != Severity.ERROR for rule in rules)
        yield msg("kysytään nyt kaikilta"), is_harmless
        return
    # Whoever does not meet it has answered for nothing.
    condition = step.new.of(question.when.question, DecidingQuestion).in_condition(question.when)
    said = msg("ehto on muuttunut. %(condition)s", condition=condition)
    yield said if before else msg("uusi ehto. %(condition)s", condition=condition), False


def _of_field(name: str, old: Any, new: Any) -> Iterator[Part]:
    if old == new:
        return
    if name in _TEXTS:
        yield _TEXTS[name], True
    elif name in _BOUNDS:
        what = msg("%(what)s %(old)s → %(new)s", what=_BOUNDS[name], old=_value(old), new=_value(new))
        yield what, _is_wider(name, old, new)
    elif name == "total":
        # Rules and conditions that name no column look at the first with a sum.
        yield msg("summa lasketaan") if new else msg("summaa ei enää lasketa"), False
    elif isinstance(new, Register) and isinstance(old, Register):
        yield from _of_register(old, new)
    elif _is_list_of_parts(old) and _is_list_of_parts(new):
        yield from _of_list(old, new)
    elif isinstance(new, Strict) and type(new) is type(old):
        yield from _of_fields(old, new, ())
    else:
        yield setting(name), False


def _of_fields(old: Strict, new: Strict, but: Collection[str]) -> Iterator[Part]:
    for name in type(new).model_fields:
        if name not in but:
            yield from _of_field(name, getattr(old, name), getattr(new, name))


def _value(value: Any) -> Any:
    if value is None:
        return _NONE
    return Quantity(value) if isinstance(value, Decimal) else value


def _is_wider(name: str, old: Any, new: Any) -> bool:
    """Whether a bound keeps all that the old one kept."""
    if name == "unit" or old is None:
        return False
    if new is None:
        return True
    return bool(new > old if name in _MOSTS else name in _LEASTS and new < old)


def _is_list_of_parts(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(part, Strict) and hasattr(part, "key") for part in value)


def _of_list(old: Iterable[Any], new: Iterable[Any]) -> Iterator[Part]:
    """Rows, areas, options, columns and whatever else has keys and texts of its own."""
    was, now = ({part.key: part for part in parts} for parts in (old, new))
    for key, part in was.items():
        if key not in now:
            yield msg("poistettu: %(part)s", part=_name(part)), False
        elif type(part) is not type(now[key]):
            yield _of_part(now[key], msg("vastaustapa on muuttunut")), False
        else:
            for what, is_harmless in _of_fields(part, now[key], ("key", "kind")):
                yield _of_part(now[key], what), is_harmless
    for key, part in now.items():
        if key not in was:
            yield msg("lisätty: %(part)s", part=_name(part)), True


def _of_part(part: Any, what: Message) -> Message:
    return msg("”%(part)s”: %(what)s", part=_name(part), what=what)


def _name(part: Any) -> Text | str:
    found: Text | str = getattr(part, "label", None) or getattr(part, "title", None) or part.key
    return found


def _of_register(old: Register, new: Register) -> Iterator[Part]:
    was, now = ({provider.business_id for provider in register.all} for register in (old, new))
    if gone := len(was - now):
        yield msgn("luettelosta on poistettu %(n)s nimi", "luettelosta on poistettu %(n)s nimeä", gone), False
    if come := len(now - was):
        yield msgn("luetteloon on lisätty %(n)s nimi", "luetteloon on lisätty %(n)s nimeä", come), True
    if not gone and not come and old.all != new.all:
        yield msg("luettelon nimiä on muutettu"), True


def _severity(question: Question, check: str) -> Severity:
    return question.severity.get(check, question.checks[check])


def _missing(question: Question) -> list[str]:
    return [check for check in question.checks if check.endswith("missing")]


def _of_severities(old: Question, new: Question) -> Iterator[Part]:
    for check in new.checks:
        before, after = _severity(old, check), _severity(new, check)
        if before == after:
            continue
        is_stricter = _FLOOR[after] > _FLOOR[before]
        if check in _missing(new) and Severity.ERROR in (before, after):
            said = msg("vastaus on pakollinen") if is_stricter else msg("vastaus ei ole enää pakollinen")
        else:
            said = _graded(is_stricter)
        yield said, not (is_stricter and after == Severity.ERROR)


def _graded(is_stricter: bool) -> Message:
    return msg("tarkistus on tiukempi") if is_stricter else msg("tarkistus on lievempi")
