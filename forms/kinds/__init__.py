"""The kinds of questions. Each is a module here, found by itself, and a template of its name in templates/kinds/.

The template has four macros (used in apply/question.html, apply/saved.html, calls/call.html, summary/answers.html):

- ``input(question, view)``: the fields, filled with ``view.typed(question)``. A kind of one field gets a label, others
  (``is_group``) a fieldset. A field refers by ``aria-describedby`` to its help (KEY-ohje), to what ``live`` says, and
  to KEY-tila, where its problems stand; where it has ``has_places``, to a place beside it (``problem_place``). A kind
  of one field needs neither: KEY-tila (apply/question.html) is its field's place already.
- ``live(question, view, oob)``: what follows the typing: counter, sum, places of problems. Each has an id, and with
  ``oob``, the attribute by which htmx finds it. It is part of ``input`` too.
- ``rows(question, suffixes, typed, view, takes_focus)``: where rows can be asked for (forms/rows.py), those named.
  ``view`` is none where they are asked for.
- ``read(question)``: what there will be to fill in, where the form is only read.
- ``answer(question, shown)``: a ``Shown``, on page, paper and in the PDF. There its texts are cut to what is printed,
  and a text that may have several lines must be taken from ``shown.lines``: ``shown.text`` would run them together.
"""

from collections.abc import Iterator
from functools import reduce
from importlib import import_module
from operator import or_
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from forms.question import Question


def _kinds() -> Iterator[type[Question]]:
    for found in iter_modules(__path__):
        module = import_module(f"{__name__}.{found.name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Question) and value.__module__ == module.__name__:
                yield value


KINDS = tuple(_kinds())

if TYPE_CHECKING:
    AnyQuestion = Question
else:
    AnyQuestion = Annotated[reduce(or_, KINDS), Field(discriminator="kind")]
