"""What changed between two dates is what happened between them, and the figures that moved."""

from datetime import date

from app.explore.changes import changes
from app.explore.events import events, within
from tests.app.explore.world import HOLDINGS, IRAQ, KAZAKHSTAN, PROJECT, UNDATED, row


def test_events_stand_in_order_and_a_known_partner_is_not_one_that_joined() -> None:
    told = events((KAZAKHSTAN, IRAQ, PROJECT, UNDATED))
    assert [(event.kind, event.date, event.row.id) for event in told] == [
        ("known", "2014-04", "partner-iraq"),
        ("project_start", "2018", "project-65"),
        ("joined", "2020-11", "partner-kazakhstan"),
        ("project_end", "2021-12", "project-65"),
    ]


def test_a_date_known_by_its_year_alone_counts_where_the_year_overlaps() -> None:
    told = events((row("partner", "togo", joined="2013"), row("partner", "benin", joined="2013-05-01")))
    assert [event.row.id for event in within(told, date(2013, 5, 1), date(2014, 1, 1))] == ["togo"]


def test_changes_are_what_happened_after_the_first_day_and_the_figures_that_moved() -> None:
    found = changes(HOLDINGS, date(2020, 1, 1), date(2022, 12, 31))
    assert [(event.kind, event.row.id) for event in found.events] == [
        ("joined", "partner-kazakhstan"),
        ("meeting", "ca-rtm-14"),
        ("project_end", "project-65"),
    ]
    assert [event.row for event in found.of("joined")] == [KAZAKHSTAN]
    assert [(each.what, each.before.values, each.after.values) for each in found.figures] == [
        ("partner countries of the Initiative", ("55", "58"), ("64",))
    ]


def test_the_two_days_may_be_given_in_any_order() -> None:
    assert changes(HOLDINGS, date(2022, 1, 1), date(2020, 1, 1)) == changes(
        HOLDINGS, date(2020, 1, 1), date(2022, 1, 1)
    )
