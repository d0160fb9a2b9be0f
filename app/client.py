"""A client of the API in Python: `with Client("http://127.0.0.1:7860") as client: client.ask("…").short_answer`."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Literal, Self, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx
from pydantic import BaseModel, ValidationError

from app.conversations.types import Verdict
from app.responses import (
    Catalogue,
    ConversationList,
    ConversationRow,
    DocumentList,
    Erased,
    FeedbackReceipt,
    Job,
    OwnData,
    PassageFound,
    SearchResults,
    Token,
    WholeConversation,
    WholeDocument,
)
from app.types import Answer, Citation, Retrieved, Turn, Understood

SECONDS = 60.0
CONNECT_SECONDS = 5.0
TRIES = 3
MOST_PATIENCE = 30.0
"""Seconds that a server may ask to wait before the next try; when it asks for more, its error is raised."""
JOB_SECONDS = 600.0
LOOK_SECONDS = 0.5

StreamEvent = Understood | Retrieved | Citation | Token | Answer
"""A step of a streamed answer; the last one is the answer."""

_EVENTS: Mapping[str, type[StreamEvent]] = MappingProxyType(
    {"understood": Understood, "passages": Retrieved, "citation": Citation, "token": Token, "answer": Answer}
)
_Told = TypeVar("_Told", bound=BaseModel)


class ClientError(Exception):
    """A request that brought no answer: `code` is the problem's, or `unreachable`, `timeout` or `not_understood`."""

    def __init__(
        self,
        code: str,
        sentence: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.status = status
        """Of the response, where there was one."""
        self.request_id = request_id
        """Names the request in the server's log."""
        self.retry_after = retry_after
        """Seconds after which the server would like to be asked again, where it says so."""


class Client:
    """Talks with one server; may be shared by threads. Every method raises `ClientError` and nothing else.

    Where the server asks to come again later (too often, too busy, still starting), the request is sent again then.
    """

    def __init__(
        self,
        address: str,
        *,
        key: str | None = None,
        seconds: float = SECONDS,
        tries: int = TRIES,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        timeout = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
        self._http = httpx.Client(base_url=address, headers=headers, timeout=timeout)
        self._tries = tries
        self._pause = pause

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(self, question: str, *, history: Sequence[Turn] = (), conversation: str | None = None) -> Answer:
        """The answer to a question, with the turns before it, or as the next turn of a kept conversation."""
        body = _body(question, history, conversation)
        return self._told(Answer, "POST", "/api/v1/ask", json=body, headers=_once())

    def stream(
        self, question: str, *, history: Sequence[Turn] = (), conversation: str | None = None
    ) -> Iterator[StreamEvent]:
        """The answer while it is worked out; leaving the iteration early stops the work."""
        body, headers = _body(question, history, conversation), {**_once(), "Accept": "text/event-stream"}
        with _mapped():
            response = self._sent("POST", "/api/v1/ask", json=body, headers=headers, stream=True)
            try:
                yield from _events(response.iter_lines())
            finally:
                response.close()

    def search(self, query: str, *, limit: int = 10, **filters: str | int) -> tuple[PassageFound, ...]:
        """The passages closest to some words; filters are `kind`, `region`, `country`, `project` and `year`."""
        asked = {"q": query, "limit": limit, **filters}
        return self._told(SearchResults, "GET", "/api/v1/search", params=asked).passages

    def catalogue(self, name: str, *, limit: int = 100, offset: int = 0, **filters: str | int) -> Catalogue:
        """A page of a list: meetings, partners, projects, people, organisations or secretariats."""
        asked = {"limit": limit, "offset": offset, **filters}
        return self._told(Catalogue, "GET", f"/api/v1/catalogue/{name}", params=asked)

    def documents(self, *, limit: int = 50, offset: int = 0, **filters: str | int) -> DocumentList:
        """A page of the list of documents."""
        asked = {"limit": limit, "offset": offset, **filters}
        return self._told(DocumentList, "GET", "/api/v1/documents", params=asked)

    def document(self, id: str) -> WholeDocument:
        """A document with its text, which every quote is taken from."""
        return self._told(WholeDocument, "GET", f"/api/v1/documents/{quote(id)}")

    def upload(self, file: Path, *, name: str | None = None) -> Job:
        """Begin to add a file to the library, under its own name or another."""
        try:
            content = file.read_bytes()
        except OSError as error:
            raise ClientError("unreadable", f"{file} cannot be read: {error.strerror}.") from error
        kind = {"Content-Type": "application/octet-stream"}
        return self._begun(
            "POST", "/api/v1/documents", headers=kind, params={"name": name or file.name}, content=content
        )

    def remove(self, document_id: str) -> Job:
        """Begin to remove a document that was added."""
        return self._begun("DELETE", f"/api/v1/documents/{quote(document_id)}")

    def ingest(self, *, rebuild: bool = False, accept_deletions: bool = False) -> Job:
        """Begin to bring the library in step with the corpus folder."""
        return self._begun("POST", "/api/v1/ingest", params={"rebuild": rebuild, "accept_deletions": accept_deletions})

    def job(self, id: str) -> Job:
        """A job as it stands now."""
        return self._told(Job, "GET", f"/api/v1/jobs/{quote(id, safe='')}")

    def wait(self, job: Job, *, seconds: float = JOB_SECONDS) -> Job:
        """A job when it is done; a `ClientError` with the reason's code when it failed, or `timeout`."""
        over = time.monotonic() + seconds
        while job.state == "running":
            if time.monotonic() > over:
                raise ClientError("timeout", f"Job {job.id} is still running after {seconds:g} seconds.")
            self._pause(LOOK_SECONDS)
            job = self.job(job.id)
        if job.error:
            raise ClientError(job.error.code, job.error.detail)
        return job

    def conversations(self, words: str = "", *, limit: int = 50, offset: int = 0) -> ConversationList:
        """A page of your own conversations, or of those with some words in them; newest first."""
        asked = {"q": words, "limit": limit, "offset": offset}
        return self._told(ConversationList, "GET", "/api/v1/conversations", params=asked)

    def conversation(self, id: str) -> WholeConversation:
        """A conversation with its turns, oldest first."""
        return self._told(WholeConversation, "GET", _conversation(id))

    def begin_conversation(self, title: str = "") -> ConversationRow:
        """Begin a conversation, to ask within it."""
        body = {"title": title}
        return self._told(ConversationRow, "POST", "/api/v1/conversations", json=body, headers=_once())

    def rename_conversation(self, id: str, title: str) -> ConversationRow:
        """Give a conversation another title."""
        return self._told(ConversationRow, "PATCH", _conversation(id), json={"title": title})

    def delete_conversation(self, id: str) -> None:
        """Delete a conversation for good."""
        with _mapped():
            self._sent("DELETE", _conversation(id))

    def export_conversation(self, id: str, format: Literal["md", "docx"] = "md") -> bytes:
        """A conversation as a briefing note: the bytes of a file."""
        with _mapped():
            return self._sent("GET", f"{_conversation(id)}/export", params={"format": format}).content

    def give_feedback(self, verdict: Verdict, answer: Answer, *, comment: str = "", label: int | None = None) -> str:
        """Say what an answer is worth, or one of its citations; the id of what was said."""
        said = {"verdict": verdict, "answer": answer.model_dump(mode="json"), "comment": comment, "label": label}
        return self._told(FeedbackReceipt, "POST", "/api/v1/feedback", json=said, headers=_once()).id

    def own_data(self) -> OwnData:
        """All conversations and feedback that are kept for you."""
        return self._told(OwnData, "GET", "/api/v1/me/data")

    def erase_own_data(self) -> int:
        """Delete all of that for good; how many conversations and pieces of feedback they were."""
        return self._told(Erased, "DELETE", "/api/v1/me/data").deleted

    def _begun(self, method: str, path: str, **request: Any) -> Job:
        headers = {**request.pop("headers", {}), **_once()}
        return self._told(Job, method, path, headers=headers, **request)

    def _told(self, kind: type[_Told], method: str, path: str, **request: Any) -> _Told:
        with _mapped():
            return kind.model_validate_json(self._sent(method, path, **request).content)

    def _sent(self, method: str, path: str, *, stream: bool = False, **request: Any) -> httpx.Response:
        """The response to a request, sent again where the server asks for that."""
        for left in reversed(range(self._tries)):
            response = self._http.send(self._http.build_request(method, path, **request), stream=stream)
            if response.is_success:
                return response
            response.read()
            error = _problem(response)
            if not left or error.retry_after is None or error.retry_after > MOST_PATIENCE:
                raise error
            self._pause(error.retry_after)
        raise ValueError(f"tries must be 1 or more, not {self._tries}")


def _once() -> dict[str, str]:
    """The header by which a request is carried out once, however often it must be sent."""
    return {"Idempotency-Key": uuid4().hex}


def _body(question: str, history: Sequence[Turn], conversation: str | None) -> dict[str, Any]:
    given: dict[str, Any] = {"question": question, "history": [turn.model_dump() for turn in history]}
    return given if conversation is None else {**given, "conversation": conversation}


def _conversation(id: str) -> str:
    return f"/api/v1/conversations/{quote(id, safe='')}"


@contextmanager
def _mapped() -> Iterator[None]:
    """Turn what httpx and pydantic raise into the one error."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise ClientError("timeout", f"The server did not answer in time ({type(error).__name__}).") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ClientError("unreachable", f"The server cannot be reached: {error}.") from error
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        raise ClientError("not_understood", f"What was told is not of this protocol: {error}") from error


def _problem(response: httpx.Response) -> ClientError:
    """The error that a response tells."""
    try:
        return _told_problem(response.json(), _seconds(response.headers.get("retry-after", "")))
    except (ValueError, KeyError, TypeError):
        sentence = f"The server answered {response.status_code}."
        return ClientError("not_understood", sentence, status=response.status_code)


def _told_problem(problem: dict[str, Any], retry_after: float | None = None) -> ClientError:
    told = {name: problem[name] for name in ("status", "request_id")}
    return ClientError(problem["code"], problem["detail"], **told, retry_after=retry_after)


def _seconds(told: str) -> float | None:
    return float(told) if told.isdecimal() else None


def _events(lines: Iterator[str]) -> Iterator[StreamEvent]:
    """The events of a stream; those of kinds that are not known here are passed over."""
    event: StreamEvent | None = None
    for name, content in _named(lines):
        if name == "error":
            raise _told_problem(json.loads(content))
        if kind := _EVENTS.get(name):
            event = kind.model_validate_json(content)
            yield event
    if not isinstance(event, Answer):
        raise ClientError("not_understood", "The stream ended without an answer.")


def _named(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Name and content of every server-sent event."""
    name, content = "", []
    for line in lines:
        field, _, value = line.partition(":")
        if field == "event":
            name = value.removeprefix(" ")
        elif field == "data":
            content.append(value.removeprefix(" "))
        elif not line and content:
            yield name, "\n".join(content)
            name, content = "", []
