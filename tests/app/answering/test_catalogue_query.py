"""Which questions are queries to the catalogue, and what they ask; words that nothing explains make them none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.answering.catalogue_query import parse
from app.answering.catalogue_types import CatalogueQuery, Condition
from app.answering.catalogue_words import Lexicon
from ingest.glossary import Term
from ingest.types import Cell, Row


def row(kind: str, **fields: str) -> Row:
    return Row(kind, "id", tuple(Cell(name, value, None, "d", "", 0, 1, "q") for name, value in fields.items()))


LEXICON = Lexicon.of(
    [
        row("project", number="65", acronym="CABICHEM", implementer="Military Institute (MICHR), Poland"),
        row("project", number="106", acronym="TEST", implementer="Expertise France"),
        row("meeting", city="Almaty"),
        row("secretariat", city="Tashkent"),
        row("secretariat", city="Rabat", region="Eastern and Central Africa", code="ECA"),
    ],
    [Term("NAP", "national action plan")],
)
ROUND_TABLE = Condition("series", "round-table")
CENTRAL_ASIA = Condition("region", "Central Asia")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which projects cover Central Asia?", CatalogueQuery("project", "rows", (CENTRAL_ASIA,), is_plural=True)),
        (
            "Which projects cover Central Asia and the Gulf?",
            CatalogueQuery("project", "rows", (CENTRAL_ASIA, Condition("region", "Gulf")), is_plural=True),
        ),
        (
            "how many round tables were held in 2021",
            CatalogueQuery("meeting", "count", (ROUND_TABLE, Condition("start", "2021")), is_plural=True),
        ),
        (
            "projects implemented by Expertise France",
            CatalogueQuery("project", "rows", (Condition("implementer", "Expertise France"),), is_plural=True),
        ),
        (
            "which meetings did Kenya host",
            CatalogueQuery("meeting", "rows", (Condition("place", "Kenya"),), is_plural=True),
        ),
        (
            "budget of CABICHEM",
            CatalogueQuery("project", "attribute", (Condition("project", "65"),), attribute="budget_eur"),
        ),
        (
            "Which countries take part in Project 66?",
            CatalogueQuery(
                "project", "attribute", (Condition("project", "66"),), attribute="countries", is_plural=True
            ),
        ),
        (
            "number of countries in p65",
            CatalogueQuery("project", "size", (Condition("project", "65"),), attribute="countries", is_plural=True),
        ),
        (
            "who headed the tashkent secretariat in october 2020",
            CatalogueQuery(
                "secretariat", "attribute", (Condition("city", "Tashkent"),), attribute="heads", as_of="2020-10"
            ),
        ),
        (
            "on which day was the 15th round table for Central Asia held",
            CatalogueQuery(
                "meeting",
                "attribute",
                (CENTRAL_ASIA, Condition("ordinal", "15"), ROUND_TABLE),
                attribute="when",
                precision=10,
            ),
        ),
        (
            "how many attended the workshop in Almaty",
            CatalogueQuery(
                "meeting",
                "attribute",
                (Condition("city", "Almaty"), Condition("series", "workshop")),
                attribute="participants",
            ),
        ),
        (
            "eca round tables before 2020",
            CatalogueQuery(
                "meeting",
                "rows",
                (Condition("region", "Eastern and Central Africa"), ROUND_TABLE, Condition("start", "0000/2019")),
                is_plural=True,
            ),
        ),
        (
            "where in Almaty was the 14th round table held",
            CatalogueQuery(
                "meeting",
                "attribute",
                (Condition("city", "Almaty"), Condition("ordinal", "14"), ROUND_TABLE),
                attribute="venue",
            ),
        ),
        (
            "which project has the largest budget",
            CatalogueQuery("project", "extreme", order="most", order_by="budget_eur"),
        ),
        (
            "the latest round table for Central Asia",
            CatalogueQuery("meeting", "extreme", (CENTRAL_ASIA, ROUND_TABLE), order="most", order_by="start"),
        ),
        (
            "which came first, the 14th or the 15th round table for Central Asia",
            CatalogueQuery(
                "meeting",
                "comparison",
                (CENTRAL_ASIA, ROUND_TABLE),
                order="least",
                order_by="start",
                compared=((Condition("ordinal", "14"),), (Condition("ordinal", "15"),)),
            ),
        ),
        (
            "CABICHEM or project 66: bigger budget",
            CatalogueQuery(
                "project",
                "comparison",
                order="most",
                order_by="budget_eur",
                compared=((Condition("project", "65"),), (Condition("project", "66"),)),
            ),
        ),
        (
            "hotel of the 2019 needs assessment workshop in Almaty",
            CatalogueQuery(
                "meeting",
                "attribute",
                (
                    Condition("city", "Almaty"),
                    Condition("series", "workshop"),
                    Condition("topic", "needs assessment"),
                    Condition("start", "2019"),
                ),
                attribute="venue",
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_question_that_is_understood_whole_is_a_query(question: str, expected: CatalogueQuery) -> None:
    assert parse(question, LEXICON) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Which projects trained border guards in Central Asia?",
        "Which projects do not cover Central Asia?",
        "Did Project 65 only cover Mongolia?",
        "upcoming round tables for Central Asia",
        "Who opened the 14th round table for Central Asia?",
        "budget and duration of project 65",
        "What is a National CBRN Team?",
        "deputy focal point of Kenya",
        "How many countries take part in projects of Central Asia?",
        "How many participants from Mongolia were at the 14th round table for Central Asia?",
        "Which projects does Mongolia lead?",
        "list all academies",
        "How many partner countries came to the 14th round table for Central Asia?",
        "How many partner countries did the Initiative have in 2021?",
        "what is this test about",
        "how many in the 15th round table for Central Asia",
        "projects",
        "",
    ],
)
def test_a_question_with_words_that_nothing_explains_is_no_query(question: str) -> None:
    assert parse(question, LEXICON) is None


def test_words_of_a_name_may_single_out_a_meeting() -> None:
    query = parse("when was the waste workshop in Almaty", LEXICON)
    assert query is not None
    assert Condition("name", "waste") in query.conditions


def test_an_academy_or_a_festival_is_known_by_its_name_only() -> None:
    query = parse("where was the second academy", LEXICON)
    assert query is not None
    assert query.conditions == (Condition("ordinal", "2"), Condition("name", "academy"))


def test_a_query_says_in_words_how_the_question_was_understood() -> None:
    query = parse("round tables in Almaty since 2020", LEXICON)
    assert query is not None
    assert query.in_words == "meeting, city Almaty, series round-table, time since 2020"


WORDS = st.sampled_from(
    """which projects or round tables first more how many budget countries of in the Kenya 2021 Project 65 14th P8
    Almaty since largest latest when where who head secretariat joined between and Gulf vs - , ? CABICHEM NAP
    workshop""".split()
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=12).map(" ".join)))
def test_no_question_makes_the_parser_fail(question: str) -> None:
    query = parse(question, LEXICON)
    assert query is None or query.in_words.startswith(query.kind)
