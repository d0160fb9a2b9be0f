import pytest

from evals.cases import Case
from evals.estimates import Estimate
from evals.runner import Run
from evals.summary import Refusals, cluster, summarise, summarise_group
from tests.evals.samples import make_answer, make_case, make_refusal, make_unanswerable, observed


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
    refusals = summarise_group(observations).refusals
    found = {name: estimate and (estimate.n, estimate.mean) for name, estimate in refusals}
    assert found == {"precision": (2, 0.5), "recall": (3, 1 / 3), "false_refusal_rate": (4, 0.25)}


def test_refusals_have_no_figure_where_there_is_nothing_to_count() -> None:
    assert summarise_group([observed(make_case(), make_answer())]).refusals == Refusals(
        precision=None, recall=None, false_refusal_rate=Estimate(n=1, mean=0.0, low=None, high=None)
    )


def test_latency_leaves_failed_cases_out() -> None:
    observations = [
        observed(make_case(id="1"), make_answer(), latency_ms=100),
        observed(make_case(id="2"), make_answer(), latency_ms=200),
        observed(make_case(id="3"), None, latency_ms=9_000),
    ]
    latency = summarise_group(observations).latency_ms
    assert latency is not None
    assert (latency.p50.mean, latency.p95.mean) == (150.0, 195.0)


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


@pytest.mark.parametrize(
    ("case", "name"),
    [
        pytest.param(make_case(documents=("a", "b")), "document a", id="its main document"),
        pytest.param(
            make_unanswerable(history=({"question": "Who?", "answer": "Ann."},)), "conversation Who?", id="conversation"
        ),
        pytest.param(make_unanswerable(), "case kz-x1", id="alone"),
    ],
)
def test_cases_are_drawn_together_by_document_or_conversation(case: Case, name: str) -> None:
    assert cluster(case) == name


def test_confidence_is_judged_where_answers_come_with_it() -> None:
    observations = (
        observed(make_case(id="1"), make_answer(), confidence=0.9),
        observed(make_unanswerable(id="2"), make_refusal(), confidence=0.2),
        observed(make_case(id="3"), make_answer()),
    )
    found = summarise_group(observations).confidence
    assert found is not None
    assert (found.n, found.coverage, found.auroc and found.auroc.mean) == (2, 0.5, 1.0)


def test_without_confidence_there_is_nothing_to_judge() -> None:
    assert summarise_group((observed(make_case(), make_answer()),)).confidence is None
