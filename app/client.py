"""A client of the API in Python: `with Client("http://127.0.0.1:7860") as client: client.ask("…").short_answer`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType, TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from app.responses import Catalogue, DocumentList, PassageFound, SearchResults, Token, WholeDocument
from app.types import Answer, Citation, Retrieved, Turn, Understood

SECONDS = 60.0
CONNECT_SECONDS = 5.0

StreamEvent = Understood | Retrieved | Citation | Token | Answer
"""A step of a streamed answer; the last one is the answer."""

_EVENTS: Mapping[str, type[StreamEvent]] = MappingProxyType(
    {"understood": Understood, "passages": Retrieved, "citation": Citation, "token": Token, "answer": Answer}
)
_Told = TypeVar("_Told", bound=BaseModel)


class ClientError(Exception):
    """A request that brought no answer: `code` is the problem's, or `unreachable`, `timeout` or `not_understood`."""

    def __init__(self, code: str, sentence: str, *, status: int | None = None, request_id: str | None = None) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.status = status
        """Of the response, where there was one."""
        self.request_id = request_id
        """Names the request in the server's log."""


class Client:
    """Talks with one server; may be shared by threads. Every method raises `ClientError` and nothing else."""

    def __init__(self, address: str, *, key: str | None = None, seconds: float = SECONDS) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        timeout = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
        self._http = httpx.Client(base_url=address, headers=headers, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        """The answer to a question, with the conversation before it."""
        return self._told(Answer, "POST", "/api/v1/ask", json=_body(question, history))

    def stream(self, question: str, *, history: Sequence[Turn] = ()) -> Iterator[StreamEvent]:
        """The answer while it is worked out; leaving the iteration early stops the work."""
        accept = {"Accept": "text/event-stream"}
        with (
            _mapped(),
            self._http.stream("POST", "/api/v1/ask", json=_body(question, history), headers=accept) as response,
        ):
            if response.is_error:
                response.read()
            _check(response)
            yield from _events(response.iter_lines())

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

    def _told(self, kind: type[_Told], method: str, path: str, **request: Any) -> _Told:
        with _mapped():
            response = self._http.request(method, path, **request)
            _check(response)
            return kind.model_validate_json(response.content)


def _body(question: str, history: Sequence[Turn]) -> dict[str, Any]:
    return {"question": question, "history": [turn.model_dump() for turn in history]}


@contextmanager
def _mapped() -> Iterator[None]:
    """Turn what httpx and pydantic raise into the one error."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise ClientError("timeout", f"The server did not answer in time ({type(error).__name__}).") from error
    except httpx.HTTPError as error:
        raise ClientError("unreachable", f"The server cannot be reached: {error}.") from error
    except (ValidationError, ValueError) as error:
        raise ClientError("not_understood", f"What was told is not of this protocol: {error}") from error


def _check(response: httpx.Response) -> None:
    if response.is_success:
        return
    try:
        problem = response.json()
        code, sentence, request_id = problem["code"], problem["detail"], problem["request_id"]
    except (ValueError, KeyError, TypeError):
        code, sentence, request_id = "not_understood", f"The server answered {response.status_code}.", None
    raise ClientError(code, sentence, status=response.status_code, request_id=request_id)


def _events(lines: Iterator[str]) -> Iterator[StreamEvent]:
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data" and name == "error":
            problem = json.loads(value)
            raise ClientError(
                problem["code"], problem["detail"], status=problem["status"], request_id=problem["request_id"]
            )
        elif field == "data":
            yield _EVENTS[name].model_validate_json(value)
