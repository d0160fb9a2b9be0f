import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.cases import Split
from evals.gate import (
    Baseline,
    BaselineError,
    Regression,
    SplitBaseline,
    baseline_of,
    draw,
    gate,
    read_baseline,
    worse_by_chance,
    write_baseline,
)
from evals.runner import Observation, Run
from tests.evals.samples import make_answer, make_case, make_citation, make_refusal, make_unanswerable, observed

WRONG = make_answer("In May 1999 [1].", short_answer="May 1999")


def of(right: Sequence[bool], split: Split = "dev") -> tuple[Observation, ...]:
    return tuple(
        observed(make_case(id=f"{split}-{number:02}", split=split), make_answer() if is_right else WRONG)
        for number, is_right in enumerate(right)
    )


def lenient(run: Run) -> Baseline:
    """The run's baseline with room for any figure, so that only the test on cases can object."""
    return baseline_of(run, tolerance=1.0)


def test_a_run_passes_against_itself() -> None:
    run = Run(observations=of([True, False, True]))
    assert gate(run, baseline_of(run)) == ()


def test_a_better_run_passes() -> None:
    assert gate(Run(observations=of([True] * 6)), baseline_of(Run(observations=of([False] * 6)))) == ()


@pytest.mark.parametrize(
    ("lost", "gained", "chance"),
    [
        pytest.param(0, 0, 1.0, id="nothing changed"),
        pytest.param(4, 0, 0.0625, id="four lost"),
        pytest.param(5, 0, 0.03125, id="five lost"),
        pytest.param(5, 1, 0.109375, id="five lost, one gained"),
        pytest.param(0, 5, 1.0, id="five gained"),
    ],
)
def test_the_test_on_changed_cases_is_exact(lost: int, gained: int, chance: float) -> None:
    assert worse_by_chance(lost, gained) == chance


@given(st.integers(0, 200), st.integers(0, 200))
def test_losing_more_is_never_likelier(lost: int, gained: int) -> None:
    assert 0 < worse_by_chance(lost + 1, gained) <= worse_by_chance(lost, gained + 1) <= 1


def test_five_cases_lost_are_significant() -> None:
    before, now = Run(observations=of([True] * 20)), Run(observations=of([False] * 5 + [True] * 15))
    reason = "dev: 5 lost, 0 gained (p = 0.0312): dev-00, dev-01, dev-02, dev-03, dev-04"
    assert gate(now, lenient(before)) == (Regression(code="significantly_worse", reason=reason),)


def test_four_cases_lost_are_not_significant() -> None:
    before, now = Run(observations=of([True] * 20)), Run(observations=of([False] * 4 + [True] * 16))
    assert gate(now, lenient(before)) == ()


def test_losses_on_one_split_are_not_made_good_on_the_other() -> None:
    before = Run(observations=of([False] * 9) + of([True] * 9, "test"))
    now = Run(observations=of([True] * 9) + of([False] * 9, "test"))
    assert [found.code for found in gate(now, lenient(before))] == ["significantly_worse"]


def test_a_figure_that_falls_by_more_than_the_tolerance_fails() -> None:
    before = Baseline(
        commit=None,
        tolerance=0.1,
        splits={
            "dev": SplitBaseline(headline={"right": 1.0, "short_f1": 0.6}, results={"dev-00": True, "dev-01": True})
        },
    )
    assert gate(Run(observations=of([True, False])), before) == (
        Regression(code="headline", reason="dev: right went from 1.000 to 0.500, more than the tolerance of 0.1"),
    )


def test_a_figure_that_falls_by_the_tolerance_passes() -> None:
    before = Baseline(
        commit=None,
        tolerance=0.5,
        splits={"dev": SplitBaseline(headline={"right": 1.0}, results={"dev-00": True, "dev-01": True})},
    )
    assert gate(Run(observations=of([True, False])), before) == ()


def test_false_refusals_are_worse_when_they_rise() -> None:
    before = Baseline(
        commit=None,
        tolerance=0.1,
        splits={"dev": SplitBaseline(headline={"false_refusal_rate": 0.0}, results={"kz-1": True})},
    )
    assert gate(Run(observations=(observed(make_case(), make_refusal()),)), before) == (
        Regression(
            code="headline", reason="dev: false_refusal_rate went from 0.000 to 1.000, more than the tolerance of 0.1"
        ),
    )


