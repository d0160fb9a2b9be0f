import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.estimates import Estimate, Weights, estimate, estimate_of, estimate_share

VALUES = st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from((0.0, 0.25, 0.5, 1.0))), min_size=1, max_size=30)


@given(VALUES)
def test_an_estimate_is_the_same_every_time(values: list[tuple[str, float]]) -> None:
    assert estimate(values) == estimate(values)


@given(VALUES.flatmap(lambda values: st.tuples(st.just(values), st.permutations(values))))
def test_an_estimate_does_not_depend_on_the_order_of_cases(
    both: tuple[list[tuple[str, float]], list[tuple[str, float]]],
) -> None:
    assert estimate(both[0]) == estimate(both[1])


@given(VALUES)
def test_an_interval_stays_between_the_extremes(values: list[tuple[str, float]]) -> None:
    found = estimate(values)
    smallest, largest = min(value for _, value in values), max(value for _, value in values)
    if found.low is not None and found.high is not None:
        assert smallest - 1e-12 <= found.low <= found.high <= largest + 1e-12


def test_one_cluster_has_no_interval() -> None:
    assert estimate([("a", 1.0), ("a", 0.0)]) == Estimate(n=2, mean=0.5, low=None, high=None)


def test_equal_values_have_an_interval_without_width() -> None:
    assert estimate([("a", 1.0), ("b", 1.0)]) == Estimate(n=2, mean=1.0, low=1.0, high=1.0)


def test_cases_on_one_document_make_the_interval_wider() -> None:
    values = [1.0, 0.0] * 10
    alone = estimate([(str(number), value) for number, value in enumerate(values)])
    together = estimate([(str(number % 4), value) for number, value in enumerate(values)])
    assert alone.low is not None
    assert together.low is not None
    assert (alone.mean, together.mean) == (0.5, 0.5)
    assert together.low < alone.low


@pytest.mark.parametrize(
    ("value", "low", "high"), [pytest.param(1.0, 0.292, 1.0, id="all"), pytest.param(0.0, 0.0, 0.708, id="none")]
)
def test_a_share_of_all_or_none_is_in_doubt(value: float, low: float, high: float) -> None:
    found = estimate_share([("a", value), ("b", value), ("c", value), ("c", value)])
    assert (found.mean, found.low, found.high) == (value, pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))


def test_a_share_between_has_the_interval_of_its_mean() -> None:
    values = [("a", 1.0), ("b", 0.0), ("c", 1.0)]
    assert estimate_share(values) == estimate(values)


def sums(weights: Weights) -> Weights:
    return weights.sum(axis=1)


def test_a_statistic_is_taken_of_every_resample() -> None:
    assert estimate_of(sums, ["a", "b", "c"]) == Estimate(n=3, mean=3.0, low=3.0, high=3.0)


def test_a_statistic_resamples_whole_clusters() -> None:
    found = estimate_of(sums, ["a", "a", "a", "b"])
    assert found == Estimate(n=4, mean=4.0, low=2.0, high=6.0)


def test_a_statistic_without_a_value_is_none() -> None:
    assert estimate_of(lambda weights: np.full(len(weights), np.nan), ["a", "b"]) is None
    assert estimate_of(sums, []) is None
