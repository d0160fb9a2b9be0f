"""Chunk vectors in Chroma, in a folder or on a server: derived from the library, can always be rebuilt."""

import json
import os
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpx

os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")  # read when chromadb is imported

import chromadb
import numpy as np
from chromadb.api import ClientAPI, fastapi
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings, System
from chromadb.utils import embedding_functions
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings
from langchain_core.utils.iter import batch_iterate

from ingest.errors import ConfigurationError, LibraryDamaged, SearchUnavailable, UntrustedCollection
from ingest.library import StoredChunk

# A stored collection configuration may name an embedding function, which Chroma would build and so run code of
# the model it names (CVE-2026-45829 and its kin, unfixed in 1.5.9). We bring our own vectors, so nothing is lost.
embedding_functions.known_embedding_functions.clear()
embedding_functions.sparse_known_embedding_functions.clear()

FOLDER_COLLECTION = "chunks"
_SEAL = "sizes.json"
_SAVED = "index_metadata.pickle"  # Chroma's own, in the folder of an index that was saved
HEARTBEAT_SECONDS = 2.0
REQUEST_SECONDS = 10.0
MAX_RESULTS = 200

# Cannot be changed after creation; with Chroma's defaults a few chunks do not even find themselves.
_HNSW = {"space": "cosine", "max_neighbors": 32, "ef_construction": 400, "ef_search": 200}
_BATCH = 1_000
_CHROMA_ERRORS = (chromadb.errors.ChromaError, ValueError, TypeError)
_SAME_VECTOR = 1e-4
_NO_CODE = ("legacy", "unknown")  # what Chroma stores for a collection that brings its own vectors


