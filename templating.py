"""Jinja as the service uses it: the same templates with the same result, in fewer steps.

A page of the form writes more than a thousand values and calls almost as many functions; what Jinja does around each of
them took a fifth of the time of a page (docs/performance/0007). ``_escape_inner``, ``_PassArg`` and what writes the
code of a value are not public: versions are pinned, and tests/test_templating.py compares with Jinja's own result.
"""

from collections.abc import MutableMapping
from types import BuiltinMethodType, FunctionType, MethodType
from typing import Any

from flask.templating import Environment
from jinja2 import pass_eval_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import EvalContext, Expr
from jinja2.runtime import Context, Macro
from jinja2.utils import _PassArg
from markupsafe import Markup, _escape_inner  # type: ignore[attr-defined]

from forms.strict import Strict
from language import current, localise


def on_page(value: Any) -> str:
    """A value as a page shows it: in the language of the page and escaped, unless it is markup already.

    Jinja would ask ``finalize`` and then ``markupsafe.escape``, which makes an object of each that is joined at once.
    """
    kind = type(value)
    if kind is not str and kind is not Markup:
        value = localise(value)
        if hasattr(value, "__html__"):
            return str(value.__html__())
        value = str(value)
    return value if kind is Markup else _escape_inner(value)


class _Code(CodeGenerator):
    """Writes values by :func:`on_page` where a template's values are escaped."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if _is_escaped(frame):
            self.write("environment.on_page(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if _is_escaped(frame):
            self.write(")")
        else:
            super()._output_child_post(node, frame, finalize)


def _is_escaped(frame: Frame) -> bool:
    return bool(frame.eval_ctx.autoescape) and not frame.eval_ctx.volatile


_METHODS = (MethodType, BuiltinMethodType)


class _Context(Context):
    """Calls at once what need not be asked whether it wishes for the context: our methods never do, macros always."""

    def call(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        kind = type(function)
        if kind in _METHODS or (kind is FunctionType and not hasattr(function, "jinja_pass_arg")):
            first: tuple[EvalContext, ...] = ()
        elif kind is Macro or getattr(function, "jinja_pass_arg", None) is _PassArg.eval_context:
            first = (self.eval_ctx,)
        else:
            return super().call(function, *args, **kwargs)
        if kwargs:
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
        return function(*first, *args, **kwargs)


@pass_eval_context
def once(template: EvalContext, macro: Macro, part: Strict, *more: Any) -> str:
    """What a macro makes of a part of a call alone: put together once a language, as it asks everybody the same.

    It is known by the macro's name.
    """
    key = (macro.name, template.autoescape, current(), *more)
    known = part.rendered.get(key)
    if known is None:
        known = part.rendered[key] = macro(template, part, *more)
    return known


class Templates(Environment):
    """Jinja's environment with the globals of a template in a plain dict. Nothing is added once a template is loaded.

    Each import of macros compares them, a hundred times a page; that takes ten times as long with a chain of dicts.
    """

    code_generator_class = _Code
    context_class = _Context
    on_page = staticmethod(on_page)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}
