"""Figures of a run: means with intervals by kind, language and split, refusals, latency."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from evals.cases import Case
from evals.confidence import Asked, Confidence, judge_confidence
from evals.estimates import Estimate, Weights, estimate_share, interval
from evals.runner import Observation, Run
from evals.scoring import SCORERS

RIGHT = "right"
"""Name of the figure that says how many cases went right, whether by an answer or by a refusal."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Refusals(_Frozen):
    """How well questions without an answer are told from those with one; None where there are none."""

    precision: Estimate | None
    """Of all refusals, those of questions that have no answer."""
    recall: Estimate | None
    """Of all questions that have no answer, those refused."""
    false_refusal_rate: Estimate | None
    """Of all questions that have an answer, those refused."""


class Latency(_Frozen):
    """Milliseconds from question to answer, failed cases left out."""

    p50: Estimate
    p95: Estimate


class Group(_Frozen):
    """Figures of some cases."""

    n: int
    errors: int
    scores: dict[str, Estimate]
    """By score, and `right`; scores that apply to no case are absent."""
    refusals: Refusals
    latency_ms: Latency | None
    confidence: Confidence | None
    """None when no answer came with its confidence."""


class Summary(_Frozen):
    """Figures of a run, over all cases and by what they are."""

    overall: Group
    by_kind: dict[str, Group]
    by_language: dict[str, Group]
    by_split: dict[str, Group]


def summarise(run: Run) -> Summary:
    """All figures of a run; the same run gives the same figures."""
    return Summary(
        overall=summarise_group(run.observations),
        by_kind=_grouped(run.observations, lambda case: case.kind),
        by_language=_grouped(run.observations, lambda case: case.language),
        by_split=_grouped(run.observations, lambda case: case.split),
    )


def summarise_group(observations: Sequence[Observation]) -> Group:
    """Figures of these observations alone."""
    estimates = {name: estimate_share(found) for name in (RIGHT, *SCORERS) if (found := _values(observations, name))}
    return Group(
        n=len(observations),
        errors=sum(seen.error is not None for seen in observations),
        scores=estimates,
        refusals=_refusals(observations),
        latency_ms=_latency([seen for seen in observations if seen.answer is not None]),
        confidence=judge_confidence(asked(observations)),
    )


def asked(observations: Iterable[Observation]) -> tuple[Asked, ...]:
    """Cases whose answer came with its confidence."""
    return tuple(
        Asked(cluster(seen.case), seen.confidence, seen.case.answerable, value(seen, "refused") == 0, seen.is_right)
        for seen in observations
        if seen.confidence is not None
    )


def value(seen: Observation, name: str) -> float | None:
    """A score of one case, or `right`; None where it does not apply."""
    if name == RIGHT:
        return float(seen.is_right)
    score = seen.scores.get(name)
    return None if score is None else score.value


def cluster(case: Case) -> str:
    """Cases on one document or of one conversation succeed and fail together; any other stands alone."""
    if case.documents:
        return f"document {case.documents[0]}"
    return f"conversation {case.history[0].question}" if case.history else f"case {case.id}"


def _values(observations: Iterable[Observation], name: str) -> list[tuple[str, float]]:
    return [(cluster(seen.case), found) for seen in observations if (found := value(seen, name)) is not None]


def _grouped(observations: Iterable[Observation], key: Callable[[Case], str]) -> dict[str, Group]:
    members: dict[str, list[Observation]] = {}
    for seen in observations:
        members.setdefault(key(seen.case), []).append(seen)
    return {name: summarise_group(members[name]) for name in sorted(members)}


def _refusals(observations: Sequence[Observation]) -> Refusals:
    seen_as = [(seen.case, value(seen, "refused") == 1) for seen in observations]
    return Refusals(
        precision=_share((case, not case.answerable) for case, is_refused in seen_as if is_refused),
        recall=_share((case, is_refused) for case, is_refused in seen_as if not case.answerable),
        false_refusal_rate=_share((case, is_refused) for case, is_refused in seen_as if case.answerable),
    )


def _share(cases: Iterable[tuple[Case, bool]]) -> Estimate | None:
    counted = [(cluster(case), float(counts)) for case, counts in cases]
    return estimate_share(counted) if counted else None


def _latency(observations: Sequence[Observation]) -> Latency | None:
    if not observations:
        return None
    ordered = sorted(observations, key=lambda seen: (seen.latency_ms, seen.case.id))
    return Latency(p50=_percentile(ordered, 50), p95=_percentile(ordered, 95))


def _percentile(ordered: Sequence[Observation], percent: int) -> Estimate:
    milliseconds = np.array([seen.latency_ms for seen in ordered])

    def percentiles(weights: Weights) -> NDArray[np.float64]:
        filled = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
        found: NDArray[np.float64] = milliseconds[(filled < percent / 100).sum(axis=1)]
        return found

    low, high = interval(percentiles, [cluster(seen.case) for seen in ordered])
    return Estimate(n=len(ordered), mean=float(np.percentile(milliseconds, percent)), low=low, high=high)
