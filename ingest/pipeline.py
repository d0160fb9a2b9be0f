"""Ingestion on one screen: find → plan → load → chunk → embed → store → check after reopening → publish."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain
from pathlib import Path
from time import perf_counter

from langchain_core.utils.iter import batch_iterate

from ingest.chunking import CHUNK_CHARACTERS, embedded_text, passages
from ingest.embedding import EmbeddingModel, check_model
from ingest.errors import (
    ConfigurationError,
    FingerprintMismatch,
    LibraryDamaged,
    SourceEmpty,
    UnknownDocument,
)
from ingest.generation import Draft, Generations
from ingest.last_run import note_run
from ingest.library import FILE_NAME, SCHEMA_VERSION, Library, LibraryWriter, StoredChunk, text_digest
from ingest.originals import keep_originals
from ingest.publication import Changes, has_sound_vectors, publish
from ingest.sources import corpus_sources, named_sources
from ingest.sums import changed_files
from ingest.sync import Held, loses_too_much, plan
from ingest.types import Failure, IngestReport, Source, SyncPlan
from ingest.vectors import ChromaServer
from ingest.workers import THIS_MACHINE, Chunked, Folders, Workers
from ingest.workers import Progress as Progress

_SLAB = 512  # chunks between two movements of the progress bar; like lengths are found within each


@dataclass(frozen=True, slots=True)
class IngestConfig:
    """Where everything is."""

    data_dir: Path
    corpus_dir: Path
    embedding_model: str
    chroma: ChromaServer | None = None

    @property
    def folders(self) -> Folders:
        """Where files are read from."""
        return Folders(self.data_dir.resolve(), self.corpus_dir.resolve())


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How one run behaves."""

    dry_run: bool = False
    rebuild: bool = False
    accept_deletions: bool = False


def ingest(
    config: IngestConfig,
    paths: Sequence[Path] = (),
    *,
    options: IngestOptions = IngestOptions(),
    progress: Progress = lambda stage, done, total: None,
    workers: Workers = THIS_MACHINE,
) -> IngestReport:
    """Bring the library in step with the corpus folder, or write only the named files and folders.

    Whoever does the work, the library is the same.

    Raises:
        CoeError: nothing was changed; a file that cannot be read is in the report instead.
    """
    report = _ingest(config, paths, options, workers, progress)
    if not paths and not options.dry_run:
        note_run(config.data_dir, report)
    return report


def _ingest(
    config: IngestConfig, paths: Sequence[Path], options: IngestOptions, workers: Workers, progress: Progress
) -> IngestReport:
    started = perf_counter()
    generations = Generations(config.data_dir)
    with generations.writing():
        model = check_model(config.embedding_model)
        fingerprint = _fingerprint(model)
        with _current(generations) as library:
            _refuse_other_fingerprint(library, fingerprint, options)
            held = library.held() if library else {}
            sync = _plan(config, paths, held, options)
            if options.dry_run:
                return _report(sync, generations.current(), started)
            documents, failed = _in_order(sync.write, workers.read(sync.write, config.folders, progress))
            sync = _without_failures(sync, failed)
            _refuse_losses(sync, held, config, options)
            if library and options.rebuild:
                documents += tuple(_as_held(library, failure) for failure in failed if failure.path in held)
            if not documents and not sync.delete and has_sound_vectors(generations, library, config.chroma):
                return replace(_report(sync, generations.current(), started), failed=failed)
            texts = _texts(documents)
            known = _known(texts, library, fingerprint)
        unknown = {id: text for id, text in texts.items() if id not in known}
        embedded = _embed(unknown, model, workers, progress)
        with generations.draft(empty=options.rebuild) as draft:
            keep_originals(config.data_dir, sync.write)
            changes = _store(draft, fingerprint, sync, documents, {**known, **embedded})
            publish(generations, draft, config.chroma, changes)
        return replace(_report(sync, draft.number, started), failed=failed, chunks=len(embedded))


def remove(config: IngestConfig, id: str) -> None:
    """Remove a document that was added by hand.

    Raises:
        UnknownDocument: the library does not hold it.
        ConfigurationError: it is a file of the corpus folder, where it has to be deleted instead.
    """
    generations = Generations(config.data_dir)
    with generations.writing():
        with _current(generations) as library:
            document = library.held().get(id) if library else None
            if library is None or document is None:
                raise UnknownDocument(f"The library holds no document {id!r}: `coe documents` lists them.")
            fingerprint = library.meta("fingerprint") or ""
        if document.origin == "corpus":
            raise ConfigurationError(
                f"{id!r} is a file of the corpus folder {config.corpus_dir}: delete it there, then run `coe ingest`."
            )
        with generations.draft() as draft:
            changes = _store(draft, fingerprint, SyncPlan(delete=(id,)), (), {})
            publish(generations, draft, config.chroma, changes)


def index_fingerprint(embedding_model: str) -> str:
    """Names everything that shaped an index: schema, chunking and the embedding model's weights."""
    return _fingerprint(check_model(embedding_model))


def _fingerprint(model: EmbeddingModel) -> str:
    parts = {"schema": SCHEMA_VERSION, "chunk_characters": CHUNK_CHARACTERS, "model": model.sha256}
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


