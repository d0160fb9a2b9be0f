"""The catalogue's answers in words: how many of what, what was searched, and what may be missing."""

from collections.abc import Sequence

from app.answering import catalogue_values as said
from app.answering.catalogue_selection import Selection
from app.answering.catalogue_types import CatalogueQuery, label
from ingest.types import Cell, Row

MAX_ITEMS = 200
"""Rows that an answer lists."""

RANKS = {
    "budget_eur": ("Largest budget", "Smallest budget"),
    "duration_months": ("Longest", "Shortest"),
    "participants": ("Most participants", "Fewest participants"),
    "countries": ("Most countries", "Fewest countries"),
    "regions": ("Most regions", "Fewest regions"),
    "consortium": ("Most consortium members", "Fewest consortium members"),
}
_SUBJECTS = {
    "when": "Date",
    "start": "Start",
    "end": "End",
    "joined": "Accession",
    "opened": "Opening",
    "place": "Place",
}
_NOUNS = {
    "round-table": "round table",
    "partner": "partner country",
    "secretariat": "Regional Secretariat",
    "workshop": "workshop",
    "training": "training",
    "exercise": "exercise",
    "conference": "conference",
    "visit": "visit",
}
_SIZED = {
    "countries": ("country", "countries"),
    "regions": ("region", "regions"),
    "consortium": ("consortium member", "consortium members"),
    "heads": ("head", "heads"),
    "projects": ("project", "projects"),
}
_PLURALS = {"partner country": "partner countries"}


def counted(number: int, query: CatalogueQuery) -> str:
    """`12 projects`, `1 round table`."""
    series = next((condition.value for condition in query.conditions if condition.field == "series"), None)
    noun = _NOUNS.get(series or query.kind, query.kind)
    return f"{number} {noun if number == 1 else _PLURALS.get(noun, f'{noun}s')}"


def sized(number: int, attribute: str) -> str:
    """`12 countries`, `1 head`."""
    one, several = _SIZED.get(attribute, (label(attribute), label(attribute)))
    return f"{number} {one if number == 1 else several}"


def searched(query: CatalogueQuery, found: Selection) -> str:
    """What was searched."""
    noun = _NOUNS.get(query.kind, query.kind)
    if found.searched == 1:
        return f"1 {noun} on file was searched"
    return f"{found.searched} {_PLURALS.get(noun, f'{noun}s')} on file were searched"


def coverage(query: CatalogueQuery, found: Selection) -> str:
    """What was searched, and what may be missing since it is not said of a row whether it fits."""
    silent = [
        f"{number} more would fit but {gives(number)} no {_gap(query, field)}" for field, number in found.silent.items()
    ]
    cut = [f"only the first {MAX_ITEMS} are listed"] if len(found.matches) > MAX_ITEMS else []
    other = [_not_counted(found.others)] if found.others else []
    return "; ".join([searched(query, found), *silent, *other, *cut]) + "."


def _not_counted(others: Sequence[Row]) -> str:
    """Countries that would fit, were it said that they are partners."""
    named = (f"{said.name(row)} ({row.value('status')})" for row in others)
    return f"not counted, as no page on file confirms them as partners: {', '.join(named)}"


def _gap(query: CatalogueQuery, field: str) -> str:
    if field == "area":
        return "country"
    return "date" if field == "start" and query.kind == "meeting" else label(field)


def gives(number: int) -> str:
    """The verb for a number of rows."""
    return "gives" if number == 1 else "give"


def subject(query: CatalogueQuery) -> str:
    """What is asked of a row, at the beginning of a sentence."""
    attribute = query.attribute or ""
    return _SUBJECTS.get(attribute, label(attribute).capitalize())


def details(row: Row, cell: Cell) -> list[str]:
    """Date and place of a meeting, as far as the words that are cited state them."""
    start, place = said.values(row, "when"), said.values(row, "place")
    is_dated = bool(start) and start[0].text in cell.quote
    is_placed = bool(place) and all(part in cell.quote for part in place[0].text.split(", "))
    return [*(value.text for value in start[:1] if is_dated), *(value.text for value in place[:1] if is_placed)]
