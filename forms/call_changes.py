"""What is not in one version of a call as it was in the version before, in words, and whether it can hurt a draft."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from forms.definition import Call, Section
from forms.moves import Moves, Step
from forms.question import Question, Severity
from forms.register import Register
from forms.strict import Strict
from forms.texts import Message, Text, msg, msgn


@dataclass(frozen=True)
class CallChange:
    said: Message
    is_harmless: bool = True
    """Nothing that is written loses its place or its chance to be sent; of others an officer says that it shall be."""
    is_for_applicants: bool = True
    """Whether whoever has a draft is told."""
    homeless: str | None = None
    """The key, in the older version, of a question whose answers have no place in the newer."""


Part = tuple[Message, bool]
"""What changed in a question, and whether it is harmless."""

_TEXTS = {
    "label": msg("teksti on muuttunut"),
    "help": msg("ohje on muuttunut"),
    "row_label": msg("rivien teksti on muuttunut"),
    "beside_label": msg("rivien teksti on muuttunut"),
}
_MOSTS: dict[str, Callable[[int, int], Message]] = {
    "limit": lambda old, new: msg("enimmäispituus %(old)s → %(new)s", old=old, new=new),
    "most_rows": lambda old, new: msg("rivejä enintään %(old)s → %(new)s", old=old, new=new),
}
"""Of these larger ones are harmless."""
_SAY_NOTHING = {"key", "kind", "section", "number", "severity", "provenance", "omit_when_empty", "shown_rows"}
"""Said elsewhere here, or nothing that anybody would notice."""
_FLOOR = {Severity.OFF: 0, Severity.REMARK: 1, Severity.ERROR: 2}


def compare(old: Call, new: Call, moves: Moves | None = None) -> list[CallChange]:
    """All that changed, times first, then in the order of the form; ``moves`` are those of the newer version."""
    step = Step(0, old, new, moves or {})
    return [*_of_call(old, new), *_of_sections(old, new), *_of_questions(step), *_of_rules(old, new)]


def are_harmless(changes: Iterable[CallChange]) -> bool:
    return all(change.is_harmless for change in changes)


def _of_call(old: Call, new: Call) -> Iterator[CallChange]:
    if old.opens != new.opens:
        said = msg("Hakuaika alkaa %(old)s → %(new)s", old=old.opens, new=new.opens)
        yield CallChange(said, is_harmless=new.opens < old.opens)
    if old.closes != new.closes:
        said = msg("Hakuaika päättyy %(old)s → %(new)s", old=old.closes, new=new.closes)
        yield CallChange(said, is_harmless=new.closes > old.closes)
    texts = {
        "title": msg("Haun nimi on muuttunut"),
        "authority": msg("Haun viranomainen on muuttunut"),
        "registry": msg("Kirjaamon tiedot ovat muuttuneet"),
        "instructions": msg("Haun ohjeet ovat muuttuneet"),
        "declaration": msg("Vakuutuksen teksti on muuttunut"),
        "pages": msg("Lomakkeen sivut ovat muuttuneet"),
    }
    for name, said in texts.items():
        if getattr(old, name) != getattr(new, name):
            yield CallChange(said)
    if old.appropriation != new.appropriation:
        yield CallChange(msg("Määräraha on muuttunut"), is_for_applicants=False)
    if old.retention != new.retention:
        yield CallChange(msg("Säilytysajat ovat muuttuneet"), is_harmless=False)
    known = {*texts, "key", "reference_prefix", "opens", "closes", "appropriation", "retention", "provenance", "rows"}
    for name in Call.model_fields.keys() - known - {"sections", "questions", "rules"}:
        if getattr(old, name) != getattr(new, name):
            yield CallChange(_setting(name), is_harmless=False)


def _of_sections(old: Call, new: Call) -> Iterator[CallChange]:
    def said(section: Section, what: Message) -> Message:
        return msg("%(section)s: %(what)s", section=section.title, what=what)

    was, now = ({section.key: section for section in call.sections} for call in (old, new))
    for key, section in was.items():
        if key not in now:
            yield CallChange(said(section, msg("poistettu lomakkeesta")), is_harmless=not section.area)
        elif section.area != now[key].area:
            yield CallChange(said(section, _setting("area")), is_harmless=False)
        elif section != now[key]:
            yield CallChange(said(now[key], msg("otsikko, ohje tai sivu on muuttunut")))
    for key in now.keys() - was.keys():
        yield CallChange(said(now[key], msg("lisätty lomakkeeseen")))


def _of_questions(step: Step) -> Iterator[CallChange]:
    old, new = step.old, step.new
    has_come = {question.key for question in new.questions}
    for question in old.questions:
        target = step.target(question.key)
        if target is None:
            same = new.by_key.get(question.key)
            what = msg("kysymys on vaihtunut toiseksi") if same else msg("kysymys on poistettu")
            homeless = question.key if question.has_fields else None
            yield CallChange(_of(question, what), is_harmless=homeless is None, homeless=homeless)
            continue
        has_come.discard(target.key)
        for what, is_harmless in _parts(old, question, new, target):
            yield CallChange(_of(target, what), is_harmless)
        if target.key != question.key:
            what = msg("vastaukset siirtyvät avaimelta %(old)s avaimelle %(new)s", old=question.key, new=target.key)
            yield CallChange(_of(target, what), is_harmless=False, is_for_applicants=False)
    for question in new.questions:
        if question.key in has_come:
            is_asked_for = any(_severity(question, check) == Severity.ERROR for check in _missing(question))
            what = msg("uusi kysymys, johon on vastattava") if is_asked_for else msg("uusi kysymys")
            yield CallChange(_of(question, what), is_harmless=not is_asked_for)


def _of(question: Question, what: Message) -> Message:
    return msg("Kysymys %(number)s: %(what)s", number=question.number, what=what)


def _parts(old_call: Call, old: Question, new_call: Call, new: Question) -> Iterator[Part]:
    if old.number != new.number:
        yield msg("numero %(old)s → %(new)s", old=old.number, new=new.number), True
    if old.section != new.section:
        sections = old_call.section_of(old.key), new_call.section_of(new.key)
        is_same = not any(section.area for section in sections)
        yield msg("siirretty kohtaan %(section)s", section=sections[1].title), is_same
    if old.kind_name() != new.kind_name():
        yield msg("vastaustapa on muuttunut"), False
        return
    yield from _of_severities(old, new)
    for name in type(new).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if name not in _SAY_NOTHING and before != after:
            yield from _of_field(name, before, after)


def _of_field(name: str, old: Any, new: Any) -> Iterator[Part]:
    if name in _TEXTS:
        yield _TEXTS[name], True
    elif name in _MOSTS:
        yield _MOSTS[name](old, new), new > old
    elif isinstance(new, Register) and isinstance(old, Register):
        yield from _of_register(old, new)
    elif _is_list_of_parts(old) and _is_list_of_parts(new):
        yield from _of_list(old, new)
    else:
        yield _setting(name), False


def _is_list_of_parts(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(part, Strict) and hasattr(part, "key") for part in value)


def _of_list(old: Iterable[Any], new: Iterable[Any]) -> Iterator[Part]:
    """Rows, areas, options and whatever else has keys and texts of its own."""
    was, now = ({part.key: part for part in parts} for parts in (old, new))
    for key, part in was.items():
        if key not in now:
            yield msg("poistettu: %(part)s", part=_name(part)), False
        elif part != now[key]:
            is_text = part.model_dump(exclude=_NAMES) == now[key].model_dump(exclude=_NAMES)
            yield msg("muuttunut: %(part)s", part=_name(now[key])), is_text
    for key, part in now.items():
        if key not in was:
            yield msg("lisätty: %(part)s", part=_name(part)), True


_NAMES = {"label", "title"}


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
            said = msg("tarkistus on tiukempi") if is_stricter else msg("tarkistus on lievempi")
        yield said, not (is_stricter and after == Severity.ERROR)


def _of_rules(old: Call, new: Call) -> Iterator[CallChange]:
    came = [rule for rule in new.rules if rule not in old.rules]
    if came:
        yield CallChange(
            msg("Vastausten keskinäisiä tarkistuksia on muutettu"),
            is_harmless=all(rule.severity != Severity.ERROR for rule in came),
        )
    elif any(rule not in new.rules for rule in old.rules):
        yield CallChange(msg("Vastausten keskinäisiä tarkistuksia on poistettu"))


def _setting(name: str) -> Message:
    return msg("asetuksia on muutettu (%(name)s)", name=name)
