"""Ingestion on one screen: find → plan → load → chunk → embed → store → check after reopening → publish."""

import json
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from time import perf_counter

import yaml
from langchain_core.embeddings import Embeddings

from ingest.assembly import assemble, read_metadata
from ingest.cage import Cage
from ingest.chunking import CHUNK_CHARACTERS, chunk, embedded_text
from ingest.embedding import check_model, load_embeddings
from ingest.errors import (
    ConfigurationError,
    DocumentRejected,
    FingerprintMismatch,
    LibraryDamaged,
    SourceEmpty,
    UnknownDocument,
)
from ingest.generation import Draft, Generations
from ingest.library import FILE_NAME, SCHEMA_VERSION, Library, LibraryWriter, StoredChunk, text_digest
from ingest.sources import corpus_sources, named_sources, sidecar
from ingest.sync import Held, loses_too_much, plan
from ingest.types import Chunk, Document, Failure, IngestReport, Source, SyncPlan
from ingest.vectors import ChromaServer, VectorIndex, drop_collections, open_folder, open_server

CHROMA_FOLDER = "chroma"
_FILES_FOLDER = "files"
_SLAB = 256  # chunks between two movements of the progress bar

Progress = Callable[[str, int, int], None]
"""Called with the stage (`load`, `embed`), how many are done, and of how many."""


@dataclass(frozen=True, slots=True)
class IngestConfig:
    """Where everything is."""

    data_dir: Path
    corpus_dir: Path
    embedding_model: str
    chroma: ChromaServer | None = None


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
) -> IngestReport:
    """Bring the library in step with the corpus folder, or write only the named files and folders.

    Raises:
        CoeError: nothing was changed; a file that cannot be read is in the report instead.
    """
    started = perf_counter()
    generations = Generations(config.data_dir)
    with generations.writing():
        fingerprint = index_fingerprint(config.embedding_model)
        with _current(generations) as library:
            _refuse_other_fingerprint(library, fingerprint, options)
            held = library.held() if library else {}
            sync = _plan(config, paths, held, library, options)
            if options.dry_run or sync.is_empty:
                return _report(sync, generations.current(), started)
            documents, failed = _load(sync.write, config, progress)
            sync = _without_failures(sync, failed)
            if sync.is_empty:
                return replace(_report(sync, generations.current(), started), failed=failed)
            chunks = {document.id: chunk(document) for document in documents}
            embedded = _embed(documents, chunks, library, config, progress)
        with generations.draft(empty=options.rebuild) as draft:
            _store(draft, config, fingerprint, sync, documents, embedded)
            _publish(generations, draft, config)
        report = _report(sync, draft.number, started)
        return replace(report, failed=failed, chunks=sum(map(len, chunks.values())))


def remove(config: IngestConfig, id: str) -> None:
    """Remove a document that was added by hand.

    Raises:
        UnknownDocument: the library does not hold it.
        ConfigurationError: it is a file of the corpus folder, where it has to be deleted instead.
    """
    generations = Generations(config.data_dir)
    with generations.writing():
        with _current(generations) as library:
            held = library.held() if library else {}
        if id not in held:
            raise UnknownDocument(f"The library holds no document {id!r}: `coe documents` lists them.")
        if held[id].origin == "corpus":
            raise ConfigurationError(
                f"{id!r} is a file of the corpus folder {config.corpus_dir}: delete it there, then run `coe ingest`."
            )
        with generations.draft() as draft:
            fingerprint = index_fingerprint(config.embedding_model)
            _store(draft, config, fingerprint, SyncPlan(delete=(id,)), (), {})
            _publish(generations, draft, config)


def index_fingerprint(embedding_model: str) -> str:
    """Names everything that shaped an index: schema, chunking and the embedding model's weights."""
    parts = {
        "schema": SCHEMA_VERSION,
        "chunk_characters": CHUNK_CHARACTERS,
        "model": check_model(embedding_model).sha256,
    }
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def open_vectors(folder: Path, library: Library, number: int, server: ChromaServer | None) -> VectorIndex:
    """The vector index that belongs to a generation."""
    if server is None:
        return open_folder(folder / CHROMA_FOLDER)
    return open_server(server, _collection_name(library, number))


