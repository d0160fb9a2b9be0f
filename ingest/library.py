"""The library in SQLite: documents, chunks with their vectors, full text, glossary, catalogue. It is the truth."""

import json
import sqlite3
import threading
import weakref
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

from ingest.catalogue import merge
from ingest.catalogue import rows as catalogue_rows
from ingest.chunking import embedded_text
from ingest.errors import LibraryDamaged, UnknownDocument
from ingest.glossary import Term, terms
from ingest.mentions import mentions
from ingest.records import read_records
from ingest.sync import Held
from ingest.types import Cell, Chunk, Document, Figure, Mention, Metadata, Person, Row, Section, SourceReference

SCHEMA_VERSION = 2
FILE_NAME = "library.sqlite"

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, origin TEXT NOT NULL, path TEXT NOT NULL,
    sha256 TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, metadata TEXT NOT NULL,
    text TEXT NOT NULL, sections TEXT NOT NULL
);
CREATE TABLE chunks (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    position INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    heading TEXT NOT NULL, page INTEGER, digest BLOB NOT NULL, vector BLOB NOT NULL
);
CREATE UNIQUE INDEX chunk_positions ON chunks (document_id, position);
CREATE INDEX chunk_digests ON chunks (digest);
CREATE VIRTUAL TABLE chunk_text USING fts5
    (title, heading, body, tokenize = "porter unicode61 remove_diacritics 2");
CREATE VIRTUAL TABLE document_words USING fts5 (text, content = '', detail = none);
CREATE VIRTUAL TABLE words USING fts5vocab (document_words, row);
CREATE TABLE terms (
    abbreviation TEXT NOT NULL, expansion TEXT NOT NULL,
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE
);
CREATE TABLE records (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL,
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE
);
CREATE INDEX record_documents ON records (document_id);
CREATE TABLE cells (
    record INTEGER NOT NULL REFERENCES records(number) ON DELETE CASCADE, position INTEGER NOT NULL,
    field TEXT NOT NULL, value TEXT NOT NULL, detail TEXT,
    heading TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    PRIMARY KEY (record, position)
) WITHOUT ROWID;
CREATE TABLE mentions (
    chunk INTEGER NOT NULL REFERENCES chunks(number) ON DELETE CASCADE, kind TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (chunk, kind, value)
) WITHOUT ROWID;
CREATE INDEX mention_values ON mentions (kind, value, chunk);
"""
_CHUNK_COLUMNS = """
SELECT c.id, c.document_id, c.position, c.start, c."end", c.heading, c.page, t.body
FROM chunks c JOIN chunk_text t ON t.rowid = c.number
"""
_CELL_COLUMNS = """
SELECT r.number, r.kind, r.id, c.field, c.value, c.detail, r.document_id, c.heading, c.start, c."end",
       substr(d.text, c.start + 1, c."end" - c.start)
