"""Build the house from the settings: the one place where parts meet."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

from app.answering.ambiguity import asked_back
from app.answering.catalogue_differences import disagreements
from app.answering.catalogue_reader import CatalogueReader
from app.answering.extractive import Disagreements, ExtractiveReader, load_weights
from app.answering.llm import LLMReader, load_chat_model
from app.answering.model import load_reader_model
from app.answering.types import Claim, Reader, Verdict
from app.assistant import Assistant, Parts
from app.explore.counted import counted
from app.explore.holdings import gather
from app.explore.types import Holdings
from app.listing import LISTS, select
from app.retrieval.filters import Filters
from app.retrieval.query import Vocabulary
from app.retrieval.search import Found, HybridRetriever, Searcher
from app.services import Services
from app.settings import Settings
from app.shelf import Edition, Shelf
from app.tracing import start_tracing
from ingest.embedding import check_model, load_embeddings
from ingest.library import DocumentRow
from ingest.originals import original_of
from ingest.pipeline import IngestConfig, IngestOptions, Progress, ingest, remove
from ingest.pipeline import index_fingerprint as fingerprint_of
from ingest.types import Cell, Chunk, IngestReport, Mention, Row
from ingest.upkeep import Upkeep
from ingest.vectors import ChromaServer

T = TypeVar("T")

Search = Callable[[str, int], Found]
"""A question and how many: the best chunks."""


def ingest_config(settings: Settings) -> IngestConfig:
    """What ingestion needs of the settings."""
    return IngestConfig(
        data_dir=settings.data_dir,
        corpus_dir=settings.corpus_dir,
        embedding_model=settings.embedding_model,
        chroma=chroma_server(settings),
    )


def chroma_server(settings: Settings) -> ChromaServer | None:
    """The configured Chroma server, if any."""
    if settings.chroma_url is None:
        return None
    token = settings.chroma_token.get_secret_value() if settings.chroma_token else None
    return ChromaServer(settings.chroma_url, token)


def index_fingerprint(settings: Settings) -> str:
    """Fingerprint that the library must have."""
    return fingerprint_of(settings.embedding_model)


def build_upkeep(settings: Settings) -> Upkeep:
    """What checks and repairs the library."""
    return Upkeep(settings.data_dir, chroma_server(settings))


def build_shelf(settings: Settings) -> Shelf:
    """The library's current generation, opened when first asked for."""
    return Shelf(settings.data_dir, index_fingerprint(settings), chroma_server(settings))


def build_searcher(settings: Settings, shelf: Shelf) -> Searcher:
    """Hybrid search over the current generation."""
    return Searcher(shelf.current, load_embeddings(check_model(settings.embedding_model)))


def build_retriever(settings: Settings, *, k: int = 10) -> HybridRetriever:
    """The LangChain retriever, for use in other chains."""
    return HybridRetriever(searcher=build_searcher(settings, build_shelf(settings)), k=k)


def build_assistant(settings: Settings) -> Assistant:
    """The LangChain runnable that answers."""
    shelf = build_shelf(settings)
    searcher = build_searcher(settings, shelf)
    return _assistant(settings, shelf, searcher, searcher.search, _holdings(shelf))


def build_reader(vocabulary: Vocabulary, differing: Disagreements = lambda document_id: ()) -> Reader:
    """The reader that needs no LLM, for documents with this vocabulary."""
    return ExtractiveReader(load_reader_model(), vocabulary, load_weights(), disagreements=differing)


def build_services(settings: Settings, *, arrange: Callable[[Search], Search] = lambda search: search) -> Services:
    """Everything behind the API and the page; `arrange` may put another search in the place of the hybrid one."""
    shelf = build_shelf(settings)
    searcher = build_searcher(settings, shelf)
    holdings = _holdings(shelf)
    assistant = _assistant(settings, shelf, searcher, arrange(searcher.search), holdings)
    return Services(
        ask=assistant.invoke,
        events=assistant.events,
        document=lambda id: shelf.current().library.document(id),
        check_ready=partial(_check_ready, shelf, searcher),
        search=lambda query, filters, limit: searcher.search(query, limit, filters=filters).hits,
        documents=_documents(shelf),
        catalogue=_lists(shelf),
        holdings=holdings,
        naming=partial(_naming, shelf),
        original=partial(_original, settings, shelf),
        ingest=partial(_ingest, settings),
        remove=lambda id: remove(ingest_config(settings), id),
        generation=lambda: shelf.current().number,
    )


