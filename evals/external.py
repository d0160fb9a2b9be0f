"""Ask a reader the questions of a SQuAD-style file, with the paragraph given or searched among all of the file."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from langchain_core.embeddings import Embeddings
from langchain_core.utils.iter import batch_iterate

from app.answering.types import Claim, Hit, Reader, Verdict
from app.assistant import HITS
from app.retrieval.query import Vocabulary, words
from app.retrieval.search import CANDIDATES, fts_expression, fuse
from evals.squad import Asked, Paragraph, Reply
from ingest.chunking import chunk, embedded_text
from ingest.types import Chunk, Document, Metadata, Section

Progress = Callable[[Iterable[list[Chunk]], int], Iterable[list[Chunk]]]
"""Passes batches on, and may show how many of so many are done."""

_BATCH = 256
_BM25_WEIGHTS = "3.0, 1.0"  # title, body: as in the library


def vocabulary_of(paragraphs: Iterable[Paragraph]) -> Vocabulary:
    """Every word of the paragraphs, as the library counts the words of documents."""
    counts = Counter(word for paragraph in paragraphs for word in set(words(f"{paragraph.title} {paragraph.text}")))
    return Vocabulary(counts, ())


def reply_given(asked: Asked, paragraph: Paragraph, reader: Reader) -> Reply:
    """What the reader says when it is handed the paragraph that was asked about."""
    whole = Chunk(paragraph.id, paragraph.id, 0, 0, len(paragraph.text), "", None, paragraph.text)
    hit = Hit(whole, Metadata(title=paragraph.title), 1.0, dense_rank=1, lexical_rank=1)
    return _read(asked, [hit], reader)


def reply_found(asked: Asked, search: "ParagraphSearch", reader: Reader) -> Reply:
    """What the reader says to passages searched among all paragraphs."""
    hits = search.search(asked.question)
    found = tuple(dict.fromkeys(hit.chunk.document_id for hit in hits))
    return _read(asked, hits[:HITS], reader, found)


class ParagraphSearch:
    """The assistant's hybrid search over paragraphs in memory: chunks, cosine, BM25, reciprocal rank fusion."""

    def __init__(
        self,
        paragraphs: Sequence[Paragraph],
        embeddings: Embeddings,
        vocabulary: Vocabulary,
        progress: Progress = lambda batches, total: batches,
    ) -> None:
        self._embeddings = embeddings
        self._vocabulary = vocabulary
        self._titles = {paragraph.id: Metadata(title=paragraph.title) for paragraph in paragraphs}
        # Texts of like length share a batch, so little is spent on padding.
        self._chunks = sorted(
            (piece for one in paragraphs for piece in _chunks(one)), key=lambda piece: len(piece.text)
        )
        self._text = self._full_text()
        batches = progress(batch_iterate(_BATCH, self._chunks), -(-len(self._chunks) // _BATCH))
        self._vectors = np.vstack([self._embedded(batch) for batch in batches])

    def search(self, question: str, limit: int = 2 * CANDIDATES) -> list[Hit]:
        """The best chunks, best first."""
        query = self._vocabulary.read(question)
        similarity = self._vectors @ np.asarray(self._embeddings.embed_query(query.text), dtype=np.float32)
        dense = [int(at) for at in np.argsort(-similarity, kind="stable")[:CANDIDATES]]
        lexical = self._match(expression) if (expression := fts_expression(query)) else []
        places = [{str(at): rank for rank, at in enumerate(ranking, start=1)} for ranking in (dense, lexical)]
        fused = list(fuse(list(places[0]), list(places[1])).items())[:limit]
        return [self._hit(int(at), score, places[0].get(at), places[1].get(at)) for at, score in fused]

    def close(self) -> None:
        """Give the memory back."""
        self._text.close()

    def _hit(self, at: int, score: float, dense: int | None, lexical: int | None) -> Hit:
        piece = self._chunks[at]
        return Hit(piece, self._titles[piece.document_id], score, dense, lexical)

    def _match(self, expression: str) -> list[int]:
        rows = self._text.execute(
            f"SELECT rowid FROM passage WHERE passage MATCH ? ORDER BY bm25(passage, {_BM25_WEIGHTS}), rowid LIMIT ?",
            (expression, CANDIDATES),
        )
        return [int(row[0]) for row in rows]

    def _full_text(self) -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:")
        connection.execute(
            "CREATE VIRTUAL TABLE passage USING fts5 (title, body, tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        connection.executemany(
            "INSERT INTO passage (rowid, title, body) VALUES (?, ?, ?)",
            ((at, self._titles[piece.document_id].title, piece.text) for at, piece in enumerate(self._chunks)),
        )
        return connection

    def _embedded(self, pieces: Sequence[Chunk]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        texts = [embedded_text(self._titles[piece.document_id].title, piece) for piece in pieces]
        return np.asarray(self._embeddings.embed_documents(texts), dtype=np.float32)


def _read(asked: Asked, hits: Sequence[Hit], reader: Reader, found: tuple[str, ...] | None = None) -> Reply:
    first, verdict = "", Verdict("none")
    for step in reader.read(asked.question, hits):
        if isinstance(step, Claim):
            first = first or step.text
        else:
            verdict = step
    text = "" if verdict.completeness == "none" else verdict.short_answer or first
    return Reply(asked, text, verdict.confidence, found)


def _chunks(paragraph: Paragraph) -> tuple[Chunk, ...]:
    text = paragraph.text
    whole = Section("", 0, len(text))
    return chunk(Document(paragraph.id, "added", paragraph.id, "", Metadata(title=paragraph.title), text, (whole,)))
