"""Figures with their 95% bootstrap intervals: whole clusters are drawn again, with a fixed seed."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

RESAMPLES = 2_000
SEED = 20_210_601

Weights = NDArray[np.float64]
"""One row for each resample: how often it holds each case."""

Statistic = Callable[[Weights], NDArray[np.float64]]
"""The figure of every resample; NaN where it has none."""


class Estimate(BaseModel):
    """A figure of the cases to which it applies, with its 95% interval."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n: int
    mean: float
    low: float | None
    """None, like `high`, when all cases rest on one document: nothing to resample."""
    high: float | None


def estimate(values: Sequence[tuple[str, float]]) -> Estimate:
    """Mean of (cluster, value) pairs."""
    totals, sizes = by_cluster(values)
    mean = float(totals.sum() / sizes.sum())
    if len(sizes) < 2:
        return Estimate(n=len(values), mean=mean, low=None, high=None)
    drawn = np.random.default_rng(SEED).integers(0, len(sizes), size=(RESAMPLES, len(sizes)))
    means = totals[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Estimate(n=len(values), mean=mean, low=float(low), high=float(high))


def estimate_share(values: Sequence[tuple[str, float]]) -> Estimate:
    """Mean of (cluster, value) pairs from 0 to 1, in doubt even where all are 0 or all 1."""
    found = estimate(values)
    if found.low is None or found.low != found.high or found.mean not in (0.0, 1.0):
        return found
    # Resampling what is all the same shows no doubt: Clopper and Pearson's interval, of as many trials as clusters.
    bound = 0.025 ** (1 / len({name for name, _ in values}))
    low, high = (bound, 1.0) if found.mean else (0.0, 1.0 - bound)
    return found.model_copy(update={"low": low, "high": high})


def estimate_of(statistic: Statistic, clusters: Sequence[str]) -> Estimate | None:
    """A statistic of all cases, or None where it has no value."""
    value = float(statistic(np.ones((1, len(clusters))))[0]) if clusters else np.nan
    if np.isnan(value):
        return None
    low, high = interval(statistic, clusters)
    return Estimate(n=len(clusters), mean=value, low=low, high=high)


def interval(statistic: Statistic, clusters: Sequence[str]) -> tuple[float | None, float | None]:
    """95% interval of a statistic."""
    if len(set(clusters)) < 2:
        return None, None
    low, high = np.nanpercentile(statistic(_multiplicities(clusters)), [2.5, 97.5])
    return float(low), float(high)


def by_cluster(values: Sequence[tuple[str, float]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Total and size of every cluster, by its name."""
    _, cluster = np.unique([name for name, _ in values], return_inverse=True)
    totals = np.bincount(cluster, weights=[value for _, value in values])
    return totals.astype(np.float64), np.bincount(cluster).astype(np.float64)


def _multiplicities(clusters: Sequence[str]) -> Weights:
    names, cluster = np.unique(clusters, return_inverse=True)
    drawn = np.random.default_rng(SEED).integers(0, len(names), size=(RESAMPLES, len(names)))
    flat = (drawn + np.arange(RESAMPLES)[:, None] * len(names)).ravel()
    counts = np.bincount(flat, minlength=RESAMPLES * len(names)).reshape(RESAMPLES, len(names))
    return counts[:, cluster].astype(np.float64)
