"""What the API and the page need of the rest of the house: three functions, built in `app.wiring`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.types import Answer, Event, Question
from ingest.types import Document


@dataclass(frozen=True, slots=True)
class Services:
    """The seams behind every route and every page event."""

    ask: Callable[[Question], Answer]
    """Answer, or raise a `CoeError`."""
    events: Callable[[Question], Iterator[Event]]
    """Answer step by step: Understood, Retrieved, any number of Claimed, Finished."""
    document: Callable[[str], Document]
    """A document of the current generation, or raise `UnknownDocument`."""
    check_ready: Callable[[], None]
    """Return when models and index are loaded; raise the `CoeError` that says why not."""
