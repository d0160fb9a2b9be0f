"""Lists of what is about something, by the words of titles and summaries."""

from collections.abc import Callable

import pytest

from app.answering.catalogue_reader import CatalogueReader
from app.answering.catalogue_sources import Sources
from app.answering.topical import Topical
from app.answering.types import Claim, Verdict
from ingest.library import Library
from tests.conftest import House

pytestmark = pytest.mark.model

PROJECTS = {
    41: ("Health laboratories for all", "African Atlantic Façade", "dealt with bio-security in laboratories", ""),
    42: (
        "Chemical safety in ports",
        "Central Asia",
        "worked on chemical safety under the Initiative on chemical, biological, radiological and nuclear (CBRN) risks",
        "",
    ),
    43: ("Network of nuclear experts", "Central Asia", "connected experts who know nuclear forensics", ""),
    44: (
        "Training for responders",
        "Gulf",
        "gave courses to first responders",
        "Project 44 supplied mobile cranes.",
    ),
}
MEETINGS = {
    "kyiv": ("Workshop on nuclear forensics", "workshop", "Kyiv, Ukraine", "2019-05-07", "7 May 2019"),
    "oran": ("Round table in Oran", "round-table", "Oran, Algeria", "2020-02-03", "3 February 2020"),
}


def build(house: House) -> House:
    for number, (title, region, about, activity) in PROJECTS.items():
        house.write(
            f"projects/project-{number}.md",
            f"---\ntitle: 'Project {number}: {title}'\nkind: project\nrecords:\n"
            f"  - {{type: project, number: {number}, name: {title}, regions: [{region}]}}\n---\n"
            f"# Project {number}: {title}\n\n## In brief\n\nProject {number} {about}. It serves {region}.\n\n"
            f"## Activities\n\n{activity or 'Nothing more is told.'}\n",
        )
    for id, (title, series, place, start, day) in MEETINGS.items():
        city, country = place.split(", ")
        house.write(
            f"meetings/{id}.md",
            f"---\ntitle: {title}\nkind: meeting\nrecords:\n  - {{type: meeting, id: {id}, name: {title},"
            f" series: {series}, start: {start}, city: {city}, country: {country}}}\n---\n"
            f"# {title}\n\n{title} was held in {place}, on {day}.\n",
        )
    house.ingest()
    return house


@pytest.fixture(scope="module")
def library(new_house: Callable[[], House]) -> Library:
    return build(new_house()).library()


@pytest.fixture(scope="module")
def topical(library: Library) -> Topical:
    return Topical(library.catalogue, CatalogueReader(library).lexicon, Sources(library))


def verdict(topical: Topical, question: str) -> Verdict | None:
    steps = topical.read(question)
    return steps[-1] if steps and isinstance(steps[-1], Verdict) else None


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("Which projects deal with biosecurity?", "Project 41"),
        ("Projects on chemical safety", "Project 42"),
        ("list chemical safety projects in Central Asia", "Project 42"),
        ("How many projects are about nuclear forensics?", "1"),
        ("projects against poison", "Project 42"),
        ("Projects about first responders", "Project 44"),
        ("Which projects concern laboratories or ports?", None),
        ("Workshops about nuclear forensics", "Workshop on nuclear forensics"),
        ("What workshop on nuclear forensics was held in 2019?", "Workshop on nuclear forensics"),
        ("What workshop on nuclear forensics was held in 2020?", None),
        ("Projects on chemical safety in the Gulf", None),
    ],
)
def test_what_titles_and_summaries_say_puts_things_on_the_list(
    topical: Topical, question: str, short: str | None
) -> None:
    found = verdict(topical, question)
    assert (found.short_answer if found else None) == short


@pytest.mark.parametrize(
    "question",
    [
        "Which projects deal with dragons?",
        "Which projects on chemical safety cost more than the others?",
        "Which projects deal with chemical dragons?",
        "Which projects does the expert for chemical safety manage?",
        "When do projects on chemical safety start?",
        "Are there projects on chemical safety?",
        "Projects on nuclear risks",
        "What is chemical safety?",
        "Which countries have projects on chemical safety?",
    ],
)
def test_there_is_no_list_where_a_word_is_left_over_or_nothing_says_it(topical: Topical, question: str) -> None:
    assert topical.read(question) is None


def test_a_row_shows_the_words_that_matched_and_quotes_what_says_them(topical: Topical, library: Library) -> None:
    steps = topical.read("Which projects deal with biosecurity?") or ()
    claim, found = steps
    assert isinstance(claim, Claim)
    assert isinstance(found, Verdict)
    assert claim.text == "1 project on file (project, about biosecurity): Project 41."
    assert [item.text for item in found.items] == ["Project 41: Health laboratories for all: “bio-security”"]
    evidence = found.items[0].evidence
    assert evidence.quote == "Project 41 dealt with bio-security in laboratories."
    assert library.document("projects/project-41").text[evidence.start : evidence.end] == evidence.quote


def test_the_coverage_tells_what_was_read(topical: Topical) -> None:
    brief = verdict(topical, "Projects on chemical safety")
    whole = verdict(topical, "Projects about mobile cranes")
    assert brief is not None
    assert whole is not None
    assert brief.coverage == "4 projects on file were searched; only titles and summaries were read."
    assert whole.coverage == "4 projects on file were searched; no title or summary says it, other sentences do."
