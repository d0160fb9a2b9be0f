"""Hybrid search: dense and full text side by side, fused by reciprocal rank; a LangChain retriever on top."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from app.answering.types import Hit
from app.retrieval.filters import EVERYTHING, Filters
from app.retrieval.query import Query, Vocabulary, is_stop_word, words
from app.shelf import Edition
from ingest.library import Library
from ingest.types import Mention
from ingest.vectors import MAX_RESULTS

CANDIDATES = 40
"""How many each search brings to the fusion."""

RRF_K = 10
"""Constant of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009 use 60)."""

DENSE_WEIGHT = 0.4
"""What the vector search counts in the fusion, the full-text search the rest. Both were chosen on the development
questions: a passage with the answer is among the first five for 92% of them, with 60 and equal weights for 90%."""

DENSE_WEIGHT_OF_LARGE = 0.55
"""The same where words were left out of the full-text search, which then sees less of the question: of 120 development
questions among 100,000 chunks, a document that answers is among the first five for 82%, with the weight above for 61%;
with all words and the weight above for 81%, at nine times the work."""

MOST_MATCHES = 10_000
"""Chunks that the words of a question may match before its commonest words are left out of the full-text search.

BM25 looks at every chunk with any of the words. Words so common tell passages apart the least, and the vector search
reads them all the same; below this many chunks nothing is left out.
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought, and how the question was read."""

    query: Query
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class _Words:
    """What is known of the words of an edition."""

    number: int
    vocabulary: Vocabulary
    counts: dict[str, int] = field(default_factory=dict)

    def matches(self, library: Library, word: str) -> int:
        """Number of chunks that a word is in, as far as it matters."""
        if word in self.counts:
            return self.counts[word]
        count = library.count_matches(word, MOST_MATCHES + 1)
        if word in self.vocabulary.words:  # the others are counted quickly, and there is no end of them
            self.counts[word] = count
        return count


class Searcher:
    """Searches the current edition; what is known of its words is read once per edition."""

    def __init__(self, current: Callable[[], Edition], embeddings: Embeddings) -> None:
        self._current = current
        self.embeddings = embeddings
        self._known: _Words | None = None

    def search(self, question: str, limit: int, *, filters: Filters = EVERYTHING) -> Found:
        """The best chunks for a question among those that the filters let through, best first."""
        edition = self._current()
        known = self._words(edition)
        query = known.vocabulary.read(question)
        vector = self.embeddings.embed_query(query.text)
        wanted = filters.mentions()
        dense = _nearest(edition, vector, wanted)
        expression = fts_expression(query)
        telling = fts_expression(query, partial(known.matches, edition.library))
        lexical = edition.library.match(telling, CANDIDATES, wanted) if telling else []
        weight = DENSE_WEIGHT if len(telling) == len(expression) else DENSE_WEIGHT_OF_LARGE
        hits = _hits(edition, dense, lexical, limit, weight)
        matched = edition.library.matched(expression, [hit.chunk.id for hit in hits]) if expression else {}
        return Found(query, tuple(replace(hit, matched=matched.get(hit.chunk.id, ())) for hit in hits))

    def vocabulary(self, edition: Edition) -> Vocabulary:
        """Words and abbreviations of an edition."""
        return self._words(edition).vocabulary

    def _words(self, edition: Edition) -> _Words:
        known = self._known
        if known is None or known.number != edition.number:
            self._known = known = _Words(edition.number, Vocabulary(edition.library.words(), edition.library.terms()))
        return known


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


def fts_expression(query: Query, matches: Callable[[str], int] = lambda word: 0) -> str:
    """FTS5 expression that matches any form of any concept; every form is quoted, so nothing in it is an operator.

    With the number of chunks that a word matches, the commonest forms are left out beyond `MOST_MATCHES` chunks.
    """
    forms = dict.fromkeys(form for concept in query.concepts for form in concept.forms)
    phrases = (" ".join(words(form)) for form in forms if not is_stop_word(form))
    return " OR ".join(f'"{phrase}"' for phrase in _rarest([phrase for phrase in phrases if phrase], matches))


def _rarest(phrases: Sequence[str], matches: Callable[[str], int]) -> list[str]:
    """As many phrases as stay below `MOST_MATCHES` chunks together, each counted by its rarest word."""
    counts = {phrase: min(map(matches, phrase.split())) for phrase in phrases}
    rarest = sorted(counts, key=counts.__getitem__)
    totals = accumulate(counts[phrase] for phrase in rarest)
    return [phrase for phrase, total in zip(rarest, totals, strict=True) if total <= MOST_MATCHES]


def _nearest(edition: Edition, vector: Sequence[float], wanted: Sequence[Mention]) -> list[str]:
    """Ids of the nearest chunks that name what is wanted; all chunks that do are gathered only when few are near."""
    if not wanted:
        return [id for id, _ in edition.vectors.nearest(vector, CANDIDATES)]
    near = [id for id, _ in edition.vectors.nearest(vector, MAX_RESULTS)]
    naming = set(edition.library.naming(wanted, near))
    if len(naming) >= CANDIDATES:
        return [id for id in near if id in naming][:CANDIDATES]
    return [id for id, _ in edition.vectors.nearest(vector, CANDIDATES, edition.library.naming(wanted))]


def _hits(
    edition: Edition, dense: Sequence[str], lexical: Sequence[str], limit: int, dense_weight: float
) -> tuple[Hit, ...]:
    best = list(fuse(dense, lexical, dense_weight=dense_weight).items())[:limit]
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
