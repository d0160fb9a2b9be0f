"""What the API and the page need of the rest of the house: functions, built in `app.wiring`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from app.answering.types import Hit
from app.explore.types import Holdings
from app.retrieval.filters import Filters
from app.types import Answer, Event, Question
from ingest.errors import CoeError, ConfigurationError, UnknownDocument
from ingest.library import DocumentRow
from ingest.pipeline import IngestOptions, Progress
from ingest.types import Chunk, Document, IngestReport, Mention, Row


class Starting(CoeError):
    """Models and index are still being loaded."""

    code = "starting"
    status = 503


def _keeps_no_files(id: str) -> NoReturn:
    raise UnknownDocument(f"The library keeps no file of {id!r}.")


def _read_only(*_: object) -> NoReturn:
    raise ConfigurationError("This library cannot be changed here.")


@dataclass(frozen=True, slots=True)
class Services:
    """The seams behind every route and every page event; those with a default are empty where nothing is wired."""

    ask: Callable[[Question], Answer]
    """Answer, or raise a `CoeError`."""
    events: Callable[[Question], Iterator[Event]]
    """Answer step by step: Understood, Retrieved, any number of Claimed, Finished."""
    document: Callable[[str], Document]
    """A document of the current generation, or raise `UnknownDocument`."""
    check_ready: Callable[[], None]
    """Return when models and index are loaded; raise the `CoeError` that says why not."""
    search: Callable[[str, Filters, int], Sequence[Hit]] = lambda query, filters, limit: ()
    """Best passages for some words, among those the filters let through; with ranks and words matched."""
    documents: Callable[[Filters], Sequence[DocumentRow]] = lambda filters: ()
    """Documents of the current generation that name what the filters ask for, by id."""
    catalogue: Callable[[str, Filters], Sequence[Row]] = lambda name, filters: ()
    """Rows of a list of `app.listing.LISTS` that state what the filters ask for; every cell with its quote."""
    holdings: Callable[[], Holdings] = Holdings
    """Everything on file in the current generation, to be counted and compared."""
    naming: Callable[[Sequence[Mention]], Sequence[Chunk]] = lambda mentions: ()
    """Passages that name any of some entities, each once."""
    original: Callable[[str], Path] = _keeps_no_files
    """The file that a document was read from, unchanged since; or raise `UnknownDocument`."""
    ingest: Callable[[Sequence[Path], IngestOptions, Progress], IngestReport] = _read_only
    """Write some files, or with none bring the library in step with the corpus; `IngestRunning` beside another."""
    remove: Callable[[str], None] = _read_only
    """Remove a document that was added by hand; `IngestRunning` beside an ingestion."""
    generation: Callable[[], int] = lambda: 0
    """The number of the library's current generation."""
