"""Libraries of any size to measure: the real documents first, then made-up ones out of the words of the real ones.

Made-up text is fragments of real text in random order with ever new words among them: common words stay as common,
phrases occur, the vocabulary grows. A made-up vector lies beside a real chunk's, and the chunk names what that one
names; the model is not asked. Made-up documents tell the catalogue nothing: there are only so many meetings, projects
and partner countries.
"""

import json
from array import array
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.chunking import chunk, embedded_text
from ingest.generation import Generations
from ingest.library import FILE_NAME, Library, LibraryWriter, StoredChunk, text_digest
from ingest.publication import CHROMA_FOLDER
from ingest.types import Document, Mention, Metadata, Section
from ingest.vectors import open_folder, seal

CHUNKS_OF_DOCUMENT = 12
_FRAGMENTS = 14
_FRAGMENT = 4
"""Words that stay together."""
_NEW = 0.04
"""Share of words that no real document has."""
_RARE = 1.25
"""Exponent of Zipf's law for them."""
_NOISE = 0.6
"""Length of what sets a made-up vector off from the real one."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Material:
    """What made-up documents are made of."""

    words: tuple[str, ...]
    """The real documents word by word."""
    vectors: Floats
    """Of the real chunks, a row each."""
    named: tuple[tuple[Mention, ...], ...]
    """What each of these chunks names."""


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A made-up document, and for each of its chunks the vector and what it names."""

    document: Document
    chunks: tuple[StoredChunk, ...]
    named: tuple[tuple[Mention, ...], ...]


def grow(source: Path, target: Path, chunks: int) -> int:
    """Write a library of about so many chunks into a data folder, from that of another; the real number comes back."""
    published = Generations(source)
    folder = Generations(target).folder(1)
    folder.mkdir(parents=True)
    with closing(Library(published.folder(published.current() or 0) / FILE_NAME)) as real:
        material = material_of(real)
        with closing(LibraryWriter(folder / FILE_NAME)) as library:
            library.set_meta("fingerprint", real.meta("fingerprint") or "")
            held = _add_real(real, library, chunks)
            room = range(held, chunks, CHUNKS_OF_DOCUMENT)
            _add_made_up(library, (made_up(material, number) for number, _ in enumerate(room)))
    with closing(Library(folder / FILE_NAME)) as library:
        with closing(open_folder(folder / CHROMA_FOLDER, create=True)) as vectors:
            vectors.upsert(library.stored_chunks())
        seal(folder / CHROMA_FOLDER)
        (target / "CURRENT").write_text("1", encoding="ascii")
        return library.count_chunks()


def material_of(library: Library) -> Material:
    """The words, vectors and names of a library in English."""
    documents = [library.document(row.id) for row in library.documents() if row.language == "en"]
    named: dict[str, list[Mention]] = {}
    for id, kind, value in library.connection.execute(
        "SELECT c.id, m.kind, m.value FROM mentions m JOIN chunks c ON c.number = m.chunk"
    ):
        named.setdefault(id, []).append(Mention(kind, value))
    stored = list(library.stored_chunks())
    return Material(
        words=tuple(word for document in documents for word in document.text.split()),
        vectors=np.array([one.vector for one in stored], dtype=np.float32),
        named=tuple(tuple(named.get(one.chunk.id, ())) for one in stored),
    )


def made_up(material: Material, number: int) -> MadeUp:
    """The made-up document of a number: the same whenever it is made."""
    random = np.random.default_rng(number)
    paragraphs = [_paragraph(material.words, random) for _ in range(CHUNKS_OF_DOCUMENT)]
    starts = np.cumsum([0, *(len(paragraph) + 2 for paragraph in paragraphs)])
    document = Document(
        id=f"made-up/{number:06d}",
        origin="corpus",
        path=f"made-up/{number:06d}.md",
        sha256=f"{number:064x}",
        metadata=Metadata(" ".join(_fragment(material.words, random))),
        text="\n\n".join(paragraphs),
        sections=tuple(
            Section(f"Part {at}", int(start), int(start) + len(paragraph))
            for at, (start, paragraph) in enumerate(zip(starts, paragraphs, strict=False), start=1)
        ),
    )
    pieces = chunk(document)
    beside = random.integers(len(material.vectors), size=len(pieces))
    vectors = material.vectors[beside] + _NOISE * _directions(random, len(pieces), material.vectors.shape[1])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return MadeUp(
        document,
        tuple(StoredChunk(piece, vector.tolist()) for piece, vector in zip(pieces, vectors, strict=True)),
        tuple(material.named[at] for at in beside),
    )


