"""Dates as people write them."""

from collections.abc import Sequence
from datetime import date

ENGLISH = tuple("January February March April May June July August September October November December".split())


def human_date(value: str, months: Sequence[str] = ENGLISH, alone: Sequence[str] = ENGLISH) -> str:
    """Return an ISO date of any precision as people write it: `5 June 2021`, `June 2021`, `2021`.

    `months` are the names after the number of a day, `alone` those of a month without one.
    """
    parts = value.split("-")
    try:
        year, month, number = (int(part) for part in [*parts, *["1"] * (3 - len(parts))])
        day = date(year, month, number)
    except ValueError:
        return value
    names = months if len(parts) == 3 else alone
    return " ".join((str(day.day), names[day.month - 1], f"{day:%Y}")[3 - len(parts) :])
