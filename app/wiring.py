"""Build the house from the settings: the one place where parts meet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path

from langchain_core.embeddings import Embeddings

from app.answering.ambiguity import asked_back
from app.answering.catalogue_differences import disagreements
from app.answering.catalogue_reader import CatalogueReader
from app.answering.catalogue_sources import Sources
from app.answering.chat_model import load_chat_model
from app.answering.extractive import Disagreements, ExtractiveReader, load_weights
from app.answering.llm import LLMReader
from app.answering.memberships import Memberships
from app.answering.model import load_reader_model
from app.answering.restated import restated
from app.answering.subjects import Subjects
from app.answering.topical import Topical
from app.answering.types import Claim, Reader, Verdict
from app.assistant import Assistant, Parts
from app.explore.counted import counted
from app.explore.holdings import gather
from app.explore.overview import overview
from app.explore.types import Holdings
from app.listing import LISTS, select
from app.retrieval.filters import Filters
from app.retrieval.query import Vocabulary
from app.retrieval.search import Found, HybridRetriever, Searcher
from app.services import Services
from app.settings import Settings
from app.shelf import Edition, Shelf, chroma_server
from app.tracing import start_tracing
from ingest.embedding import check_model, load_embeddings
from ingest.library import DocumentRow, Library
from ingest.originals import original_of
from ingest.pipeline import IngestConfig, IngestOptions, Progress, ingest, remove
from ingest.pipeline import index_fingerprint as fingerprint_of
from ingest.types import Cell, Chunk, IngestReport, Mention, Row
from ingest.upkeep import Upkeep

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
    return Assistant(_parts(settings, _readings(settings, build_shelf(settings))))


def build_reader(vocabulary: Vocabulary, differing: Disagreements = lambda document_id: ()) -> Reader:
    """The reader that needs no LLM, for documents with this vocabulary."""
    return ExtractiveReader(load_reader_model(), vocabulary, load_weights(), disagreements=differing)


def build_services(settings: Settings, *, arrange: Callable[[Search], Search] = lambda search: search) -> Services:
    """Everything behind the API and the page; `arrange` may put another search in the place of the hybrid one."""
    current = _readings(settings, build_shelf(settings))
    assistant = Assistant(_parts(settings, current, arrange))
    return Services(
        ask=assistant.invoke,
        events=assistant.events,
        document=lambda id: current().library.document(id),
        check_ready=lambda: _check_ready(current()),
        search=lambda query, filters, limit: current().searcher.search(query, limit, filters=filters).hits,
        documents=lambda filters: _documents(current(), filters),
        catalogue=lambda name, filters: select(current().rows(LISTS[name][0]), filters),
        holdings=lambda: current().holdings(),
        naming=lambda mentions: _naming(current().library, mentions),
        original=lambda id: original_of(settings.data_dir, settings.corpus_dir, current().library.document(id)),
        ingest=partial(_ingest, settings),
        remove=lambda id: remove(ingest_config(settings), id),
        generation=lambda: current().number,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """One edition and what is made of it, each when first needed. It keeps the edition open as long as it is used."""

    number: int
    library: Library
    searcher: Searcher
    reader: Callable[[], Reader]
    catalogue: Callable[[], CatalogueReader]
    sources: Sources
    memberships: Memberships
    subjects: Callable[[], Subjects]
    topical: Callable[[], Topical]
    documents: Callable[[], Sequence[DocumentRow]]
    rows: Callable[[str], Sequence[Row]]
    holdings: Callable[[], Holdings]


def _readings(settings: Settings, shelf: Shelf) -> Callable[[], _Reading]:
    """The reading of the current edition, made anew only when there is a new one."""
    embeddings = load_embeddings(check_model(settings.embedding_model))
    made: _Reading | None = None

    def current() -> _Reading:
        nonlocal made
        edition, held = shelf.current(), made
        if held is None or held.number != edition.number:
            made = held = _reading(edition, embeddings)
        return held

    return current


def _reading(edition: Edition, embeddings: Embeddings) -> _Reading:
    library = edition.library
    searcher = Searcher(lambda: edition, embeddings)
    catalogue = cache(lambda: CatalogueReader(library))
    sources = Sources(library)
    rows = cache(library.catalogue)
    return _Reading(
        number=edition.number,
        library=library,
        searcher=searcher,
        reader=cache(lambda: build_reader(searcher.vocabulary(edition), partial(_disagreements, library))),
        catalogue=catalogue,
        sources=sources,
        memberships=Memberships(rows, sources),
        subjects=cache(lambda: Subjects(catalogue().lexicon, rows)),
        topical=cache(lambda: Topical(rows, catalogue().lexicon, sources)),
        documents=cache(library.documents),
        rows=rows,
        holdings=cache(lambda: gather(library)),
    )


def _parts(
    settings: Settings, current: Callable[[], _Reading], arrange: Callable[[Search], Search] = lambda search: search
) -> Callable[[], Parts]:
    """What answers one question: all of it of the edition that is current when it is asked."""
    llm = _llm_reader(settings)
    span = start_tracing(settings.otlp_endpoint)

    def parts() -> Parts:
        reading = current()
        return Parts(
            search=arrange(reading.searcher.search),
            text_of=lambda id: reading.library.document(id).text,
            extractive=reading.reader,
            llm=llm,
            span=span,
            catalogue=partial(_listed, reading),
        )

    return parts


def _listed(reading: _Reading, question: str) -> tuple[Claim | Verdict, ...] | None:
    """Answers from the lists, from figures that documents state again and again, or a question which one is meant."""
    holdings, library = reading.holdings(), reading.library
    subject = reading.subjects().of(question)
    told = overview(subject, holdings, reading.sources) if subject else None
    listed = told or reading.memberships.read(question) or reading.catalogue().read(question)
    if listed is not None:
        return listed
    own_words = restated(question, reading.rows("secretariat"))
    listed = reading.catalogue().read(own_words) if own_words else None
    if listed is not None:
        return listed
    stated = counted(question, holdings.figures, lambda id: library.metadata([id])[id], date.today())
    return stated or reading.topical().read(question) or asked_back(question, holdings.of)


def _disagreements(library: Library, document_id: str) -> tuple[Cell, ...]:
    return tuple(disagreements(library.document(document_id)))


def _documents(reading: _Reading, filters: Filters) -> Sequence[DocumentRow]:
    wanted = filters.mentions()
    if not wanted:
        return reading.documents()
    named = reading.library.documents_naming(wanted)
    return tuple(row for row in reading.documents() if row.id in named)


def _naming(library: Library, mentions: Sequence[Mention]) -> tuple[Chunk, ...]:
    ids = dict.fromkeys(id for mention in mentions for id in library.naming([mention]))
    return tuple(library.chunks(list(ids)).values())


def _ingest(settings: Settings, paths: Sequence[Path], options: IngestOptions, progress: Progress) -> IngestReport:
    return ingest(ingest_config(settings), paths, options=options, progress=progress)


def _llm_reader(settings: Settings) -> LLMReader | None:
    if settings.llm is None:
        return None
    model = load_chat_model(
        settings.llm, url=settings.llm_url, api_key=settings.llm_api_key, timeout=settings.llm_timeout
    )
    return LLMReader(model, name=settings.llm, timeout=settings.llm_timeout)


def _check_ready(reading: _Reading) -> None:
    reading.searcher.search("ready", 1)
