"""Questions: one answer as JSON or while it is worked out, or several answers in order."""

from itertools import chain
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.description import ANSWER, ASKING, QUESTION, Operation
from app.api.journal import note_defect
from app.api.limits import Slots, bounded_events
from app.api.negotiation import preferred
from app.api.problems import ProblemBody, internal_error, problem_body, problem_of
from app.api.streaming import EVENT_STREAM, as_event, stream_answer
from app.assistant import as_question
from app.responses import Token
from app.running import Run
from app.services import Services
from app.types import Answer, Citation, Question, Retrieved, Understood
from ingest.errors import CoeError

MAX_BATCH = 16
JSON = "application/json"


class Batch(BaseModel):
    """Questions to answer one after the other."""

    model_config = ConfigDict(extra="forbid")

    questions: Annotated[tuple[dict[str, Any], ...], Field(min_length=1, max_length=MAX_BATCH)]
    """Each is a question with its history, as `/ask` takes it; one that is malformed fails alone."""


class BatchEntry(BaseModel):
    """What became of one question: an answer, or the problem that kept it from one."""

    answer: Answer | None = None
    error: ProblemBody | None = None


class BatchAnswers(BaseModel):
    """One entry for each question, in their order."""

    answers: tuple[BatchEntry, ...]


def add_asking(app: FastAPI, services: Services) -> None:
    """Add the routes that answer questions; all of them share the application's places for answers."""
    slots: Slots = app.state.slots
    events = bounded_events(services.events, slots)

    @app.post(
        "/api/v1/ask",
        summary="Answer a question",
        response_model=Answer,
        response_description="The answer; every quote stands in its document, character for character.",
    )
    def ask(question: Question, request: Request) -> Answer | Response:
        """Answer from the documents, or say that they do not say it.

        With `Accept: text/event-stream` the answer arrives while it is worked out, as events `understood`, `passages`,
        `citation` and `token` (any number of them), then `answer`, or `error`. Closing the connection stops the work.
        """
        if preferred(request.headers.get("accept", ""), (JSON, EVENT_STREAM)) == EVENT_STREAM:
            run = Run(events(question))
            arrived = iter(run)
            return stream_answer(run, chain([next(arrived)], arrived), request.state.request_id)
        with slots.hold():
            return services.ask(question)

    @app.post(
        "/api/v1/ask/batch",
        summary="Answer several questions",
        response_model=BatchAnswers,
        response_description="Answers in the order of the questions; a question that fails does not fail the others.",
    )
    def ask_batch(batch: Batch, request: Request) -> Response:
        """Answer up to 16 questions, one after the other, in the place of one."""
        with slots.hold():
            entries = [_entry(services, asked, request.state.request_id) for asked in batch.questions]
        return JSONResponse(BatchAnswers(answers=tuple(entries)).model_dump(mode="json"))


def _entry(services: Services, asked: dict[str, Any], request_id: str) -> BatchEntry:
    try:
        return BatchEntry(answer=services.ask(as_question(asked)))
    except CoeError as error:
        problem = problem_of(error)
    except Exception as error:
        note_defect(error, request_id=request_id)
        problem = internal_error(request_id)
    return BatchEntry(error=problem_body(problem, request_id))


_STREAM = "".join(
    (
        as_event("understood", Understood(standalone_question=str(ANSWER["standalone_question"]))),
        as_event("passages", Retrieved(passages=1, titles=(ANSWER["citations"][0]["title"],))),
        as_event("citation", Citation.model_validate(ANSWER["citations"][0])),
        as_event("token", Token(text=str(ANSWER["answer"]))),
        as_event("answer", Answer.model_validate(ANSWER)),
    )
)
_EMPTY = {"question": " "}
_REFUSED = {
    "type": "about:blank",
    "title": "Unprocessable Content",
    "status": 422,
    "detail": "The question is empty.",
    "code": "invalid_question",
    "request_id": "4f7c0c9a1f3d4b6a8e2d5c7b9a0e1f23",
}
OPERATIONS = {
    ("/api/v1/ask", "post"): Operation(ASKING, {JSON: ANSWER, EVENT_STREAM: _STREAM}, QUESTION),
    ("/api/v1/ask/batch", "post"): Operation(
        ASKING,
        {JSON: {"answers": [{"answer": ANSWER, "error": None}, {"answer": None, "error": _REFUSED}]}},
        {"questions": [QUESTION, _EMPTY]},
    ),
}
"""How these routes are described."""
