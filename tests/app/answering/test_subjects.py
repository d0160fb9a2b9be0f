"""What a question names while asking nothing particular of it."""

import pytest

from app.answering.catalogue_words import Lexicon
from app.answering.subjects import Subject, Subjects
from ingest.types import Cell, Row


def row(kind: str, id: str, **values: str) -> Row:
    return Row(kind, id, tuple(Cell(field, value, None, "doc", "", 0, 0, "") for field, value in values.items()))


ROWS = {
    "secretariat": (row("secretariat", "ca", region="Central Asia", city="Tashkent", country="Uzbekistan"),),
    "project": (row("project", "project-65", number="65", acronym="CABICHEM"),),
    "meeting": (
        row(
            "meeting",
            "rtm-14",
            series="round-table",
            ordinal="14",
            region="Central Asia",
            start="2021-06-01",
            city="Almaty",
        ),
        row(
            "meeting",
            "rtm-15",
            series="round-table",
            ordinal="15",
            region="Central Asia",
            start="2022-03-21",
            city="Dubai",
        ),
    ),
    "person": (
        row("person", "anna", name="Anna Old"),
        row("person", "boris", name="Boris Gulyam"),
        row("person", "lone", name="Gulyam"),
        row("person", "carl", name="Carl Doubler"),
        row("person", "dora", name="Dora Doubler"),
    ),
}
SUBJECTS = Subjects(Lexicon.of([one for rows in ROWS.values() for one in rows]), lambda kind: ROWS.get(kind, ()))


@pytest.mark.parametrize(
    ("question", "kind", "id"),
    [
        ("Tell me about Uzbekistan", "country", "Uzbekistan"),
        ("Uzbekistan", "country", "Uzbekistan"),
        ("What has Mongolia done in the initiative?", "country", "Mongolia"),
        ("What is known about Georgia?", "country", "Georgia"),
        ("What do you know about Project 65?", "project", "65"),
        ("CABICHEM", "project", "65"),
        ("Present the Tashkent secretariat", "region", "Central Asia"),
        ("Tell me about the secretariat in Uzbekistan", "region", "Central Asia"),
        ("Give me an overview of the regional secretariat in Tashkent, Uzbekistan", "region", "Central Asia"),
        ("the Central Asia region", "region", "Central Asia"),
        ("Tell me about the 14th round table for Central Asia", "meeting", "rtm-14"),
        ("Who is Anna Old?", "person", "anna"),
        ("anna old", "person", "anna"),
        ("Tell me about Mr Gulyam", "person", "boris"),
    ],
)
def test_one_thing_named_and_nothing_asked_of_it_is_the_subject(question: str, kind: str, id: str) -> None:
    assert SUBJECTS.of(question) == Subject(kind, id)


@pytest.mark.parametrize(
    "question",
    [
        "When did Uzbekistan join?",
        "Is Uzbekistan in the initiative?",
        "Tell me about the budget of Project 65",
        "What is Project 65 about?",
        "Who runs Project 65?",
        "Tell me about Uzbekistan and Mongolia",
        "What has Mongolia done in 2024?",
        "Where is the Tashkent secretariat?",
        "Tell me about the round tables for Central Asia",
        "Who is Doubler?",
        "What did Anna Old say in Tashkent?",
        "Tell me about CBRN",
        "",
    ],
)
def test_a_question_that_asks_for_anything_particular_has_no_subject(question: str) -> None:
    assert SUBJECTS.of(question) is None
