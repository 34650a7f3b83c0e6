"""Numbers in addresses and forms: up to nine digits, which every database takes."""

import re

from flask import Flask
from werkzeug.routing import IntegerConverter

_DIGITS = "[0-9]{1,9}"


class _Number(IntegerConverter):
    """``<int:…>`` of an address; a longer number leads nowhere, as any wrong address."""

    regex = _DIGITS


def register_numbers(app: Flask) -> None:
    app.url_map.converters["int"] = _Number


def number_in(typed: str) -> int:
    """The number that somebody sent; 0 for anything else."""
    return int(typed) if re.fullmatch(_DIGITS, typed) else 0
