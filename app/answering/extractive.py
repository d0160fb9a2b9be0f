"""The reader that needs no LLM: it quotes the sentences that answer, best first, or says that none does."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from rapidfuzz import fuzz

from app.answering.fitting import fits, neighbours
from app.answering.model import Passage, Reading
from app.answering.polarity import decide, is_yes_no
from app.answering.types import Claim, Evidence, Hit, Verdict
from app.answering.values import Asked, asked, find_value
from app.answering.wording import worded
from app.retrieval.query import Concept, Query, Vocabulary, stems, words
from ingest.assembly import HEADING_SEPARATOR
from ingest.sentences import Span, sentences
from ingest.types import Cell

WEIGHTS_FILE = Path(__file__).with_name("weights.json")
READ_HITS = 12
MAX_SENTENCES = 3
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
_COMPLETING = 0.6
"""Share of the threshold from which a sentence is taken that alone holds one of the question's names."""
_ABOUT = 0.3
"""Share of what is asked that a sentence about disagreeing sources must say."""
_STRANGE = 2
_SAID_ALONE = frozenset({"country", "region", "year", "meeting"})
"""Kinds of neighbours that their name tells without its kind."""
_DECIDING = 3
"""Sentences that may decide a yes/no question."""
_LOGITS = 4.0
"""Logits to a unit of a signal, so that the model's are as large as the others."""
_FAR = 3.0
"""Units beyond which a model is not believed to be surer still."""


Disagreements = Callable[[str], Sequence[Cell]]
"""Sentences in which a document, named by its id, says that its sources disagree."""


