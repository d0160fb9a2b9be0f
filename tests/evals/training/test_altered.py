import random

import pytest

from evals.training.altered import Altered, altered


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        pytest.param("Who opened the meeting of 2021?", "Who opened the meeting of ", id="year"),
        pytest.param("Who opened the 14th round table?", "Who opened the ", id="ordinal"),
        pytest.param("What is project 65 about?", "What is ", id="project"),
        pytest.param("When did Kazakhstan join?", "When did ", id="country"),
        pytest.param("Where is the secretariat for Central Asia?", "Where is the secretariat for ", id="region"),
    ],
)
def test_a_question_is_changed_in_its_name_or_number_alone(question: str, kept: str) -> None:
    found = [altered(question, random.Random(seed)) for seed in range(30)]
    for one in found:
        assert one is not None
        assert one.question != question
        assert one.question.startswith(kept)
        assert one.word in one.question


def test_a_question_without_name_or_number_stays() -> None:
    assert altered("Who opened the meeting?", random.Random(1)) is None


def test_a_text_that_holds_the_new_word_may_answer() -> None:
    one = Altered("Who opened the 15th round table?", "15th")
    assert one.may_be_answered("The 15th was opened by the minister.")
    assert not one.may_be_answered("The 115th was opened by the minister.")
