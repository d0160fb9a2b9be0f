"""Figures are quoted from where they stand, go month by month, and show where sources differ."""

from datetime import date

from app.explore.figures import PARTNERS, latest, over_time, series, stated
from ingest.types import Document, Figure, Metadata, Section
from tests.app.explore.world import HOLDINGS, figure

TEXT = (
    "Partners\n\nThe Initiative had 62 partner countries in June 2021. It had 64 partner countries in November 2022. "
    "There are 62 chairs."
)


def test_a_figure_is_quoted_from_the_sentence_of_its_date() -> None:
    told = (Figure("partner countries", "64", "2022-11"), Figure("partner countries", "62", "2021-06"))
    metadata = Metadata(title="Partners", figures=(*told, Figure("partner countries", "99", "2023")))
    document = Document("partners", "corpus", "", "", metadata, TEXT, (Section("Partners", 0, len(TEXT)),))
    found = tuple(stated(document))
    assert [each.cell.quote for each in found] == [
        "It had 64 partner countries in November 2022.",
        "The Initiative had 62 partner countries in June 2021.",
    ]
    assert all(TEXT[each.cell.start : each.cell.end] == each.cell.quote for each in found)


def test_moments_are_in_order_and_those_with_two_numbers_are_disputed() -> None:
    moments = over_time(HOLDINGS.figures, PARTNERS)
    assert [(each.date, each.values, each.is_disputed) for each in moments] == [
        ("2017-11", ("55", "58"), True),
        ("2020-11", ("62", "62 countries"), False),
        ("2022-11", ("64",), False),
    ]


def test_the_latest_moment_was_over_on_the_day() -> None:
    moments = over_time((figure("60", "2019"), figure("62", "2021")), PARTNERS)
    assert [latest(moments, date(year, 6, 1)) for year in (2018, 2020, 2021, 2022)] == [
        None,
        moments[0],
        moments[0],
        moments[1],
    ]


def test_only_what_is_stated_more_than_once_is_a_series() -> None:
    assert series(HOLDINGS.figures) == (PARTNERS,)
