from collections.abc import Sequence

import pytest

from app.answering.parts import MAX_CLAIMS, joined, parts
from app.answering.types import Claim, Evidence, Hit, Verdict
from ingest.types import Chunk, Metadata

QUESTIONS = ("Who opened it?", "When did it end?")


def claim(text: str) -> Claim:
    hit = Hit(Chunk("c", "meetings/seminar", 0, 0, len(text), "", None, text), Metadata(title="Seminar"), 1.0)
    return Claim(text, (Evidence(hit, 0, len(text), text),))


def answered(*texts: str, short: str | None = None, confidence: float = 0.9) -> tuple[Claim | Verdict, ...]:
    return (*map(claim, texts), Verdict("complete", short_answer=short, confidence=confidence))


REFUSED = (Verdict("none", missing="the date asked for", confidence=0.1),)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        pytest.param(
            "When and where was the 14th round table held?",
            ["When was the 14th round table held?", "Where was the 14th round table held?"],
            id="two question words",
        ),
        pytest.param(
            "Who implements Project 101 and who Project 106?",
            ["Who implements Project 101?", "Who implements Project 106?"],
            id="a clause cut short",
        ),
        pytest.param(
            "Who opened the seminar in Oslo, and how many people came to the seminar in Rome?",
            ["Who opened the seminar in Oslo?", "And how many people came to the seminar in Rome?"],
            id="two clauses",
        ),
        pytest.param(
            "Dates of the first and of the second workshop in Kenya",
            ["Dates of the first workshop in Kenya", "Dates of the second workshop in Kenya"],
            id="two ordinals",
        ),
        pytest.param(
            "How many trainees were in Skopje (2025) and Chisinau (2024)?",
            ["How many trainees were in Skopje (2025)?", "How many trainees were in Chisinau (2024)?"],
            id="names with something in brackets",
        ),
        pytest.param(
            "Start date of Project 31 and date of its final meeting?",
            ["Start date of Project 31?", "Date of Project 31's final meeting?"],
            id="two nouns",
        ),
        pytest.param(
            "Start years of Falcon phase 1 and of phase 2",
            ["Start years of Falcon phase 1", "Start years of Falcon phase 2"],
            id="two numbers",
        ),
        pytest.param(
            "People trained: Baghdad responders in 2019, and Kenyan teams in 2017?",
            ["People trained: Baghdad responders in 2019?", "People trained: Kenyan teams in 2017?"],
            id="what is asked before a colon",
        ),
        pytest.param(
            "When were the secretariats in Manila and Nairobi opened?",
            ["When were the secretariats in Manila opened?", "When were the secretariats in Nairobi opened?"],
            id="several things in two places",
        ),
        pytest.param(
            "Where did ARZ 2021 and ARZ 2023 take place?",
            ["Where did ARZ 2021 take place?", "Where did ARZ 2023 take place?"],
            id="two that each have a place",
        ),
    ],
)  # fmt: skip
def test_a_question_that_asks_two_things_has_two_parts(question: str, asked: Sequence[str]) -> None:
    assert list(parts(question)) == asked


@pytest.mark.parametrize(
    "question",
    [
        "When did Kazakhstan join?",
        "Where was the training for Lebanon and Jordan held?",
        "Did Rabat or Manila open first?",
        "Which meetings were held between 2019 and 2021?",
        "Which countries are both in Project 53 and in Project 60?",
        "How many countries took part: Kenya, Uganda and Rwanda?",
        "Where did Kenya and Uganda meet?",
        "What do Project 53 and Project 65 have in common?",
        "The seminar in Oslo, when was it?",
        "when and where",
        "and",
        "x" * 4_000,
    ],
)
def test_a_question_that_asks_one_thing_stays_whole(question: str) -> None:
    assert parts(question) == (question,)


def test_two_answers_become_one() -> None:
    steps = joined(
        [answered("A opened it.", short="A"), answered("It ended in May.", short="May", confidence=0.6)], QUESTIONS
    )
    assert steps is not None
    *claims, verdict = steps
    assert [one.text for one in claims if isinstance(one, Claim)] == ["A opened it.", "It ended in May."]
    assert isinstance(verdict, Verdict)
    assert (verdict.completeness, verdict.short_answer, verdict.confidence) == ("complete", "A; May", 0.6)


def test_a_part_without_answer_makes_it_partial_and_is_named() -> None:
    found = [answered("A opened it."), answered("B opened it, too."), REFUSED]
    steps = joined(found, [*QUESTIONS, "Where was it?"])
    assert steps is not None
    verdict = steps[-1]
    assert isinstance(verdict, Verdict)
    assert verdict.completeness == "partial"
    assert verdict.coverage == "Not found: Where was it?"


@pytest.mark.parametrize(
    "found",
    [
        pytest.param([answered("One sentence."), answered("One sentence.")], id="the same sentence answers both"),
        pytest.param([REFUSED, REFUSED], id="neither is answered"),
        pytest.param([answered("One sentence."), REFUSED], id="one is answered: the whole may do better"),
    ],
)
def test_parts_that_are_no_better_than_the_whole_are_given_up(found: Sequence[Sequence[Claim | Verdict]]) -> None:
    assert joined(found, QUESTIONS) is None


def test_no_part_crowds_out_the_other() -> None:
    steps = joined([answered("A.", "B.", "C."), answered("D.")], QUESTIONS)
    assert steps is not None
    assert len(steps) == MAX_CLAIMS + 1 + 1
