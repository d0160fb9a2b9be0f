import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.runner import Run
from evals.summary import Estimate, Latency, Refusals, estimate, summarise, summarise_group
from tests.evals.samples import make_answer, make_case, make_refusal, make_unanswerable, observed

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


def test_refusals_are_judged_against_what_can_be_answered() -> None:
    observations = [
        observed(make_case(id="1"), make_answer()),
        observed(make_case(id="2"), make_refusal()),
        observed(make_case(id="3"), make_answer()),
        observed(make_case(id="4"), make_answer()),
        observed(make_unanswerable(id="5"), make_refusal()),
        observed(make_unanswerable(id="6"), make_answer()),
        observed(make_unanswerable(id="7"), None),
    ]
    assert summarise_group(observations).refusals == Refusals(precision=0.5, recall=1 / 3, false_refusal_rate=0.25)


def test_refusals_have_no_figure_where_there_is_nothing_to_count() -> None:
    assert summarise_group([observed(make_case(), make_answer())]).refusals == Refusals(
        precision=None, recall=None, false_refusal_rate=0.0
    )


def test_latency_leaves_failed_cases_out() -> None:
    observations = [
        observed(make_case(id="1"), make_answer(), latency_ms=100),
        observed(make_case(id="2"), make_answer(), latency_ms=200),
        observed(make_case(id="3"), None, latency_ms=9_000),
    ]
    assert summarise_group(observations).latency_ms == Latency(p50=150.0, p95=195.0)


def test_latency_of_failures_alone_is_unknown() -> None:
    assert summarise_group([observed(make_case(), None)]).latency_ms is None


def test_scores_that_apply_to_no_case_are_absent() -> None:
    group = summarise_group([observed(make_unanswerable(), make_refusal())])
    assert sorted(group.scores) == ["refusal_right", "refused", "right"]


def test_a_failed_case_counts_as_wrong() -> None:
    group = summarise_group([observed(make_case(id="1"), make_answer()), observed(make_case(id="2"), None)])
    assert (group.n, group.errors, group.scores["right"].mean, group.scores["answer_correct"].mean) == (2, 1, 0.5, 0.5)


@pytest.mark.parametrize(
    ("grouping", "sizes"),
    [
        pytest.param("by_kind", {"date": 2, "near_miss": 1}, id="kind"),
        pytest.param("by_language", {"en": 2, "fr": 1}, id="language"),
        pytest.param("by_split", {"dev": 1, "test": 2}, id="split"),
    ],
)
def test_figures_come_by_kind_language_and_split(grouping: str, sizes: dict[str, int]) -> None:
    observations = (
        observed(make_case(id="1", split="test"), make_answer()),
        observed(make_case(id="2", language="fr"), make_answer()),
        observed(make_unanswerable(id="3", split="test"), make_refusal()),
    )
    groups = summarise(Run(observations=observations)).model_dump()[grouping]
    assert {name: group["n"] for name, group in groups.items()} == sizes


def test_all_cases_are_summarised_together() -> None:
    observations = (observed(make_case(), make_answer()), observed(make_unanswerable(), make_refusal()))
    assert summarise(Run(observations=observations)).overall == summarise_group(observations)