def _paragraph(words: tuple[str, ...], random: np.random.Generator) -> str:
    told = [word for _ in range(_FRAGMENTS) for word in _fragment(words, random)]
    for at in np.flatnonzero(random.random(len(told)) < _NEW):
        told[at] = f"n{random.zipf(_RARE)}w"
    return " ".join(told)


def _fragment(words: tuple[str, ...], random: np.random.Generator) -> tuple[str, ...]:
    start = int(random.integers(len(words) - _FRAGMENT))
    return words[start : start + _FRAGMENT]


def _directions(random: np.random.Generator, rows: int, width: int) -> Floats:
    drawn = random.standard_normal((rows, width), dtype=np.float32)
    lengths: Floats = np.linalg.norm(drawn, axis=1, keepdims=True)
    return drawn / lengths


def _add_real(real: Library, library: LibraryWriter, most: int) -> int:
    """Store real documents with their vectors while there is room; the number of their chunks comes back."""
    vectors = {one.chunk.id: one.vector for one in real.stored_chunks()}
    sizes = {row.id: row.chunks for row in real.documents()}
    held = 0
    for id, size in sizes.items():
        if held + size > most:
            break
        document = real.document(id)
        library.add(document, [StoredChunk(piece, vectors[piece.id]) for piece in chunk(document)])
        held += size
    return held


def _add_made_up(library: LibraryWriter, documents: Iterable[MadeUp]) -> None:
    """Store documents in the tables that searching reads, without looking in them for anything to list."""
    documents_before, chunks_before = (
        library.connection.execute(f"SELECT coalesce(max(number), 0) FROM {table}").fetchone()[0]
        for table in ("documents", "chunks")
    )
    numbers = count(chunks_before + 1)
    for number, each in enumerate(documents, start=documents_before + 1):
        numbered = [(next(numbers), stored) for stored in each.chunks]
        _insert(library, "documents", [_document_row(number, each.document)])
        library.connection.execute(
            "INSERT INTO document_words (rowid, text) VALUES (?, ?)", (number, each.document.text)
        )
        title = each.document.metadata.title
        _insert(library, "chunks", [_chunk_row(at, title, stored) for at, stored in numbered])
        library.connection.executemany(
            "INSERT INTO chunk_text (rowid, title, heading, body) VALUES (?, ?, ?, ?)",
            [(at, title, stored.chunk.heading, stored.chunk.text) for at, stored in numbered],
        )
        named = zip(numbered, each.named, strict=True)
        _insert(library, "mentions", [(at, one.kind, one.value) for (at, _), mentions in named for one in mentions])


def _insert(library: LibraryWriter, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        library.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _document_row(number: int, document: Document) -> tuple[object, ...]:
    metadata, sections = asdict(document.metadata), [asdict(section) for section in document.sections]
    of_file = (document.id, document.origin, document.path, document.sha256)
    of_text = (document.metadata.kind, document.metadata.title, json.dumps(metadata), document.text)
    return (number, *of_file, *of_text, json.dumps(sections))


def _chunk_row(number: int, title: str, stored: StoredChunk) -> tuple[object, ...]:
    chunk = stored.chunk
    place = (chunk.document_id, chunk.position, chunk.start, chunk.end, chunk.heading, chunk.page)
    digest = text_digest(embedded_text(title, chunk))
    return (number, chunk.id, *place, digest, array("f", stored.vector).tobytes())