class PassageReader(Protocol):
    """The trained model, or a script in its place."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One reading for each passage, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a sentence: the model's logits, scaled, and shares between 0 and 1."""

    span: float
    """How sure the model is of the answer's words in the sentence, against no answer at all."""
    answers: float
    """How sure the model is that the passage says what is asked."""
    relevant: float
    """How sure the model is that the passage is about what is asked."""
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
    rank: float
    """1 / rank of the passage."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer."""

    evidence: Evidence
    value: str
    signals: Signals
    probability: float


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over `Signals` and the probability from which a sentence is given as an answer."""

    bias: float
    weights: tuple[float, ...]
    threshold: float


@lru_cache(maxsize=1)
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

    def __init__(
        self,
        model: PassageReader,
        vocabulary: Vocabulary,
        weights: Weights,
        *,
        disagreements: Disagreements = lambda document_id: (),
    ) -> None:
        self._model = model
        self._vocabulary = vocabulary
        self._weights = weights
        self._disagreements = disagreements

    def read(self, question: str, hits: Sequence[Hit]) -> Iterator[Claim | Verdict]:
        """Yield at most three quoted sentences, then the verdict."""
        query = self._vocabulary.read(question)
        unknown = _unknown(query, self._vocabulary)
        is_outside = bool(unknown) or _is_foreign(query, self._vocabulary)
        found = [] if is_outside else self._found(query, hits)
        ranked = _fitting(query, found)
        best = ranked[0] if ranked else None
        if best is None or best.probability < self._weights.threshold:
            confidence = best.probability if best else 0.0
            missing = _missing(asked(query.text), unknown) + self._instead(query, found)
            yield Verdict("none", missing=missing, confidence=confidence)
            return
        if is_yes_no(query.text) and (decided := self._decided(query, ranked)):
            word, candidate = decided
            yield Claim(f"{word}: {candidate.evidence.quote}", (candidate.evidence,))
            yield Verdict("complete", short_answer=word, confidence=candidate.probability)
            return
        chosen = [candidate.evidence for candidate in self._chosen(query, ranked)]
        for evidence in [*chosen, *self._differing(query, best, chosen)]:
            yield Claim(evidence.quote, (evidence,))
        yield Verdict("complete", short_answer=best.value, confidence=best.probability)

    def candidates(self, question: str, hits: Sequence[Hit]) -> list[Candidate]:
        """Sentences of the best hits that can answer, most probable first."""
        query = self._vocabulary.read(question)
        return _fitting(query, self._found(query, hits))

    def _found(self, query: Query, hits: Sequence[Hit]) -> list[Candidate]:
        kind = asked(query.text)
        read = hits[:READ_HITS]
        candidates = [
            self._candidate(query, kind, place)
            for rank, (hit, reading) in enumerate(zip(read, self._readings(query, read), strict=True), start=1)
            for place in _places(rank, hit, reading)
        ]
        return sorted(candidates, key=lambda c: (-c.probability, c.evidence.hit.chunk.document_id, c.evidence.start))

    def _readings(self, query: Query, hits: Sequence[Hit]) -> list[Reading]:
        """What the model makes of each hit, asked in the hit's own words; those asked the same are read together."""
        passages = [passage_of(hit) for hit in hits]
        questions = [worded(query, passage) for passage in passages]
        readings: dict[int, Reading] = {}
        for question in dict.fromkeys(questions):
            places = [at for at, each in enumerate(questions) if each == question]
            readings.update(zip(places, self._model.read(question, [passages[at] for at in places]), strict=True))
        return [readings[at] for at in range(len(hits))]

    def _candidate(self, query: Query, kind: Asked, place: "_Place") -> Candidate:
        hit, reading = place.hit, place.reading
        text, at = hit.chunk.text, hit.chunk.start
        quote = text[place.sentence.start : place.sentence.end]
        evidence = Evidence(hit, at + place.sentence.start, at + place.sentence.end, quote)
        shared = _Shared.of(query, evidence, self._vocabulary)
        signals = Signals(
            span=_scaled(place.score),
            answers=_scaled(reading.answers),
            relevant=_scaled(reading.relevant),
            core=shared.core,
            core_around=shared.core_around,
            names=shared.names,
            names_here=shared.names_here,
            typed=float(find_value(kind, query.text, quote, hit.metadata.people) is not None),
            untyped=float(kind is Asked.OTHER),
            rank=1.0 / place.rank,
        )
        value = text[place.value.start : place.value.end]
        return Candidate(evidence, value, signals, probability(signals, self._weights))

    def _instead(self, query: Query, found: Sequence[Candidate]) -> str:
        """What the best sentence is about, when it would answer for something else than was asked about."""
        if not found or found[0].probability < self._weights.threshold:
            return ""
        others = sorted(
            mention.value if mention.kind in _SAID_ALONE else f"{mention.kind} {mention.value}"
            for mention in neighbours(query.text, found[0].evidence)
        )
        return f"; the nearest passage is about {', '.join(others)}" if others else ""

    def _decided(self, query: Query, ranked: Sequence[Candidate]) -> tuple[str, Candidate] | None:
        """Yes or no, and the best sentence that decides it."""
        for candidate in ranked[:_DECIDING]:
            if candidate.probability < self._weights.threshold:
                return None
            hit = candidate.evidence.hit
            decision = decide(query, candidate.evidence.quote, f"{hit.metadata.title} {hit.chunk.heading}")
            if decision is not None:
                return ("Yes" if decision else "No"), candidate
        return None

    def _chosen(self, query: Query, ranked: Sequence[Candidate]) -> list[Candidate]:
        """The best sentence, others nearly as good that say something else, and what only another one names."""
        chosen = [ranked[0]]
        near = max(self._weights.threshold, _NEAR_BEST * ranked[0].probability)
        for candidate in ranked[1:]:
            is_near = candidate.probability >= near
            completes = candidate.probability >= _COMPLETING * self._weights.threshold and _names_more(
                query, candidate, chosen
            )
            if len(chosen) < MAX_SENTENCES and (is_near or completes) and not _is_said(candidate, chosen):
                chosen.append(candidate)
        return chosen

    def _differing(self, query: Query, best: Candidate, chosen: Sequence[Evidence]) -> Iterator[Evidence]:
        """A sentence of the best one's document that says how sources disagree about the very value given."""
        if not words(best.value):
            return
        hit = best.evidence.hit
        value = f" {' '.join(words(best.value))} "
        for cell in self._disagreements(hit.chunk.document_id):
            evidence = Evidence.of_cell(cell, hit.metadata)
            is_about = _Shared.of(query, evidence, self._vocabulary).core >= _ABOUT
            states = value in f" {' '.join(words(cell.quote))} "
            if is_about and states and all(evidence.quote not in one.quote for one in chosen):
                yield evidence
                return


