"""OpenAI's chat completions over the same answers, for programs that speak that protocol."""

import json
import re
import time
from collections.abc import Iterator
from types import MappingProxyType
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from app.api.chat_messages import (
    STARTED_OVER,
    annotations_of,
    details_of,
    inert,
    message_of,
    question_of,
    text_of,
)
from app.api.description import ANSWER, Operation
from app.api.guard import public_origin
from app.api.journal import note_defect
from app.api.leaving import answer_of, begun, to_nobody, while_there
from app.api.limits import bounded_events
from app.api.openai_errors import openai_error
from app.api.problems import internal_error, problem_of
from app.api.streaming import EVENT_STREAM, stream_texts
from app.running import Run
from app.services import Services
from app.settings import Settings
from app.types import Answer, Citation, Claimed, Event, Finished, Understood
from ingest.errors import CoeError

MODEL = "coe-assistant"
MAX_MESSAGES = 400

_HARMLESS = MappingProxyType(
    {
        "n": (None, 1),
        "tools": (None, []),
        "functions": (None, []),
        "response_format": (None, {"type": "text"}),
        "logprobs": (None, False),
        "modalities": (None, ["text"]),
        "audio": (None,),
    }
)
"""Parameters that would change what an answer is → the values of them that ask for nothing new."""
_WORD = re.compile(r"\w+|[^\w\s]")


class UnsupportedParameter(CoeError):
    """A request asks for something that answers cannot be."""

    code = "unsupported_parameter"


class UnknownModel(CoeError):
    """A request names a model that is not served here."""

    code = "model_not_found"
    status = 404


class ChatMessage(BaseModel):
    """One message of a conversation."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None


class StreamOptions(BaseModel):
    """What a stream shall carry besides the answer."""

    model_config = ConfigDict(extra="allow")

    include_usage: StrictBool = False


class ChatRequest(BaseModel):
    """A chat completion as OpenAI's clients ask for it.

    Sampling parameters are accepted and change nothing, as nothing is sampled; what would change the kind of answer,
    such as tools or several choices, is refused.
    """

    model_config = ConfigDict(extra="allow")

    model: str
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=MAX_MESSAGES)]
    stream: StrictBool = False
    stream_options: StreamOptions | None = None


class Usage(BaseModel):
    """Words and punctuation marks read and written: an order of magnitude for programs that must have numbers."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Reply(BaseModel):
    """The message with the answer; labels in its text name its citations."""

    role: Literal["assistant"] = "assistant"
    content: str
    annotations: list[dict[str, Any]]
    citations: tuple[Citation, ...]


class Choice(BaseModel):
    """The one answer."""

    index: Literal[0] = 0
    message: Reply
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Completion(BaseModel):
    """A chat completion, and under `answer` the answer object of every other route."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[Choice]
    usage: Usage
    answer: Answer


class Model(BaseModel):
    """What answers."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = MODEL


class Models(BaseModel):
    """Everything that answers here."""

    object: Literal["list"] = "list"
    data: list[Model] = [Model()]


def add_openai(app: FastAPI, services: Services, settings: Settings) -> None:
    """Add the routes under `/v1`; answers share the application's places."""
    public = public_origin(settings)
    events = bounded_events(services.events, app.state.slots)

    @app.get("/v1/models", summary="List what answers, as OpenAI does")
    async def list_models() -> Models:
        """The one name to ask for."""
        return Models()

    @app.post(
        "/v1/chat/completions",
        summary="Answer a conversation, as OpenAI does",
        response_model=Completion,
        response_description="The answer as a message; with `stream`, chunks as server-sent events and then `[DONE]`.",
    )
    async def complete(asked: ChatRequest, request: Request) -> Completion | Response:
        """Answer the last message; earlier ones of `user` and `assistant` are its history, all others are not obeyed.

        The message names its sources below the answer. `annotations` and `citations` hold them as data, and `answer`
        is the object that `/api/v1/ask` gives. Closing the connection stops the work.
        """
        _check(asked)
        question = question_of([(message.role, text_of(message.content)) for message in asked.messages])
        speaker = _Speaker(asked, request.state.request_id, public or str(request.base_url).rstrip("/"))
        run = Run(events(question))
        if asked.stream:
            arrived = await while_there(request.receive, begun(run))
            return stream_texts(run, arrived, speaker.written, speaker.failed) if arrived else to_nobody()
        answer = await while_there(request.receive, answer_of(run))
        return speaker.completion(answer) if answer else to_nobody()


