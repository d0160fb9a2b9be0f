"""Figures of a run: means with intervals by kind, language and split, refusals, latency."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from evals.cases import Case
from evals.runner import Observation, Run
from evals.scoring import SCORERS

RESAMPLES = 2_000
SEED = 20_210_601

RIGHT = "right"
"""Name of the figure that says how many cases went right, whether by an answer or by a refusal."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Estimate(_Frozen):
    """A mean over the cases to which a score applies, with its 95% interval."""

    n: int
    mean: float
    low: float | None
    """None, like `high`, when all cases rest on one document: nothing to resample."""
    high: float | None


class Refusals(_Frozen):
    """How well questions without an answer are told from those with one; None where there are none."""

    precision: float | None
    """Of all refusals, those of questions that have no answer."""
    recall: float | None
    """Of all questions that have no answer, those refused."""
    false_refusal_rate: float | None
    """Of all questions that have an answer, those refused."""


class Latency(_Frozen):
    """Milliseconds from question to answer, failed cases left out."""

    p50: float
    p95: float


class Group(_Frozen):
    """Figures of some cases."""

    n: int
    errors: int
    scores: dict[str, Estimate]
    """By score, and `right`; scores that apply to no case are absent."""
    refusals: Refusals
    latency_ms: Latency | None


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
    estimates = {name: estimate(values) for name in (RIGHT, *SCORERS) if (values := _values(observations, name))}
    return Group(
        n=len(observations),
        errors=sum(seen.error is not None for seen in observations),
        scores=estimates,
        refusals=_refusals(observations),
        latency_ms=_latency([seen.latency_ms for seen in observations if seen.answer is not None]),
    )


def estimate(values: Sequence[tuple[str, float]]) -> Estimate:
    """Mean of (cluster, value) pairs; the interval resamples whole clusters, with a fixed seed."""
    totals, sizes = _by_cluster(values)
    mean = float(totals.sum() / sizes.sum())
    if len(sizes) < 2:
        return Estimate(n=len(values), mean=mean, low=None, high=None)
    drawn = np.random.default_rng(SEED).integers(0, len(sizes), size=(RESAMPLES, len(sizes)))
    means = totals[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Estimate(n=len(values), mean=mean, low=float(low), high=float(high))


def _by_cluster(values: Sequence[tuple[str, float]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    _, cluster = np.unique([name for name, _ in values], return_inverse=True)
    totals = np.bincount(cluster, weights=[value for _, value in values])
    return totals.astype(np.float64), np.bincount(cluster).astype(np.float64)


def _values(observations: Iterable[Observation], name: str) -> list[tuple[str, float]]:
    return [(_cluster(seen.case), value) for seen in observations if (value := _value(seen, name)) is not None]


def _value(seen: Observation, name: str) -> float | None:
    if name == RIGHT:
        return float(seen.is_right)
    score = seen.scores.get(name)
    return None if score is None else score.value


def _cluster(case: Case) -> str:
    """Cases on one document succeed and fail together; a case without a document stands alone."""
    return f"document {case.documents[0]}" if case.documents else f"case {case.id}"


def _grouped(observations: Iterable[Observation], key: Callable[[Case], str]) -> dict[str, Group]:
    members: dict[str, list[Observation]] = {}
    for seen in observations:
        members.setdefault(key(seen.case), []).append(seen)
    return {name: summarise_group(members[name]) for name in sorted(members)}


def _refusals(observations: Sequence[Observation]) -> Refusals:
    refused = [seen for seen in observations if _value(seen, "refused") == 1]
    rightly = sum(not seen.case.answerable for seen in refused)
    answerable = sum(seen.case.answerable for seen in observations)
    return Refusals(
        precision=_share(rightly, len(refused)),
        recall=_share(rightly, len(observations) - answerable),
        false_refusal_rate=_share(len(refused) - rightly, answerable),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _latency(milliseconds: Sequence[float]) -> Latency | None:
    if not milliseconds:
        return None
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return Latency(p50=float(p50), p95=float(p95))
