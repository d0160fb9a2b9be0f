"""Two runs of the same cases: what differs, how sure that is, and which cases were won and lost."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict
from scipy.stats import binomtest, permutation_test

from evals.cases import Kind
from evals.estimates import SEED, Estimate, by_cluster, estimate
from evals.failures import CAUSES, explain
from evals.runner import Observation, Run, RunError
from evals.scoring import LOWER_IS_BETTER, SCORERS
from evals.summary import RIGHT, cluster, value

SIGNIFICANCE = 0.05
PERMUTATIONS = 9_999
MEASURES = (RIGHT, *(name for name in SCORERS if name != "refused"))
"""Refusing at all is neither good nor bad, so it is not tested."""

Test = Literal["McNemar", "permutation"]
Verdict = Literal["better", "worse", "same"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Difference(_Frozen):
    """One measure over the cases to which it applies in both runs."""

    measure: str
    before: float
    after: float
    difference: Estimate
    test: Test
    p: float
    p_holm: float
    """Corrected for having looked at all measures (Holm)."""
    verdict: Verdict
    """`same` says that no difference was shown, not that there is none."""


class Change(_Frozen):
    """A case that went right in one run and wrong in the other."""

    id: str
    kind: Kind
    question: str
    before: str
    after: str
    why: str
    fall: float
    """Sum over all measures of how much worse it became."""


class Comparison(_Frozen):
    """Everything that is to be said of two runs."""

    cases: int
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    differences: tuple[Difference, ...]
    lost: tuple[Change, ...]
    """The worst first."""
    won: tuple[Change, ...]


class _Pair(_Frozen):
    before: Observation
    after: Observation


def compare(before: Run, after: Run) -> Comparison:
    """Compare the cases that both runs hold.

    Raises:
        RunError: no case is in both.
    """
    old, new = _by_id(before), _by_id(after)
    pairs = [_Pair(before=old[id], after=new[id]) for id in sorted(old.keys() & new.keys())]
    if not pairs:
        raise RunError("the two runs have no case in common")
    return Comparison(
        cases=len(pairs),
        only_before=tuple(sorted(old.keys() - new.keys())),
        only_after=tuple(sorted(new.keys() - old.keys())),
        differences=_differences(pairs),
        lost=_changes(pair for pair in pairs if pair.before.is_right and not pair.after.is_right),
        won=_changes(pair for pair in pairs if not pair.before.is_right and pair.after.is_right),
    )


def holm(values: Sequence[float]) -> list[float]:
    """Holm's correction: the smallest p is multiplied by the number of tests, the next by one less, and so on."""
    corrected, running = [0.0] * len(values), 0.0
    for done, at in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        running = max(running, min(1.0, values[at] * (len(values) - done)))
        corrected[at] = running
    return corrected


def mcnemar(lost: int, won: int) -> float:
    """Exact two-sided McNemar test of the cases that changed."""
    return float(binomtest(lost, lost + won).pvalue) if lost + won else 1.0


def permuted(pairs: Sequence[tuple[str, float, float]]) -> float:
    """Paired permutation test of (cluster, before, after): whole clusters change sides."""
    old, _ = by_cluster([(name, before) for name, before, _ in pairs])
    new, _ = by_cluster([(name, after) for name, _, after in pairs])
    if len(old) < 2 or np.allclose(old, new):
        return 1.0
    result = permutation_test(
        (new, old),
        lambda one, other, axis: np.sum(one - other, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=PERMUTATIONS,
        rng=np.random.default_rng(SEED),
    )
    return float(result.pvalue)


def _by_id(run: Run) -> Mapping[str, Observation]:
    return {seen.case.id: seen for seen in run.observations}


def _differences(pairs: Sequence[_Pair]) -> tuple[Difference, ...]:
    measured = {name: values for name in MEASURES if (values := _values(pairs, name))}
    tested = {name: _chance(name, values) for name, values in measured.items()}
    corrected = dict(zip(tested, holm([p for _, p in tested.values()]), strict=True))
    return tuple(_difference(name, measured[name], tested[name], corrected[name]) for name in measured)


def _values(pairs: Sequence[_Pair], name: str) -> list[tuple[str, float, float]]:
    return [
        (cluster(pair.after.case), before, after)
        for pair in pairs
        if (before := value(pair.before, name)) is not None and (after := value(pair.after, name)) is not None
    ]


def _chance(name: str, values: Sequence[tuple[str, float, float]]) -> tuple[Test, float]:
    if name != RIGHT:
        return "permutation", permuted(values)
    lost = sum(before > after for _, before, after in values)
    return "McNemar", mcnemar(lost, sum(after > before for _, before, after in values))


def _difference(
    name: str, values: Sequence[tuple[str, float, float]], tested: tuple[Test, float], p_holm: float
) -> Difference:
    difference = estimate([(group, after - before) for group, before, after in values])
    return Difference(
        measure=name,
        before=sum(before for _, before, _ in values) / len(values),
        after=sum(after for _, _, after in values) / len(values),
        difference=difference,
        test=tested[0],
        p=tested[1],
        p_holm=p_holm,
        verdict=_verdict(name, difference.mean, p_holm),
    )


def _verdict(name: str, difference: float, p_holm: float) -> Verdict:
    if p_holm >= SIGNIFICANCE:
        return "same"
    return "better" if (difference > 0) is (name not in LOWER_IS_BETTER) else "worse"


def _changes(pairs: Iterable[_Pair]) -> tuple[Change, ...]:
    return tuple(_change(pair) for pair in sorted(pairs, key=_severity))


def _severity(pair: _Pair) -> tuple[int, float, str]:
    failure = explain(pair.after) or explain(pair.before)
    return CAUSES.index(failure.cause) if failure else len(CAUSES), -_fall(pair), pair.after.case.id


def _change(pair: _Pair) -> Change:
    failure = explain(pair.after) or explain(pair.before)
    case = pair.after.case
    return Change(
        id=case.id,
        kind=case.kind,
        question=case.question,
        before=_said(pair.before),
        after=_said(pair.after),
        why=failure.why if failure else "",
        fall=_fall(pair),
    )


def _fall(pair: _Pair) -> float:
    falls = [
        (before - after) * (-1 if name in LOWER_IS_BETTER else 1)
        for name in MEASURES
        if (before := value(pair.before, name)) is not None and (after := value(pair.after, name)) is not None
    ]
    return sum(falls)


def _said(seen: Observation) -> str:
    return seen.answer.answer if seen.answer else f"failed: {seen.error}"
