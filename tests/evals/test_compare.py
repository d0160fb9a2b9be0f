import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from evals.compare import Comparison, Difference, compare, holm, mcnemar, permuted
from evals.runner import Run, RunError
from tests.evals.samples import make_answer, make_case, make_refusal, make_unanswerable, observed

WRONG = make_answer("In May 1999 [1].", short_answer="May 1999")


def of(*right: bool) -> Run:
    """A run of cases on a document each."""
    cases = (make_case(id=f"c{number:02}", documents=(f"d{number}",)) for number in range(len(right)))
    return Run(
        observations=tuple(
            observed(case, make_answer() if is_right else WRONG) for case, is_right in zip(cases, right, strict=True)
        )
    )


def difference(found: Comparison, measure: str) -> Difference:
    return next(one for one in found.differences if one.measure == measure)


def test_a_run_does_not_differ_from_itself() -> None:
    run = of(True, False, True)
    found = compare(run, run)
    assert (found.cases, found.lost, found.won) == (3, (), ())
    assert {(one.difference.mean, one.p, one.verdict) for one in found.differences} == {(0.0, 1.0, "same")}


def test_what_every_case_lost_is_worse() -> None:
    found = difference(compare(of(*[True] * 16), of(*[False] * 16)), "right")
    assert (found.before, found.after, found.difference.mean, found.test, found.verdict) == (
        *(1.0, 0.0, -1.0),
        "McNemar",
        "worse",
    )


def test_false_refusals_are_worse_when_they_rise() -> None:
    before, after = of(*[True] * 16), of(*[True] * 16)
    refused = tuple(observed(seen.case, make_refusal()) for seen in after.observations)
    assert difference(compare(before, Run(observations=refused)), "false_refusal").verdict == "worse"


def test_one_case_shows_nothing() -> None:
    found = difference(compare(of(True), of(False)), "right")
    assert (found.p, found.verdict, found.difference.low) == (1.0, "same", None)


def test_whoever_lost_and_won_is_listed_the_worst_first() -> None:
    cases = [make_case(id=name) for name in ("refused", "wrong", "won")]
    before = Run(observations=tuple(observed(case, WRONG if case.id == "won" else make_answer()) for case in cases))
    answers = (make_refusal(), WRONG, make_answer())
    found = compare(before, Run(observations=tuple(map(observed, cases, answers))))
    assert [change.id for change in found.lost] == ["wrong", "refused"]
    assert [(change.id, change.before, change.after, change.why) for change in found.won] == [
        ("won", WRONG.answer, make_answer().answer, "the answer is wrong: no expected form stands in it")
    ]


def test_cases_of_one_run_only_are_named_and_not_compared() -> None:
    found = compare(of(True, True), of(True))
    assert (found.cases, found.only_before, found.only_after) == (1, ("c01",), ())


def test_runs_without_a_case_in_common_are_refused() -> None:
    other = Run(observations=(observed(make_unanswerable(), make_refusal()),))
    with pytest.raises(RunError, match="no case in common"):
        compare(of(True), other)


@pytest.mark.parametrize(
    ("values", "corrected"),
    [
        pytest.param([0.01, 0.04, 0.03], [0.03, 0.06, 0.06], id="each by the tests not yet done"),
        pytest.param([0.5, 0.9], [1.0, 1.0], id="never more than one"),
        pytest.param([], [], id="none"),
    ],
)
def test_holm(values: list[float], corrected: list[float]) -> None:
    assert holm(values) == pytest.approx(corrected)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_is_never_kinder_than_the_control_of_false_discoveries(values: list[float]) -> None:
    pairs = zip(holm(values), false_discovery_control(values), strict=True)
    assert all(strict >= kind - 1e-9 for strict, kind in pairs)


@pytest.mark.parametrize(
    ("lost", "won", "chance"), [(0, 0, 1.0), (5, 0, 0.0625), (0, 6, 0.03125), (3, 3, 1.0)], ids=str
)
def test_mcnemar_is_exact_and_looks_at_both_sides(lost: int, won: int, chance: float) -> None:
    assert mcnemar(lost, won) == pytest.approx(chance)


def test_few_clusters_are_permuted_exactly() -> None:
    assert permuted([(f"c{number}", 0.0, 1.0) for number in range(5)]) == pytest.approx(2 / 32)


def test_cases_of_one_cluster_change_sides_together() -> None:
    assert permuted([(f"c{number % 2}", 0.0, 1.0) for number in range(20)]) == pytest.approx(2 / 4)


def test_permuting_twice_gives_the_same() -> None:
    values = [(f"c{number}", float(number % 3 == 0), float(number % 2 == 0)) for number in range(40)]
    assert permuted(values) == permuted(values)