def test_a_figure_that_is_no_longer_measured_fails() -> None:
    before = Baseline(
        commit=None,
        tolerance=0.1,
        splits={"dev": SplitBaseline(headline={"recall@10": 0.9}, results={"kz-1": True})},
    )
    assert gate(Run(observations=(observed(make_case(), make_answer()),)), before) == (
        Regression(code="headline", reason="dev: recall@10 is no longer measured, it was 0.900"),
    )


def test_a_quote_that_is_not_verbatim_fails_even_in_a_new_case() -> None:
    broken = observed(make_case(id="new"), make_answer(citations=(make_citation(start=1),)))
    before = baseline_of(Run(observations=of([True])))
    assert gate(Run(observations=(*of([True]), broken)), before) == (
        Regression(code="citation_valid", reason="a quote is not verbatim in new"),
    )


def test_cases_that_the_baseline_does_not_hold_do_not_fail() -> None:
    before = baseline_of(Run(observations=of([True])))
    assert (gate(Run(observations=of([True, False, False])), before), before.cases) == ((), {"dev-00"})


def test_a_draw_holds_the_share_of_every_kind_in_every_split_and_at_least_one() -> None:
    cases = (
        *(make_case(id=f"date-{number}") for number in range(20)),
        *(make_case(id=f"test-{number}", split="test") for number in range(10)),
        *(make_case(id=f"list-{number}", kind="list") for number in range(2)),
    )
    drawn = draw(cases, 0.3)
    assert Counter(id.split("-")[0] for id in drawn) == {"date": 6, "test": 3, "list": 1}
    assert draw(cases[::-1], 0.3) == drawn
    assert draw(cases, 1.0) == {case.id for case in cases}


def test_a_larger_draw_and_a_draw_from_more_cases_keep_what_they_can() -> None:
    cases = tuple(make_case(id=f"date-{number}") for number in range(40))
    assert draw(cases, 0.2) < draw(cases, 0.4)
    assert len(draw(cases[:30], 0.5) & draw(cases, 0.5)) >= 10


def test_cases_that_were_not_run_fail() -> None:
    before = baseline_of(Run(observations=of([True] * 13)))
    reason = "dev: not run: dev-01, dev-02, dev-03, dev-04, dev-05, dev-06, dev-07, dev-08, dev-09, dev-10 and 2 more"
    assert gate(Run(observations=of([True])), before) == (Regression(code="missing", reason=reason),)


def test_a_split_that_was_not_run_is_not_compared() -> None:
    before = baseline_of(Run(observations=of([True]) + of([True], "test")))
    assert gate(Run(observations=of([True], "test")), before) == ()


def test_an_empty_run_fails() -> None:
    before = baseline_of(Run(observations=of([True])))
    assert gate(Run(observations=()), before) == (Regression(code="empty", reason="no case was run"),)


def test_a_baseline_holds_right_and_wrong_and_figures_by_split() -> None:
    observations = (
        observed(make_unanswerable(id="x", split="test"), make_refusal()),
        observed(make_case(id="b"), WRONG),
        observed(make_case(id="a"), make_answer()),
    )
    assert baseline_of(Run(observations=observations), tolerance=0.02) == Baseline(
        commit=None,
        tolerance=0.02,
        splits={
            "dev": SplitBaseline(
                headline={
                    "right": 0.5,
                    "answer_correct": 0.5,
                    "short_f1": 0.5,
                    "citation_correct": 1.0,
                    "citation_complete": 1.0,
                    "false_refusal_rate": 0.0,
                },
                results={"a": True, "b": False},
            ),
            "test": SplitBaseline(
                headline={"right": 1.0, "refusal_precision": 1.0, "refusal_recall": 1.0}, results={"x": True}
            ),
        },
    )


def test_a_written_baseline_is_read_back(tmp_path: Path) -> None:
    run, path = Run(observations=of([True, False])), tmp_path / "baseline.json"
    write_baseline(run, path)
    assert read_baseline(path) == baseline_of(run)


def test_writing_a_baseline_again_keeps_its_tolerance(tmp_path: Path) -> None:
    run, path = Run(observations=of([True])), tmp_path / "baseline.json"
    write_baseline(run, path)
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"tolerance": 0.03}), encoding="utf-8")
    write_baseline(run, path)
    assert read_baseline(path).tolerance == 0.03


def test_a_missing_baseline_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match=r"no baseline at .*baseline\.json: write one with `coe eval baseline`"):
        read_baseline(tmp_path / "baseline.json")


def test_a_file_that_is_no_baseline_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "baseline.json").write_text("{}", encoding="utf-8")
    with pytest.raises(BaselineError, match=r"baseline\.json is no baseline"):
        read_baseline(tmp_path / "baseline.json")
