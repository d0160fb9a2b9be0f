"""Work for somebody who may leave: it goes on as long as they are there."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from itertools import chain
from typing import Any, TypeVar

import anyio.to_thread
from starlette.responses import Response
from starlette.types import Receive

from app.running import Run
from app.types import Answer, Event, Finished

T = TypeVar("T")


def to_nobody() -> Response:
    """What is answered to somebody who has left."""
    return Response(status_code=499)


async def while_there(receive: Receive, work: Coroutine[Any, Any, T]) -> T | None:
    """What some work brings; when the client leaves before, the work is cancelled and brings None.

    `receive` gives what comes after the request's body.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def taken(run: Run[Any], take: Callable[[], T]) -> T:
    """What is read of a run; the run is stopped when this is cancelled or fails."""
    try:
        return await anyio.to_thread.run_sync(take, abandon_on_cancel=True)
    except BaseException:
        run.stop()
        raise


async def answer_of(run: Run[Event]) -> Answer:
    """The answer that the events of a run end with."""
    last = await taken(run, run.last)
    if isinstance(last, Finished):
        return last.answer
    raise RuntimeError("an answer's events always end with Finished")


async def begun(run: Run[Event]) -> Iterator[Event]:
    """The events of a run, once the first of them has come; what goes wrong before it is raised here."""
    events = iter(run)
    return chain([await taken(run, partial(next, events))], events)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