def _check(asked: ChatRequest) -> None:
    if asked.model != MODEL:
        raise UnknownModel(f"There is no model {asked.model!r} here: ask {MODEL!r}.")
    if asked.stream_options and not asked.stream:
        raise UnsupportedParameter("The parameter 'stream_options' can only be given with 'stream'.")
    given = asked.model_extra or {}
    for name, harmless in _HARMLESS.items():
        if given.get(name) not in harmless:
            raise UnsupportedParameter(f"The parameter {name!r} can only be left out or be {harmless[-1]!r} here.")


class _Speaker:
    """Says one answer, whole or in chunks."""

    def __init__(self, asked: ChatRequest, request_id: str, here: str) -> None:
        self._request_id = request_id
        self._here = here
        self._read = sum(_words(text_of(message.content)) for message in asked.messages)
        self._tells_usage = bool(asked.stream_options and asked.stream_options.include_usage)
        self._id = f"chatcmpl-{request_id}"
        self._created = int(time.time())
        self._said = ""

    def completion(self, answer: Answer) -> Completion:
        """The answer as one completion."""
        content = message_of(answer)
        annotations = annotations_of(content, answer, here=self._here)
        reply = Reply(content=content, annotations=annotations, citations=answer.citations)
        return Completion(
            id=self._id,
            created=self._created,
            choices=[Choice(message=reply)],
            usage=self._usage(content),
            answer=answer,
        )

    def written(self, event: Event) -> Iterator[str]:
        """The chunks of one event of a streamed answer."""
        match event:
            case Understood():
                yield self._chunk([_choice({"role": "assistant", "content": ""})])
            case Claimed():
                yield self._say(f" {inert(event.text)}" if self._said else inert(event.text))
            case Finished():
                yield from self._end(event.answer)

    def failed(self, error: Exception) -> str:
        """What goes wrong after the first chunk, as OpenAI's clients expect it."""
        if isinstance(error, CoeError):
            problem = problem_of(error)
        else:
            note_defect(error, request_id=self._request_id)
            problem = internal_error(self._request_id)
        return _event(json.dumps({"error": openai_error(problem.status, problem.code, problem.detail)}))

    def _end(self, answer: Answer) -> Iterator[str]:
        message, begins = inert(answer.answer), 0
        if message.startswith(self._said):
            yield self._say(message.removeprefix(self._said))
        else:
            begins = len(self._said + STARTED_OVER)
            yield self._say(STARTED_OVER + message)
        yield self._say(details_of(answer))
        citations = [citation.model_dump(mode="json") for citation in answer.citations]
        annotations = annotations_of(self._said, answer, here=self._here, start=begins)
        delta = {"annotations": annotations, "citations": citations}
        yield self._chunk([_choice(delta, "stop")], answer=answer.model_dump(mode="json"))
        if self._tells_usage:
            yield self._chunk([], usage=self._usage(self._said).model_dump())
        yield _event("[DONE]")

    def _say(self, text: str) -> str:
        self._said += text
        return self._chunk([_choice({"content": text})])

    def _chunk(self, choices: list[dict[str, Any]], **more: Any) -> str:
        head = {"id": self._id, "object": "chat.completion.chunk", "created": self._created, "model": MODEL}
        # Where usage is asked for, every chunk has the field, and only the last one says something in it.
        usage = {"usage": None} if self._tells_usage else {}
        return _event(json.dumps({**head, "choices": choices, **usage, **more}, ensure_ascii=False))

    def _usage(self, content: str) -> Usage:
        written = _words(content)
        return Usage(prompt_tokens=self._read, completion_tokens=written, total_tokens=self._read + written)


def _choice(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}


def _event(content: str) -> str:
    return f"data: {content}\n\n"


def _words(text: str) -> int:
    return len(_WORD.findall(text))


_ASKED = {"model": MODEL, "messages": [{"role": "user", "content": ANSWER["question"]}]}
_EXAMPLE = Answer.model_validate(ANSWER)
_SPOKEN = _Speaker(ChatRequest.model_validate(_ASKED), "4f7c0c9a1f3d4b6a8e2d5c7b9a0e1f23", "http://127.0.0.1:7860")
OPERATIONS = {
    ("/v1/models", "get"): Operation((400,), {"application/json": Models().model_dump(mode="json")}),
    ("/v1/chat/completions", "post"): Operation(
        (400, 404, 413, 415, 422, 500, 503),
        {
            "application/json": _SPOKEN.completion(_EXAMPLE).model_dump(mode="json"),
            EVENT_STREAM: "".join(_SPOKEN.written(Finished(answer=_EXAMPLE))),
        },
        _ASKED,
    ),
}
"""How these routes are described."""
