"""What cases are asked of: the assistant with one search or another, or the plain recipe."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, get_args

from pydantic import JsonValue

from app.assistant import understood
from app.answering.types import Hit
from app.retrieval.search import CANDIDATES, Found
from app.services import Services
from app.settings import Settings
from app.types import Turn
from app.wiring import Search, build_searcher, build_services, build_shelf, index_fingerprint
from evals.naive import NAME as NAIVE
from evals.naive import NaiveRecipe
from evals.record import Record, record_now
from evals.runner import Search as DocumentSearch

Retrieval = Literal["hybrid", "dense", "bm25"]
EXTRACTIVE = "extractive"

_DEEP = 2 * CANDIDATES
"""Every chunk that either search of the hybrid one brought."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What cases are run against, and its description for the record."""

    services: Services
    search: DocumentSearch | None
    record: Record | None


def open_bench(settings: Settings, retrieval: Retrieval = "hybrid", **arguments: JsonValue) -> Bench:
    """The assistant as the settings describe it, with one kind of search, ready to be asked.

    Raises:
        CoeError: there is nothing to ask yet.
    """
    arrange = RETRIEVALS[retrieval]
    services = build_services(settings, arrange=arrange)
    services.check_ready()
    search = documents_found(arrange(build_searcher(settings, build_shelf(settings)).search))
    return Bench(services, search, _record(settings, {"system": retrieval, **arguments}))


def open_naive(settings: Settings, **arguments: JsonValue) -> Bench:
    """The plain recipe over the documents of the library."""
    shelf = build_shelf(settings)
    library = shelf.current().library
    documents = (library.document(row.id) for row in library.documents())
    recipe = NaiveRecipe(documents, build_searcher(settings, shelf).embeddings)
    return Bench(recipe.services(), recipe.search, _record(settings, {"system": NAIVE, **arguments}))


def with_reader(settings: Settings, name: str | None) -> Settings:
    """Settings with the reader of this name: `extractive`, or an LLM as `provider:model`."""
    if name is None:
        return settings
    return settings.model_copy(update={"llm": None if name == EXTRACTIVE else name})


def documents_found(search: Search) -> DocumentSearch:
    """Different documents of the chunks found, by their best chunk, as deep as asked."""

    def found(question: str, history: tuple[Turn, ...], limit: int) -> list[str]:
        hits = search(understood(question, history), _DEEP).hits
        return list(dict.fromkeys(hit.chunk.document_id for hit in hits))[:limit]

    return found


def by_rank(rank: Callable[[Hit], int | None]) -> Callable[[Search], Search]:
    """Of a hybrid search, what one of its two searches found, in that one's order."""

    def arrange(search: Search) -> Search:
        def found(question: str, limit: int) -> Found:
            both = search(question, _DEEP)
            ranked = sorted((place, at) for at, hit in enumerate(both.hits) if (place := rank(hit)) is not None)
            return replace(both, hits=tuple(both.hits[at] for _, at in ranked[:limit]))

        return found

    return arrange


RETRIEVALS: Mapping[Retrieval, Callable[[Search], Search]] = MappingProxyType(
    {
        "hybrid": lambda search: search,
        "dense": by_rank(lambda hit: hit.dense_rank),
        "bm25": by_rank(lambda hit: hit.lexical_rank),
    }
)
SYSTEMS: tuple[str, ...] = (NAIVE, "dense", "bm25", "hybrid")
"""What `coe eval baselines` compares, the simplest first."""


def open_system(name: str, settings: Settings, **arguments: JsonValue) -> Bench:
    """One of `SYSTEMS`, ready to be asked."""
    if name == NAIVE:
        return open_naive(settings, **arguments)
    retrieval = next(one for one in get_args(Retrieval) if one == name)
    return open_bench(settings, retrieval, **arguments)


def _record(settings: Settings, arguments: Mapping[str, JsonValue]) -> Record:
    recorded = record_now(settings, index_fingerprint(settings))
    return recorded.model_copy(update={"arguments": dict(arguments)})
