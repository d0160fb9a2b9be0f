"""Lists show the rows asked for, and nothing in them is run by the program that opens them."""

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from app.listing import FORMATS, LISTS, holds, select, shown
from app.retrieval.filters import Filters
from ingest.types import Cell, Row


def row(kind: str, id: str, quote: str = "", **values: str) -> Row:
    cells = (Cell(field, value, None, f"doc/{id}", "", 0, 0, quote) for field, value in values.items())
    return Row(kind, id, tuple(cells))


LATE = row("meeting", "b", name="Late", start="2021-06-01", region="Gulf", country="Oman", projects="97")
EARLY = row(
    "meeting", "a", name="Early", start="2019-12-30", end="2020-01-02", country="Lao PDR", region="Central Asia"
)
MEETINGS = (LATE, EARLY)


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (Filters(), ["Early", "Late"]),
        (Filters(region="GCC"), ["Late"]),
        (Filters(country="Laos"), ["Early"]),
        (Filters(project=97), ["Late"]),
        (Filters(year=2020), ["Early"]),
        (Filters(year=2022), []),
    ],
    ids=str,
)
def test_rows_that_state_what_is_asked(filters: Filters, names: list[str]) -> None:
    assert [row.value("name") for row in select(MEETINGS, filters)] == names


@pytest.mark.parametrize("text", ["", "early", "LAO early", "  asia\tearly "])
def test_a_row_holds_every_word_of_a_text(text: str) -> None:
    assert [holds(row, text) for row in (EARLY, row("meeting", "c", name="Earl"))] == [True, not text]


def test_people_are_found_by_what_the_sentences_about_them_name() -> None:
    people = (row("person", "p", quote="Ada Berg of Togo spoke on Project 48 in 2016.", name="Ada Berg"),)
    assert select(people, Filters(country="Togo", project=48, year=2016)) == people
    assert select(people, Filters(country="Benin")) == ()


def test_partners_and_projects_stand_in_order() -> None:
    projects = (row("project", "x", number="101", name="A"), row("project", "y", number="53", name="B"))
    assert [row.value("number") for row in select(projects, Filters())] == ["53", "101"]
    partners = (row("partner", "t", name="Togo"), row("partner", "b", name="Benin"))
    assert [row.value("name") for row in select(partners, Filters(country="Togo"))] == ["Togo"]


def test_a_row_is_shown_with_its_documents() -> None:
    assert shown(MEETINGS[0], ("name", "city", "projects")) == ["Late", "", "97", "doc/b"]


def test_no_cell_is_a_formula() -> None:
    evil = (row("meeting", "e", name="=HYPERLINK(1)"),)
    columns = ("name",)
    assert list(csv.reader(io.StringIO(FORMATS["csv"](evil, columns).decode())))[1][0] == "'=HYPERLINK(1)"
    sheet = load_workbook(io.BytesIO(FORMATS["xlsx"](evil, columns))).active
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=HYPERLINK(1)", "s")


def test_json_carries_every_quote() -> None:
    (listed,) = json.loads(FORMATS["json"](MEETINGS[:1], LISTS["meetings"][1]))
    assert (listed["id"], listed["projects"], listed["cells"][0]["document_id"]) == ("b", ["97"], "doc/b")
