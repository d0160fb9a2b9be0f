"""The API's description (OpenAPI 3.1): problem responses for every error, one question and its answer as example."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api.problems import MEDIA_TYPE, ProblemBody

QUESTION = {"question": "When did Kazakhstan join the EU CBRN CoE Initiative?", "history": []}
ANSWER = {
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
    403: "The request came from a page of another site.",
    404: "There is nothing at this address.",
    408: "The body did not arrive in time.",
    413: "The body is too large.",
    415: "The body is not declared as JSON.",
    422: "The question is empty, too long or malformed.",
    500: "A defect; the response names the request and nothing else.",
    503: "Not ready yet, or too busy: try again after the seconds that Retry-After names.",
}
STATUSES: Mapping[tuple[str, str], tuple[int, ...]] = {
    ("/api/v1/ask", "post"): (400, 403, 408, 413, 415, 422, 500, 503),
    ("/documents/{id}", "get"): (400, 404, 500, 503),
    ("/healthz", "get"): (400,),
    ("/readyz", "get"): (400, 500, 503),
}
"""Problems that an operation may answer with."""


def description(app: FastAPI) -> dict[str, Any]:
    """The description of an application's own routes."""
    schema = get_openapi(title=app.title, summary=app.summary, version=app.version, routes=app.routes)
    for (path, method), statuses in STATUSES.items():
        operation = schema["paths"][path][method]
        operation["responses"] = {"200": operation["responses"]["200"]} | {
            str(status): _problem(status) for status in statuses
        }
    ask = schema["paths"]["/api/v1/ask"]["post"]
    ask["requestBody"]["content"]["application/json"]["example"] = QUESTION
    # Put in here, since FastAPI leaves every null out of the examples that it is given.
    ask["responses"]["200"]["content"]["application/json"]["example"] = ANSWER
    schemas = schema["components"]["schemas"]
    kept = {name: body for name, body in schemas.items() if name not in ("HTTPValidationError", "ValidationError")}
    schema["components"]["schemas"] = kept | {ProblemBody.__name__: ProblemBody.model_json_schema()}
    return schema


def _problem(status: int) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{ProblemBody.__name__}"}
    return {"description": PROBLEMS[status], "content": {MEDIA_TYPE: {"schema": reference}}}
