"""The work that takes time, done by this machine or by others: files become chunks, texts become vectors."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Protocol

from ingest.assembly import assemble, read_metadata, read_sidecar
from ingest.cage import Cage
from ingest.chunking import passages
from ingest.embedding import EmbeddingModel, load_embeddings
from ingest.errors import DocumentRejected
from ingest.originals import kept_original
from ingest.types import Chunk, Document, Failure, Source

_CAGES = 2

Progress = Callable[[str, int, int], None]
"""Called with the stage (`load`, `embed`), how many are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where files are, from the root on: the same folders on every machine that reads them."""

    data_dir: Path
    corpus_dir: Path


@dataclass(frozen=True, slots=True)
class Chunked:
    """A document that was read, with its chunks."""

    document: Document
    chunks: tuple[Chunk, ...]


class Workers(Protocol):
    """Whoever does the work."""

    def read(self, sources: Sequence[Source], folders: Folders, progress: Progress) -> Iterable[Chunked | Failure]:
        """What became of each file, in any order."""
        ...

    def embed(
        self, slabs: Sequence[Sequence[str]], model: EmbeddingModel, progress: Progress
    ) -> Iterable[Sequence[Sequence[float]]]:
        """Vectors of the texts of each slab, in their order.

        Slabs are not to be cut or joined: the last bits of a vector depend on the texts that are embedded with it.
        """
        ...


class ThisMachine:
    """Reads files in a few caged processes at once, and embeds with all cores."""

    def read(self, sources: Sequence[Source], folders: Folders, progress: Progress) -> Iterator[Chunked | Failure]:
        """What became of each file."""
        finished = count(1)

        def read_share(share: Sequence[Source]) -> list[Chunked | Failure]:
            outcomes: list[Chunked | Failure] = []
            with Cage() as cage:
                for source in share:
                    outcomes.append(chunked(load(cage, source, folders)))
                    progress("load", next(finished), len(sources))
            return outcomes

        shares = [share for at in range(_CAGES) if (share := sources[at::_CAGES])]
        with ThreadPoolExecutor(_CAGES) as pool:
            yield from chain.from_iterable(pool.map(read_share, shares))

    def embed(
        self, slabs: Sequence[Sequence[str]], model: EmbeddingModel, progress: Progress
    ) -> Iterator[Sequence[Sequence[float]]]:
        """Vectors of the texts of each slab."""
        embeddings = load_embeddings(model)
        done, total = 0, sum(map(len, slabs))
        for texts in slabs:
            yield [array("f", vector) for vector in embeddings.embed_documents(list(texts))]
            done += len(texts)
            progress("embed", done, total)


THIS_MACHINE: Workers = ThisMachine()


def load(cage: Cage, source: Source, folders: Folders) -> Document | Failure:
    """Read one file in a cage; why it cannot be read is an outcome, too."""
    try:
        return _document(cage, source, folders)
    except DocumentRejected as error:
        return Failure(source.id, error.reason_code, str(error))
    except OSError as error:
        return Failure(source.id, "file_unreadable", f"{source.path.name} cannot be opened: {error.strerror}.")


def chunked(outcome: Document | Failure) -> Chunked | Failure:
    """A document with its chunks; a failure stays one."""
    return outcome if isinstance(outcome, Failure) else Chunked(outcome, passages(outcome))


def _document(cage: Cage, source: Source, folders: Folders) -> Document:
    kept = kept_original(folders.data_dir, source)
    file = kept if source.origin == "added" and kept.exists() else source.path
    loaded = cage.load(file)
    metadata = read_metadata(loaded, read_sidecar(file), fallback_title=file.stem, where=source.id)
    if source.origin == "corpus":
        return assemble(source, loaded, metadata, source.path.relative_to(folders.corpus_dir).as_posix())
    return assemble(source, loaded, metadata, str(source.path))
