"""What is wrong with a request's fields and parameters, told by their names and never by what was in them."""

import json
from collections.abc import Sequence
from typing import Any

from app.api.problems import Problem
from app.types import MAX_QUESTION

_PARAMETERS = frozenset({"query", "path", "header"})
_LIST, _OBJECT, _WHOLE = "must be a list", "must be an object", "must be a whole number"
_WRONG = {
    "missing": "is missing",
    "string_type": "must be text",
    "string_too_long": "is too long",
    "bool_type": "must be true or false",
    "list_type": _LIST,
    "tuple_type": _LIST,
    "too_short": "has too few entries",
    "too_long": "has too many entries",
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
}
"""What pydantic finds, in words; there is none for what people hardly ever send."""


def invalid_request(errors: Sequence[Any]) -> Problem:
    """The problem that tells the first of pydantic's errors."""
    first = errors[0]
    kind, place = first["type"], first["loc"][1:]
    if first["loc"][0] in _PARAMETERS:
        return Problem(422, "invalid_request", _parameter_sentence(kind, place, first["msg"]))
    if place == ("question",) and kind == "string_too_short":
        return Problem(422, "question_empty", "The question is empty.")
    if place == ("question",) and kind == "string_too_long":
        sentence = f"The question is longer than {MAX_QUESTION:,} characters; please shorten it."
        return Problem(422, "question_too_long", sentence)
    if kind == "extra_forbidden":
        sentence = f"{_field(place[:-1])} has a field that is not known here."
    elif kind == "value_error":  # a sentence of ours
        sentence = f"{_field(place)} is not as it should be: {first['ctx']['error']}."
    else:
        sentence = f"{_field(place)} {_WRONG.get(kind, 'is not as it should be')}."
    return Problem(422, "invalid_request", sentence)


def _parameter_sentence(kind: str, place: Sequence[str | int], message: str) -> str:
    if kind == "extra_forbidden":
        return "The address has a parameter that is not known here."
    name = json.dumps(str(place[0]))
    if kind == "missing":
        return f"The parameter {name} is missing."
    if kind == "string_pattern_mismatch":
        return f"The parameter {name} has characters that it may not have, or too many."
    return f"The parameter {name} cannot be used: {message[:1].lower()}{message[1:]}."


def _field(place: Sequence[str | int]) -> str:
    return f"The field {json.dumps('.'.join(map(str, place)))}" if place else "The body"
