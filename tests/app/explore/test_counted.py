from datetime import date

import pytest

from app.answering.types import Claim, Verdict
from app.explore.counted import counted
from app.explore.types import Stated
from ingest.types import Cell, Metadata

TODAY = date(2026, 1, 15)


def stated(value: str, day: str, what: str = "partner countries of the Initiative", document: str = "news") -> Stated:
    quote = f"The Initiative had {value} partner countries on {day}."
    return Stated(what, value, day, Cell("figure", value, None, document, "", 0, len(quote), quote))


FIGURES = (
    stated("55", "2017-11", document="report"),
    stated("58", "2017-11", document="leaflet"),
    stated("62", "2021-06"),
    stated("64", "2022-11"),
    stated("99", "2030-01"),
    stated("8", "2020-01", "projects of the Initiative"),
    stated("9", "2021-01", "projects of the Initiative"),
)


def ask(question: str) -> tuple[list[str], Verdict] | None:
    steps = counted(question, FIGURES, lambda id: Metadata(title=id), TODAY)
    if steps is None:
        return None
    *claims, verdict = steps
    assert isinstance(verdict, Verdict)
    return [one.text for one in claims if isinstance(one, Claim)], verdict


@pytest.mark.parametrize(
    "question",
    [
        "How many partner countries are there?",
        "how many partner countries does the EU CBRN CoE Initiative have today",
        "number of members of the Initiative",
        "How many member countries are there now?",
    ],
)
def test_the_newest_count_is_given_with_all_others(question: str) -> None:
    found = ask(question)
    assert found is not None
    claims, verdict = found
    assert claims == ["The Initiative had 64 partner countries on 2022-11."]
    assert verdict.short_answer == "64"
    assert [item.text for item in verdict.items][-3:] == ["June 2021: 62", "November 2017: 55", "November 2017: 58"]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("How many partner countries were there in June 2021?", "62"),
        ("How many partner countries were there in 2022?", "64"),
        ("How many partner countries were there in March 2020?", "55 or 58"),
        ("How many projects did the Initiative have in 2020?", "8"),
    ],
)
def test_the_count_of_the_date_asked_for_is_given_alone(question: str, value: str) -> None:
    found = ask(question)
    assert found is not None
    assert found[1].short_answer == value
    assert not found[1].items


def test_sources_that_differ_are_both_quoted_and_shown_as_a_conflict() -> None:
    found = ask("How many partner countries were there in November 2017?")
    assert found is not None
    claims, verdict = found
    assert len(claims) == 2
    assert [(other.value, other.date) for other in verdict.conflicts] == [("58", "2017-11")]


@pytest.mark.parametrize(
    "question",
    [
        "How many partner countries in Asia attended?",
        "Which partner countries are there?",
        "How many people are there?",
        "How many partner countries were there in 2001?",
        "",
    ],
)
def test_any_other_question_is_left_to_others(question: str) -> None:
    assert ask(question) is None
