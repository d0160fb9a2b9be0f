"""Answers sent while they are worked out, as server-sent events; a client that leaves stops the work."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator

import anyio.to_thread
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from app.api.journal import note_defect
from app.api.problems import internal_error, problem_body, problem_of
from app.responses import Token
from app.running import Run
from app.types import Claimed, Event, Finished, Retrieved, Understood
from ingest.errors import CoeError

EVENT_STREAM = "text/event-stream"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def stream_answer(run: Run[Event], arrived: Iterable[Event], request_id: str) -> StreamingResponse:
    """A response with the typed events of an answer: `understood`, `passages`, `token`, `citation`, `answer`, `error`.

    `arrived` are the events of `run`; what goes wrong after the first of them is the last event, an `error`.
    """
    writer = _Writer()

    def failed(error: Exception) -> str:
        if isinstance(error, CoeError):
            problem = problem_of(error)
        else:
            note_defect(error, request_id=request_id)
            problem = internal_error(request_id)
        return as_event("error", problem_body(problem, request_id))

    return stream_texts(run, arrived, writer.written, failed)


def stream_texts(
    run: Run[Event],
    arrived: Iterable[Event],
    written: Callable[[Event], Iterator[str]],
    failed: Callable[[Exception], str],
) -> StreamingResponse:
    """A response with the events of `run` in the form that `written` gives each; a client that leaves stops the run."""

    async def texts() -> AsyncIterator[str]:
        steps = iter(arrived)
        try:
            while (event := await anyio.to_thread.run_sync(next, steps, None, abandon_on_cancel=True)) is not None:
                for text in written(event):
                    yield text
        except Exception as error:
            yield failed(error)
        finally:
            run.stop()

    return StreamingResponse(texts(), media_type=EVENT_STREAM, headers=_HEADERS)


def as_event(name: str, told: BaseModel) -> str:
    """One server-sent event."""
    return f"event: {name}\ndata: {told.model_dump_json()}\n\n"


class _Writer:
    """Writes the events of one answer; pieces of text after the first begin with a space."""

    def __init__(self) -> None:
        self._begun = False

    def written(self, event: Event) -> Iterator[str]:
        match event:
            case Understood():
                yield as_event("understood", event)
            case Retrieved():
                yield as_event("passages", event)
            case Claimed():
                for citation in event.citations:
                    yield as_event("citation", citation)
                yield as_event("token", Token(text=f" {event.text}" if self._begun else event.text))
                self._begun = True
            case Finished():
                yield as_event("answer", event.answer)
