"""Our Jinja against Jinja's own: whatever a template is given, the same text comes of it."""

from collections.abc import Callable
from typing import Any

import jinja2
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import pass_context, pass_environment
from markupsafe import Markup

import language
from forms.kinds.text import TextQuestion
from forms.texts import LANGUAGES, Euros, Text, msg
from language import speaking
from templating import Templates

HARD = st.text(st.sampled_from("a<>&'\"ä€\u00a0\n")) | st.text()
VALUES = (
    HARD
    | HARD.map(Markup)
    | st.none()
    | st.integers()
    | st.booleans()
    | st.lists(HARD, max_size=2)
    | HARD.map(lambda words: Text({"fi": f"{words}.", "sv": f"{words}!"}))
    | st.integers(0, 10**9).map(Euros)
    | HARD.map(lambda name: msg("Kysymys %(number)s: %(what)s", number=1, what=name))
)
VALUE = "{{ one }}|{% set kept %}{{ one }}{% endset %}{{ kept }}|{{ one if one else '<' }}|{{ missing }}"
CALLS = """
{%- macro bare(one) %}<b>{{ one }}</b>{% endmacro -%}
{%- macro more(one, two="<", three=none) %}{{ one }}{{ two }}{{ three }}{{ caller() if caller }}{% endmacro -%}
{{ bare(one) }}{{ more(one) }}{{ more(one, two=one, three=bare("&")) }}{% call more("&") %}{{ one }}{% endcall %}
{%- for item in [one] %}{{ bare(item) }}{{ of_context("item") }}{{ of_environment() }}{{ plain(item) }}{{ {}.get(1) }}
{{- "%s<"|format(item) }}{{ maker(item)() }}{% endfor -%}
"""


def environment_of(kind: type[jinja2.Environment], app: Flask) -> jinja2.Environment:
    known: dict[str, Any] = {"autoescape": lambda name: name != "text", "finalize": language.localise}
    found = kind(app, **known) if kind is Templates else kind(**known)
    found.loader = jinja2.DictLoader(dict.fromkeys(("page", "text"), VALUE + CALLS))

    @pass_context
    def of_context(context: Any, name: str) -> Any:
        return context.get(name, "<none>")

    @pass_environment
    def of_environment(environment: Any) -> str:
        return f"<{isinstance(environment, jinja2.Environment)}>"

    def plain(value: object) -> str:
        return f"{value}<"

    def maker(value: object) -> Callable[[], object]:
        return lambda: value

    found.globals.update(of_context=of_context, of_environment=of_environment, plain=plain, maker=maker)
    return found


@pytest.fixture
def environments(app: Flask) -> list[jinja2.Environment]:
    return [environment_of(kind, app) for kind in (Templates, jinja2.Environment)]


@pytest.mark.quick
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(one=VALUES, spoken=st.sampled_from(LANGUAGES), name=st.sampled_from(["page", "text"]))
def test_a_template_reads_as_jinja_has_it(
    app: Flask, environments: list[jinja2.Environment], one: object, spoken: str, name: str
) -> None:
    with app.app_context(), speaking(spoken):
        ours, theirs = (environment.get_template(name).render(one=one) for environment in environments)
    assert ours == theirs


@pytest.mark.quick
def test_what_is_made_once_is_made_for_each_language_and_question(app: Flask) -> None:
    words = {name: f"<{name}>" for name in LANGUAGES}
    question = TextQuestion(kind="text", key="q1", number=1, section="a", label=Text(words), limit=9)
    copied = question.model_copy(update={"key": "q2"})
    once = app.jinja_env.from_string(
        "{% macro ask(part, more='') %}{{ part.key }} {{ part.label }}{{ more }}{% endmacro %}"
        "{{ once(ask, part) }} {{ once(ask, part, '&') }}"
    )
    with app.app_context():
        for _ in range(2):
            for one in (question, copied, copied.model_copy(update={"key": "q3"})):
                for spoken in LANGUAGES:
                    with speaking(spoken):
                        said = f"{one.key} &lt;{spoken}&gt;"
                        assert once.render(part=one) == f"{said} {said}&amp;"


@pytest.mark.quick
def test_a_copy_of_a_question_finds_its_own_problems() -> None:
    question = TextQuestion(kind="text", key="q1", number=1, section="a", label=Text({"fi": "A", "sv": "A"}), limit=1)
    assert question.problems({"": "too long"})
    copied = question.model_copy(update={"key": "q2"})
    assert {problem.question.key for problem in copied.problems({"": "too long"})} == {"q2"}
