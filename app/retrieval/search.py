"""Hybrid search: dense and full text side by side, fused by reciprocal rank; a LangChain retriever on top."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from app.answering.types import Hit
from app.retrieval.filters import EVERYTHING, Filters
from app.retrieval.query import Query, Vocabulary, is_stop_word, words
from app.shelf import Edition

CANDIDATES = 40
"""How many each search brings to the fusion."""

RRF_K = 10
"""Constant of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009 use 60)."""

DENSE_WEIGHT = 0.4
"""What the vector search counts in the fusion, the full-text search the rest. Both were chosen on the development
questions: a passage with the answer is among the first five for 92% of them, with 60 and equal weights for 90%."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought, and how the question was read."""

    query: Query
    hits: tuple[Hit, ...]


class Searcher:
    """Searches the current edition; the vocabulary is read once per edition."""

    def __init__(self, current: Callable[[], Edition], embeddings: Embeddings) -> None:
        self._current = current
        self.embeddings = embeddings
        self._vocabulary: tuple[int, Vocabulary] | None = None

    def search(self, question: str, limit: int, *, filters: Filters = EVERYTHING) -> Found:
        """The best chunks for a question among those that the filters let through, best first."""
        edition = self._current()
        query = self.vocabulary(edition).read(question)
        vector = self.embeddings.embed_query(query.text)
        wanted = filters.mentions()
        among = edition.library.naming(wanted) if wanted else None
        dense = [id for id, _ in edition.vectors.nearest(vector, CANDIDATES, among)]
        expression = fts_expression(query)
        lexical = edition.library.match(expression, CANDIDATES, wanted) if expression else []
        hits = _hits(edition, dense, lexical, limit)
        matched = edition.library.matched(expression, [hit.chunk.id for hit in hits]) if expression else {}
        return Found(query, tuple(replace(hit, matched=matched.get(hit.chunk.id, ())) for hit in hits))

    def vocabulary(self, edition: Edition) -> Vocabulary:
        """Words and abbreviations of an edition."""
        held = self._vocabulary
        if held is None or held[0] != edition.number:
            held = (edition.number, Vocabulary(edition.library.words(), edition.library.terms()))
            self._vocabulary = held
        return held[1]


class HybridRetriever(BaseRetriever):
    """The same search for LangChain users: documents carry ids, offsets, page and title in their metadata."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    searcher: Searcher
    k: int = 10

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        return [_as_langchain(hit) for hit in self.searcher.search(query, self.k).hits]


def fuse(
    dense: Sequence[str], lexical: Sequence[str], *, k: int = RRF_K, dense_weight: float = DENSE_WEIGHT
) -> dict[str, float]:
    """Reciprocal rank fusion: a search of weight w gives w / (k + rank) to an id; best first, ties by id."""
    scores: dict[str, float] = {}
    for weight, ranking in ((dense_weight, dense), (1.0 - dense_weight, lexical)):
        for rank, id in enumerate(ranking, start=1):
            scores[id] = scores.get(id, 0.0) + weight / (k + rank)
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))


def fts_expression(query: Query) -> str:
    """FTS5 expression that matches any form of any concept; every form is quoted, so nothing in it is an operator."""
    forms = dict.fromkeys(form for concept in query.concepts for form in concept.forms)
    phrases = (" ".join(words(form)) for form in forms if not is_stop_word(form))
    return " OR ".join(f'"{phrase}"' for phrase in phrases if phrase)


def _hits(edition: Edition, dense: Sequence[str], lexical: Sequence[str], limit: int) -> tuple[Hit, ...]:
    best = list(fuse(dense, lexical).items())[:limit]
    chunks = edition.library.chunks([id for id, _ in best])
    metadata = edition.library.metadata(chunk.document_id for chunk in chunks.values())
    dense_ranks = {id: rank for rank, id in enumerate(dense, start=1)}
    lexical_ranks = {id: rank for rank, id in enumerate(lexical, start=1)}
    return tuple(
        Hit(chunks[id], metadata[chunks[id].document_id], score, dense_ranks.get(id), lexical_ranks.get(id))
        for id, score in best
        if id in chunks
    )


def _as_langchain(hit: Hit) -> LangChainDocument:
    chunk = hit.chunk
    return LangChainDocument(
        id=chunk.id,
        page_content=chunk.text,
        metadata={
            "document_id": chunk.document_id,
            "title": hit.metadata.title,
            "section": chunk.heading,
            "page": chunk.page,
            "start": chunk.start,
            "end": chunk.end,
            "url": hit.metadata.url,
            "published": hit.metadata.published,
            "score": hit.score,
        },
    )
