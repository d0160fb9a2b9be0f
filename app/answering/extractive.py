"""The reader that needs no LLM: it quotes the sentences that answer, best first, or says that none does."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings
from rapidfuzz import fuzz

from app.answering.types import Claim, Evidence, Hit, Verdict
from app.answering.values import Asked, asked, find_value
from app.retrieval.query import Concept, Query, Vocabulary, stem, words
from ingest.sentences import sentences

WEIGHTS_FILE = Path(__file__).with_name("weights.json")
READ_HITS = 10
MAX_SENTENCES = 3
EMBEDDED_SENTENCES = 24
_WANTED = {
    Asked.DATE: "the date asked for",
    Asked.MEANING: "the meaning asked for",
    Asked.NUMBER: "the number asked for",
    Asked.OTHER: "an answer to this question",
    Asked.PERSON: "the name asked for",
    Asked.PLACE: "the place asked for",
    Asked.ROLE: "the role asked for",
}
_NEAR_BEST = 0.85
_REPEATED = 85  # token-set similarity in percent from which a second sentence says the same


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a sentence, each between 0 and 1."""

    similarity: float
    """Cosine of question and sentence (with its document's title)."""
    core: float
    """Share of what the question asks about its names and numbers, by rarity, that the sentence itself says."""
    core_around: float
    """The same for the sentence with its headings and its document's title."""
    names: float
    """Share of the question's names and numbers, by rarity, in the sentence, its headings or its title."""
    names_here: float
    """The same in the sentence alone."""
    typed: float
    """1 when a value of the kind asked for stands in the sentence."""
    untyped: float
    """1 when the question asks for no particular kind of value."""
    stated: float
    """`typed` or `untyped`, times `core`: the right kind of value beside the right words."""
    rank: float
    """1 / rank of the passage."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer."""

    evidence: Evidence
    value: str | None
    signals: Signals
    probability: float


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over `Signals` and the probability from which a sentence is given as an answer."""

    bias: float
    weights: tuple[float, ...]
    threshold: float


def load_weights() -> Weights:
    """The weights fitted on the development questions (`coe eval calibrate` writes them)."""
    stored = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    return Weights(
        bias=stored["bias"],
        weights=tuple(stored["weights"][field.name] for field in fields(Signals)),
        threshold=stored["threshold"],
    )


class ExtractiveReader:
    """Reads hits without an LLM."""

    name = "extractive"

    def __init__(self, embeddings: Embeddings, vocabulary: Vocabulary, weights: Weights) -> None:
        self._embeddings = embeddings
        self._vocabulary = vocabulary
        self._weights = weights

    def read(self, question: str, hits: Sequence[Hit]) -> Iterator[Claim | Verdict]:
        """Yield at most three quoted sentences, then the verdict."""
        query = self._vocabulary.read(question)
        unknown = _unknown(query, self._vocabulary)
        ranked = [] if unknown else self.candidates(question, hits)
        best = ranked[0] if ranked else None
        if best is None or best.probability < self._weights.threshold:
            confidence = best.probability if best else 0.0
            yield Verdict("none", missing=_missing(asked(query.text), unknown), confidence=confidence)
            return
        for candidate in self._chosen(ranked):
            yield Claim(candidate.evidence.quote, (candidate.evidence,))
        yield Verdict("complete", short_answer=best.value, confidence=best.probability)

    def candidates(self, question: str, hits: Sequence[Hit]) -> list[Candidate]:
        """Sentences of the best hits, most probable first."""
        query = self._vocabulary.read(question)
        kind = asked(query.text)
        found = list(_evidence(hits[:READ_HITS]))
        lexical = [_Reading.of(query, kind, evidence, self._vocabulary) for _, evidence in found]
        order = sorted(range(len(found)), key=lambda at: (-lexical[at].promise, found[at][0]))[:EMBEDDED_SENTENCES]
        similarities = self._similarities(query, [found[at][1] for at in order])
        candidates = [
            self._candidate(found[at][0], found[at][1], lexical[at], kind, similarity)
            for at, similarity in zip(order, similarities, strict=True)
        ]
        return sorted(candidates, key=lambda c: (-c.probability, c.evidence.hit.chunk.document_id, c.evidence.start))

    def _similarities(self, query: Query, evidence: Sequence[Evidence]) -> list[float]:
        if not evidence:
            return []
        texts = [f"{one.hit.metadata.title}: {one.quote}" for one in evidence]
        vectors = np.asarray(self._embeddings.embed_documents([query.text, *texts]), dtype=np.float32)
        return [float(similarity) for similarity in vectors[1:] @ vectors[0]]

    def _candidate(
        self, rank: int, evidence: Evidence, reading: "_Reading", kind: Asked, similarity: float
    ) -> Candidate:
        typed, untyped = float(reading.value is not None), float(kind is Asked.OTHER)
        signals = Signals(
            similarity=max(0.0, similarity),
            core=reading.core,
            core_around=reading.core_around,
            names=reading.names,
            names_here=reading.names_here,
            typed=typed,
            untyped=untyped,
            stated=max(typed, untyped) * reading.core,
            rank=1.0 / rank,
        )
        return Candidate(evidence, reading.value, signals, probability(signals, self._weights))

    def _chosen(self, ranked: Sequence[Candidate]) -> list[Candidate]:
        chosen = [ranked[0]]
        floor = max(self._weights.threshold, _NEAR_BEST * ranked[0].probability)
        for candidate in ranked[1:]:
            if len(chosen) == MAX_SENTENCES or candidate.probability < floor:
                break
            quotes = (one.evidence.quote for one in chosen)
            if all(fuzz.token_set_ratio(candidate.evidence.quote, quote) < _REPEATED for quote in quotes):
                chosen.append(candidate)
        return chosen


def probability(signals: Signals, weights: Weights) -> float:
    """That a sentence with these signals answers."""
    total = weights.bias + sum(w * s for w, s in zip(weights.weights, astuple(signals), strict=True))
    return 1.0 / (1.0 + math.exp(-total))


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a sentence shares with the question, before any model looks at it."""

    core: float
    core_around: float
    names: float
    names_here: float
    value: str | None

    @property
    def promise(self) -> float:
        """What decides which sentences are worth embedding."""
        return 2 * self.names + self.names_here + self.core + self.core_around + 0.5 * (self.value is not None)

    @classmethod
    def of(cls, query: Query, kind: Asked, evidence: Evidence, vocabulary: Vocabulary) -> "_Reading":
        hit = evidence.hit
        here = stems(evidence.quote)
        around = here | stems(hit.metadata.title) | stems(hit.chunk.heading)
        weights = {concept: _rarity(concept, vocabulary) for concept in query.concepts}
        names = {concept: weight for concept, weight in weights.items() if _is_specific(concept)}
        core = {concept: weight for concept, weight in weights.items() if concept not in names}
        return cls(
            core=_share(core, here),
            core_around=_share(core, around),
            names=_share(names, around),
            names_here=_share(names, here),
            value=find_value(kind, query.text, evidence.quote, hit.metadata.people),
        )


