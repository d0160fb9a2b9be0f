"""Which rows of the catalogue meet the conditions of a query, by which cells, and which rows do not say."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from app.answering.catalogue_areas import countries_of
from app.answering.catalogue_limits import holds
from app.answering.catalogue_states import state
from app.answering.catalogue_types import EITHER, FIRST, CatalogueQuery, Condition, Field
from app.answering.catalogue_values import bounds
from app.answering.catalogue_words import forms
from app.retrieval.query import stem
from ingest import expressions, names
from ingest.types import Cell, Row

_FIELDS: Mapping[str, Mapping[Field, tuple[str, ...]]] = MappingProxyType(
    {
        "meeting": {
            "region": ("region",),
            "country": ("country", "countries"),
            "area": ("country", "countries"),
            "place": ("country",),
            "project": ("projects",),
            "start": ("start", "end"),
            "topic": ("name",),
        },
        "project": {
            "region": ("regions",),
            "country": ("countries",),
            "area": ("countries",),
            "project": ("number",),
            "organisation": ("implementer", "consortium"),
        },
        "partner": {"country": ("name",), "area": ("name",)},
        "secretariat": {"area": ("country",)},
    }
)
"""Cells that state a condition, where their field is not named like it."""

_OF_AN_EVENT = frozenset({"city", "country", "venue", "format", "participants", "countries", "people"})
"""Fields of which a meeting has at least one; without any, a document is about figures or a statement."""

_PARTNER = "partner"


@dataclass(frozen=True, slots=True)
class Match:
    """A row that meets every condition, with the cells that say so, condition by condition."""

    row: Row
    cells: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows that meet a query's conditions, among all that were searched."""

    matches: tuple[Match, ...]
    searched: int
    silent: Mapping[Field, int]
    """How many rows meet every other condition, but say nothing of one field."""
    others: tuple[Row, ...] = ()
    """Countries that meet every condition, but are not confirmed as partners."""


def select(rows: Iterable[Row], query: CatalogueQuery, own: Sequence[Condition] = ()) -> Selection:
    """The rows that meet a query's conditions and those that one side of a comparison has of its own."""
    conditions = (*query.conditions, *own)
    every = list(rows)
    searched = [row for row in every if _counts(row, query)]
    matches: list[Match] = []
    silent: dict[Field, int] = {}
    for row in searched:
        found = [stating(row, condition) for condition in conditions]
        if all(found):
            matches.append(Match(row, tuple(cells for cells in found if cells)))
        unsaid = {condition.field for condition, cells in zip(conditions, found, strict=True) if cells is None}
        field = next(iter(unsaid), None)
        if field and len(unsaid) == 1 and _is_missing(row, field) and all(cells is None or cells for cells in found):
            silent[field] = silent.get(field, 0) + 1
    return Selection(
        tuple(sorted(matches, key=lambda match: _order(match.row))), len(searched), silent, _unconfirmed(every, query)
    )


def _unconfirmed(rows: Sequence[Row], query: CatalogueQuery) -> tuple[Row, ...]:
    strange = (row for row in rows if row.kind == "partner" and not _counts(row, query))
    return tuple(row for row in strange if all(stating(row, condition) for condition in query.conditions))


def best_cell(match: Match, preferred: Sequence[Cell] = ()) -> Cell | None:
    """The cell whose quote says most of what was asked; of equals a preferred one, then one that names the row."""
    candidates = list(dict.fromkeys([*preferred, *(cell for cells in match.cells for cell in cells)]))
    own_name = match.row.value("name") or ""

    def worth(cell: Cell) -> tuple[bool, int, bool]:
        said = sum(any(_same_place(cell, other) for other in cells) for cells in match.cells)
        return cell in preferred, said, own_name in cell.quote

    return max(candidates, key=worth, default=next(iter(match.row.cells), None))


def _same_place(cell: Cell, other: Cell) -> bool:
    return (cell.document_id, cell.start, cell.end) == (other.document_id, other.start, other.end)


def _counts(row: Row, query: CatalogueQuery) -> bool:
    if row.kind == "meeting":
        return any(cell.field in _OF_AN_EVENT for cell in row.cells)
    is_member = row.kind != "partner" or row.value("status") == _PARTNER
    return is_member or any(condition.field == "country" for condition in query.conditions)


def _is_missing(row: Row, field: Field) -> bool:
    """True when saying nothing means that it is not known, not that there is none."""
    if row.kind == "meeting" and field in ("place", "city"):
        return row.value("format") != "online"
    return field in _ALWAYS or (field in ("country", "area", "state") and row.kind == "project")


