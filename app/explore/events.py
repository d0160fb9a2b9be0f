"""What happened when: dated events that the catalogue tells of, each with the words that date it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

from app.answering.catalogue_values import bounds
from ingest.types import Cell, Row

EventKind = Literal["meeting", "joined", "known", "project_start", "project_end", "opened"]
"""`known`: a country was a partner by then; the day on which it joined is not on file."""

_DATED: Mapping[str, tuple[tuple[str, EventKind], ...]] = MappingProxyType(
    {
        "meeting": (("start", "meeting"),),
        "project": (("start", "project_start"), ("end", "project_end")),
        "partner": (("joined", "joined"), ("joined_by", "known")),
        "secretariat": (("opened", "opened"),),
    }
)
"""Kind of row → its dated fields, and the kind of event each one is."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a date, to a row of the catalogue."""

    kind: EventKind
    row: Row
    cell: Cell
    end: str | None = None
    """Last day of a meeting that gives one."""

    @property
    def date(self) -> str:
        """ISO date as precise as it is known."""
        return self.cell.value


def events(rows: Iterable[Row]) -> tuple[Event, ...]:
    """The events of some rows, oldest first."""
    return tuple(sorted((event for row in rows for event in _events(row)), key=_order))


def within(told: Iterable[Event], first: date, last: date) -> tuple[Event, ...]:
    """Events that happened after `first` and not after `last`, as far as their dates tell; a whole year may overlap."""
    return tuple(event for event in told if bounds(event.date)[1] > first and bounds(event.date)[0] <= last)


def _events(row: Row) -> Iterator[Event]:
    for field, kind in _DATED.get(row.kind, ()):
        cell = next((cell for cell in row.cells if cell.field == field), None)
        if cell and not (kind == "known" and row.value("joined")):
            yield Event(kind, row, cell, row.value("end") if kind == "meeting" else None)


def _order(event: Event) -> tuple[date, str, str]:
    return bounds(event.date)[0], event.kind, event.row.id