FROM records r JOIN cells c ON c.record = r.number JOIN documents d ON d.id = r.document_id
"""
_ENGLISH_FIRST = "json_extract(d.metadata, '$.language') <> 'en'"
_MARK = "\x01"
"""Stands around found words; no stored text holds a control character."""
_BM25_WEIGHTS = "3.0, 2.0, 1.0"  # title, heading, body


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A line of the list of documents."""

    id: str
    kind: str
    title: str
    origin: str
    path: str
    chunks: int
    words: int
    language: str
    region: str | None
    published: str | None
    """Date of the newest source."""
    url: str | None
    """Link of the first source that has one."""


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk ready to be stored, or to be indexed elsewhere."""

    chunk: Chunk
    vector: Sequence[float]


class _Held:
    """A thread's connection, closed when the thread ends: nobody else refers to this object.

    A connection alone would wait for the garbage collector, its file open, since it refers to itself.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class Library:
    """Reads one library file. Safe to use from several threads: each has its own connection."""

    def __init__(self, path: Path, *, read_only: bool = True) -> None:
        self.path = path
        mode = "mode=ro&immutable=1" if read_only else "mode=rwc"
        self._uri = f"{path.resolve().as_uri()}?{mode}"
        self._local = threading.local()
        self._opened: weakref.WeakSet[_Held] = weakref.WeakSet()
        weakref.finalize(self, _close_all, self._opened)

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection.

        Raises:
            LibraryDamaged: the file is missing, or is not a library.
        """
        held: _Held | None = getattr(self._local, "held", None)
        if held is None:
            held = self._local.held = self._connect()
            self._opened.add(held)
        return held.connection

    def close(self) -> None:
        """Close every thread's connection."""
        _close_all(self._opened)
        self._local = threading.local()

    def meta(self, key: str) -> str | None:
        """A value stored about the library as a whole: `fingerprint`; with a Chroma server also `library_id`."""
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def held(self) -> dict[str, Held]:
        """What sync needs to know of every document."""
        rows = self.connection.execute("SELECT id, sha256, origin, path FROM documents")
        return {id: Held(sha256=digest, origin=origin, path=path) for id, digest, origin, path in rows}

    def documents(self) -> tuple[DocumentRow, ...]:
        """Every document, by id."""
        rows = self.connection.execute(
            "SELECT id, kind, title, origin, path, (SELECT count(*) FROM chunks WHERE document_id = documents.id), "
            "text, metadata FROM documents ORDER BY id"
        )
        return tuple(_document_row(*row) for row in rows)

    def document(self, id: str) -> Document:
        """A whole document with its text.

        Raises:
            UnknownDocument: the library does not hold it.
        """
        row = self.connection.execute(
            "SELECT id, origin, path, sha256, metadata, text, sections FROM documents WHERE id = ?", (id,)
        ).fetchone()
        if row is None:
            raise UnknownDocument(f"The library holds no document {id!r}.")
        id, origin, path, digest, metadata, text, sections = row
        return Document(
            id=id,
            origin=origin,
            path=path,
            sha256=digest,
            metadata=_metadata(metadata),
            text=text,
            sections=tuple(Section(**section) for section in json.loads(sections)),
        )

    def metadata(self, ids: Iterable[str]) -> dict[str, Metadata]:
        """Metadata of several documents, by id."""
        wanted = sorted(set(ids))
        rows = self.connection.execute(f"SELECT id, metadata FROM documents WHERE id IN ({_marks(wanted)})", wanted)
        return {id: _metadata(metadata) for id, metadata in rows}

    def chunks(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """Chunks by id; unknown ids are left out."""
        rows = self.connection.execute(f"{_CHUNK_COLUMNS} WHERE c.id IN ({_marks(ids)})", list(ids))
        return {row[0]: Chunk(*row) for row in rows}

    def neighbours(self, chunk: Chunk, *, reach: int = 1) -> tuple[Chunk, ...]:
        """The chunk with those before and after it in the same document, in reading order."""
        rows = self.connection.execute(
            f"{_CHUNK_COLUMNS} WHERE c.document_id = ? AND c.position BETWEEN ? AND ? ORDER BY c.position",
            (chunk.document_id, chunk.position - reach, chunk.position + reach),
        )
        return tuple(Chunk(*row) for row in rows)

    def match(self, expression: str, limit: int, among: Sequence[Mention] = ()) -> list[str]:
        """Ids of the chunks that an FTS5 expression finds, best BM25 first; with `among` only of those naming all."""
        # With the plus, SQLite looks through what matches; without, it asks the full text about every chunk that names.
        condition, values = _naming("+t.rowid", among)
        rows = self.connection.execute(
            f"SELECT c.id FROM (SELECT t.rowid AS number, bm25(chunk_text, {_BM25_WEIGHTS}) AS score FROM chunk_text t "
            f"WHERE chunk_text MATCH ? {condition} ORDER BY score LIMIT ?) JOIN chunks c USING (number) "
            "ORDER BY score, c.id",
            (expression, *values, limit),
        )
        return [row[0] for row in rows]

    def count_matches(self, word: str, most: int) -> int:
        """Number of chunks that hold a word in any of its forms, counted no further than `most`."""
        found = "SELECT 1 FROM chunk_text WHERE chunk_text MATCH ? LIMIT ?"
        return int(self.connection.execute(f"SELECT count(*) FROM ({found})", (f'"{word}"', most)).fetchone()[0])

    def naming(self, mentions: Sequence[Mention], among: Sequence[str] | None = None) -> list[str]:
        """Ids of the chunks, or of those among some, that name every one of some entities."""
        condition, values = _naming("c.number", mentions)
        if among is not None:
            condition, values = f"{condition} AND c.id IN ({_marks(among)})", (*values, *among)
        rows = self.connection.execute(f"SELECT c.id FROM chunks c WHERE 1 {condition} ORDER BY c.number", values)
        return [row[0] for row in rows]

    def documents_naming(self, mentions: Sequence[Mention]) -> frozenset[str]:
        """Ids of the documents that have, for every one of some entities, a chunk that names it."""
        condition = (
            "AND id IN (SELECT c.document_id FROM mentions m JOIN chunks c ON c.number = m.chunk "
            "WHERE m.kind = ? AND m.value = ?) "
        ) * len(mentions)
        rows = self.connection.execute(f"SELECT id FROM documents WHERE 1 {condition}", _values(mentions))
        return frozenset(id for (id,) in rows)

    def matched(self, expression: str, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Words that an FTS5 expression finds in some chunks, their headings and titles, by chunk id."""
        marks = ", ".join(f"highlight(chunk_text, {column}, '{_MARK}', '{_MARK}')" for column in range(3))
        rows = self.connection.execute(
            f"SELECT c.id, {marks} FROM chunk_text t JOIN chunks c ON c.number = t.rowid "
            f"WHERE chunk_text MATCH ? AND t.rowid IN (SELECT number FROM chunks WHERE id IN ({_marks(ids)}))",
            (expression, *ids),
        )
        return {id: _marked(texts) for id, *texts in rows}

    def catalogue(self, kind: str) -> tuple[Row, ...]:
        """Everything of a kind that the documents tell of, each thing once, each cell with its quote.

        Kinds are `meeting`, `project`, `partner`, `secretariat`, `person` and `organisation`.
        """
        return merge(self._told("r.kind = ?", kind))

    def told(self, document_id: str) -> tuple[Row, ...]:
        """What one document tells the catalogue."""
        return self._told("r.document_id = ?", document_id)

    def words(self) -> dict[str, int]:
        """Every word of the documents, folded to lower case without accents, with its number of documents."""
        return dict(self.connection.execute("SELECT term, doc FROM words"))

    def terms(self) -> tuple[Term, ...]:
        """Abbreviations from the glossary documents."""
        rows = self.connection.execute("SELECT DISTINCT abbreviation, expansion FROM terms ORDER BY 1, 2")
        return tuple(Term(*row) for row in rows)

    def count_chunks(self) -> int:
        """Number of chunks."""
        return int(self.connection.execute("SELECT count(*) FROM chunks").fetchone()[0])

    def stored_chunks(self) -> Iterator[StoredChunk]:
        """Every chunk with its vector, document by document."""
        rows = self.connection.execute(
            'SELECT c.id, c.document_id, c.position, c.start, c."end", c.heading, c.page, t.body, c.vector '
            "FROM chunks c JOIN chunk_text t ON t.rowid = c.number ORDER BY c.number"
        )
        for *columns, vector in rows:
            yield StoredChunk(Chunk(*columns), array("f", vector))

    def vector_of(self, digest: bytes) -> Sequence[float] | None:
        """The vector of a text embedded before, by `text_digest`."""
        row = self.connection.execute("SELECT vector FROM chunks WHERE digest = ? LIMIT 1", (digest,)).fetchone()
        return None if row is None else array("f", row[0])

    def check(self) -> None:
        """Read everything once.

        Raises:
            LibraryDamaged: SQLite or the counts say that something is missing.
        """
        try:
            verdict = self.connection.execute("PRAGMA quick_check").fetchone()[0]
            chunks, texts, orphans = self.connection.execute(
                "SELECT (SELECT count(*) FROM chunks), (SELECT count(*) FROM chunk_text), "
                "(SELECT count(*) FROM chunks WHERE document_id NOT IN (SELECT id FROM documents))"
            ).fetchone()
        except sqlite3.DatabaseError as error:
            raise LibraryDamaged(f"The library file {self.path.name} cannot be read: {error}.") from error
        if verdict != "ok" or chunks != texts or orphans:
            raise LibraryDamaged(
                f"The library file is inconsistent: {verdict}, {chunks} chunks, {texts} texts, {orphans} orphans."
            )

    def _told(self, condition: str, value: str) -> tuple[Row, ...]:
        cells = self.connection.execute(
            f"{_CELL_COLUMNS} WHERE {condition} ORDER BY {_ENGLISH_FIRST}, r.number, c.position", (value,)
        )
        return tuple(
            Row(kind, id, tuple(Cell(*columns[3:]) for columns in group))
            for (_, kind, id), group in groupby(cells, key=lambda columns: columns[:3])
        )

    def _connect(self) -> _Held:
        try:
            held = _Held(sqlite3.connect(self._uri, uri=True, check_same_thread=False))
            held.connection.execute("PRAGMA foreign_keys = ON")
            held.connection.execute("SELECT count(*) FROM sqlite_schema")
        except sqlite3.DatabaseError as error:
            raise LibraryDamaged(f"The library file {self.path} cannot be opened: {error}.") from error
        return held


class LibraryWriter(Library):
    """Changes a library file that nobody reads yet; everything is committed by `close`.

    What was deleted does not linger in free pages or in old segments of the full-text indexes.
    """

    def __init__(self, path: Path) -> None:
        is_new = not path.exists()
        super().__init__(path, read_only=False)
        self._has_deleted = False
        self.connection.execute("PRAGMA secure_delete = ON")
        if is_new:
            self.connection.executescript(_SCHEMA)

    def set_meta(self, key: str, value: str) -> None:
        """Store a value about the library as a whole."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def add(self, document: Document, chunks: Sequence[StoredChunk]) -> None:
        """Store a document with its chunks; one of the same id is replaced."""
        self.delete(document.id)
        cursor = self.connection.execute(
            "INSERT INTO documents (id, origin, path, sha256, kind, title, metadata, text, sections) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document.id,
                document.origin,
                document.path,
                document.sha256,
                document.metadata.kind,
                document.metadata.title,
                json.dumps(asdict(document.metadata), ensure_ascii=False),
                document.text,
                json.dumps([asdict(section) for section in document.sections], ensure_ascii=False),
            ),
        )
        self.connection.execute(
            "INSERT INTO document_words (rowid, text) VALUES (?, ?)", (cursor.lastrowid, document.text)
        )
        for stored in chunks:
            self._add_chunk(document.metadata.title, stored)
        self.connection.executemany(
            "INSERT INTO terms VALUES (?, ?, ?)",
            [(term.abbreviation, term.expansion, document.id) for term in terms(document)],
        )
        told = catalogue_rows(document, self.terms())
        for row in told:
            self._add_row(document.id, row)
        self._add_mentions(mentions(document, [stored.chunk for stored in chunks], told))

    def delete(self, id: str) -> list[str]:
        """Remove a document from every table; its chunk ids come back."""
        row = self.connection.execute("SELECT number, text FROM documents WHERE id = ?", (id,)).fetchone()
        if row is None:
            return []
        self._has_deleted = True
        self.connection.execute("INSERT INTO document_words (document_words, rowid, text) VALUES ('delete', ?, ?)", row)
        gone = self.connection.execute("SELECT number, id FROM chunks WHERE document_id = ?", (id,)).fetchall()
        self.connection.executemany("DELETE FROM chunk_text WHERE rowid = ?", [(number,) for number, _ in gone])
        self.connection.execute("DELETE FROM documents WHERE id = ?", (id,))
        return [chunk_id for _, chunk_id in gone]

    def close(self) -> None:
        """Commit, then close."""
        if self._has_deleted:
            self.connection.execute("INSERT INTO chunk_text (chunk_text) VALUES ('optimize')")
            self.connection.execute("INSERT INTO document_words (document_words) VALUES ('optimize')")
        for held in self._opened:
            held.connection.commit()
        super().close()

    def _add_chunk(self, title: str, stored: StoredChunk) -> None:
        chunk = stored.chunk
        cursor = self.connection.execute(
            'INSERT INTO chunks (id, document_id, position, start, "end", heading, page, digest, vector) '
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                chunk.id,
                chunk.document_id,
                chunk.position,
                chunk.start,
                chunk.end,
                chunk.heading,
                chunk.page,
                text_digest(embedded_text(title, chunk)),
                array("f", stored.vector).tobytes(),
            ),
        )
        self.connection.execute(
            "INSERT INTO chunk_text (rowid, title, heading, body) VALUES (?, ?, ?, ?)",
            (cursor.lastrowid, title, chunk.heading, chunk.text),
        )

    def _add_row(self, document_id: str, row: Row) -> None:
        cursor = self.connection.execute(
            "INSERT INTO records (kind, id, document_id) VALUES (?, ?, ?)", (row.kind, row.id, document_id)
        )
        self.connection.executemany(
            "INSERT INTO cells VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (cursor.lastrowid, position, cell.field, cell.value, cell.detail, cell.section, cell.start, cell.end)
                for position, cell in enumerate(row.cells)
            ],
        )

    def _add_mentions(self, found: Iterable[tuple[str, Mention]]) -> None:
        self.connection.executemany(
            "INSERT INTO mentions SELECT number, ?, ? FROM chunks WHERE id = ?",
            [(mention.kind, mention.value, chunk_id) for chunk_id, mention in found],
        )