_ALWAYS = frozenset(
    {"region", "start", "end", "joined", "opened", "place", "city", "implementer", "budget_eur", "participants"}
)
"""What every thing of its kind has, whether or not a document gives it."""


def stating(row: Row, condition: Condition) -> tuple[Cell, ...] | None:
    """Cells of a row that state what a condition asks for; None when the row says nothing of it, or too vaguely."""
    fields = _FIELDS[row.kind].get(condition.field, (condition.field,))
    cells = tuple(cell for cell in row.cells if cell.field in fields)
    if condition.field == "ordinal" and not cells:
        cells = tuple(cell for cell in row.cells if cell.field == "name")
        return tuple(cell for cell in cells if int(condition.value) in _numbers(cell.value))
    if condition.field == "joined" and not cells:
        return _joined_by(row, condition.value)
    if condition.field in ("start", "end", "joined", "opened"):
        return _timely(cells, condition.value)
    if condition.field == "state":
        return _in_state(row, condition.value)
    if not cells:
        return None
    states = _STATES.get(condition.field, _equal)
    wanted = condition.value.split(EITHER)
    return tuple(cell for cell in cells if any(states(cell.value, one) for one in wanted))


def _joined_by(row: Row, period: str) -> tuple[Cell, ...] | None:
    """The cell by whose day a country had joined, where that alone tells whether it did so in a stretch of time."""
    cell = next((cell for cell in row.cells if cell.field == "joined_by"), None)
    if cell is None:
        return None
    first, last = bounds(period)
    known = bounds(cell.value)[1]
    if known < first:
        return ()
    return (cell,) if first <= bounds(FIRST)[0] and known <= last else None


def _in_state(row: Row, wanted: str) -> tuple[Cell, ...] | None:
    """Cells that tell that a project is running, or over, on a day: `running on 2026-01-01`."""
    name, _, day = wanted.partition(" on ")
    told = state(row, date.fromisoformat(day))
    if told is None:
        return None
    return told.cells if told.is_over == (name == "over") else ()


def _numbers(name: str) -> set[int]:
    """The ordinals in a name, where the row has none of its own."""
    return {number for number, _, _ in expressions.ordinals(name)}


def _timely(cells: Sequence[Cell], period: str) -> tuple[Cell, ...] | None:
    """Cells within a stretch of time; None when all that is known is less precise than the stretch."""
    first, last = bounds(period)
    inside: list[Cell] = []
    is_vague = not cells
    for cell in cells:
        begins, ends = bounds(cell.value)
        if first <= begins and ends <= last:
            inside.append(cell)
        elif begins <= last and first <= ends:
            is_vague = True
    return None if is_vague and not inside else tuple(inside)


def _equal(value: str, wanted: str) -> bool:
    return names.fold(value) == names.fold(wanted)


def _same_country(value: str, wanted: str) -> bool:
    return names.country(value) == wanted or [named.name for named in names.countries(value)][:1] == [wanted]


def _same_region(value: str, wanted: str) -> bool:
    return names.region(value) == wanted


def _same_organisation(value: str, wanted: str) -> bool:
    return bool(set(forms(value)) & set(forms(wanted)))


def _in_area(value: str, wanted: str) -> bool:
    return any(named.name in countries_of(wanted) for named in names.countries(value))


def _within_limit(value: str, limit: str) -> bool:
    digits = re.search(r"\d[\d,]*", value)
    return digits is not None and holds(int(digits[0].replace(",", "")), limit)


def _holds_words(value: str, wanted: str) -> bool:
    held = {stem(word) for word in names.words(value)}
    return all(stem(word) in held for word in names.words(wanted))


_STATES: Mapping[Field, Callable[[str, str], bool]] = MappingProxyType(
    {
        "country": _same_country,
        "place": _same_country,
        "region": _same_region,
        "area": _in_area,
        "budget_eur": _within_limit,
        "participants": _within_limit,
        "duration_months": _within_limit,
        "organisation": _same_organisation,
        "implementer": _same_organisation,
        "topic": _holds_words,
        "name": _holds_words,
    }
)


def _order(row: Row) -> tuple[str, int, str]:
    number = re.match(r"\d+", row.value("number") or "")
    begin = row.value("start") or "" if row.kind == "meeting" else ""
    return begin, int(number[0]) if number else 0, row.value("name") or row.value("region") or row.id
