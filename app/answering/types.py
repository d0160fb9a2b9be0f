"""What flows through answering, in order: Hit → Evidence → Claim → Verdict (with Listed rows and Other values)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.types import Completeness
from ingest.types import Cell, Chunk, Metadata


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that retrieval found, with what is known of its document."""

    chunk: Chunk
    metadata: Metadata
    score: float
    """Fused score; comparable within one search only."""
    dense_rank: int | None = None
    """Rank from 1 in the vector search; None when only the full-text search found it."""
    lexical_rank: int | None = None
    """Rank from 1 in the full-text search; None when only the vector search found it."""
    matched: tuple[str, ...] = ()
    """Words in it, its heading or its document's title that the full-text search looked for, as written there."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of a document's stored text: `document.text[start:end] == quote`."""

    hit: Hit
    start: int
    end: int
    quote: str

    @classmethod
    def of_cell(cls, cell: Cell, metadata: Metadata, page: int | None = None) -> "Evidence":
        """The words that a value of the catalogue was taken from, as a passage that nobody had to search for."""
        chunk = Chunk("", cell.document_id, 0, cell.start, cell.end, cell.section, page, cell.quote)
        return cls(Hit(chunk, metadata, score=0.0), cell.start, cell.end, cell.quote)


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer, without labels, and the evidence that carries it (never empty)."""

    text: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list or count answer, and the words that put it there."""

    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Other:
    """Another value that is stated somewhere, with the date of its source."""

    value: str
    date: str | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Verdict:
    """How well the claims before it answer the question; always the last thing a reader yields."""

    completeness: Completeness
    short_answer: str | None = None
    missing: str | None = None
    """What the documents do not say, in a few words; None when nothing is missing."""
    asks: str | None = None
    """Of no answer: the question to ask back, in place of saying what is missing."""
    dropped: int = 0
    """Claims or quotes removed because a check failed."""
    confidence: float | None = None
    """Probability that the documents answer the question; None when the reader cannot tell."""
    items: tuple[Listed, ...] = ()
    conflicts: tuple[Other, ...] = ()
    coverage: str | None = None
    """Of a list or a count: what was searched and what may be missing."""


class Reader(Protocol):
    """Turns a question and hits into checked claims: the extractive reader or an LLM."""

    @property
    def name(self) -> str:
        """`extractive`, or the LLM's `provider:model`."""
        ...

    def read(self, question: str, hits: Sequence[Hit]) -> Iterator[Claim | Verdict]:
        """Yield claims as they are checked, then exactly one verdict."""
        ...