@contextmanager
def _current(generations: Generations) -> Iterator[Library | None]:
    number = generations.current()
    if number is None:
        yield None
    else:
        with closing(Library(generations.folder(number) / FILE_NAME)) as library:
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
    library: Library | None,
    options: IngestOptions,
) -> SyncPlan:
    if options.rebuild and paths:
        raise ConfigurationError("--rebuild makes the whole library anew: leave the paths out.")
    if paths:
        return plan(named_sources(paths, config.corpus_dir), held, delete_missing=False)
    found = corpus_sources(config.corpus_dir)
    sync = plan(found, held, delete_missing=True)
    if loses_too_much(sync, held) and not options.accept_deletions:
        raise SourceEmpty(
            f"{len(sync.delete)} of the library's documents are missing from {config.corpus_dir}: if they were "
            "deleted on purpose, run `coe ingest --accept-deletions`. Nothing was changed."
        )
    if options.rebuild:
        return SyncPlan(write=(*found, *_added_sources(config, library)))
    return sync


def _added_sources(config: IngestConfig, library: Library | None) -> Iterator[Source]:
    for row in library.documents() if library else ():
        if row.origin == "added":
            digest = library.held()[row.id].sha256 if library else ""
            yield Source(row.id, _kept_original(config, digest, Path(row.path)), "added", digest)


def _load(
    sources: Sequence[Source], config: IngestConfig, progress: Progress
) -> tuple[tuple[Document, ...], tuple[Failure, ...]]:
    documents: list[Document] = []
    failed: list[Failure] = []
    with Cage() as cage:
        for done, source in enumerate(sources, start=1):
            try:
                documents.append(_read(cage, source, config))
            except DocumentRejected as error:
                failed.append(Failure(source.id, error.reason_code, str(error)))
            except OSError as error:
                reason = f"{source.path.name} cannot be opened: {error.strerror}."
                failed.append(Failure(source.id, "file_unreadable", reason))
            progress("load", done, len(sources))
    return tuple(documents), tuple(failed)


def _read(cage: Cage, source: Source, config: IngestConfig) -> Document:
    loaded = cage.load(source.path)
    side = sidecar(source.path)
    extra = yaml.safe_load(side.read_text(encoding="utf-8")) if side.is_file() else None
    metadata = read_metadata(loaded, extra, fallback_title=source.path.stem, where=source.id)
    if source.origin == "corpus":
        return assemble(source, loaded, metadata, source.path.relative_to(config.corpus_dir.resolve()).as_posix())
    _keep_original(config, source)
    return assemble(source, loaded, metadata, str(source.path))


def _without_failures(sync: SyncPlan, failed: Sequence[Failure]) -> SyncPlan:
    bad = {failure.path for failure in failed}
    return replace(sync, write=tuple(source for source in sync.write if source.id not in bad))


def _embed(
    documents: Sequence[Document],
    chunks: dict[str, tuple[Chunk, ...]],
    library: Library | None,
    config: IngestConfig,
    progress: Progress,
) -> dict[str, Sequence[float]]:
    """Vectors by chunk id; a text that was embedded before is not embedded again."""
    texts = {
        piece.id: embedded_text(document.metadata.title, piece)
        for document in documents
        for piece in chunks[document.id]
    }
    same_model = library and library.meta("fingerprint") == index_fingerprint(config.embedding_model)
    known = {
        id: vector
        for id, text in (texts.items() if library and same_model else ())
        if (vector := library.vector_of(text_digest(text))) is not None
    }
    return {
        **known,
        **_embed_new({id: text for id, text in texts.items() if id not in known}, config, progress),
    }


def _embed_new(texts: dict[str, str], config: IngestConfig, progress: Progress) -> dict[str, Sequence[float]]:
    if not texts:
        return {}
    embeddings: Embeddings = load_embeddings(check_model(config.embedding_model))
    # Texts of like length share a batch, so little is spent on padding.
    ids = sorted(texts, key=lambda id: len(texts[id]), reverse=True)
    vectors: dict[str, Sequence[float]] = {}
    for begin in range(0, len(ids), _SLAB):
        slab = ids[begin : begin + _SLAB]
        vectors |= dict(zip(slab, embeddings.embed_documents([texts[id] for id in slab]), strict=True))
        progress("embed", len(vectors), len(ids))
    return vectors