def text_digest(text: str) -> bytes:
    """Key under which the vector of an embedded text is found again."""
    return sha256(text.encode()).digest()[:16]


def _close_all(opened: "weakref.WeakSet[_Held]") -> None:
    for held in tuple(opened):
        held.connection.close()


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


def _naming(number: str, mentions: Sequence[Mention]) -> tuple[str, tuple[str, ...]]:
    """Condition on the number of a chunk, that it names every one of some entities, and the values it asks for."""
    condition = f"AND {number} IN (SELECT chunk FROM mentions WHERE kind = ? AND value = ?) " * len(mentions)
    return condition, _values(mentions)


def _values(mentions: Sequence[Mention]) -> tuple[str, ...]:
    return tuple(value for mention in mentions for value in (mention.kind, mention.value))


def _marked(texts: Iterable[str]) -> tuple[str, ...]:
    """What stands between two marks in some texts, each once in whatever case."""
    words = [word for text in texts for word in text.split(_MARK)[1::2]]
    return tuple({word.casefold(): word for word in reversed(words)}.values())[::-1]


def _document_row(*row: Any) -> DocumentRow:
    id, kind, title, origin, path, chunks, text, stored = row
    metadata, words = _metadata(stored), len(text.split())
    own = (metadata.language, metadata.region, metadata.published, metadata.url)
    return DocumentRow(id, kind, title, origin, path, chunks, words, *own)


def _metadata(stored: str) -> Metadata:
    fields = json.loads(stored)
    return Metadata(
        **{
            **fields,
            "countries": tuple(fields["countries"]),
            "projects": tuple(fields["projects"]),
            "people": tuple(Person(**person) for person in fields["people"]),
            "figures": tuple(Figure(**figure) for figure in fields["figures"]),
            "records": read_records(fields["records"]),
            "sources": tuple(SourceReference(**source) for source in fields["sources"]),
        }
    )
