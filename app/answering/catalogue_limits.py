"""Conditions that give a number: a budget of more than EUR 2 million, at least 100 participants."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ingest import expressions

LimitedField = Literal["budget_eur", "participants", "duration_months"]

_BOUNDS = MappingProxyType(
    {
        "more than": r"more than|over|above|exceed(?:s|ed|ing)?|in excess of|(?:great|larg|bigg|high|long)er than",
        "at least": r"at least|no less than|not less than|a minimum of",
        "less than": r"less than|fewer than|under|below|(?:small|low|short)er than",
        "at most": r"at most|up to|no more than|not more than|a maximum of",
    }
)
_BOUND = "|".join(f"(?P<{name.replace(' ', '_')}>{spelled})" for name, spelled in _BOUNDS.items())
_CURRENCY = r"EUR|€|euros?"
_NUMBER = r"\d+(?:[., ]\d+)*"
_TIMES = r"million|billion|mln|mio|thousand|[mk]\b"
_UNITS: Mapping[LimitedField, str] = MappingProxyType(
    {
        "participants": r"participants?|people|persons|attendees|delegates|guests",
        "duration_months": r"months?",
    }
)
_LIMIT = re.compile(
    rf"\b(?:{_BOUND})\s+(?P<before>(?:{_CURRENCY})\s?)?(?P<number>{_NUMBER})(?:\s?(?P<times>{_TIMES}))?"
    rf"(?:\s?(?P<after>{_CURRENCY}))?(?:\s?(?P<unit>{'|'.join(_UNITS.values())})\b)?",
    re.IGNORECASE,
)
_PLAIN = MappingProxyType({"mln": "million", "mio": "million", "m": "million", "thousand": "k"})
_HOLDS: Mapping[str, Callable[[int, int], bool]] = MappingProxyType(
    {
        "more than": lambda number, limit: number > limit,
        "at least": lambda number, limit: number >= limit,
        "less than": lambda number, limit: number < limit,
        "at most": lambda number, limit: number <= limit,
    }
)


@dataclass(frozen=True, slots=True)
class Limit:
    """What a field must be more or less than, and where a text says so."""

    field: LimitedField
    value: str
    """`more than 2,000,000`."""
    start: int
    end: int


def limits(text: str) -> Iterator[Limit]:
    """The limits that a text sets to amounts of money, numbers of people and of months."""
    for found in _LIMIT.finditer(text):
        field = _field(found)
        amount = next(iter(expressions.amounts(f"{found['number']} {_times(found)}".strip())), None)
        if field and amount is not None:
            bound = next(name for name in _BOUNDS if found[name.replace(" ", "_")])
            yield Limit(field, f"{bound} {amount:,}", found.start(), found.end())


def holds(number: int, limit: str) -> bool:
    """True of a number that a limit such as `more than 2,000,000` allows."""
    bound, _, amount = limit.rpartition(" ")
    return _HOLDS[bound](number, int(amount.replace(",", "")))


def _field(found: re.Match[str]) -> LimitedField | None:
    if found["before"] or found["after"] or (found["times"] and not found["unit"]):
        return "budget_eur"
    unit = found["unit"] or ""
    return next((field for field, spelled in _UNITS.items() if re.fullmatch(spelled, unit, re.IGNORECASE)), None)


def _times(found: re.Match[str]) -> str:
    said = (found["times"] or "").casefold()
    return _PLAIN.get(said, said)
