"""Counts: meetings by year and kind, projects by region, regions side by side."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from app.explore.types import Holdings
from app.listing import select
from app.retrieval.filters import Filters
from ingest import names
from ingest.types import Row

GROUPS = MappingProxyType(
    {
        "round-table": "round_tables",
        "nfp-international": "whole_initiative",
        "heads-of-secretariat": "whole_initiative",
        "conference": "whole_initiative",
        "workshop": "workshops",
        "national-team": "workshops",
        "training": "training",
        "exercise": "training",
    }
)
"""Series of meetings → the group that a chart shows; every other series is in the group `other`."""
ORDER = ("round_tables", "whole_initiative", "workshops", "training", "other")
"""Groups, in the order in which they are drawn."""


@dataclass(frozen=True, slots=True)
class Column:
    """One year, or one region: how many of each group."""

    label: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All groups together."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Tally:
    """A chart's numbers: columns of counts by group, and how many rows have no place in it."""

    groups: tuple[str, ...]
    columns: tuple[Column, ...]
    unplaced: int


def meetings_by_year(meetings: Sequence[Row]) -> Tally:
    """Meetings by the year in which they began, without a gap between the first year and the last."""
    counted: Counter[tuple[int, str]] = Counter()
    for row in meetings:
        if start := row.value("start"):
            counted[int(start[:4]), GROUPS.get(row.value("series") or "", "other")] += 1
    years = [year for year, _ in counted]
    span = range(min(years), max(years) + 1) if years else range(0)
    columns = tuple(Column(str(year), tuple(counted[year, group] for group in ORDER)) for year in span)
    return Tally(ORDER, columns, len(meetings) - counted.total())


def projects_by_region(projects: Sequence[Row]) -> Tally:
    """Projects by region, most first; one that covers several regions counts in each."""
    counted = Counter(region for row in projects for region in _regions(row))
    columns = tuple(Column(region, (count,)) for region, count in sorted(counted.items(), key=_most_first))
    return Tally(("projects",), columns, sum(not _regions(row) for row in projects))


@dataclass(frozen=True, slots=True)
class Region:
    """How much is on file about a region: as many rows as its lists have."""

    name: str
    partners: int
    meetings: int
    projects: int
    secretariat: Row | None


def regions(holdings: Holdings) -> tuple[Region, ...]:
    """Every region, in the order of their names."""
    return tuple(_region(holdings, name) for name in sorted(form[0] for form in names.REGION_FORMS))


def _region(holdings: Holdings, name: str) -> Region:
    filters = Filters(region=name)
    partners, meetings, projects = (
        len(select(holdings.of(kind), filters)) for kind in ("partner", "meeting", "project")
    )
    seated = (row for row in holdings.of("secretariat") if names.region(row.value("region") or "") == name)
    return Region(name, partners, meetings, projects, next(seated, None))


def _regions(row: Row) -> set[str]:
    return {names.region(region) or region for region in row.values("regions")}


def _most_first(counted: tuple[str, int]) -> tuple[int, str]:
    label, count = counted
    return -count, label
