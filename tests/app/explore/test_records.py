"""A record holds everything on file about one entity, and nothing about another."""

from types import MappingProxyType

import pytest

from app.explore.holdings import gather
from app.explore.records import Key, Naming, Record, country_key, key_of, mentions, naming, person_key, record
from app.explore.types import Holdings
from ingest.library import Library
from ingest.types import Chunk, Mention, Row
from tests.app.answering.catalogue_world import MEETINGS, PROJECTS
from tests.app.explore.world import HOLDINGS, IRAQ, KAZAKHSTAN, PERSON, PROJECT, ROUND_TABLE, WORKSHOP, cell, row
from tests.conftest import House


def found(key: Key) -> Record:
    held = record(HOLDINGS, key)
    assert held
    return held


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (PROJECT, Key("project", "65")),
        (IRAQ, Key("country", "Iraq")),
        (ROUND_TABLE, Key("meeting", "ca-rtm-14")),
        (PERSON, person_key("H.E. Akan Berik")),
    ],
    ids=["project", "country", "meeting", "person"],
)
def test_every_row_has_a_record_under_its_key(row: Row, key: Key) -> None:
    assert (key_of(row), found(key).key) == (key, key)


def test_a_country_has_the_meetings_it_took_part_in_or_hosted() -> None:
    assert found(country_key("Mongolia")).meetings == (ROUND_TABLE, WORKSHOP)
    assert found(country_key("Kazakhstan")).meetings == (ROUND_TABLE,)


def test_a_country_that_is_no_partner_has_a_record_and_an_invented_one_has_none() -> None:
    assert found(Key("country", "Italy")).facts == ()
    assert record(HOLDINGS, Key("country", "Atlantis")) is None
    assert record(HOLDINGS, Key("meeting", "unknown")) is None
    assert record(HOLDINGS, Key("anything", "Italy")) is None


def test_a_meeting_has_its_projects_and_people_and_what_its_document_says_of_its_sources() -> None:
    held = found(Key("meeting", "ca-rtm-14"))
    assert (held.projects, held.people) == ((PROJECT,), (PERSON,))
    assert [cell.quote for cell in held.disagreements] == ["Sources differ on the hall."]
    assert found(person_key("Akan Berik")).meetings == (ROUND_TABLE,)


def test_a_region_has_its_partners_and_its_secretariat_in_whatever_form_they_name_it() -> None:
    oman, seat = row("partner", "partner-oman", name="Oman", region="GCC"), row("secretariat", "gulf", region="Gulf")
    held = record(
        Holdings(rows=MappingProxyType({"partner": (IRAQ, oman), "secretariat": (seat,)})), Key("region", "Gulf")
    )
    assert held
    assert (held.partners, held.secretariats) == ((oman,), (seat,))


def test_values_that_one_passage_states_stand_together() -> None:
    facts = {fact.field: fact.values for fact in found(Key("meeting", "ca-rtm-14")).facts}
    assert facts["countries"] == (("Kazakhstan", None), ("Mongolia", None))
    assert facts["people"] == (("Mr Akan Berik", "Minister"),)
    assert "name" not in facts


def test_two_values_of_what_has_one_contradict_each_other() -> None:
    held = found(Key("project", "65"))
    assert [(fact.field, fact.values) for fact in held.differing] == [
        ("start", (("2018", None),)),
        ("start", (("2019-03", None),)),
    ]
    assert [cell.quote for cell in held.disagreements] == ["Sources differ on the start of Project 65."]
    assert [figure.what for figure in held.figures] == ["Project 65 budget"]
    assert found(country_key("Kazakhstan")).differing == ()


def test_a_date_and_its_year_agree() -> None:
    cells = (cell("start", "2018"), cell("start", "2018-03"))
    vague = Holdings(rows=MappingProxyType({"project": (Row("project", "project-9", (cell("number", "9"), *cells)),)}))
    held = record(vague, Key("project", "9"))
    assert held
    assert held.differing == ()


def test_a_timeline_holds_the_entity_and_what_it_took_part_in() -> None:
    assert [(event.kind, event.date) for event in found(country_key("Kazakhstan")).events] == [
        ("joined", "2020-11"),
        ("meeting", "2021-06-01"),
    ]
    assert KAZAKHSTAN in {event.row for event in found(country_key("Kazakhstan")).events}


def test_a_numbered_meeting_is_also_found_where_only_its_number_is_named() -> None:
    assert mentions(HOLDINGS, Key("meeting", "ca-rtm-14")) == (
        Mention("meeting", "ca-rtm-14"),
        Mention("meeting", "round-table 14 Central Asia"),
    )
    assert mentions(HOLDINGS, Key("project", "65")) == (Mention("project", "65"),)


def test_documents_that_name_it_are_listed_by_how_often_and_with_the_first_place() -> None:
    chunks = [
        Chunk(f"{id}{at}", id, at, at * 10, at * 10 + 9, "", None, "") for id, at in (("b", 1), ("a", 3), ("a", 2))
    ]
    assert naming(chunks) == (Naming("a", 2, 20, 29), Naming("b", 1, 10, 19))


def test_the_holdings_of_a_library_are_its_catalogue_documents_and_disagreements(house: House) -> None:
    for folder, files in (("meetings", MEETINGS), ("projects", PROJECTS)):
        for name, text in files.items():
            house.write(f"{folder}/{name}.md", text)
    house.ingest()
    library: Library = house.library()
    holdings = gather(library)
    held = record(holdings, Key("meeting", "ca-rtm-14"))
    assert held
    assert [row.id for row in held.projects] == ["project-65"]
    assert [cell.quote for cell in held.disagreements][-1].startswith("The Commission dates the 14th meeting")
    assert holdings.published("meetings/ca-rtm-14") == "2021-06-05"
    assert all(
        library.document(fact.cell.document_id).text[fact.cell.start : fact.cell.end] == fact.cell.quote
        for fact in held.facts
    )
