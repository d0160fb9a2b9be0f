"""Whether a project is running or over: by its last day, else by what is said of its state."""

import re
from dataclasses import dataclass
from datetime import date

from app.answering.catalogue_values import bounds
from ingest.types import Cell, Row

_OVER = re.compile(r"\b(?:completed|ended|concluded|finished|closed)\b", re.IGNORECASE)
_RUNNING = re.compile(r"\b(?:ongoing|underway|under way|running)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class State:
    """Running or over, and the cells that tell it."""

    is_over: bool
    cells: tuple[Cell, ...]
    is_dated: bool
    """True when a last day tells it, which goes on being so; false of words that were true when they were written."""


def state(row: Row, today: date) -> State | None:
    """The state of a project; None when nothing tells it."""
    ends = tuple(cell for cell in row.cells if cell.field == "end")
    if ends:
        return State(max(bounds(cell.value)[1] for cell in ends) < today, ends, is_dated=True)
    told = [cell for cell in row.cells if cell.field == "status"]
    over = tuple(cell for cell in told if _OVER.search(cell.value))
    running = tuple(cell for cell in told if _RUNNING.search(cell.value))
    return State(bool(over), over or running, is_dated=False) if over or running else None
