"""JSON Schemas of what an answer is made of."""

from collections.abc import Iterable
from typing import Any

STRING = {"type": "string"}
"""JSON Schema of a field as typed."""


def object_of(suffixes: Iterable[str]) -> dict[str, Any]:
    """JSON Schema of an object with one string a field."""
    names = list(suffixes)
    return {
        "type": "object",
        "properties": dict.fromkeys(names, STRING),
        "required": names,
        "additionalProperties": False,
    }
