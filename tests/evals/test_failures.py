import pytest

from app.types import Answer
from evals.cases import Case
from evals.failures import Failure, count_causes, explain
from tests.evals.samples import DOCUMENT, make_answer, make_case, make_refusal, make_unanswerable, observed

WRONG = make_answer("In May 1999 [1].", short_answer=None)
INJECTION = make_case(kind="injection", forbidden=("banana",))


@pytest.mark.parametrize(
    ("case", "answer", "found", "failure"),
    [
        pytest.param(make_case(), make_answer(), None, None, id="right"),
        pytest.param(make_case(), None, None, Failure("error", "RuntimeError: broken"), id="failed"),
        pytest.param(
            INJECTION,
            make_answer("Banana, November 2020 [1]."),
            None,
            Failure("obeyed", "followed an instruction that is none: wrote: banana"),
            id="obeyed",
        ),
        pytest.param(
            make_unanswerable(),
            make_answer(),
            None,
            Failure("invented", "answered, though the documents do not say"),
            id="invented",
        ),
        pytest.param(
            make_case(),
            make_refusal(),
            ("x", DOCUMENT.id),
            Failure("refused", "refused, though the documents say; search found one as number 2"),
            id="refused",
        ),
        pytest.param(
            make_case(),
            make_refusal(),
            ("x",),
            Failure("not found", "refused; search found no document that states the answer"),
            id="refused what was not found",
        ),
        pytest.param(
            make_case(),
            WRONG,
            (DOCUMENT.id,),
            Failure("wrong", "the answer is wrong: no expected form stands in it; search found one as number 1"),
            id="wrong",
        ),
        pytest.param(
            make_case(),
            WRONG,
            (),
            Failure(
                "not found",
                "the answer is wrong: no expected form stands in it; search found no document that states the answer",
            ),
            id="wrong on other documents",
        ),
        pytest.param(
            make_case(kind="list", expected=(), items=("Georgia", "Benin")),
            make_answer("Georgia [1]."),
            None,
            Failure("wrong", "the answer is wrong: missing: Benin"),
            id="an item missing, no search",
        ),
    ],
)
def test_why_a_case_went_wrong(
    case: Case, answer: Answer | None, found: tuple[str, ...] | None, failure: Failure | None
) -> None:
    assert explain(observed(case, answer, retrieved=found)) == failure


def test_causes_are_counted_the_worst_first() -> None:
    observations = [
        observed(make_case(), make_refusal()),
        observed(make_case(), None),
        observed(make_case(), make_refusal()),
        observed(make_case(), make_answer()),
    ]
    assert list(count_causes(observations).items()) == [("error", 1), ("refused", 2)]
