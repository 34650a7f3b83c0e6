"""From values to words: how texts, amounts, shares and times read in the language of the moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from babel.dates import format_date
from babel.numbers import format_percent, get_decimal_symbol, get_group_symbol, get_minus_sign_symbol
from flask import has_request_context
from flask_babel import force_locale, get_locale, get_translations
from jinja2 import Environment, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import escape

import clock
from clock import in_helsinki
from forms.faults import Fault
from forms.texts import LANGUAGES, SOURCE, Euros, Message, Percent, Quantity, SignedEuros, Text

NBSP = "\u00a0"


_known: ContextVar[str | None] = ContextVar("language", default=None)
"""The current language, once it is known: a page asks hundreds of times, and Flask-Babel looks it up each time."""


def current() -> str:
    """The language of the page, mail or document being made, as a code of forms.texts.LANGUAGES."""
    known = _known.get()
    if known is None:
        locale = get_locale()
        known = str(locale) if locale else SOURCE
        if has_request_context():
            _known.set(known)
    return known


def forget() -> None:
    """Ask anew which language is current: another request begins, or another language is chosen in this one."""
    _known.set(None)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Have a language be the current one, whoever asks for the page."""
    before = _known.set(language)
    try:
        with force_locale(language):
            yield
    finally:
        _known.reset(before)


def own_names() -> dict[str, str]:
    """What each language is called in itself, on the switch."""
    names = {}
    for language in LANGUAGES:
        with speaking(language):
            # TRANSLATORS: the name of your own language on the switch: "På svenska" and not "På finska".
            names[language] = gettext("Suomeksi")
    return names


@cache
def _catalogue(language: str) -> Any:
    """The words of the language that is current."""
    return get_translations()


def gettext(text: str, **params: Any) -> str:
    """A text of the program in the current language."""
    words = str(_catalogue(current()).ugettext(text))
    return words % params if params else words


def _for(is_page: bool, words: str) -> str:
    """The words for a page, where they are escaped once and what goes into them each time, or for a plain mail."""
    return escape(words) if is_page else words


@cache
def _word(language: str, text: str, is_page: bool) -> str:
    """A text of the program without parameters, as templates put it into a page or a plain mail."""
    words = str(_catalogue(language).ugettext(text)) % {}
    return _for(is_page, words)


@pass_eval_context
def _gettext(template: EvalContext, text: str, **params: Any) -> str:
    if not params:
        return _word(current(), text, template.autoescape)
    words = str(_catalogue(current()).ugettext(text))
    return _for(template.autoescape, words) % params


@pass_eval_context
def _ngettext(template: EvalContext, text: str, plural: str, num: int, **params: Any) -> str:
    words = str(_catalogue(current()).ungettext(text, plural, num))
    return _for(template.autoescape, words) % {"num": num, **params}


def install_words(templates: Environment) -> None:
    """Let templates find their words in few steps: a page has more than a hundred of them.

    Flask-Babel asks for its context, locale and catalogue again at each, and Jinja calls ``_`` by way of ``gettext``.
    """
    templates.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext)


def localise(value: Any) -> Any:  # noqa: C901, PLR0911 - one line a type
    """A value as it reads in the current language; what has no language is left as it is."""
    match value:
        case str() | int():
            # First, as most of what a page shows is words already.
            return value
        case Text():
            return value.in_language(current())
        case Fault():
            return f"{value.spot}: {localise(value.text)}"
        case Message():
            params = {
                name: grouped(param) if isinstance(param, int) else localise(param)
                for name, param in value.params.items()
            }
            if value.plural is None:
                return gettext(value.original, **params)
            return _catalogue(current()).ungettext(value.original, value.plural, value.params["n"]) % params
        case Euros():
            return euro_writer()(value.amount)
        case SignedEuros():
            return f"{'+' if value.amount >= 0 else '−'}{grouped(abs(value.amount))}{NBSP}€"
        case Quantity():
            return NBSP.join([decimal(value.number), *([localise(value.unit)] if value.unit else [])])
        case Percent():
            return _percent(value.ratio, current())
        case datetime():
            return moment(value)
        case date():
            return f"{value.day}.{value.month}.{value.year}"
    return value


