"""A query to the catalogue: what kind of rows, under which conditions, and what is asked of them."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["meeting", "project", "partner", "secretariat"]
Order = Literal["most", "least"]
Field = Literal[
    "region", "country", "place", "city", "project", "series", "ordinal", "format", "organisation", "implementer",
    "topic", "name", "start", "end", "joined", "opened", "countries", "state", "status", "linked", "area", "budget_eur",
    "participants", "duration_months",
]  # fmt: skip
"""What a condition is about; `place` is the country where a meeting is held, `country` one that has to do with it."""

Attribute = Literal[
    "when", "start", "end", "joined", "opened", "place", "city", "country", "venue", "name", "acronym", "participants",
    "budget_eur", "duration_months", "countries", "regions", "consortium", "implementer", "heads", "focal_points",
    "projects",
]  # fmt: skip
"""What is asked of a row; `when` is a meeting's first and last day, `place` its city and country."""

Asked = Literal[
    "rows", "count", "total", "groups", "attribute", "size", "extreme", "comparison", "difference", "whether"
]
"""`size` is the number of an attribute's values, `total` their sum; `whether` asks for yes or no."""

OF_ROWS = frozenset[Asked]({"rows", "count", "total", "groups", "extreme"})
"""Asked of all rows that meet the conditions together."""

Group = Literal["region", "country", "place", "city", "implementer", "year", "series"]
"""What rows are counted by."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a row must state; a time is a stretch, `2021` or `2014-04/2016`, a number a limit, `more than 2,000,000`.

    Of several regions or countries joined by `or`, a row must state one.
    """

    field: Field
    value: str


@dataclass(frozen=True, slots=True)
class CatalogueQuery:
    """What is wanted of the catalogue."""

    kind: Kind
    asked: Asked
    conditions: tuple[Condition, ...] = ()
    attribute: Attribute | None = None
    order: Order | None = None
    order_by: Attribute | None = None
    compared: tuple[tuple[Condition, ...], ...] = ()
    """Of a comparison: what each of the two must state beside the conditions."""
    supposes_first: bool = False
    """Of a comparison: true when it is asked whether the first of the two has more, or less."""
    group_by: Group | None = None
    proposed: Condition | None = None
    """Of a question for yes or no: what it supposes of the row."""
    within: str | None = None
    """Of a project's countries: the region in which they must lie."""
    as_of: str | None = None
    """Of somebody's post: the date asked about."""
    precision: int = 0
    """Characters that an ISO date must have to answer: 10 when a day is asked for."""
    is_plural: bool = False
    """True when the question expects several rows."""

    @property
    def in_words(self) -> str:
        """How the question was understood."""
        parts = [self.kind, *(_in_words(condition) for condition in self.conditions)]
        if self.compared:
            parts.append(" against ".join(", ".join(_in_words(own) for own in side) for side in self.compared))
        if self.proposed:
            parts.append(f"asked whether {_in_words(self.proposed)}")
        if self.group_by:
            parts.append(f"counted by {self.group_by}")
        elif self.order_by:
            parts.append(f"by {label(self.order_by)}")
        elif self.attribute:
            parts.append(f"asked for {label(self.attribute)}")
        if self.within:
            parts.append(f"within {self.within}")
        if self.as_of:
            parts.append(f"as of {self.as_of}")
        return ", ".join(parts)


_LABELS = MappingProxyType(
    {
        "when": "date",
        "budget_eur": "budget",
        "duration_months": "duration",
        "heads": "head",
        "focal_points": "focal point",
        "country": "country",
        "joined": "accession",
        "opened": "opening",
        "name": "title",
        "acronym": "short name",
        "consortium": "consortium members",
    }
)


def label(field: str) -> str:
    """A field's name as people say it."""
    return _LABELS.get(field, field)


def _in_words(condition: Condition) -> str:
    said = {"start": "time", "end": "end", "name": "named"}.get(condition.field, label(condition.field))
    value = period_in_words(condition.value) if said in _TIMES else condition.value
    return f"{said} {value}"


_TIMES = frozenset({"time", "end", "accession", "opening"})
EITHER = " or "
"""Stands between the values of which one must be stated."""
FIRST, LAST = "0000", "9999"
"""Years that stand for the beginning and the end of all time."""


def period_in_words(period: str) -> str:
    """`since 2020`, `until 2015`, `2014 to 2016`."""
    first, _, last = period.partition("/")
    if not last or last == first:
        return first
    if first == FIRST:
        return f"until {last}"
    return f"since {first}" if last == LAST else f"{first} to {last}"