def _share(weights: Mapping[Concept, float], found: frozenset[str]) -> float:
    total = sum(weights.values())
    return sum(weight for concept, weight in weights.items() if _named(concept, found)) / total if total else 1.0


def _evidence(hits: Sequence[Hit]) -> Iterator[tuple[int, Evidence]]:
    for rank, hit in enumerate(hits, start=1):
        for span in sentences(hit.chunk.text):
            quote = hit.chunk.text[span.start : span.end]
            yield rank, Evidence(hit, hit.chunk.start + span.start, hit.chunk.start + span.end, quote)


@lru_cache(maxsize=16_384)
def stems(text: str) -> frozenset[str]:
    """Stems of a text's words."""
    return frozenset(stem(word) for word in words(text))


def _named(concept: Concept, found: frozenset[str]) -> bool:
    return any(stems(form) <= found for form in concept.forms)


def _is_specific(concept: Concept) -> bool:
    """Numbers and names: an answer about another one is a wrong answer."""
    return concept.is_name or any(char.isdigit() for char in concept.text)


def _rarity(concept: Concept, vocabulary: Vocabulary) -> float:
    counts = [min((vocabulary.words.get(word, 0) for word in words(form)), default=0) for form in concept.forms]
    return 1.0 / math.log2(2.0 + max(counts, default=0))


def _unknown(query: Query, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Names and numbers in the question that no document contains in any form."""
    return tuple(
        concept.text
        for concept in query.concepts
        if _is_specific(concept)
        and not any(all(word in vocabulary.words for word in words(form)) for form in concept.forms)
    )


def _missing(kind: Asked, unknown: Sequence[str]) -> str:
    """What a refusal names: never the question's own words, save names that no document contains."""
    return f"anything about {', '.join(unknown)}" if unknown else _WANTED[kind]


def weights_as_json(weights: Weights) -> Mapping[str, Any]:
    """The form in which `load_weights` reads them."""
    names = [field.name for field in fields(Signals)]
    return {
        "bias": weights.bias,
        "weights": dict(zip(names, weights.weights, strict=True)),
        "threshold": weights.threshold,
    }
