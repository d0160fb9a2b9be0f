"""What changed between two dates: who joined, what was held, started and ended, which figures moved."""

from dataclasses import dataclass
from datetime import date

from app.explore.events import Event, EventKind, events, within
from app.explore.figures import Moment, latest, over_time, series
from app.explore.types import Holdings


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure before and after; each moment may hold several values where sources differ."""

    what: str
    before: Moment
    after: Moment


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened after a first day and not after a last one, and the figures that moved meanwhile."""

    first: date
    last: date
    events: tuple[Event, ...]
    figures: tuple[Moved, ...]

    def of(self, kind: EventKind) -> tuple[Event, ...]:
        """Events of a kind, oldest first."""
        return tuple(event for event in self.events if event.kind == kind)


def changes(holdings: Holdings, first: date, last: date) -> Changes:
    """The differences between two days, in whichever order they are given."""
    first, last = min(first, last), max(first, last)
    rows = [row for kind in ("meeting", "project", "partner", "secretariat") for row in holdings.of(kind)]
    moved = tuple(found for what in series(holdings.figures) if (found := _moved(holdings, what, first, last)))
    return Changes(first, last, within(events(rows), first, last), moved)


def _moved(holdings: Holdings, what: str, first: date, last: date) -> Moved | None:
    moments = over_time(holdings.figures, what)
    before, after = latest(moments, first), latest(moments, last)
    if before is None or after is None or before.numbers == after.numbers:
        return None
    return Moved(what, before, after)