def _assistant(
    settings: Settings, shelf: Shelf, searcher: Searcher, search: Search, holdings: Callable[[], Holdings]
) -> Assistant:
    return Assistant(
        Parts(
            search=search,
            text_of=lambda id: shelf.current().library.document(id).text,
            extractive=lambda: build_reader(searcher.vocabulary(shelf.current()), partial(_disagreements, shelf)),
            llm=_llm_reader(settings),
            span=start_tracing(settings.otlp_endpoint),
            catalogue=_catalogue(shelf, holdings),
        )
    )


def _holdings(shelf: Shelf) -> Callable[[], Holdings]:
    """Everything on file, gathered once per edition."""
    return _once_per_edition(shelf, lambda edition: gather(edition.library))


def _catalogue(shelf: Shelf, holdings: Callable[[], Holdings]) -> Callable[[str], tuple[Claim | Verdict, ...] | None]:
    """Answers from the lists, from figures that documents state again and again, or a question which one is meant."""
    reader = _once_per_edition(shelf, lambda edition: CatalogueReader(edition.library))

    def read(question: str) -> tuple[Claim | Verdict, ...] | None:
        listed = reader().read(question)
        if listed is not None:
            return listed
        library = shelf.current().library
        stated = counted(question, holdings().figures, lambda id: library.metadata([id])[id], date.today())
        return stated or asked_back(question, holdings().of)

    return read


def _disagreements(shelf: Shelf, document_id: str) -> tuple[Cell, ...]:
    return tuple(disagreements(shelf.current().library.document(document_id)))


def _documents(shelf: Shelf) -> Callable[[Filters], Sequence[DocumentRow]]:
    """The list of documents, read once per edition."""
    listed = _once_per_edition(shelf, lambda edition: edition.library.documents())

    def documents(filters: Filters) -> Sequence[DocumentRow]:
        wanted = filters.mentions()
        if not wanted:
            return listed()
        named = shelf.current().library.documents_naming(wanted)
        return tuple(row for row in listed() if row.id in named)

    return documents


def _lists(shelf: Shelf) -> Callable[[str, Filters], Sequence[Row]]:
    """The lists of the catalogue, each read once per edition."""
    rows = _once_per_edition(shelf, lambda edition: cache(edition.library.catalogue))
    return lambda name, filters: select(rows()(LISTS[name][0]), filters)


def _naming(shelf: Shelf, mentions: Sequence[Mention]) -> tuple[Chunk, ...]:
    library = shelf.current().library
    ids = dict.fromkeys(id for mention in mentions for id in library.naming([mention]))
    return tuple(library.chunks(list(ids)).values())


def _original(settings: Settings, shelf: Shelf, id: str) -> Path:
    return original_of(settings.data_dir, settings.corpus_dir, shelf.current().library.document(id))


def _ingest(settings: Settings, paths: Sequence[Path], options: IngestOptions, progress: Progress) -> IngestReport:
    return ingest(ingest_config(settings), paths, options=options, progress=progress)


def _once_per_edition(shelf: Shelf, make: Callable[[Edition], T]) -> Callable[[], T]:
    """What is made of the current edition, made again only when there is a new one."""
    made: tuple[int, T] | None = None

    def current() -> T:
        nonlocal made
        edition, held = shelf.current(), made
        if held is None or held[0] != edition.number:
            made = held = (edition.number, make(edition))
        return held[1]

    return current


def _llm_reader(settings: Settings) -> LLMReader | None:
    if settings.llm is None:
        return None
    model = load_chat_model(
        settings.llm, url=settings.llm_url, api_key=settings.llm_api_key, timeout=settings.llm_timeout
    )
    return LLMReader(model, name=settings.llm, timeout=settings.llm_timeout)


def _check_ready(shelf: Shelf, searcher: Searcher) -> None:
    searcher.search("ready", 1)
    shelf.current()
