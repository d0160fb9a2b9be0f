"""Questions: one answer as JSON or while it is worked out, or several answers in order."""

from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Self

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.api.description import ANSWER, ASKING, QUESTION, Operation
from app.api.idempotency import IdempotencyKey, key_of
from app.api.journal import note_defect
from app.api.leaving import answer_of, begun, taken, to_nobody, while_there
from app.api.ledger import Key, Ledger
from app.api.limits import Slots, bounded_events
from app.api.negotiation import preferred
from app.api.problems import ProblemBody, internal_error, problem_body, problem_of
from app.api.streaming import EVENT_STREAM, as_event, stream_answer
from app.assistant import as_question
from app.conversations.asking import Place, events_within
from app.conversations.keeping import Conversations
from app.responses import Token
from app.running import Run
from app.services import Services
from app.types import Answer, Citation, Event, Finished, Question, Retrieved, Understood
from ingest.errors import CoeError

MAX_BATCH = 16
JSON = "application/json"


class Asked(Question):
    """A question, with the conversation before it or the id of a kept one; at most 256 kB in all."""

    conversation: Annotated[str, Field(max_length=64)] | None = Field(
        None, description="Id of one of your kept conversations: its turns are the history, and this becomes the next."
    )

    @model_validator(mode="after")
    def _has_one_history(self) -> Self:
        if self.conversation is not None and self.history:
            raise ValueError("send a history or name a conversation, not both")
        return self


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


def add_asking(app: FastAPI, services: Services, conversations: Conversations, ledger: Ledger) -> None:
    """Add the routes that answer questions; all of them share the application's places for answers."""
    slots: Slots = app.state.slots
    events = bounded_events(services.events, slots)
    bounded = replace(services, events=events)

    @app.post(
        "/api/v1/ask",
        summary="Answer a question",
        response_model=Answer,
        response_description="The answer; every quote stands in its document, character for character.",
    )
    async def ask(asked: Asked, request: Request, idempotency_key: IdempotencyKey = None) -> Answer | Response:
        """Answer from the documents, or say that they do not say it.

        With `Accept: text/event-stream` the answer arrives while it is worked out, as events `understood`, `passages`,
        `citation` and `token` (any number of them), then `answer`, or `error`. Closing the connection stops the work.

        Within a conversation, a question that is sent again with its `Idempotency-Key` brings the answer that is kept
        (of the events, the last alone) and becomes no second turn. Elsewhere nothing is kept, and the key says nothing.
        """
        if asked.conversation is None:
            run = Run(events(Question(question=asked.question, history=asked.history)))
        else:
            place = Place(conversations, request.state.principal.name, asked.conversation)
            key = key_of(request, idempotency_key, asked.model_dump_json())
            run = Run(_events_once(place, asked.question, bounded, ledger, key))
        if preferred(request.headers.get("accept", ""), (JSON, EVENT_STREAM)) == EVENT_STREAM:
            arrived = await while_there(request.receive, begun(run))
            return stream_answer(run, arrived, request.state.request_id) if arrived else to_nobody()
        return await while_there(request.receive, answer_of(run)) or to_nobody()

    @app.post(
        "/api/v1/ask/batch",
        summary="Answer several questions",
        response_model=BatchAnswers,
        response_description="Answers in the order of the questions; a question that fails does not fail the others.",
    )
    async def ask_batch(batch: Batch, request: Request) -> Response:
        """Answer up to 16 questions, one after the other, in the place of one; closing the connection stops it."""

        def entries() -> Generator[BatchEntry, None, None]:
            with slots.hold():
                for asked in batch.questions:
                    yield _entry(services.ask, asked, request.state.request_id)

        run = Run(entries())
        answers = await while_there(request.receive, taken(run, partial(tuple, run)))
        if answers is None:
            return to_nobody()
        return JSONResponse(BatchAnswers(answers=answers).model_dump(mode="json"))


def _events_once(
    place: Place, text: str, services: Services, ledger: Ledger, key: Key | None
) -> Generator[Event, None, None]:
    """The events of an answer that becomes the next turn; for a key that brought one before, that answer alone."""
    if key is None:
        yield from events_within(place, text, services, place.keep)
        return
    with ledger.alone(key):
        number = ledger.made(key)
        if number is not None:
            answer, _ = place.answered(int(number))
            yield Finished(answer=answer)
            return
        yield from events_within(
            place, text, services, lambda exchanged: ledger.once(key, lambda: str(place.keep(exchanged)))
        )


def _entry(ask: Callable[[Question], Answer], asked: dict[str, Any], request_id: str) -> BatchEntry:
    try:
        return BatchEntry(answer=ask(as_question(asked)))
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
    ("/api/v1/ask", "post"): Operation((*ASKING, 404, 409), {JSON: ANSWER, EVENT_STREAM: _STREAM}, QUESTION),
    ("/api/v1/ask/batch", "post"): Operation(
        ASKING,
        {JSON: {"answers": [{"answer": ANSWER, "error": None}, {"answer": None, "error": _REFUSED}]}},
        {"questions": [QUESTION, _EMPTY]},
    ),
}
"""How these routes are described."""