@contextmanager
def _current(generations: Generations) -> Iterator[Library | None]:
    number = generations.current()
    if number is None:
        yield None
        return
    folder = generations.folder(number)
    with closing(Library(folder / FILE_NAME)) as library:
        if library.connection and FILE_NAME in changed_files(folder):
            raise LibraryDamaged(f"The library in {folder} was changed or is damaged: `coe library check --repair`.")
        yield library


def _refuse_other_fingerprint(library: Library | None, fingerprint: str, options: IngestOptions) -> None:
    if library and not options.rebuild and library.meta("fingerprint") != fingerprint:
        raise FingerprintMismatch(
            "The library was made with another embedding model or version: run `coe ingest --rebuild`."
        )


def _plan(
    config: IngestConfig,
    paths: Sequence[Path],
    held: dict[str, Held],
    options: IngestOptions,
) -> SyncPlan:
    if options.rebuild and paths:
        raise ConfigurationError("--rebuild makes the whole library anew: leave the paths out.")
    if paths:
        return plan(named_sources(paths, config.corpus_dir, held), held, delete_missing=False)
    found = corpus_sources(config.corpus_dir)
    sync = plan(found, held, delete_missing=True)
    _refuse_losses(sync, held, config, options)
    if options.rebuild:
        return replace(sync, write=(*found, *_added_sources(held)), unchanged=())
    return sync


def _refuse_losses(sync: SyncPlan, held: dict[str, Held], config: IngestConfig, options: IngestOptions) -> None:
    if loses_too_much(sync, held) and not options.accept_deletions:
        raise SourceEmpty(
            f"{len(sync.delete)} of the library's documents are missing from {config.corpus_dir}: if they were "
            "deleted on purpose, run `coe ingest --accept-deletions`. Nothing was changed."
        )


def _added_sources(held: dict[str, Held]) -> Iterator[Source]:
    for id, document in held.items():
        if document.origin == "added":
            yield Source(id, Path(document.path), "added", document.sha256)


def _in_order(
    sources: Sequence[Source], outcomes: Iterable[Chunked | Failure]
) -> tuple[tuple[Chunked, ...], tuple[Failure, ...]]:
    """Documents and failures, each in the order of the sources."""
    found = {each.path if isinstance(each, Failure) else each.document.id: each for each in outcomes}
    ordered = [found[source.id] for source in sources]
    return (
        tuple(each for each in ordered if isinstance(each, Chunked)),
        tuple(each for each in ordered if isinstance(each, Failure)),
    )


def _as_held(library: Library, failure: Failure) -> Chunked:
    """The document of a file that cannot be read any more, as the library holds it."""
    document = library.document(failure.path)
    return Chunked(document, passages(document))


def _without_failures(sync: SyncPlan, failed: Sequence[Failure]) -> SyncPlan:
    bad = {failure.path for failure in failed}
    return replace(sync, write=tuple(source for source in sync.write if source.id not in bad))


def _texts(documents: Sequence[Chunked]) -> dict[str, str]:
    """What the model reads of every chunk, by chunk id."""
    return {piece.id: embedded_text(each.document.metadata.title, piece) for each in documents for piece in each.chunks}


def _known(texts: dict[str, str], library: Library | None, fingerprint: str) -> dict[str, Sequence[float]]:
    """Vectors of the texts that the same model embedded before, by chunk id."""
    if library is None or library.meta("fingerprint") != fingerprint:
        return {}
    found = {id: library.vector_of(text_digest(text)) for id, text in texts.items()}
    return {id: vector for id, vector in found.items() if vector is not None}


def _embed(
    texts: dict[str, str], model: EmbeddingModel, workers: Workers, progress: Progress
) -> dict[str, Sequence[float]]:
    if not texts:
        return {}
    slabs = tuple(batch_iterate(_SLAB, texts))
    vectors = workers.embed([[texts[id] for id in slab] for slab in slabs], model, progress)
    return dict(zip(chain.from_iterable(slabs), chain.from_iterable(vectors), strict=True))


def _store(
    draft: Draft,
    fingerprint: str,
    sync: SyncPlan,
    documents: Sequence[Chunked],
    vectors: dict[str, Sequence[float]],
) -> Changes:
    """Change the draft's library."""
    with closing(LibraryWriter(draft.folder / FILE_NAME)) as library:
        library.set_meta("fingerprint", fingerprint)
        replaced = (each.document.id for each in documents)
        gone = [id for name in (*sync.delete, *replaced) for id in library.delete(name)]
        written: list[StoredChunk] = []
        for each in documents:
            stored = [StoredChunk(piece, vectors[piece.id]) for piece in each.chunks]
            library.add(each.document, stored)
            written.extend(stored)
    return Changes(tuple(sorted(set(gone) - {stored.chunk.id for stored in written})), tuple(written))


def _report(sync: SyncPlan, generation: int | None, started: float) -> IngestReport:
    return IngestReport(
        written=tuple(source.id for source in sync.write),
        unchanged=sync.unchanged,
        deleted=sync.delete,
        generation=generation,
        seconds=perf_counter() - started,
    )
