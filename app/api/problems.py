"""Problem responses (RFC 9457): one shape for every error, with nothing in it that the program did not choose."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from ingest.errors import CoeError, DocumentRejected

MEDIA_TYPE = "application/problem+json"
_RETRY = {"Retry-After": "5"}
_WORTH_ANOTHER_TRY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


class ProblemBody(BaseModel):
    """What the body of a problem response looks like."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Unprocessable Content",
                    "status": 422,
                    "detail": "The question is empty.",
                    "code": "question_empty",
                    "request_id": "4f7c0c9a1f3d4b6a8e2d5c7b9a0e1f23",
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    """Stable word for programs; the sentences may change."""
    request_id: str


class ComeAgain(CoeError):
    """What is asked for cannot be had just now, whatever its status; the same request will be answered in a moment."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it will be told: a status, a stable code and one sentence."""

    status: int
    code: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The status in words."""
        return _TITLES.get(self.status) or HTTPStatus(self.status).phrase


_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
"""Where Python 3.11 still has the older names."""

_CODES = {404: "not_found", 405: "method_not_allowed"}
_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
}


def problem_of(error: CoeError) -> Problem:
    """The problem that tells an error a person can mend."""
    code = error.reason_code if isinstance(error, DocumentRejected) else error.code
    is_worth_another_try = error.status in _WORTH_ANOTHER_TRY or isinstance(error, ComeAgain)
    headers = _RETRY if is_worth_another_try else {}
    return Problem(error.status, code, str(error), headers)


def not_ready(error: CoeError) -> Problem:
    """The problem that says why no question can be answered now, whatever kind of error it is."""
    return replace(problem_of(error), status=HTTPStatus.SERVICE_UNAVAILABLE, headers=_RETRY)


def problem_of_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """The problem that stands for an HTTP status alone."""
    code = _CODES.get(status, "request_refused")
    return Problem(status, code, _SENTENCES.get(status, "The request was refused."), headers or {})


def internal_error(request_id: str) -> Problem:
    """The problem for a defect: it names the request for the log, and tells nothing else."""
    sentence = f"Something went wrong here; when you report it, name the request {request_id}."
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", sentence)


def problem_response(problem: Problem, request_id: str) -> JSONResponse:
    """A problem as a response."""
    body = problem_body(problem, request_id)
    return JSONResponse(body.model_dump(), problem.status, dict(problem.headers), MEDIA_TYPE)


def problem_body(problem: Problem, request_id: str) -> ProblemBody:
    """A problem as it is written down."""
    return ProblemBody(
        type="about:blank",
        title=problem.title,
        status=problem.status,
        # An id from an address may hold half a character, which no response can carry.
        detail=problem.detail.encode("utf-8", "replace").decode("utf-8"),
        code=problem.code,
        request_id=request_id,
    )
