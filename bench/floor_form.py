"""The least that the form's requests can cost, in plain Flask: ``bench.__main__`` compares.

A: a bare route. B: the same rows by peewee, the same fields and texts by stock WTForms and Jinja. C: one peewee save,
as durable as the service's own. Nobody's access is checked; nothing is counted, translated, compared with what the page
showed, kept as history or told to others.
"""

from collections.abc import Iterable
from typing import Any, cast

from flask import Flask, render_template, request
from wtforms import BooleanField, Form, HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from bench.floor import plain_app
from clock import in_helsinki
from forms.call_file import load_call
from forms.definition import Call, Section
from forms.kinds.amounts import AmountsQuestion
from forms.kinds.areas import AreasQuestion
from forms.kinds.partners import PartnersQuestion
from forms.kinds.text import TextQuestion
from forms.question import Question
from forms.texts import Message, Text
from models.application import Answer, Application, Link
from models.database import database
from models.submission import Submission
from settings import read_settings
from tests.applicant import CALL

Rows = dict[str, Answer]


def create_app() -> Flask:
    """Served as the service is."""
    app = plain_app()
    call = load_call(read_settings().calls_dir / f"{CALL}.toml")
    forms = {section.key: _form_of(call, section) for section in call.sections}

    @app.get("/pelkka")
    def bare() -> str:
        return "ok"

    @app.get("/lomake/<reference>")
    def form(reference: str) -> str:
        application, answers, sent = _read(reference)
        only = request.args.get("vain")
        shown = [
            section for section in call.sections_on("kehittamiskokonaisuudet") if _is_shown(section, answers, only)
        ]
        return render_template(
            "form.html",
            call=call,
            application=application,
            sent=sent,
            sections=[(section, _parts(call, section, answers, forms[section.key])) for section in shown],
            saved_at=max(answer.saved_at for answer in answers.values()),
        )

    @app.post("/tallenna/<int:answer>")
    def save(answer: int) -> str:
        with database.atomic():
            row = Answer.get_by_id(answer)
            row.value = {"": request.form["q4"]}
            row.save(only=[Answer.value])
        return "ok"

    @app.get("/yhteenveto/<reference>")
    def summary(reference: str) -> str:
        application, answers, sent = _read(reference)
        provider = answers["q1"].value[""]
        others = Submission.select().where(
            Submission.call_key == call.key, Submission.provider == provider, Submission.application != application
        )
        return render_template(
            "summary.html",
            call=call,
            application=application,
            sent=sent,
            others=list(others),
            sections=[
                (section, [_shown(call, question, answers, provider) for question in call.questions_in(section.key)])
                for section in call.sections
                if _is_shown(section, answers, None)
            ],
            form=_Declaration(),
        )

    return app


class _Declaration(Form):
    vakuutus = BooleanField("Vakuutus")
    lahetys = HiddenField(default="x" * 32)
    tila = HiddenField(default="x" * 64)


def _read(reference: str) -> tuple[Application, Rows, list[Submission]]:
    """The rows that the service reads for a page of an application."""
    link = Link.select(Link, Application).join(Application).where(Application.reference == reference).get()
    answers = Answer.select().where(Answer.application == link.application)
    sent = Submission.select().where(Submission.application == link.application)
    return link.application, {answer.question: answer for answer in answers}, list(sent)


def _is_shown(section: Section, answers: Rows, only: str | None) -> bool:
    return section.key == only if only else not section.area or section.key in answers["q3"].value


def _words(text: Text | Message | str) -> str:
    return text.in_language("fi") if isinstance(text, Text) else text.original if isinstance(text, Message) else text


def _label(question: Question, suffix: str) -> str:
    if isinstance(question, PartnersQuestion):
        return f"{int(suffix) + 1}. {_words(question.row_label)}"
    return _words(question.field_label(suffix))


def _form_of(call: Call, section: Section) -> type[Form]:
    fields: dict[str, Any] = {}
    for question in call.questions_in(section.key):
        match question:
            case TextQuestion():
                fields[question.key] = TextAreaField(
                    f"{question.number}. {_words(question.label)}", render_kw={"rows": 8, "cols": 70}
                )
            case AreasQuestion():
                fields[question.key] = SelectMultipleField(
                    choices=[(area.key, _words(area.title)) for area in question.areas],
                    widget=ListWidget(prefix_label=False),
                    option_widget=CheckboxInput(),
                )
            case _:
                for suffix in question.suffixes({}):
                    fields[question.field_name(suffix)] = StringField(_label(question, suffix))
        fields[f"{question.key}.rev"] = HiddenField()
    return type(section.key, (Form,), fields)


def _parts(call: Call, section: Section, answers: Rows, form_class: type[Form]) -> list[tuple[Any, ...]]:
    """Each question with its fields, its answer's time, and what stands below it: characters left, or the sum."""
    data: dict[str, Any] = {}
    for question in call.questions_in(section.key):
        answer = answers.get(question.key)
        value = answer.value if answer else {}
        data[f"{question.key}.rev"] = str(answer.revision if answer else 0)
        if isinstance(question, AreasQuestion):
            data[question.key] = list(value)
        else:
            data.update({question.field_name(suffix): text for suffix, text in value.items()})
    form = form_class(data=data)
    parts = []
    for question in call.questions_in(section.key):
        answer = answers.get(question.key)
        names = [question.key] if isinstance(question, TextQuestion | AreasQuestion) else _names(question)
        below = None
        if isinstance(question, TextQuestion):
            left = question.limit - len(data.get(question.key) or "")
            below = f"{left} merkkiä jäljellä. Enimmäispituus on {question.limit} merkkiä."
        elif isinstance(question, AmountsQuestion):
            below = f"Yhteensä {_sum(answer.value if answer else {}):,} €"
        at = f"{in_helsinki(answer.saved_at):%H.%M}" if answer else None
        parts.append((question, [form[name] for name in names], form[f"{question.key}.rev"], below, at))
    return parts


def _names(question: Question) -> list[str]:
    return [question.field_name(suffix) for suffix in question.suffixes({})]


def _sum(values: dict[str, str]) -> int:
    return sum(int(text) for text in values.values() if text.isdigit())


def _shown(call: Call, question: Question, answers: Rows, provider: str) -> tuple[Question, str | None, Any]:
    """A question with its answer: one text, or rows of a label and a text."""
    answer = answers.get(question.key)
    value = cast("dict[str, str]", answer.value if answer else {})
    match question:
        case AreasQuestion():
            return question, None, [("", _words(area.title)) for area in question.areas if area.key in value]
        case AmountsQuestion():
            rows = [(_label(question, row.key), f"{int(value.get(row.key) or 0):,} €") for row in question.rows]
            return question, None, [*rows, ("Yhteensä", f"{_sum(value):,} €")]
        case TextQuestion():
            return question, value.get(""), None
        case _ if question.key == "q1":
            assert call.provider_question
            found = call.provider_question.providers.get(provider)
            return question, _words(found.name) if found else provider, None
        case _ if not question.has_fields:
            return question, f"{_sum_of_all(call, answers):,} €", None
        case _:
            suffixes: Iterable[str] = question.suffixes(value)
            return question, None, [(_label(question, suffix), value.get(suffix)) for suffix in suffixes]


def _sum_of_all(call: Call, answers: Rows) -> int:
    question = call.totals_question
    assert question
    values = [answers[source].value for source in question.sources if source in answers]
    return sum(int(value.get(question.row) or 0) for value in values)
