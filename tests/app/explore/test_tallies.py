"""Charts count every row once where it belongs, and say how many have no place."""

from app.explore.tallies import meetings_by_year, projects_by_region, regions
from tests.app.explore.world import HOLDINGS, cell, row


def test_meetings_are_counted_by_year_and_group_without_a_gap() -> None:
    tally = meetings_by_year(HOLDINGS.of("meeting"))
    assert [(each.label, dict(zip(tally.groups, each.counts, strict=True))) for each in tally.columns[:1]] == [
        ("2019", {"round_tables": 0, "whole_initiative": 0, "workshops": 1, "training": 0, "other": 0})
    ]
    assert [(each.label, each.total) for each in tally.columns] == [("2019", 1), ("2020", 0), ("2021", 1)]
    assert tally.unplaced == 1


def test_nothing_dated_gives_no_columns() -> None:
    assert meetings_by_year(()).columns == ()


def test_a_project_counts_once_in_each_of_its_regions_in_whatever_form() -> None:
    projects = (
        row("project", "1", cell("regions", "GCC"), cell("regions", "Gulf"), cell("regions", "Central Asia")),
        row("project", "2", regions="Gulf"),
        row("project", "3"),
    )
    tally = projects_by_region(projects)
    assert [(each.label, each.total) for each in tally.columns] == [("Gulf", 2), ("Central Asia", 1)]
    assert tally.unplaced == 1


def test_regions_stand_side_by_side_with_as_many_rows_as_their_lists_have() -> None:
    found = {region.name: region for region in regions(HOLDINGS)}
    assert len(found) == 8
    asia, gulf = found["Central Asia"], found["Gulf"]
    assert (asia.meetings, asia.projects, gulf.meetings, gulf.projects) == (1, 1, 1, 0)
    assert (asia.partners, asia.secretariat) == (0, None)
