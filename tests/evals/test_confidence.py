import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from evals.confidence import Asked, auroc, judge_confidence, reliability, risk_coverage

CONFIDENCE = st.sampled_from((0.0, 0.1, 0.5, 0.9, 1.0))


def asked(confidence: float, *, right: bool = True, answered: bool = True, answerable: bool = True) -> Asked:
    return Asked(f"{confidence} {right} {answerable}", confidence, answerable, answered, right)


@given(
    st.lists(st.tuples(CONFIDENCE, st.booleans()), min_size=2, max_size=40).filter(
        lambda told: len({has for _, has in told}) == 2
    )
)
def test_auroc_is_that_of_scikit_learn(told: list[tuple[float, bool]]) -> None:
    confidence, answerable = zip(*told, strict=True)
    assert auroc(confidence, answerable) == pytest.approx(roc_auc_score(answerable, confidence))


def test_auroc_needs_both_sorts() -> None:
    assert auroc([0.1, 0.9], [True, True]) is None


def test_the_curve_goes_from_the_most_confident_answer_and_ends_at_refusals() -> None:
    cases = [asked(0.5, right=False), asked(0.9), asked(0.1, answered=False), asked(0.7)]
    assert [tuple(point.model_dump().values()) for point in risk_coverage(cases)] == [
        (0.25, 0.0),
        (0.5, 0.0),
        (0.75, pytest.approx(1 / 3)),
    ]


def test_answers_of_equal_confidence_share_their_risk() -> None:
    one = risk_coverage([asked(0.5, right=False), asked(0.5)])
    assert [point.risk for point in one] == [0.5, 0.5]


def test_a_good_order_has_less_area_than_a_bad_one() -> None:
    good = judge_confidence([asked(0.9), asked(0.8), asked(0.1, right=False)])
    bad = judge_confidence([asked(0.1), asked(0.8), asked(0.9, right=False)])
    assert good is not None
    assert good.risk_area is not None
    assert bad is not None
    assert bad.risk_area is not None
    assert (good.risk_area.mean, good.best_area) == (pytest.approx(1 / 9), pytest.approx(1 / 9))
    assert (bad.risk_area.mean, bad.best_area) == (pytest.approx((1 + 1 / 2 + 1 / 3) / 3), pytest.approx(1 / 9))


def test_where_everything_was_refused_there_is_no_risk() -> None:
    found = judge_confidence([asked(0.2, answered=False, answerable=False), asked(0.4, answered=False)])
    assert found is not None
    assert (found.coverage, found.risk_area, found.best_area) == (0.0, None, None)


def test_confidence_that_is_always_right_has_no_error() -> None:
    found = judge_confidence([asked(1.0), asked(0.0, answerable=False, answered=False)])
    assert found is not None
    assert (found.brier, found.calibration_error, found.auroc and found.auroc.mean) == (0.0, 0.0, 1.0)


def test_without_cases_there_is_nothing_to_judge() -> None:
    assert judge_confidence([]) is None


def test_bins_hold_cases_of_like_confidence() -> None:
    cases = [asked(0.05), asked(0.01, answerable=False), asked(1.0), asked(0.95)]
    assert [(one.n, one.answerable) for one in reliability(cases)] == [(2, 0.5), (2, 1.0)]


def test_a_bin_knows_its_doubt() -> None:
    (one,) = reliability([asked(0.5), asked(0.5)])
    assert (one.low, one.high) == (pytest.approx(0.342, abs=1e-3), 1.0)
