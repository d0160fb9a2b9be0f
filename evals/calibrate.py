"""Fit the extractive reader's weights and its threshold on the development questions, never on the test ones."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from app.answering.extractive import Candidate, ExtractiveReader, Weights, probability
from app.answering.types import Hit
from app.assistant import HITS, understood
from app.retrieval.search import Searcher
from evals.cases import Case
from evals.normalisation import normalise
from evals.training.catalogue import KINDS, Asked, questions
from evals.training.domain import is_kept_from_training
from ingest.library import Library

FOLDS = 10
SEED = 1
REFUSED = 0.9
"""Share of the questions without an answer that must be refused; no more is refused than that takes."""

STRENGTH = 0.1
"""Inverse of the regularisation; the fit has eleven parameters."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The candidates of one case, each with whether it answers."""

    answerable: bool
    candidates: tuple[Candidate, ...]
    right: tuple[bool, ...]


def judge(cases: Sequence[Case], searcher: Searcher, reader: ExtractiveReader) -> list[Judged]:
    """Candidates of every case, compared with its gold quotes and expected answers."""
    return [_judge(case, searcher, reader) for case in cases]


def records_held_back(cases: Sequence[Case], library: Library) -> list[Asked]:
    """Questions about records that no document tells of from which the reader learned."""
    documents = {id for case in cases for id in case.documents}
    held = {id for id in documents if is_kept_from_training(id)}
    rows = (row for kind in KINDS for row in library.catalogue(kind))
    unseen = [row for row in rows if held.issuperset(documents.intersection(row.documents))]
    return list(questions(unseen, held.__contains__, SEED))


def judge_records(asked: Sequence[Asked], searcher: Searcher, reader: ExtractiveReader) -> list[Judged]:
    """Candidates of questions about records, compared with the cells that answer them."""
    return [_judge_record(one, searcher, reader) for one in asked]


def fit(judged: Sequence[Judged], further: Sequence[Judged] = ()) -> Weights:
    """Logistic regression over sentences; the threshold comes from cases that each fold's fit did not see.

    What is `further` judged helps every fit, and has no say in the threshold.
    """
    tops: list[_Top] = []
    for known, unseen in KFold(FOLDS, shuffle=True, random_state=SEED).split(judged):
        fold = _regression([*(judged[at] for at in known), *further])
        tops.extend(_tops([judged[at] for at in unseen], fold))
    return replace(_regression([*judged, *further]), threshold=_threshold(tops))


def _regression(judged: Sequence[Judged]) -> Weights:
    signals = np.array([astuple(c.signals) for one in judged for c in one.candidates])
    right = np.array([is_right for one in judged for is_right in one.right])
    model = LogisticRegression(C=STRENGTH, max_iter=2_000).fit(signals, right)
    return Weights(float(model.intercept_[0]), tuple(map(float, model.coef_[0])), 0.5)


def decided_rightly(judged: Sequence[Judged], weights: Weights) -> float:
    """Share of cases answered with a right sentence, or rightly refused."""
    tops = list(_tops(judged, weights))
    return sum(_is_right_decision(top, weights.threshold) for top in tops) / len(tops)


def _judge(case: Case, searcher: Searcher, reader: ExtractiveReader) -> Judged:
    text = understood(case.question, case.history)
    hits: Sequence[Hit] = searcher.search(text, HITS).hits
    candidates = tuple(reader.candidates(text, hits))
    return Judged(case.answerable, candidates, tuple(_answers(case, candidate) for candidate in candidates))


def _judge_record(one: Asked, searcher: Searcher, reader: ExtractiveReader) -> Judged:
    candidates = tuple(reader.candidates(one.question, searcher.search(one.question, HITS).hits))
    return Judged(bool(one.cells), candidates, tuple(_tells(one, candidate) for candidate in candidates))


def _tells(one: Asked, candidate: Candidate) -> bool:
    quote, document = candidate.evidence.quote, candidate.evidence.hit.chunk.document_id
    if any(cell.document_id == document and (cell.quote in quote or quote in cell.quote) for cell in one.cells):
        return True
    is_own = document in one.row.documents
    return is_own and any(f" {normalise(cell.value)} " in f" {normalise(quote)} " for cell in one.cells)


def _answers(case: Case, candidate: Candidate) -> bool:
    if not case.answerable:
        return False
    quote = normalise(candidate.evidence.quote)
    gold = [normalise(one.quote) for one in case.quotes]
    if any(quote in one or one in quote for one in gold):
        return True
    from_right_document = candidate.evidence.hit.chunk.document_id in case.relevant
    return from_right_document and any(f" {normalise(form)} " in f" {quote} " for form in case.expected)


@dataclass(frozen=True, slots=True)
class _Top:
    answerable: bool
    probability: float
    is_right: bool


def _tops(judged: Sequence[Judged], weights: Weights) -> Iterator[_Top]:
    for one in judged:
        scored = [(probability(c.signals, weights), right) for c, right in zip(one.candidates, one.right, strict=True)]
        best, is_right = max(scored, default=(0.0, False))
        yield _Top(one.answerable, best, is_right)


def _is_right_decision(top: _Top, threshold: float) -> bool:
    return top.is_right if top.probability >= threshold else not top.answerable


def _threshold(tops: Sequence[_Top]) -> float:
    """The lowest threshold that refuses the share wanted; 0 where every question has an answer."""
    unanswerable = [top.probability for top in tops if not top.answerable]
    grid = (number / 200 for number in range(200))
    return next(
        threshold
        for threshold in (*grid, 1.0)
        if sum(probability < threshold for probability in unanswerable) >= REFUSED * len(unanswerable)
    )
