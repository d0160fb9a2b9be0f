import pytest

from app.answering.ambiguity import asked_back
from ingest.types import Cell, Row


def row(kind: str, **values: str) -> Row:
    cells = (Cell(field, value, None, "d", "", 0, len(value), value) for field, value in values.items())
    return Row(kind, "-".join(values.values()), tuple(cells))


ROWS = {
    "secretariat": [row("secretariat", region="Gulf"), row("secretariat", region="Central Asia")],
    "meeting": [row("meeting", name=f"Round Table {at}", series="round-table") for at in range(20)]
    + [row("meeting", name="Academy", series="other")],
    "partner": [row("partner", name="Kenya")],
}


def ask(question: str) -> str | None:
    steps = asked_back(question, lambda kind: ROWS[kind])
    return steps[0].asks if steps else None


@pytest.mark.parametrize(
    "question",
    ["Where is the regional secretariat?", "who is the head of the secretariat", "When did the secretariat open?"],
)
def test_a_few_things_are_named_to_choose_from(question: str) -> None:
    assert ask(question) == "The documents tell of 2 regional secretariats: Central Asia; Gulf. Which one do you mean?"


def test_of_many_things_is_asked_what_tells_them_apart() -> None:
    assert ask("When was the last round table held?") == (
        "The documents tell of 20 round tables. Which one do you mean: can you name its region and its number or year?"
    )


@pytest.mark.parametrize(
    "question",
    [
        "Where is the regional secretariat for the Gulf?",
        "Who heads the secretariat in Tashkent?",
        "When was the 14th round table held?",
        "Who opened the round table in June 2021?",
        "Who opened the round table of SEEE?",
        "What is a regional secretariat?",
        "What does the regional secretariat do?",
        "Tasks of the national focal point?",
        "Who is the focal point?",  # one country alone
        "How many partner countries are there?",
        "",
    ],
)
def test_a_question_that_says_which_or_means_all_is_not_asked_back(question: str) -> None:
    assert ask(question) is None
