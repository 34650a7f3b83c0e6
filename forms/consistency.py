"""What must hold between the parts of a call: nothing twice, no reference to nothing, times in order.

It is looked for among what could be read, so that one slip in a file does not hide another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from forms.conditions import circles
from forms.deciding import DecidingQuestion
from forms.definition import MOST_PARTS, SUMMARY_PAGE, Call, Page, Section, waits_for
from forms.faults import Found, not_among
from forms.kinds import KINDS, AnyQuestion
from forms.kinds.areas import AreasQuestion
from forms.kinds.choice import ChoiceQuestion
from forms.kinds.contact import ContactQuestion
from forms.kinds.derived import DerivedQuestion
from forms.question import Question, References
from forms.rule import Rule
from forms.rules import AnyRule
from forms.texts import msg
from forms.toml_places import Location

_ADAPTERS: Mapping[str, TypeAdapter[Any]] = {
    "pages": TypeAdapter(Page),
    "sections": TypeAdapter(Section),
    "questions": TypeAdapter(AnyQuestion),
    "rules": TypeAdapter(AnyRule),
}


@dataclass(frozen=True)
class Parts:
    """The lists of a call's file: as they are written, and what could be read of them, each at its place."""

    data: dict[str, Any]
    pages: Mapping[int, Page]
    sections: Mapping[int, Section]
    questions: Mapping[int, Question]
    rules: Mapping[int, Rule]

    @classmethod
    def of(cls, call: Call, data: dict[str, Any]) -> "Parts":
        """Those of a call that could be read whole."""
        lists = (call.pages, call.sections, call.questions, call.rules)
        return cls(data, *(dict(enumerate(parts)) for parts in lists))  # type: ignore[arg-type]

    @classmethod
    def salvaged(cls, data: dict[str, Any], context: dict[str, Any]) -> "Parts":
        """What can be read of a file that is no call; ``context`` is the call's own."""

        def read(name: str) -> dict[int, Any]:
            found = {}
            for place, part in enumerate(_written(data, name)):
                try:
                    found[place] = _ADAPTERS[name].validate_python(part, context=context)
                except ValidationError:
                    # What is wrong with it is said where the call is read as a whole.
                    continue
            return found

        return cls(data, read("pages"), read("sections"), read("questions"), read("rules"))

    def names(self, name: str, entry: str = "key") -> dict[int, Any]:
        """What the parts in a list call themselves, those too that can't be read."""
        parts = enumerate(_written(self.data, name))
        return {place: part[entry] for place, part in parts if isinstance(part, dict) and _is_name(part.get(entry))}


def _written(data: dict[str, Any], name: str) -> list[Any]:
    parts = data.get(name)
    return parts[:MOST_PARTS] if isinstance(parts, list) else []


def _is_name(value: Any) -> bool:
    return isinstance(value, str | int)


def inconsistencies(parts: Parts) -> Iterator[Found]:
    """All that does not hold between the parts."""
    yield from _times(parts.data)
    for name, entry in (("pages", "key"), ("sections", "key"), ("questions", "key"), ("questions", "number")):
        yield from _twice(parts, name, entry)
    yield from _strays(parts)
    yield from _areas(parts)
    for place, question in parts.questions.items():
        if isinstance(question, DerivedQuestion):
            yield from _broken(parts, ("questions", place), question.looks_at, question.references)
    yield from _conditions(parts)
    for place, rule in parts.rules.items():
        yield from _broken(parts, ("rules", place), rule.looks_at, rule.references)


def _times(data: dict[str, Any]) -> Iterator[Found]:
    opens, closes = data.get("opens"), data.get("closes")
    # A time with an offset is refused by itself, and can't be compared with one without.
    match opens, closes:
        case datetime(tzinfo=None), datetime(tzinfo=None) if closes <= opens:
            yield Found(("closes",), msg("Hakuaika päättyy ennen kuin se alkaa. Korjatkaa opens tai closes."))


def _twice(parts: Parts, name: str, entry: str) -> Iterator[Found]:
    seen = set()
    for place, value in parts.names(name, entry).items():
        if value in seen:
            message = msg("%(value)s on jo käytössä. Antakaa toinen.", value=str(value))
            yield Found((name, place, entry), message)
        seen.add(value)


def _strays(parts: Parts) -> Iterator[Found]:
    """Parts that stand nowhere."""
    pages, sections = parts.names("pages"), parts.names("sections")
    if pages and list(pages.values())[-1] != SUMMARY_PAGE:
        message = msg("Viimeisen sivun tunnuksen pitää olla %(page)s. Siirtäkää tai lisätkää se.", page=SUMMARY_PAGE)
        yield Found(("pages", list(pages)[-1], "key"), message)
    for place, section in parts.sections.items():
        if section.page not in pages.values():
            yield Found(("sections", place, "page"), not_among(section.page, map(str, pages.values())))
    for place, question in parts.questions.items():
        if question.section not in sections.values():
            yield Found(("questions", place, "section"), not_among(question.section, map(str, sections.values())))


