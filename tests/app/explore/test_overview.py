"""A few cited lines about one thing, from the records of a small library."""

from collections.abc import Callable

import pytest

from app.answering.catalogue_sources import Sources
from app.answering.subjects import Subject
from app.answering.types import Claim, Verdict
from app.explore.holdings import gather
from app.explore.overview import LINES, overview
from app.explore.types import Holdings
from ingest.library import Library
from tests.app.answering.catalogue_world import build
from tests.conftest import House

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def library(new_house: Callable[[], House]) -> Library:
    return build(new_house()).library()


@pytest.fixture(scope="module")
def holdings(library: Library) -> Holdings:
    return gather(library)


def lines(library: Library, holdings: Holdings, kind: str, id: str) -> list[Claim]:
    steps = overview(Subject(kind, id), holdings, Sources(library)) or ()
    return [step for step in steps if isinstance(step, Claim)]


def test_a_country_is_told_by_its_status_accession_projects_and_latest_meetings(
    library: Library, holdings: Holdings
) -> None:
    assert [line.text for line in lines(library, holdings, "country", "Mongolia")] == [
        "Mongolia is a partner country of Central Asia.",
        "Mongolia was a partner country by March 2018.",
        "1 project on file: Project 65 (CABICHEM).",
        "3 meetings on file, the latest: 15th Round-Table Meeting for Central Asia (21 and 22 March 2022);"
        " 14th Round-Table Meeting for Central Asia (1 to 3 June 2021);"
        " Workshop on the National Action Plan of Mongolia (7 May 2019).",
    ]


def test_a_region_is_told_by_its_secretariat_with_the_newest_head_and_its_partner_countries(
    library: Library, holdings: Holdings
) -> None:
    told = [line.text for line in lines(library, holdings, "region", "Central Asia")]
    assert told[0] == "The Regional Secretariat for Central Asia opened in Tashkent, Uzbekistan, on 17 July 2015."
    assert "Boris New was Head in November 2020." in told
    assert not any("Anna Old" in line for line in told)
    assert "2 partner countries on file: Kazakhstan, Mongolia." in told


@pytest.mark.parametrize(
    ("kind", "id", "said"),
    [
        ("project", "66", "budget of EUR 3.9 million"),
        ("meeting", "ca-rtm-14", "more than 60 participants"),
        ("person", "person-boris-new", "Boris New was Head in November 2020."),
    ],
)
def test_every_kind_of_thing_has_an_overview(
    library: Library, holdings: Holdings, kind: str, id: str, said: str
) -> None:
    assert any(said in line.text for line in lines(library, holdings, kind, id))


@pytest.mark.parametrize(
    ("kind", "id"),
    [("country", "Mongolia"), ("region", "Central Asia"), ("project", "65"), ("meeting", "ca-rtm-14")],
)
def test_lines_are_few_none_repeats_another_and_each_has_verbatim_evidence(
    library: Library, holdings: Holdings, kind: str, id: str
) -> None:
    told = lines(library, holdings, kind, id)
    assert 2 <= len(told) <= LINES
    assert len({line.text for line in told}) == len(told)
    for line in told:
        assert line.evidence
        for one in line.evidence:
            assert library.document(one.hit.chunk.document_id).text[one.start : one.end] == one.quote


def test_the_verdict_says_what_was_read(library: Library, holdings: Holdings) -> None:
    *_, verdict = overview(Subject("project", "66"), holdings, Sources(library)) or ()
    assert isinstance(verdict, Verdict)
    assert verdict.completeness == "complete"
    assert verdict.coverage == "Read from the record of Project 66 (MEDISAFE); Explore shows all of it."


@pytest.mark.parametrize(("kind", "id"), [("country", "Poland"), ("project", "999"), ("person", "nobody")])
def test_what_no_record_is_about_has_no_overview(library: Library, holdings: Holdings, kind: str, id: str) -> None:
    assert overview(Subject(kind, id), holdings, Sources(library)) is None
