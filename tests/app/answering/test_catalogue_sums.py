"""Lists by area, limit and state, sums and numbers by group: what the question says, and what the rows come to."""

from collections.abc import Callable
from datetime import date

import pytest

from app.answering.catalogue_areas import areas, countries_of
from app.answering.catalogue_limits import holds, limits
from app.answering.catalogue_query import parse
from app.answering.catalogue_reader import CatalogueReader
from app.answering.catalogue_states import state
from app.answering.catalogue_types import CatalogueQuery, Condition
from app.answering.catalogue_words import Lexicon
from app.answering.types import Claim, Verdict
from ingest.types import Cell, Row
from tests.app.answering.catalogue_world import build
from tests.conftest import House

NOTHING = Lexicon({}, {}, {}, {}, {})
TODAY = date(2026, 1, 1)


@pytest.fixture(scope="module")
def reader(new_house: Callable[[], House]) -> CatalogueReader:
    return CatalogueReader(build(new_house()).library(), lambda: TODAY)


def verdict(reader: CatalogueReader, question: str) -> Verdict:
    *_, last = reader.read(question) or ()
    assert isinstance(last, Verdict)
    return last


@pytest.mark.parametrize(
    ("text", "name", "is_region"),
    [
        ("projects in the Sahel", "North Africa and Sahel", True),
        ("ASEAN countries", "South East Asia", True),
        ("the western balkans", "Balkans", False),
        ("South Caucasus", "Caucasus", False),
        ("West African partners", "West Africa", False),
    ],
)
def test_a_part_of_the_world_is_known_by_any_of_its_names(text: str, name: str, is_region: bool) -> None:
    assert [(area.name, area.is_region) for area in areas(text)] == [(name, is_region)]


def test_countries_of_an_area_bear_the_names_that_are_shown_everywhere() -> None:
    assert countries_of("Caucasus") == {"Armenia", "Azerbaijan", "Georgia"}


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("a budget of more than EUR 3 million", "budget_eur", "more than 3,000,000"),
        ("cost less than 800,000 euros", "budget_eur", "less than 800,000"),
        ("at least 100 participants", "participants", "at least 100"),
        ("longer than 36 months", "duration_months", "more than 36"),
    ],
)
def test_a_limit_gives_its_field_and_its_number(text: str, field: str, value: str) -> None:
    assert [(limit.field, limit.value) for limit in limits(text)] == [(field, value)]


@pytest.mark.parametrize("text", ["more than 3 countries", "after 2020", "over the years", "under Project 65"])
def test_other_numbers_are_no_limit(text: str) -> None:
    assert list(limits(text)) == []


def test_a_limit_holds_up_to_its_bound() -> None:
    told = [holds(3, f"{bound} 3") for bound in ("more than", "at least", "less than", "at most")]
    assert told == [False, True, False, True]


def project(**fields: str) -> Row:
    return Row("project", "p", tuple(Cell(name, value, None, "d", "", 0, 1, "q") for name, value in fields.items()))


def test_the_last_day_tells_the_state_before_what_is_said_of_it() -> None:
    told = state(project(end="2025-06", status="ongoing"), TODAY)
    assert told is not None
    assert (told.is_over, told.is_dated) == (True, True)


def test_without_a_last_day_the_status_tells_the_state_or_nothing_does() -> None:
    running = state(project(status="under way"), TODAY)
    assert running is not None
    assert (running.is_over, running.is_dated) == (False, False)
    assert state(project(status="to start soon"), TODAY) is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Which region has the most partner countries?",
            CatalogueQuery("partner", "groups", group_by="region", order="most"),
        ),
        ("How many projects per region?", CatalogueQuery("project", "groups", group_by="region")),
        (
            "Which country hosted the fewest workshops?",
            CatalogueQuery("meeting", "groups", (Condition("series", "workshop"),), group_by="place", order="least"),
        ),
        (
            "Who implements the most projects in Central Asia?",
            CatalogueQuery(
                "project", "groups", (Condition("region", "Central Asia"),), group_by="implementer", order="most"
            ),
        ),
        (
            "List the ongoing projects in the Gulf",
            CatalogueQuery(
                "project", "rows", (Condition("region", "Gulf"), Condition("state", "running")), is_plural=True
            ),
        ),
        (
            "Which projects involve both Georgia and Ukraine?",
            CatalogueQuery(
                "project", "rows", (Condition("country", "Georgia"), Condition("country", "Ukraine")), is_plural=True
            ),
        ),
        (
            "List the partner countries in the Gulf and the Middle East",
            CatalogueQuery("partner", "rows", (Condition("region", "Gulf or Middle East"),), is_plural=True),
        ),
    ],
)
def test_a_question_for_rows_together_is_a_query(question: str, expected: CatalogueQuery) -> None:
    assert parse(question, NOTHING) == expected


@pytest.mark.parametrize(
    "question", ["Which region has the most dangerous projects?", "Which country has the most experts?"]
)
def test_a_group_with_a_word_that_nothing_explains_is_no_query(question: str) -> None:
    assert parse(question, NOTHING) is None


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("Which projects have a budget of more than EUR 3.5 million?", "Project 66 (MEDISAFE)"),
        ("How many projects cost less than 3.5 million euros?", "1"),
        ("Which projects cover East Africa?", "Project 66 (MEDISAFE)"),
        ("Which country hosted the most round tables?", "Kazakhstan, United Arab Emirates"),
        ("How many projects in each region?", "Central Asia: 1; Eastern and Central Africa: 1"),
        ("Which countries joined before 2019?", "Mongolia"),
        ("Which meetings had more than 50 participants?", "14th Round-Table Meeting for Central Asia"),
    ],
)
def test_rows_are_counted_and_listed_together(reader: CatalogueReader, question: str, short: str) -> None:
    assert verdict(reader, question).short_answer == short


@pytest.mark.model
def test_a_sum_names_and_cites_what_it_is_made_of(reader: CatalogueReader) -> None:
    steps = reader.read("What is the total budget of the projects that started in 2018?") or ()
    claim, last = steps
    assert isinstance(claim, Claim)
    assert isinstance(last, Verdict)
    assert last.short_answer == "EUR 6,900,000"
    assert [item.text.rpartition(": ")[2] for item in last.items] == ["EUR 3,000,000", "EUR 3.9 million"]
    assert len(claim.evidence) == 2


@pytest.mark.model
def test_a_sum_of_which_hardly_anything_is_known_is_refused(reader: CatalogueReader) -> None:
    told = verdict(reader, "What is the total budget of the projects in Central Asia?")
    assert (told.completeness, told.short_answer) == ("none", None)