def _store(
    draft: Draft,
    config: IngestConfig,
    fingerprint: str,
    sync: SyncPlan,
    documents: Sequence[Document],
    embedded: dict[str, Sequence[float]],
) -> None:
    """Change the draft's library, then the vectors that are derived from it."""
    with closing(LibraryWriter(draft.folder / FILE_NAME)) as library:
        library.set_meta("fingerprint", fingerprint)
        if library.meta("library_id") is None:
            library.set_meta("library_id", uuid.uuid4().hex[:8])
        gone = [id for name in (*sync.delete, *(source.id for source in sync.write)) for id in library.delete(name)]
        written: list[StoredChunk] = []
        for document in documents:
            stored = [StoredChunk(piece, embedded[piece.id]) for piece in chunk(document)]
            library.add(document, stored)
            written.extend(stored)
    if config.chroma is None:
        with closing(open_folder(draft.folder / CHROMA_FOLDER, create=True)) as vectors:
            vectors.delete(sorted(set(gone) - {stored.chunk.id for stored in written}))
            vectors.upsert(written)


def _publish(generations: Generations, draft: Draft, config: IngestConfig) -> None:
    """Reopen the draft, check it, make it current. A Chroma that fails the check is made again from the library."""
    with closing(Library(draft.folder / FILE_NAME)) as library:
        library.check()
        try:
            if config.chroma:
                raise LibraryDamaged("A server's collection is made anew for each generation.")
            _check_vectors(draft, library, config)
        except LibraryDamaged:
            _remake_vectors(draft, library, config)
            _check_vectors(draft, library, config)
    generations.publish(draft)
    kept = generations.prune()
    _drop_unused(generations, kept, config)


def _check_vectors(draft: Draft, library: Library, config: IngestConfig) -> None:
    with closing(open_vectors(draft.folder, library, draft.number, config.chroma)) as vectors:
        vectors.check(library.stored_chunks(), library.count_chunks())


def _remake_vectors(draft: Draft, library: Library, config: IngestConfig) -> None:
    if config.chroma:
        vectors = open_server(config.chroma, _collection_name(library, draft.number), create=True)
    else:
        shutil.rmtree(draft.folder / CHROMA_FOLDER, ignore_errors=True)
        vectors = open_folder(draft.folder / CHROMA_FOLDER, create=True)
    with closing(vectors):
        vectors.upsert(library.stored_chunks())


def _drop_unused(generations: Generations, kept: Sequence[int], config: IngestConfig) -> None:
    """Delete collections and originals that no kept generation refers to."""
    used: set[str] = set()
    names: list[str] = []
    for number in kept:
        with closing(Library(generations.folder(number) / FILE_NAME)) as library:
            used |= {held.sha256 for held in library.held().values() if held.origin == "added"}
            names.append(_collection_name(library, number))
    for original in (config.data_dir / _FILES_FOLDER).glob("*"):
        if original.name.partition(".")[0] not in used:
            original.unlink()
    if config.chroma:
        drop_collections(config.chroma, names[-1].rpartition("-")[0] + "-", names)


def _collection_name(library: Library, number: int) -> str:
    return f"coe-{library.meta('library_id')}-{number:06d}"


def _kept_original(config: IngestConfig, digest: str, path: Path) -> Path:
    return config.data_dir / _FILES_FOLDER / f"{digest}{path.suffix.lower()}"


def _keep_original(config: IngestConfig, source: Source) -> None:
    """Copy an added file beside the library: it stays answerable, and can be read again, when the file is gone."""
    target = _kept_original(config, source.sha256, source.path)
    if target == source.path or target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source.path, target)
    if sidecar(source.path).is_file():
        shutil.copyfile(sidecar(source.path), sidecar(target))


def _report(sync: SyncPlan, generation: int | None, started: float) -> IngestReport:
    return IngestReport(
        written=tuple(source.id for source in sync.write),
        unchanged=sync.unchanged,
        deleted=sync.delete,
        generation=generation,
        seconds=perf_counter() - started,
    )
