"""What is not in one version of a call as it was in the version before, in words, and whether it can hurt a draft."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from forms.definition import Call, Section
from forms.moves import Moves, Step
from forms.part_changes import is_required, question_parts, rule_parts, setting
from forms.question import Question, Severity
from forms.rule import Rule
from forms.texts import Message, msg


@dataclass(frozen=True)
class CallChange:
    said: Message
    is_harmless: bool = True
    """Nothing that is written loses its place or its chance to be sent; of others an officer says that it shall be."""
    is_for_applicants: bool = True
    """Whether whoever has a draft is told."""
    homeless: str | None = None
    """The key, in the older version, of a question whose answers have no place in the newer."""


def compare(old: Call, new: Call, moves: Moves | None = None) -> list[CallChange]:
    """All that changed, times first, then in the order of the form; ``moves`` are those of the newer version."""
    step = Step(0, old, new, moves or {})
    return [*_of_call(old, new), *_of_sections(old, new), *_of_questions(step), *_of_rules(step)]


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
            yield CallChange(setting(name), is_harmless=False)


def _of_sections(old: Call, new: Call) -> Iterator[CallChange]:
    def said(section: Section, what: Message) -> Message:
        return msg("%(section)s: %(what)s", section=section.title, what=what)

    was, now = ({section.key: section for section in call.sections} for call in (old, new))
    for key, section in was.items():
        if key not in now:
            yield CallChange(said(section, msg("poistettu lomakkeesta")), is_harmless=not section.area)
        elif section.area != now[key].area:
            yield CallChange(said(section, setting("area")), is_harmless=False)
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
        for what, is_harmless in question_parts(step, question, target):
            yield CallChange(_of(target, what), is_harmless)
        if target.key != question.key:
            what = msg("vastaukset siirtyvät avaimelta %(old)s avaimelle %(new)s", old=question.key, new=target.key)
            yield CallChange(_of(target, what), is_harmless=False, is_for_applicants=False)
    for question in new.questions:
        if question.key in has_come:
            is_asked_for = is_required(question)
            what = msg("uusi kysymys, johon on vastattava") if is_asked_for else msg("uusi kysymys")
            yield CallChange(_of(question, what), is_harmless=not is_asked_for)


def _of(question: Question, what: Message) -> Message:
    return msg("Kysymys %(number)s: %(what)s", number=question.number, what=what)


def _of_rules(step: Step) -> Iterator[CallChange]:
    came = list(step.new.rules)
    for rule in step.old.rules:
        references = tuple((step.now(key), row) for key, row in rule.references)
        same = [one for one in came if type(one) is type(rule) and one.references == references]
        if not same:
            yield CallChange(_of_rule(step.old, rule, msg("poistettu")))
            continue
        # Of several that look at the same the likest one.
        now = min(same, key=lambda one: len(list(rule_parts(rule, one))))
        came.remove(now)
        for what, is_harmless in rule_parts(rule, now):
            yield CallChange(_of_rule(step.new, now, what), is_harmless)
    for rule in came:
        yield CallChange(_of_rule(step.new, rule, msg("lisätty")), is_harmless=rule.severity != Severity.ERROR)


def _of_rule(call: Call, rule: Rule, what: Message) -> Message:
    numbers = sorted({call.question(key).number for key in rule.questions_looked_at})
    return msg(
        "Tarkistus ”%(rule)s” (kysymys %(numbers)s): %(what)s",
        rule=rule.said,
        numbers=", ".join(map(str, numbers)),
        what=what,
    )
