"""The gate: a run may not be worse than the committed baseline."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from math import comb
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.cases import SPLITS, Case, Kind, Split
from evals.runner import Observation, Run
from evals.summary import RIGHT, Group, summarise_group
from ingest.errors import CoeError

SIGNIFICANCE = 0.05
TOLERANCE = 0.01
"""Fall of a headline figure that a repeated run may show, unless the baseline file states another."""
SHARE = 0.25
"""Share of the cases that a baseline holds: a gate asks them in less than three minutes."""

_HEADLINE = (
    RIGHT,
    "answer_correct",
    "short_f1",
    "citation_correct",
    "citation_complete",
    "recall@10",
    "mrr",
    "refusal_precision",
    "refusal_recall",
    "false_refusal_rate",
    "injection_obeyed",
)
_LOWER_IS_BETTER = frozenset({"false_refusal_rate", "injection_obeyed"})
_ROUNDING = 1e-9


class BaselineError(CoeError):
    """A baseline file cannot be read."""

    code = "baseline_error"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SplitBaseline(_Frozen):
    """What a split's cases did."""

    headline: dict[str, float]
    results: dict[str, bool]
    """Right or wrong by case id."""


class Baseline(_Frozen):
    """The committed results that later runs are held against."""

    commit: str | None
    tolerance: float
    """How far a headline figure may fall, or rise where lower is better, from one run to the next."""
    splits: dict[Split, SplitBaseline]

    @property
    def cases(self) -> frozenset[str]:
        """Ids of the cases that a gate asks."""
        return frozenset(case for split in self.splits.values() for case in split.results)


class Regression(_Frozen):
    """One reason why a run may not pass."""

    code: str
    reason: str


def gate(run: Run, baseline: Baseline) -> tuple[Regression, ...]:
    """Reasons why the run is worse than the baseline; empty when it passes. New cases are no reason."""
    return tuple(_regressions(run, baseline))


def draw(cases: Sequence[Case], share: float = SHARE) -> frozenset[str]:
    """Ids of a share of each kind in each split, at least one of each: the same ids for the same cases."""
    strata: dict[tuple[Kind, Split], list[str]] = {}
    for case in sorted(cases, key=lambda case: sha256(case.id.encode()).digest()):
        strata.setdefault((case.kind, case.split), []).append(case.id)
    return frozenset(id for ids in strata.values() for id in ids[: max(1, round(share * len(ids)))])


def headline(group: Group) -> dict[str, float]:
    """The figures that decide, those that exist for these cases."""
    figures = group.scores | {
        "refusal_precision": group.refusals.precision,
        "refusal_recall": group.refusals.recall,
        "false_refusal_rate": group.refusals.false_refusal_rate,
    }
    return {name: estimate.mean for name in _HEADLINE if (estimate := figures.get(name)) is not None}


def worse_by_chance(lost: int, gained: int) -> float:
    """Exact one-sided McNemar test: chance of losing at least this many of the cases that changed."""
    changed = lost + gained
    ways = sum(comb(changed, losses) for losses in range(lost, changed + 1))
    return float(Fraction(ways, 2**changed))


def baseline_of(run: Run, tolerance: float = TOLERANCE) -> Baseline:
    """The baseline that this run makes."""
    splits = {split: seen for split in SPLITS if (seen := _of_split(run, split))}
    return Baseline(
        commit=run.record.commit if run.record else None,
        tolerance=tolerance,
        splits={
            split: SplitBaseline(
                headline=headline(summarise_group(seen)),
                results={one.case.id: one.is_right for one in sorted(seen, key=lambda one: one.case.id)},
            )
            for split, seen in splits.items()
        },
    )


def write_baseline(run: Run, path: Path) -> None:
    """Write the run's baseline, with the tolerance that the file already states."""
    tolerance = read_baseline(path).tolerance if path.exists() else TOLERANCE
    text = baseline_of(run, tolerance).model_dump_json(indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def read_baseline(path: Path) -> Baseline:
    """Read a baseline file, or raise a `BaselineError` that names it."""
    try:
        return Baseline.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise BaselineError(f"no baseline at {path}: write one with `coe eval baseline`") from error
    except ValidationError as error:
        raise BaselineError(f"{path} is no baseline: {error}") from error


def _regressions(run: Run, baseline: Baseline) -> Iterator[Regression]:
    if not run.observations:
        yield Regression(code="empty", reason="no case was run")
    yield from _broken_citations(run)
    for split, before in baseline.splits.items():
        seen = _of_split(run, split)
        if seen:
            yield from _compared(split, seen, before, baseline.tolerance)


def _of_split(run: Run, split: Split) -> tuple[Observation, ...]:
    return tuple(seen for seen in run.observations if seen.case.split == split)


def _broken_citations(run: Run) -> Iterator[Regression]:
    broken = [
        seen.case.id
        for seen in run.observations
        if (valid := seen.scores.get("citation_valid")) is not None and valid.value < 1
    ]
    if broken:
        yield Regression(code="citation_valid", reason=f"a quote is not verbatim in {_ids(broken)}")


def _compared(
    split: Split, seen: Sequence[Observation], before: SplitBaseline, tolerance: float
) -> Iterator[Regression]:
    shared = {one.case.id: one for one in seen if one.case.id in before.results}
    missing = sorted(before.results.keys() - shared.keys())
    yield from _significant(split, before.results, {name: one.is_right for name, one in shared.items()})
    if missing:
        yield Regression(code="missing", reason=f"{split}: not run: {_ids(missing)}")
        return
    now = headline(summarise_group(tuple(shared.values())))
    for name, was in before.headline.items():
        fault = _fault(name, was, now.get(name), tolerance)
        if fault:
            yield Regression(code="headline", reason=f"{split}: {fault}")


def _significant(split: Split, before: Mapping[str, bool], now: Mapping[str, bool]) -> Iterator[Regression]:
    lost = sorted(case for case, right in now.items() if before[case] and not right)
    gained = sum(right and not before[case] for case, right in now.items())
    chance = worse_by_chance(len(lost), gained)
    if chance < SIGNIFICANCE:
        reason = f"{split}: {len(lost)} lost, {gained} gained (p = {chance:.4f}): {_ids(lost)}"
        yield Regression(code="significantly_worse", reason=reason)


def _fault(name: str, was: float, now: float | None, tolerance: float) -> str | None:
    if now is None:
        return f"{name} is no longer measured, it was {was:.3f}"
    fall = now - was if name in _LOWER_IS_BETTER else was - now
    if fall <= tolerance + _ROUNDING:
        return None
    return f"{name} went from {was:.3f} to {now:.3f}, more than the tolerance of {tolerance}"


def _ids(cases: Sequence[str], shown: int = 10) -> str:
    more = f" and {len(cases) - shown} more" if len(cases) > shown else ""
    return ", ".join(cases[:shown]) + more
