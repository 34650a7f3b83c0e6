"""The kinds of questions. Each is a module here, found by itself, and a template of its name in templates/kinds/."""

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
