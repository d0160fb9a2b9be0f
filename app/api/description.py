"""The API's description (OpenAPI 3.1): what every operation may answer with, and an example of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.problems import MEDIA_TYPE, ProblemBody


@dataclass(frozen=True, slots=True)
class Operation:
    """How an operation is described: its problems and examples; what it takes and gives, its route says."""

    statuses: tuple[int, ...]
    """Problems that it may answer with."""
    answers: Mapping[str, Any] = field(default_factory=dict)
    """Example of a good response, by media type."""
    body: Any = None
    """Example of a request's body."""
    success: int = 200
    also: tuple[int, ...] = ()
    """Other statuses without a problem, such as 304."""


QUESTION: dict[str, Any] = {"question": "When did Kazakhstan join the EU CBRN CoE Initiative?", "history": []}
ANSWER: dict[str, Any] = {
    "question": "When did Kazakhstan join the EU CBRN CoE Initiative?",
    "standalone_question": "When did Kazakhstan join the EU CBRN CoE Initiative?",
    "answer": "The Republic of Kazakhstan joined the EU CBRN CoE Initiative in November 2020. [1]",
    "short_answer": "November 2020",
    "completeness": "complete",
    "as_of": "2020-11-20",
    "citations": [
        {
            "label": 1,
            "document_id": "meetings/ca-accession-kazakhstan-2020",
            "title": "Accession of the Republic of Kazakhstan to the EU CBRN CoE Initiative",
            "url": "https://cbrn-risk-mitigation.network.europa.eu/news-1/kazakhstan-joins-coe-2020-11-20_el",
            "published": "2020-11-20",
            "section": "Accession",
            "page": None,
            "quote": "The Republic of Kazakhstan joined the EU CBRN CoE Initiative in November 2020.",
            "start": 82,
            "end": 160,
        }
    ],
    "conflicts": [],
    "items": [],
    "coverage": None,
    "nearest": [],
    "reader": "extractive",
    "timings_ms": {"retrieve": 31, "rerank": 0, "read": 48, "total": 79},
}
PROBLEMS = {
    400: "The body is not JSON or not text, or the request came under a foreign host name.",
    401: "No valid key or login came with the request.",
    403: "The key or account has not the scope, or the request came from a page of another site.",
    404: "There is nothing at this address.",
    408: "The body did not arrive in time.",
    413: "The body is larger than 256 kB, or a file than a document may be.",
    415: "The body is not declared as JSON.",
    409: "The library, or what is kept, cannot be changed so now.",
    422: "A field or parameter is missing, too long or malformed.",
    429: "Too many requests: try again after the seconds that Retry-After names.",
    500: "A defect; the response names the request and nothing else.",
    503: "Not ready yet, or too busy: try again after the seconds that Retry-After names.",
}
READING = (400, 401, 403, 422, 429, 500, 503)
"""What a request without a body may be answered with."""
ASKING = (*READING, 408, 413, 415)
"""What one with a body may be answered with."""


def description(app: FastAPI, operations: Mapping[tuple[str, str], Operation]) -> dict[str, Any]:
    """The description of an application's own routes, each of them by its path and method in `operations`."""
    schema = get_openapi(title=app.title, summary=app.summary, version=app.version, routes=app.routes)
    for (path, method), operation in operations.items():
        _complete(schema["paths"][path][method], operation)
    schemas = schema["components"]["schemas"]
    kept = {name: body for name, body in schemas.items() if name not in ("HTTPValidationError", "ValidationError")}
    schema["components"]["schemas"] = kept | {ProblemBody.__name__: ProblemBody.model_json_schema()}
    return schema


def _complete(described: dict[str, Any], operation: Operation) -> None:
    """Put problems and examples in; not earlier, since FastAPI leaves every null out of the examples it is given."""
    success = described["responses"][str(operation.success)]
    described["responses"] = {str(operation.success): success} | {
        str(status): _problem(status) for status in sorted(operation.statuses)
    }
    described["responses"] |= {str(status): {"description": HTTPStatus(status).phrase} for status in operation.also}
    content = success.setdefault("content", {})
    for media_type, example in operation.answers.items():
        content.setdefault(media_type, {"schema": {"type": "string"}})["example"] = example
    if operation.body is not None:
        for body in described["requestBody"]["content"].values():
            body["example"] = operation.body


def _problem(status: int) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{ProblemBody.__name__}"}
    return {"description": PROBLEMS[status], "content": {MEDIA_TYPE: {"schema": reference}}}
