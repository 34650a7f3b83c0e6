"""JSON Schemas: of a call's applications, as ``hakemus.json`` holds them; and of calls' files, for editors."""

from typing import Any

from forms.definition import Call
from forms.json_schema import STRING
from forms.texts import SOURCE

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(call: Call, address: str) -> dict[str, Any]:
    """The schema (2020-12) with the address where it is found. Answers are as typed, so texts are nowhere limited."""
    questions = [question for question in call.questions if question.has_fields]
    return {
        "$schema": DIALECT,
        "$id": address,
        "title": call.title.in_language(SOURCE),
        "type": "object",
        "properties": {
            "call": {"const": call.key},
            "reference": {"type": "string", "pattern": f"^{call.reference_prefix}-"},
            "answers": {
                "type": "object",
                "properties": {
                    question.key: {
                        "title": f"{question.number}. {question.label.in_language(SOURCE)}",
                        **question.json_schema(),
                    }
                    for question in questions
                },
                "required": [question.key for question in questions],
                "additionalProperties": False,
            },
            "earlier_questions": {
                "description": "Answers to what is not asked any more, since the call was changed. Not sent.",
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"number": {"type": "integer"}, "title": STRING, "answer": {}},
                    "required": ["number", "title", "answer"],
                    "additionalProperties": False,
                },
            },
        },
        "required": ["call", "reference", "answers"],
        "additionalProperties": False,
    }


def schema_of_files() -> dict[str, Any]:
    """What a call's file may hold, from the models that read it. Times are as an editor of TOML sees them: strings."""
    return {"$schema": DIALECT, **Call.model_json_schema(by_alias=True)}