def _fitting(query: Query, found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates that can answer; any sentence may decide between yes and no."""
    if is_yes_no(query.text):
        return list(found)
    kind = asked(query.text)
    return [
        one
        for one in found
        if not neighbours(query.text, one.evidence) and fits(kind, query.text, one.evidence, one.value)
    ]


def probability(signals: Signals, weights: Weights) -> float:
    """That a sentence with these signals answers."""
    total = weights.bias + sum(w * s for w, s in zip(weights.weights, astuple(signals), strict=True))
    return 1.0 / (1.0 + math.exp(-total))


def _is_said(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    quotes = (one.evidence.quote for one in chosen)
    return any(fuzz.token_set_ratio(candidate.evidence.quote, quote) >= _REPEATED for quote in quotes)


def _names_more(query: Query, candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    """True when a sentence holds a name or number of the question that none of the chosen ones holds."""
    said = frozenset[str]().union(*(_around(one.evidence) for one in chosen))
    left = [concept for concept in query.concepts if _is_specific(concept) and not _named(concept, said)]
    return any(_named(concept, stems(candidate.evidence.quote)) for concept in left)


def _around(evidence: Evidence) -> frozenset[str]:
    hit = evidence.hit
    return stems(evidence.quote) | stems(hit.metadata.title) | stems(hit.chunk.heading)


@dataclass(frozen=True, slots=True)
class _Place:
    """A possible answer in a passage and the sentence it stands in, in characters of the passage."""

    rank: int
    hit: Hit
    reading: Reading
    value: Span
    sentence: Span
    score: float


def passage_of(hit: Hit) -> Passage:
    """What the model reads of a hit."""
    place = HEADING_SEPARATOR.join(part for part in (hit.metadata.title, hit.chunk.heading) if part)
    return Passage(place, hit.chunk.text)


def _places(rank: int, hit: Hit, reading: Reading) -> Iterator[_Place]:
    """The best answer of each sentence; one that runs over several sentences takes them all."""
    spans = list(sentences(hit.chunk.text))
    taken: list[Span] = []
    for found in reading.spans:
        covered = [span for span in spans if span.start < found.end and found.start < span.end]
        if not covered:
            continue
        sentence = Span(covered[0].start, covered[-1].end)
        if all(sentence.end <= other.start or other.end <= sentence.start for other in taken):
            taken.append(sentence)
            yield _Place(rank, hit, reading, Span(found.start, found.end), sentence, found.score)


def _scaled(logit: float) -> float:
    return max(-_FAR, min(_FAR, logit / _LOGITS))


@dataclass(frozen=True, slots=True)
class _Shared:
    """What a sentence shares with the question, by the rarity of its words."""

    core: float
    core_around: float
    names: float
    names_here: float

    @classmethod
    def of(cls, query: Query, evidence: Evidence, vocabulary: Vocabulary) -> "_Shared":
        here = stems(evidence.quote)
        around = _around(evidence)
        weights = {concept: _rarity(concept, vocabulary) for concept in query.concepts}
        names = {concept: weight for concept, weight in weights.items() if _is_specific(concept)}
        core = {concept: weight for concept, weight in weights.items() if concept not in names}
        return cls(
            core=_share(core, here),
            core_around=_share(core, around),
            names=_share(names, around),
            names_here=_share(names, here),
        )


def _share(weights: Mapping[Concept, float], found: frozenset[str]) -> float:
    total = sum(weights.values())
    return sum(weight for concept, weight in weights.items() if _named(concept, found)) / total if total else 1.0


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
        concept.text for concept in query.concepts if _is_specific(concept) and not _is_known(concept, vocabulary)
    )


def _is_foreign(query: Query, vocabulary: Vocabulary) -> bool:
    """True when half of what a question asks about its names, and two words at least, are in no document."""
    core = [concept for concept in query.concepts if not _is_specific(concept)]
    strange = sum(not _is_known(concept, vocabulary) for concept in core)
    return strange >= _STRANGE and 2 * strange >= len(core)


def _is_known(concept: Concept, vocabulary: Vocabulary) -> bool:
    return any(all(word in vocabulary.words for word in words(form)) for form in concept.forms)


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
