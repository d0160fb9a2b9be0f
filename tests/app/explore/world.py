"""Rows, documents and figures of a small world to explore."""

from types import MappingProxyType

from app.explore.types import Holdings, Stated
from ingest.library import DocumentRow
from ingest.types import Cell, Row


def cell(field: str, value: str, quote: str = "", *, document: str = "doc", detail: str | None = None) -> Cell:
    return Cell(field, value, detail, document, "", 0, len(quote), quote)


def row(kind: str, id: str, *cells: Cell, **values: str) -> Row:
    document = f"{kind}s/{id}"
    return Row(kind, id, (*(cell(field, value, document=document) for field, value in values.items()), *cells))


def figure(
    value: str, date: str, *, what: str = "partner countries of the Initiative", document: str = "doc"
) -> Stated:
    return Stated(what, value, date, cell("figure", value, f"There were {value} in {date}.", document=document))


def document(id: str, published: str | None = None) -> DocumentRow:
    return DocumentRow(id, "meeting", id.title(), "corpus", f"{id}.md", 1, 10, "en", None, published, None)


ROUND_TABLE = row(
    "meeting",
    "ca-rtm-14",
    cell("countries", "Kazakhstan", "Kazakhstan and Mongolia took part.", document="meetings/ca-rtm-14"),
    cell("countries", "Mongolia", "Kazakhstan and Mongolia took part.", document="meetings/ca-rtm-14"),
    cell("people", "Mr Akan Berik", "Akan Berik opened it.", document="meetings/ca-rtm-14", detail="Minister"),
    name="14th Round-Table Meeting for Central Asia",
    series="round-table",
    ordinal="14",
    region="Central Asia",
    start="2021-06-01",
    end="2021-06-03",
    projects="65",
)
WORKSHOP = row(
    "meeting", "waste", name="Waste workshop", series="workshop", start="2019-05-07", country="Mongolia", region="Gulf"
)
UNDATED = row("meeting", "visit", name="A visit", series="visit")
PROJECT = row(
    "project",
    "project-65",
    cell("start", "2019-03", "It began in March 2019.", document="projects/list"),
    number="65",
    name="Waste management",
    regions="Central Asia",
    start="2018",
    end="2021-12",
)
KAZAKHSTAN = row("partner", "partner-kazakhstan", name="Kazakhstan", status="partner", joined="2020-11")
IRAQ = row("partner", "partner-iraq", name="Iraq", status="partner", joined_by="2014-04")
PERSON = row("person", "person-akan-berik", name="Akan Berik", role="Minister")

HOLDINGS = Holdings(
    rows=MappingProxyType(
        {
            "meeting": (ROUND_TABLE, WORKSHOP, UNDATED),
            "project": (PROJECT,),
            "partner": (KAZAKHSTAN, IRAQ),
            "person": (PERSON,),
        }
    ),
    documents=MappingProxyType({"meetings/ca-rtm-14": document("meetings/ca-rtm-14", "2021-06-05")}),
    figures=(
        figure("64", "2022-11"),
        figure("55", "2017-11-03", document="a"),
        figure("58", "2017-11", document="b"),
        figure("62", "2020-11-24"),
        figure("62 countries", "2020-11"),
        figure("6 million", "2020", what="Project 65 budget"),
    ),
    disagreements=(
        cell("disagreement", "", "Sources differ on the start of Project 65.", document="initiative/differences"),
        cell("disagreement", "", "Sources differ on the hall.", document="meetings/ca-rtm-14"),
    ),
)