def _areas(parts: Parts) -> Iterator[Found]:
    kind = AreasQuestion.kind_name()
    asked = [place for place, name in parts.names("questions", "kind").items() if name == kind]
    areas = [place for place, section in parts.sections.items() if section.area]
    if areas and not asked:
        message = msg("Kysymys, jonka laji on %(kind)s, puuttuu. Lisätkää se tai poistakaa area = true.", kind=kind)
        yield Found(("sections", areas[0], "area"), message)
    for place in asked[1:]:
        yield Found(("questions", place, "kind"), msg("Lajia %(kind)s voi olla vain yksi kysymys.", kind=kind))
    if asked and not areas and len(parts.sections) == len(_written(parts.data, "sections")):
        message = msg("Yhdessäkään osiossa ei ole area = true. Lisätkää se tai poistakaa kysymys.")
        yield Found(("questions", asked[0], "kind"), message)


def _broken(parts: Parts, part: Location, kind: type[Question], references: References) -> Iterator[Found]:
    """What is wrong with the questions that a rule, or another question, names."""
    written = parts.names("questions")
    kinds = parts.names("questions", "kind")
    places = {key: place for place, key in written.items()}
    for key, row in dict.fromkeys(one for one in references if references.count(one) > 1):
        name = f"{key}.{row}" if row else key
        yield Found(_spot(parts, part, key), msg("%(name)s on tässä kahdesti. Korjatkaa toinen.", name=name))
    for key, row in dict.fromkeys(references):
        spot = _spot(parts, part, key)
        place = places.get(key)
        question = None if place is None else parts.questions.get(place)
        if place is None:
            yield Found(spot, not_among(key, map(str, written.values())))
        elif question is None:
            # It can't be read, which is said at its own place.
            continue
        elif not isinstance(question, kind):
            message = msg(
                "Kysymyksen %(key)s laji on %(kind)s. Tässä voi olla vain laji %(wanted)s. Korjatkaa tunnus.",
                key=key,
                kind=str(kinds[place]),
                wanted=", ".join(sorted(one.kind_name() for one in KINDS if issubclass(one, kind))),
            )
            yield Found(spot, message)
        elif row is not None and row not in question.parts:
            yield Found(_spot(parts, part, row), not_among(row, question.parts))


def _conditions(parts: Parts) -> Iterator[Found]:
    places = {key: place for place, key in parts.names("questions").items()}
    applicants = [
        next((place for place, question in parts.questions.items() if isinstance(question, kind)), None)
        for kind in (ChoiceQuestion, ContactQuestion)
    ]
    for place, question in parts.questions.items():
        if not (when := question.when):
            continue
        spot: Location = ("questions", place, "when")
        if place in applicants:
            yield Found(spot, msg("Hakija ja yhteyshenkilö kysytään aina. Poistakaa ehto."))
        if when.question not in places:
            yield Found((*spot, "question"), not_among(when.question, map(str, places)))
            continue
        decider = parts.questions.get(places[when.question])
        if isinstance(decider, DecidingQuestion):
            if misfit := decider.misfit(when):
                yield Found((*spot, misfit[0]), misfit[1])
        elif decider is not None:
            message = msg(
                "Kysymyksen %(key)s (%(kind)s) vastauksesta ei voi riippua muita kysymyksiä. Valitkaa toinen.",
                key=decider.key,
                kind=decider.kind_name(),
            )
            yield Found((*spot, "question"), message)
    for circle in circles(waits_for(parts.questions.values(), parts.sections.values())):
        path = " → ".join([*circle, circle[0]])
        message = msg("Kysymykset odottavat toisiaan: %(path)s. Poistakaa jokin ehdoista.", path=path)
        yield Found(("questions", places[circle[0]], "when"), message)


def _spot(parts: Parts, part: Location, value: str) -> Location:
    """Where in a part of the file a name stands; the part itself where it is not found."""

    def look(node: Any, location: Location) -> Iterator[Location]:
        if node == value:
            yield location
        elif isinstance(node, dict | list):
            for step, inner in node.items() if isinstance(node, dict) else enumerate(node):
                # The own key of the question that names others is no reference.
                if step != "key":
                    yield from look(inner, (*location, step))

    name, place = part
    return next(look(parts.data[str(name)][place], part), part)