@lru_cache(maxsize=2048)
def _percent(ratio: float, language: str) -> str:
    return str(format_percent(ratio, "#,##0.#" + NBSP + "%", locale=language))


def grouped(number: int) -> str:
    """A whole number in groups of three with a no-break space between."""
    return f"{number:,}".translate(_number_signs(current()))


def decimal(number: Decimal) -> str:
    """A number in groups of three, its decimals after a comma as far as they say something."""
    whole, _, decimals = f"{abs(number):f}".partition(".")
    words = grouped(int(whole) * (-1 if number < 0 else 1))
    decimals = decimals.rstrip("0")
    if number < 0 and not int(whole) and decimals:
        words = get_minus_sign_symbol(current()) + words
    return f"{words}{get_decimal_symbol(current())}{decimals}" if decimals else words


def euro_writer() -> Callable[[int], str]:
    """Writes whole euros in the language that is current now: for a table of thousands of lines, which asks once."""
    signs = _number_signs(current())
    return lambda amount: f"{amount:,}{NBSP}€".translate(signs)


@cache
def _number_signs(language: str) -> dict[int, str]:
    """What a language writes between groups of digits and before what is below zero.

    Babel's own formatting of a number takes a hundred times as long, and a page of the desk has thousands.
    """
    between = get_group_symbol(language).replace("\u202f", NBSP)
    return str.maketrans({",": between, "-": get_minus_sign_symbol(language)})


def in_groups(fingerprint: str) -> list[str]:
    """A fingerprint as paper shows it, in groups of sixteen to be read off; where it is copied it stands whole."""
    return [fingerprint[start : start + 16] for start in range(0, len(fingerprint), 16)]


def moment(instant: datetime, seconds: bool = False) -> str:
    """A date and clock time in Finland: 17.5.2021 klo 16.15."""
    local = in_helsinki(instant)
    return f"{localise(local.date())}{NBSP}{clock_time(instant, seconds)}"


def clock_time(instant: datetime, seconds: bool = False) -> str:
    """The clock time in Finland: klo 16.15, or to the second: klo 15.42.07."""
    time = in_helsinki(instant).strftime("%H.%M.%S" if seconds else "%H.%M")
    return gettext("klo %(time)s", time=time).replace(" ", NBSP)


def lately(instant: datetime) -> str:
    """When something was done: the clock time of today, with the date for any other day."""
    is_today = in_helsinki(instant).date() == in_helsinki(clock.now()).date()
    return clock_time(instant) if is_today else moment(instant)


def weekday(instant: datetime) -> str:
    return format_date(in_helsinki(instant), "EEEE", locale=current())


def time_left(left: timedelta) -> str:
    """A time span in the two units that matter: days and hours, or hours and minutes."""
    minutes = max(int(left.total_seconds()) // 60, 0)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return gettext("%(days)s pv %(hours)s t", days=days, hours=hours)
    if hours:
        return gettext("%(hours)s t %(minutes)s min", hours=hours, minutes=minutes)
    return gettext("%(minutes)s min", minutes=minutes)


@dataclass(frozen=True)
class Block:
    """A paragraph or a list of a text of the call."""

    lines: list[str]
    is_list: bool


def blocks(text: Text | str) -> list[Block]:
    """A text of the call as its paragraphs and lists: a blank line parts them, "- " begins an item."""
    found = []
    for part in str(localise(text)).split("\n\n"):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        items = [line[2:] for line in lines if line.startswith("- ")]
        plain = [line for line in lines if not line.startswith("- ")]
        if plain:
            found.append(Block(plain, is_list=False))
        if items:
            found.append(Block(items, is_list=True))
    return found
