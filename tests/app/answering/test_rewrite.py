import pytest

from app.answering.rewrite import standalone
from app.types import Turn

HISTORY = (
    Turn(question="Who is Maria Rossi?", answer="A team leader."),
    Turn(question="When did Kazakhstan join?", answer="In 2020."),
)
LAST = "When did Kazakhstan join?"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        pytest.param("And Mongolia?", f"And Mongolia? ({LAST})", id="begins with and"),
        pytest.param(
            "What about the country of Mongolia?", f"What about the country of Mongolia? ({LAST})", id="about"
        ),
        pytest.param("Which agency is its focal point?", f"Which agency is its focal point? ({LAST})", id="its"),
        pytest.param("Which of THEM came in 2021?", f"Which of THEM came in 2021? ({LAST})", id="capitals"),
        pytest.param("А когда вступила Монголия?", f"А когда вступила Монголия? ({LAST})", id="Russian"),
        pytest.param("Et la Mongolie, quand ?", f"Et la Mongolie, quand ? ({LAST})", id="French"),
        pytest.param("In which year?", f"In which year? ({LAST})", id="short"),
        pytest.param("Where is the regional secretariat?", "Where is the regional secretariat?", id="stands alone"),
        pytest.param("Where is the Italian secretariat?", "Where is the Italian secretariat?", id="it within a word"),
    ],
)
def test_a_follow_up_carries_the_question_before_it(question: str, text: str) -> None:
    assert standalone(question, HISTORY) == text


def test_without_history_a_question_is_itself() -> None:
    assert standalone("And it?", ()) == "And it?"
