"""What a reader's confidence is worth: telling what the documents answer, and knowing which answers are right."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from scipy.stats import binomtest

from evals.estimates import Estimate, Statistic, Weights, estimate_of

BINS = 10


class Asked(NamedTuple):
    """One case as confidence is judged by it."""

    cluster: str
    confidence: float
    answerable: bool
    answered: bool
    right: bool


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Confidence(_Frozen):
    """How far confidence can be relied on."""

    n: int
    auroc: Estimate | None
    """Chance that a case with an answer has more confidence than one without; None when all are of one sort."""
    brier: float
    """Mean squared difference between confidence and whether the documents answer."""
    calibration_error: float
    """Mean difference between confidence and the share that can be answered, over the bins of `reliability`."""
    coverage: float
    """Share of all cases that were answered."""
    risk_area: Estimate | None
    """Area under the risk-coverage curve: mean share of wrong answers, from the most confident answer to all."""
    best_area: float | None
    """The area that the same answers would have in the best order."""


class Bin(_Frozen):
    """Cases of like confidence."""

    n: int
    confidence: float
    answerable: float
    low: float
    high: float
    """95% Wilson interval of the share that can be answered."""


class Point(_Frozen):
    """So many of all cases answered, so many of the answers wrong."""

    coverage: float
    risk: float


def judge_confidence(cases: Sequence[Asked]) -> Confidence | None:
    """All figures, or None without cases."""
    if not cases:
        return None
    confidence, answerable = _column(cases, "confidence"), _column(cases, "answerable")
    bins = reliability(cases)
    clusters = [case.cluster for case in cases]
    wrong, answered = _wrong(cases), [case.cluster for case in _ranked(cases)]
    best = estimate_of(_areas(np.sort([float(not case.right) for case in _ranked(cases)])), answered)
    return Confidence(
        n=len(cases),
        auroc=estimate_of(_auroc(confidence, answerable), clusters),
        brier=float(np.mean((confidence - answerable) ** 2)),
        calibration_error=sum(one.n * abs(one.confidence - one.answerable) for one in bins) / len(cases),
        coverage=len(answered) / len(cases),
        risk_area=estimate_of(_areas(wrong), answered),
        best_area=best.mean if best else None,
    )


def auroc(confidence: Sequence[float], answerable: Sequence[bool]) -> float | None:
    """Area under the ROC curve, ties counting half; None when only one sort is there."""
    statistic = _auroc(np.array(confidence, dtype=np.float64), np.array(answerable, dtype=np.float64))
    value = float(statistic(np.ones((1, len(confidence))))[0])
    return None if np.isnan(value) else value


def risk_coverage(cases: Sequence[Asked]) -> tuple[Point, ...]:
    """The curve, most confident answer first. It ends where the reader refused, not at every case."""
    wrong = _wrong(cases)
    return tuple(
        Point(coverage=count / len(cases), risk=float(total / count))
        for count, total in enumerate(np.cumsum(wrong), start=1)
    )


def reliability(cases: Sequence[Asked]) -> tuple[Bin, ...]:
    """Confidence against the share that can be answered, in bins of equal width; empty ones are left out."""
    members: dict[int, list[Asked]] = {}
    for case in cases:
        members.setdefault(min(int(case.confidence * BINS), BINS - 1), []).append(case)
    return tuple(_bin(members[number]) for number in sorted(members))


def _bin(cases: Sequence[Asked]) -> Bin:
    answerable = sum(case.answerable for case in cases)
    interval = binomtest(answerable, len(cases)).proportion_ci(method="wilson")
    return Bin(
        n=len(cases),
        confidence=float(np.mean(_column(cases, "confidence"))),
        answerable=answerable / len(cases),
        low=float(interval.low),
        high=float(interval.high),
    )


def _column(cases: Sequence[Asked], name: str) -> NDArray[np.float64]:
    return np.array([getattr(case, name) for case in cases], dtype=np.float64)


def _ranked(cases: Sequence[Asked]) -> list[Asked]:
    return sorted((case for case in cases if case.answered), key=lambda case: -case.confidence)


def _wrong(cases: Sequence[Asked]) -> NDArray[np.float64]:
    """1 for a wrong answer, most confident first; answers of equal confidence share theirs."""
    ranked = _ranked(cases)
    wrong = np.array([not case.right for case in ranked], dtype=np.float64)
    confidence = [case.confidence for case in ranked]
    _, group = np.unique(confidence, return_inverse=True)
    shared: NDArray[np.float64] = (np.bincount(group, weights=wrong) / np.bincount(group))[group] if ranked else wrong
    return shared


def _areas(wrong: NDArray[np.float64]) -> Statistic:
    def areas(weights: Weights) -> NDArray[np.float64]:
        with np.errstate(invalid="ignore", divide="ignore"):
            covered = np.cumsum(weights, axis=1)
            risk = np.nan_to_num(np.cumsum(weights * wrong, axis=1) / covered)
            area: NDArray[np.float64] = (weights * risk).sum(axis=1) / weights.sum(axis=1)
        return area

    return areas


def _auroc(confidence: NDArray[np.float64], answerable: NDArray[np.float64]) -> Statistic:
    positive, negative = confidence[answerable == 1], confidence[answerable == 0]
    above = (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)

    def areas(weights: Weights) -> NDArray[np.float64]:
        of_positive, of_negative = weights[:, answerable == 1], weights[:, answerable == 0]
        with np.errstate(invalid="ignore"):
            area: NDArray[np.float64] = ((of_positive @ above) * of_negative).sum(axis=1) / (
                of_positive.sum(axis=1) * of_negative.sum(axis=1)
            )
        return area

    return areas