class _Connection(fastapi.FastAPI):  # type: ignore[misc]
    """Chroma's HTTP connection, with what it has no setting for: deadlines, and names for the errors of a proxy."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self._session.timeout = httpx.Timeout(REQUEST_SECONDS)
        self._session.event_hooks = {"response": [_refuse_foreign]}


fastapi.FastAPI = _Connection  # its clients find the class by this name, and begin to ask before they can be changed


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """Where a Chroma server is, and the token that a proxy before it asks for."""

    url: str
    token: str | None = None


class VectorIndex:
    """One Chroma collection of chunk vectors. Close it when done: a folder stays locked otherwise."""

    def __init__(self, client: ClientAPI, name: str, *, create: bool = False) -> None:
        self._client = client
        self._name = name
        if create:
            self._collection = client.get_or_create_collection(
                name, embedding_function=None, configuration={"hnsw": _HNSW}
            )
        else:
            self._collection = client.get_collection(name, embedding_function=None)
        _refuse_stored_code(self._collection)
        self._finalizer = weakref.finalize(self, _close, client)
        self._finalizer.atexit = False

    def upsert(self, chunks: Iterable[StoredChunk]) -> None:
        """Write chunks; one of the same id is replaced."""
        for batch in batch_iterate(_BATCH, chunks):
            with _named_failures():
                self._collection.upsert(
                    ids=[stored.chunk.id for stored in batch],
                    embeddings=[list(stored.vector) for stored in batch],
                    documents=[stored.chunk.text for stored in batch],
                    metadatas=[{"document_id": stored.chunk.document_id} for stored in batch],
                )

    def nearest(
        self, vector: Sequence[float], limit: int, among: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Chunk ids with their cosine similarity, nearest first; with `among` only of those chunks.

        Raises:
            SearchUnavailable: the server does not answer in time.
            LibraryDamaged: the vectors cannot be read.
        """
        if among is not None and not among:
            return []
        with _named_failures():
            found = self._collection.query(
                query_embeddings=[list(vector)],
                n_results=min(limit, MAX_RESULTS),
                ids=None if among is None else list(among),
                include=["distances"],
            )
        distances = (found["distances"] or [[]])[0]
        return [(id, 1.0 - distance) for id, distance in zip(found["ids"][0], distances, strict=True)]

    def store(self, embeddings: Embeddings) -> Chroma:
        """The same collection as a LangChain vector store."""
        store = Chroma(
            client=self._client,
            client_settings=self._client.get_settings(),
            collection_name=self._name,
            embedding_function=embeddings,
            create_collection_if_not_exists=False,
        )
        weakref.finalize(store, _let_go, self).atexit = False  # the store keeps this index open as long as it lives
        return store

    def check(self, chunks: Iterable[StoredChunk], expected: int, *, probes: int = 200) -> None:
        """Compare every stored vector with the library's, and let sampled chunks find themselves.

        Raises:
            LibraryDamaged: a vector is missing, unreadable, different or cannot be found.
        """
        with _named_failures():
            self._check(chunks, expected, max(1, expected // probes))

    def close(self) -> None:
        """Release the folder or the connection."""
        self._finalizer()

    def _check(self, chunks: Iterable[StoredChunk], expected: int, step: int) -> None:
        if self._collection.count() != expected:
            raise LibraryDamaged(f"The vector index holds {self._collection.count()} chunks, expected {expected}.")
        number = 0
        for batch in batch_iterate(_BATCH, chunks):
            found = self._collection.get(ids=[stored.chunk.id for stored in batch], include=["embeddings"])
            vectors = dict(zip(found["ids"], _rows(found["embeddings"]), strict=True))
            for stored in batch:
                self._check_one(stored, vectors.get(stored.chunk.id), probe=number % step == 0)
                number += 1

    def _check_one(self, stored: StoredChunk, found: Any, *, probe: bool) -> None:
        # A vector of zeros has no direction: Chroma takes it, and finds it never or always.
        if found is None or not np.any(found) or not (np.abs(np.subtract(found, stored.vector)) <= _SAME_VECTOR).all():
            raise LibraryDamaged(f"The vector of chunk {stored.chunk.id} is missing, zero or different.")
        if probe:
            best = self.nearest(stored.vector, 3)
            if all(id != stored.chunk.id for id, _ in best) and best[-1][1] < 1.0 - _SAME_VECTOR:
                raise LibraryDamaged(f"Chunk {stored.chunk.id} does not find itself in the vector index.")


def open_folder(folder: Path, *, create: bool = False) -> VectorIndex:
    """The collection kept in a folder.

    Raises:
        LibraryDamaged: the folder cannot be opened.
        UntrustedCollection: its stored configuration names code to run.
    """
    if not create and not folder.is_dir():
        raise LibraryDamaged(f"There is no vector index in {folder}: run `coe ingest`.")
    _refuse_torn(folder)
    if create:
        (folder / _SEAL).unlink(missing_ok=True)
    settings = Settings(_env_file=None, anonymized_telemetry=False, allow_reset=False)
    try:
        client = chromadb.PersistentClient(path=str(folder), settings=settings)
    except BaseException as error:
        if not (isinstance(error, (*_CHROMA_ERRORS, AttributeError)) or _is_panic(error)):
            raise
        # Chroma stumbles over its own clearing up: what it leaves would be handed to the next client of this path.
        SharedSystemClient._identifier_to_system.pop(str(folder), None)
        SharedSystemClient._identifier_to_refcount.pop(str(folder), None)
        reason = error.__context__ if isinstance(error, AttributeError) else error
        raise LibraryDamaged(f"The vector index in {folder} cannot be opened: {reason}. Run `coe ingest`.") from error
    with _named_failures():
        return _index(client, FOLDER_COLLECTION, create=create)


def _is_panic(error: BaseException) -> bool:
    """True when Chroma's Rust code gave up: for want of files to open, say. Its exceptions are no `Exception`."""
    return type(error).__name__ == "PanicException"


def seal(folder: Path) -> None:
    """Note the sizes of a closed folder's index files: Chroma ends the whole process when it reads a torn one."""
    sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in saved_files(folder)}
    (folder / _SEAL).write_text(json.dumps(sizes), encoding="utf-8")


def saved_files(folder: Path) -> tuple[Path, ...]:
    """The index files that Chroma reads vectors from, in a folder.

    A collection smaller than Chroma's `sync_threshold` is not saved yet: its vectors are in the log, and every process
    that opens it truncates and writes the index files anew.
    """
    saved = [path.parent for path in folder.glob(f"*/{_SAVED}")]
    return tuple(path for each in saved for path in each.iterdir())


def open_server(server: ChromaServer, collection: str, *, create: bool = False) -> VectorIndex:
    """A collection on a Chroma server, made anew with `create`; every request has a deadline.

    Raises:
        SearchUnavailable: the server does not answer.
        LibraryDamaged: it does not hold the collection.
        UntrustedCollection: its stored configuration names code to run.
    """
    if create:
        drop_collections(server, collection, keep=())
    with _named_failures():
        return _index(_connect(server), collection, create=create)


def drop_collections(server: ChromaServer, prefix: str, keep: Sequence[str]) -> None:
    """Delete the collections on a server whose names begin with a prefix, except those named."""
    with _named_failures(), _connected(server) as client:
        for collection in client.list_collections():
            if collection.name.startswith(prefix) and collection.name not in keep:
                client.delete_collection(collection.name)


def _refuse_torn(folder: Path) -> None:
    note = folder / _SEAL
    sizes = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else {}
    for name, size in sizes.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size:
            raise LibraryDamaged(f"The vector index file {path} is missing or torn: run `coe ingest`.")


def _index(client: ClientAPI, name: str, *, create: bool) -> VectorIndex:
    try:
        return VectorIndex(client, name, create=create)
    except BaseException:
        _close(client)
        raise


def _close(client: ClientAPI) -> None:
    client.close()
    for part in (client, client._admin_client):
        if isinstance(part._server, _Connection):  # each has one of its own, which Chroma leaves open and remembers
            part._server._session.close()
            _forget(part._server._system)


def _forget(system: System) -> None:
    remembered = SharedSystemClient._identifier_to_system
    for identifier in [name for name, held in tuple(remembered.items()) if held is system]:
        remembered.pop(identifier, None)


@contextmanager
def _connected(server: ChromaServer) -> Iterator[ClientAPI]:
    client = _connect(server)
    try:
        yield client
    finally:
        _close(client)


def _connect(server: ChromaServer) -> ClientAPI:
    parts = _address(server.url)
    is_local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not server.token and not is_local:
        raise ConfigurationError(
            f"The Chroma server {parts.hostname} is on another machine: put it behind a proxy that asks for a token "
            "and set COE_CHROMA_TOKEN."
        )
    headers = {"Authorization": f"Bearer {server.token}"} if server.token else {}
    with _named_failures():
        _refuse_stranger(server.url, headers)
        try:
            return chromadb.HttpClient(
                host=parts.hostname,
                port=parts.port or (443 if parts.scheme == "https" else 80),
                ssl=parts.scheme == "https",
                headers=headers,
                settings=Settings(_env_file=None, anonymized_telemetry=False),
            )
        except _CHROMA_ERRORS as error:
            raise SearchUnavailable(f"The Chroma server does not let itself be used: {error}.") from error


def _refuse_stranger(url: str, headers: Mapping[str, str]) -> None:
    """Ask for the heartbeat first: it is given up sooner than what a client asks, and says what is there."""
    answer = httpx.get(f"{url.rstrip('/')}/api/v2/heartbeat", headers=headers, timeout=HEARTBEAT_SECONDS)
    _refuse_foreign(answer)
    if "heartbeat" not in answer.raise_for_status().text:
        raise SearchUnavailable("What answers at COE_CHROMA_URL is not a Chroma server.")


def _refuse_foreign(answer: httpx.Response) -> None:
    """Name errors that are not Chroma's own: those of a proxy before it, or of something else altogether."""
    if answer.status_code in (401, 403):
        raise SearchUnavailable("The Chroma server, or the proxy before it, refuses the token: check COE_CHROMA_TOKEN.")
    if not answer.is_success:
        answer.read()
        if not _is_chromas(answer):
            answer.raise_for_status()


def _is_chromas(answer: httpx.Response) -> bool:
    try:
        return answer.json()["error"] in chromadb.errors.error_types
    except (ValueError, TypeError, KeyError):
        return False


def _address(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme in ("http", "https") and parts.path in ("", "/") and parts.username is None
        if is_plain and parts.hostname and parts.port != 0:
            return parts
    except ValueError:  # of a port that is no number
        pass
    raise ConfigurationError("COE_CHROMA_URL must be an address without a path, such as http://127.0.0.1:8000.")


@contextmanager
def _named_failures() -> Iterator[None]:
    """Whatever the server or the files of an index do, the error is one of ours."""
    try:
        yield
    except httpx.HTTPStatusError as error:
        raise SearchUnavailable(
            f"The Chroma server answers with status {error.response.status_code}: check COE_CHROMA_URL and the server."
        ) from error
    except json.JSONDecodeError as error:
        raise SearchUnavailable("What answers at COE_CHROMA_URL is not a Chroma server.") from error
    except (httpx.HTTPError, ConnectionError) as error:
        raise SearchUnavailable(
            f"The Chroma server does not answer ({type(error).__name__}): check COE_CHROMA_URL and the server."
        ) from error
    except _CHROMA_ERRORS as error:
        raise LibraryDamaged(f"The vector index cannot be used: {error}. Run `coe ingest`.") from error


def _refuse_stored_code(collection: Any) -> None:
    stored = (collection._model.configuration_json, collection._model.serialized_schema)
    if any(function.get("type") not in _NO_CODE for function in _embedding_functions(stored)):
        raise UntrustedCollection(
            f"The Chroma collection {collection.name!r} names an embedding function to run: it was not made by "
            "`coe ingest`. Run `coe ingest --rebuild`."
        )


def _embedding_functions(stored: Any) -> Iterator[dict[str, Any]]:
    if isinstance(stored, dict):
        for key, value in stored.items():
            if key == "embedding_function" and value is not None:
                yield value
            else:
                yield from _embedding_functions(value)
    elif isinstance(stored, list | tuple):
        for value in stored:
            yield from _embedding_functions(value)


def _let_go(index: VectorIndex) -> None:
    """Nothing to do: it was held until here."""


def _rows(vectors: Any) -> list[Any]:
    return [] if vectors is None else list(vectors)
