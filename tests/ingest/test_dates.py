"""Dates are read in the forms of reports in three languages, and numbers that are none are left alone."""

import pytest

from ingest.dates import dates, is_month


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from 1 to 3 June 2021", [("2021-06-01", "2021-06-03")]),
        ("30 September to 2 October 2014", [("2014-09-30", "2014-10-02")]),
        ("28 December 2019 to 2 January 2020", [("2019-12-28", "2020-01-02")]),
        ("on 10 and 11 November 2020", [("2020-11-10", "2020-11-11")]),
        ("2, 3 and 4 May 2023", [("2023-05-02", "2023-05-04")]),
        ("21st and 22nd of May 2024", [("2024-05-21", "2024-05-22")]),
        ("May 12-14, 2025", [("2025-05-12", "2025-05-14")]),
        ("12–14.05.2025", [("2025-05-12", "2025-05-14")]),
        ("2021-06-03", [("2021-06-03", "2021-06-03")]),
        ("du 5 au 7 septembre 2017", [("2017-09-05", "2017-09-07")]),
        ("le 1er août 2021", [("2021-08-01", "2021-08-01")]),
        ("с 12 по 14 мая 2025 года", [("2025-05-12", "2025-05-14")]),
        ("June 2021", [("2021-06", "2021-06")]),
        ("2018-2021", [("2018", "2021")]),
        ("in 2021", [("2021", "2021")]),
        ("from 6 to 8 May", []),
        ("31 February 2021", []),
        ("contract IFS/2015/369-100", []),
        ("maybe 3 mayors", []),
    ],
    ids=str,
)
def test_dates_in_a_text(text: str, found: list[tuple[str, str]]) -> None:
    assert [(dated.first, dated.last) for dated in dates(text)] == found


def test_a_year_given_completes_dates_that_name_none() -> None:
    assert [(dated.first, dated.last) for dated in dates("from 6 to 8 May", year="2026")] == [
        ("2026-05-06", "2026-05-08")
    ]


def test_a_month_is_told_from_another_word() -> None:
    assert [is_month(word) for word in ("June", "juin", "июня", "Junta", "Bishkek")] == [True, True, True, False, False]
