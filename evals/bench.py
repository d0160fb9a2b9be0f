"""What cases are asked of: the assistant with one search or another, or the plain recipe."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Literal, get_args

from pydantic import JsonValue

from app.answering.types import Hit
from app.assistant import understood
from app.retrieval.search import CANDIDATES, Found
from app.services import Services
from app.settings import Settings
from app.types import Turn
from app.wiring import Search, build_searcher, build_services, build_shelf, index_fingerprint, ingest_config
from evals.cases import Case, planted_files
from evals.naive import NAME as NAIVE
from evals.naive import NaiveRecipe
from evals.record import Record, record_now
from evals.runner import Run, observe
from evals.runner import Search as DocumentSearch
from ingest.errors import CoeError
from ingest.pipeline import ingest

Retrieval = Literal["hybrid", "dense", "bm25"]
EXTRACTIVE = "extractive"

_DEEP = 2 * CANDIDATES
"""Every chunk that either search of the hybrid one brought."""


class PlantingError(CoeError):
    """A planted document cannot be brought into the library, so nothing would be measured."""

    code = "planting_error"


@dataclass(frozen=True, slots=True)
class Bench:
    """What cases are run against, and its description for the record."""

    services: Services
    search: DocumentSearch | None
    record: Record | None
    planted: Callable[[Sequence[Path]], AbstractContextManager["Bench"]]
    """The same over a library that also holds these documents, for as long as it is needed."""


def ask(
    bench: Bench,
    cases: Sequence[Case],
    suite: Path,
    followed: Callable[[Sequence[Case]], Iterable[Case]] = iter,
) -> Run:
    """Ask all cases one after the other; a case that fails is an observation with its error.

    The documents planted in the suite's folder are there only for the cases that need them.
    """
    with _benches(bench, cases, suite) as bench_of:
        asked = ((case, bench_of(case)) for case in followed(cases))
        seen = tuple(observe(case, its.services, its.search) for case, its in asked)
    return Run(observations=seen, record=bench.record)


def open_bench(settings: Settings, retrieval: Retrieval = "hybrid", **arguments: JsonValue) -> Bench:
    """The assistant as the settings describe it, with one kind of search, ready to be asked.

    Raises:
        CoeError: there is nothing to ask yet.
    """
    arrange = RETRIEVALS[retrieval]
    services = build_services(settings, arrange=arrange)
    services.check_ready()
    search = documents_found(arrange(build_searcher(settings, build_shelf(settings)).search))
    record = _record(settings, {"system": retrieval, **arguments})
    return Bench(services, search, record, partial(_planted, settings, partial(open_bench, retrieval=retrieval)))


def open_naive(settings: Settings, **arguments: JsonValue) -> Bench:
    """The plain recipe over the documents of the library."""
    shelf = build_shelf(settings)
    library = shelf.current().library
    documents = (library.document(row.id) for row in library.documents())
    recipe = NaiveRecipe(documents, build_searcher(settings, shelf).embeddings)
    record = _record(settings, {"system": NAIVE, **arguments})
    return Bench(recipe.services(), recipe.search, record, partial(_planted, settings, open_naive))


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


@contextmanager
def _benches(bench: Bench, cases: Sequence[Case], suite: Path) -> Iterator[Callable[[Case], Bench]]:
    """Gives for each case the bench that it is asked of."""
    if not any(case.planted for case in cases):
        yield lambda case: bench
        return
    with bench.planted(planted_files(suite)) as poisoned:
        yield lambda case: poisoned if case.planted else bench


@contextmanager
def _planted(settings: Settings, reopen: Callable[[Settings], Bench], documents: Sequence[Path]) -> Iterator[Bench]:
    """The same system over a copy of the library, to which the documents were added as a user's own."""
    with TemporaryDirectory(prefix="coe-planted-", ignore_cleanup_errors=True) as folder:
        shutil.copytree(settings.data_dir, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.tmp"))
        copy = settings.model_copy(update={"data_dir": Path(folder), "chroma_url": None})
        failed = ingest(ingest_config(copy), documents).failed
        if failed:
            raise PlantingError(f"The planted document {failed[0].path} cannot be read: {failed[0].reason}")
        yield reopen(copy)


def _record(settings: Settings, arguments: Mapping[str, JsonValue]) -> Record:
    recorded = record_now(settings, index_fingerprint(settings))
    return recorded.model_copy(update={"arguments": dict(arguments)})
