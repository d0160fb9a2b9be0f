import pytest

from app.answering.contests import Contest, contest, settled
from app.answering.types import Claim, Evidence, Hit, Verdict
from ingest.types import Chunk, Metadata


def answer(text: str, short: str | None, confidence: float | None = None) -> tuple[Claim | Verdict, ...]:
    hit = Hit(Chunk("c", "d", 0, 0, len(text), "", None, text), Metadata("t"), score=1.0)
    return (
        Claim(text, (Evidence(hit, 0, len(text), text),)),
        Verdict("complete", short_answer=short, confidence=confidence),
    )


@pytest.mark.parametrize(
    ("question", "order", "questions"),
    [
        pytest.param(
            "Kenya or Togo: which country finished its workshops first?",
            "earlier",
            ("When Kenya: finished its workshops?", "When Togo: finished its workshops?"),
            id="two countries",
        ),
        pytest.param(
            "Which had more participants, ARZ 2021 or ARZ 2023?",
            "more",
            ("How many had participants, ARZ 2021?", "How many had participants, ARZ 2023?"),
            id="two exercises",
        ),
        pytest.param(
            "Which of Kenya and Togo finished its workshops first?",
            "earlier",
            ("When of Kenya finished its workshops?", "When of Togo finished its workshops?"),
            id="joined by and",
        ),
        pytest.param(
            "Did Kenya join before Togo?",
            "earlier",
            ("When Kenya join?", "When Togo join?"),
            id="supposed to be earlier",
        ),
        pytest.param(
            "Was Project 65 presented later than Project 53?",
            "later",
            ("When Project 65 presented?", "When Project 53 presented?"),
            id="supposed to be later",
        ),
    ],
)
def test_each_of_two_is_asked_about_alone(question: str, order: str, questions: tuple[str, str]) -> None:
    found = contest(question)
    assert found is not None
    assert (found.order, found.questions) == (order, questions)


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("Was the first workshop in Kenya or in Togo?", id="first is not compared"),
        pytest.param("Which country joined first?", id="nothing to choose from"),
        pytest.param("Was it in Kenya or in Togo?", id="nothing weighed"),
        pytest.param("Which came first, in Kenya or Togo or Mali?", id="three"),
        pytest.param("Did Kenya join before 2019?", id="before a year"),
        pytest.param(
            "Did Kenya train its police before Togo did the same for its army?", id="more is said of the second"
        ),
    ],
)
def test_other_questions_are_no_contest(question: str) -> None:
    assert contest(question) is None


EARLIER = Contest(("Kenya", "Togo"), ("a", "b"), "earlier")
SUPPOSED = Contest(("Kenya", "Togo"), ("a", "b"), "earlier", is_supposed=True)
MORE = Contest(("Kenya", "Togo"), ("a", "b"), "more")


@pytest.mark.parametrize(
    ("of", "left", "right", "winner"),
    [
        pytest.param(EARLIER, "3 May 2015", "June 2016", "Kenya", id="earlier"),
        pytest.param(EARLIER, "June 2016", "3 May 2015", "Togo", id="later"),
        pytest.param(MORE, "EUR 2.5 million", "EUR 900,000", "Kenya", id="millions"),
        pytest.param(MORE, "seven", "12", "Togo", id="in words"),
    ],
)
def test_the_winner_is_told_with_both_values(of: Contest, left: str, right: str, winner: str) -> None:
    steps = settled(of, [answer(f"Kenya: {left}.", left, 0.9), answer(f"Togo: {right}.", right, 0.4)])
    assert steps is not None
    claim, verdict = steps
    assert isinstance(claim, Claim)
    assert isinstance(verdict, Verdict)
    assert (verdict.short_answer, verdict.confidence, len(claim.evidence)) == (winner, 0.4, 2)
    assert left in claim.text
    assert right in claim.text


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(answer("Kenya: May 2015.", "May 2015"), (Verdict("none"),), id="one is silent"),
        pytest.param(answer("May 2015.", "May 2015"), answer("3 May 2015.", "3 May 2015"), id="too vague"),
        pytest.param(answer("Long ago.", None), answer("3 May 2015.", "3 May 2015"), id="no date"),
        pytest.param(answer("In 2015.", "2015"), answer("By 2015.", "2015"), id="equal"),
    ],
)
def test_what_cannot_be_told_apart_has_no_winner(
    left: tuple[Claim | Verdict, ...], right: tuple[Claim | Verdict, ...]
) -> None:
    assert settled(EARLIER, [left, right]) is None


@pytest.mark.parametrize(("left", "right", "said"), [("May 2015", "June 2016", "Yes"), ("June 2016", "May 2015", "No")])
def test_a_supposition_is_answered_with_yes_or_no_and_both_values(left: str, right: str, said: str) -> None:
    steps = settled(SUPPOSED, [answer(f"Kenya: {left}.", left), answer(f"Togo: {right}.", right)])
    assert steps is not None
    claim, verdict = steps
    assert isinstance(claim, Claim)
    assert isinstance(verdict, Verdict)
    assert verdict.short_answer == said
    assert claim.text.startswith(f"{said}: ")


def test_a_time_by_which_it_had_happened_decides_only_for_the_earlier() -> None:
    by_2015, by_2018, in_2016 = (
        answer("Kenya had joined by May 2015.", "May 2015"),
        answer("Togo had joined by June 2018.", "June 2018"),
        answer("Mali joined in June 2016.", "June 2016"),
    )
    assert settled(EARLIER, [by_2015, in_2016]) is not None
    assert settled(EARLIER, [in_2016, by_2018]) is None
