"""How far two things are apart: reckoned from two values, both named and cited, or not at all."""

from collections.abc import Callable

import pytest

from app.answering.catalogue_query import parse
from app.answering.catalogue_reader import CatalogueReader
from app.answering.catalogue_types import CatalogueQuery, Condition
from app.answering.catalogue_words import Lexicon
from app.answering.types import Claim, Verdict
from tests.app.answering.catalogue_world import build
from tests.conftest import House

NOTHING = Lexicon({}, {}, {}, {}, {})


@pytest.fixture(scope="module")
def reader(new_house: Callable[[], House]) -> CatalogueReader:
    return CatalogueReader(build(new_house()).library())


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "How many more partner countries are there in South East Asia than in the Gulf?",
            CatalogueQuery(
                "partner",
                "difference",
                compared=((Condition("region", "South East Asia"),), (Condition("region", "Gulf"),)),
            ),
        ),
        (
            "By how much is the budget of Project 66 larger than that of Project 65?",
            CatalogueQuery(
                "project",
                "difference",
                order_by="budget_eur",
                compared=((Condition("project", "66"),), (Condition("project", "65"),)),
            ),
        ),
    ],
)
def test_a_question_for_a_difference_is_a_query(question: str, expected: CatalogueQuery) -> None:
    assert parse(question, NOTHING) == expected


@pytest.mark.parametrize(
    "question",
    [
        "How many more dangerous projects are there in Central Asia than in the Gulf?",
        "How much larger is Project 66 than Project 65 and Project 67?",
        "What is the difference between Project 65 and Project 66?",
    ],
)
def test_a_difference_that_is_not_understood_whole_is_no_query(question: str) -> None:
    query = parse(question, NOTHING)
    assert query is None or query.asked != "difference"


@pytest.mark.model
def test_a_difference_of_budgets_shows_and_cites_both(reader: CatalogueReader) -> None:
    claim, verdict = reader.read("What is the difference in budget between Project 65 and Project 66?") or ()
    assert isinstance(claim, Claim)
    assert isinstance(verdict, Verdict)
    assert verdict.short_answer == "EUR 900,000"
    assert "Project 65 (CABICHEM): EUR 3,000,000; Project 66 (MEDISAFE): EUR 3.9 million" in claim.text
    assert len(claim.evidence) == 2


@pytest.mark.model
def test_a_difference_of_numbers_cites_every_row(reader: CatalogueReader) -> None:
    claim, verdict = (
        reader.read("How many more round tables were held in Kazakhstan than in the United Arab Emirates?") or ()
    )
    assert isinstance(claim, Claim)
    assert isinstance(verdict, Verdict)
    assert (verdict.short_answer, len(verdict.items)) == ("0", 2)


@pytest.mark.model
def test_a_side_of_which_nothing_is_on_file_gives_no_difference(reader: CatalogueReader) -> None:
    assert reader.read("How many more projects cover Central Asia than the Gulf?") is None
