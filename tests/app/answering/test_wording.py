import pytest

from app.answering.model import Passage
from app.answering.wording import worded
from app.retrieval.query import Vocabulary

VOCABULARY = Vocabulary({"head": 1, "secretariat": 1, "exercise": 1, "drill": 1}, [])


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        pytest.param("Who is the boss?", "Its head spoke.", "Who is the head?", id="the passage's word"),
        pytest.param("Who is the boss?", "The boss, its head.", "Who is the boss?", id="the question's own word"),
        pytest.param("Who is the boss?", "Nobody spoke.", "Who is the boss?", id="neither"),
        pytest.param("Was it in late 2020?", "In November 2020.", "Was it in november 2020?", id="a season"),
        pytest.param("the contact person of Mali", "The focal point.", "the focal point of Mali", id="several words"),
    ],
)
def test_a_question_is_put_in_the_words_of_the_passage(question: str, text: str, expected: str) -> None:
    assert worded(VOCABULARY.read(question), Passage("", text)) == expected


def test_words_of_the_title_and_the_headings_count() -> None:
    query = VOCABULARY.read("Where was the drill?")
    assert worded(query, Passage("Exercise Falcon", "It was in Abu Dhabi.")) == "Where was the exercise?"
