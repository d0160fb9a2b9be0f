"""What a row of the catalogue says: its name, its values in the words of their quotes, and measures to compare by."""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.answering.catalogue_types import Attribute
from ingest import dates, expressions
from ingest.types import Cell, Row

_BRACKETS = re.compile(r"\s*\([^()]*\)")
_MONEY = re.compile(
    r"(?:EUR|€)\s?\d[\d.,  ]*\d(?:\s?(?:million|billion))?|\d[\d.,  ]*\d?\s?(?:million\s)?(?:euros?|EUR)\b",
    re.IGNORECASE,
)
_STATED_DATE = re.compile(r"\b(?:19|20)\d{2}(?:-\d{2})?(?:-\d{2})?\b")
_AS_OF = re.compile(r"\s*\((?:[^()]|\([^()]*\))*\)\s*$")
_PEOPLE = re.compile(
    r"(?:(?:more than|over|about|around|some|nearly|almost|at least|up to)\s+)?\d[\d,]*", re.IGNORECASE
)
_NOT_PEOPLE = re.compile(r"\b(?:countr\w+|states?|entities|agencies|institutions|teams)\b", re.IGNORECASE)
_MONTHS = 12
POSTS = frozenset({"heads", "focal_points"})
"""Attributes that are people who hold a post."""

_FIELDS: dict[Attribute, tuple[str, ...]] = {"when": ("start", "end"), "place": ("city", "country")}
"""Cells that one attribute is put together from; every other attribute is one field."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value as people read it, and the cells that state it."""

    text: str
    cells: tuple[Cell, ...]
    dates: tuple[str, ...] = ()
    """Of somebody's post: the dates at which it is known; of a time: its first and last."""


def name(row: Row) -> str:
    """What a row is called in lists: `Project 53: Strengthening …`."""
    own = row.value("name") or row.id
    if row.kind == "secretariat":
        return f"Regional Secretariat for {row.value('region')}" if row.value("region") else own
    number, acronym = row.value("number"), row.value("acronym")
    if row.kind != "project" or not number:
        return own
    short = f"Project {number}{f' ({acronym})' if acronym else ''}"
    return short if own in (short, f"Project {number}") else f"{short}: {own}"


def short_name(row: Row) -> str:
    """What a row is called within a sentence."""
    return name(row).split(":")[0] if row.kind == "project" else name(row)


def values(row: Row, attribute: Attribute) -> tuple[Value, ...]:
    """Every value of an attribute, each with the cells that state it; none when the row gives none."""
    if attribute == "when":
        return tuple(_when(row))
    if attribute == "place":
        return tuple(_place(row))
    found = [cell for cell in row.cells if cell.field in _FIELDS.get(attribute, (attribute,))]
    told = [_value(attribute, cell) for cell in found]
    unique = {value.text: value for value in reversed([value for value in told if value])}
    return tuple(reversed(unique.values()))


@dataclass(frozen=True, slots=True)
class Measure:
    """A number or a stretch of days that rows are compared by, and the value that shows it."""

    low: float
    high: float
    shown: Value


def measure(row: Row, attribute: Attribute) -> Measure | None:
    """What a row is compared by; None when it gives none."""
    held = values(row, "when" if attribute == "start" and row.kind == "meeting" else attribute)
    if not held:
        return None
    if attribute in ("countries", "regions", "consortium"):
        number = len(held)
        return Measure(number, number, Value(f"{number} {attribute}", tuple(value.cells[0] for value in held)))
    cell = next(cell for cell in row.cells if cell.field == attribute)
    if attribute in ("start", "end", "joined", "opened"):
        known = _refined(cell)
        first, last = bounds(known)
        shown = held[0] if known == cell.value else Value(date_in_words(known), (cell,), (known, known))
        return Measure(first.toordinal(), last.toordinal(), shown)
    number = int(re.sub(r"\D", "", next(iter(re.findall(r"\d[\d,]*", cell.value)), "0")))
    return Measure(number, number, held[0])


def _refined(cell: Cell) -> str:
    """A date as precise as the only one in its quote, where that lies within what the cell gives."""
    told = dates.dates(cell.quote)
    first, last = bounds(cell.value)
    is_within = len(told) == 1 and first <= bounds(told[0].first)[0] and bounds(told[0].last)[1] <= last
    return told[0].first if is_within and told[0].first == told[0].last else cell.value


def bounds(value: str) -> tuple[date, date]:
    """First and last day of a date as precise as it is known, or of a stretch `first/last`."""
    first, _, last = value.partition("/")
    return _day(first, is_last=False), _day(last or first, is_last=True)


def date_in_words(first: str, last: str | None = None) -> str:
    """`14 to 16 April 2014`, `June 2021`."""
    if last is None or last == first:
        return _one_date(first)
    if first[:7] == last[:7] and len(first) == len(last) == 10:
        return f"{int(first[8:])} to {_one_date(last)}"
    return f"{_one_date(first)} to {_one_date(last)}"


def stated(cell: Cell, first: str, last: str) -> str:
    """A date as the cell's quote words it, when it does so in one place; else as people write it."""
    for dated in dates.dates(cell.quote):
        words = cell.quote[dated.start : dated.end].strip(" ,.")
        if (dated.first, dated.last) == (first, last) and first[:4] in words and not words.isdigit():
            return words
    return date_in_words(first, last)


def of_cell(cell: Cell) -> Value:
    """What one cell of a budget, a number of people, a duration or a day says."""
    known: dict[str, Attribute] = {"budget_eur": "budget_eur", "participants": "participants",
                                   "duration_months": "duration_months", "end": "end"}  # fmt: skip
    return _value(known[cell.field], cell) or Value(cell.value, (cell,))


def _value(attribute: Attribute, cell: Cell) -> Value | None:
    text: str | None = cell.value
    if attribute in ("start", "end", "joined", "opened"):
        return Value(stated(cell, cell.value, cell.value), (cell,), (cell.value, cell.value))
    if attribute == "budget_eur":
        text = _money(cell)
    elif attribute == "projects":
        text = f"Project {cell.value}"
    elif attribute == "duration_months":
        text = f"{cell.value} months"
    elif attribute == "participants":
        text = _people(cell.value)
    elif attribute in ("heads", "focal_points"):
        return Value(cell.value, (cell,), tuple(_STATED_DATE.findall(cell.detail or "")))
    return Value(text, (cell,)) if text else None


def _when(row: Row) -> Iterator[Value]:
    starts = [cell for cell in row.cells if cell.field == "start"]
    for start in starts[:1] + [cell for cell in starts[1:] if cell.value != starts[0].value]:
        end = next((c for c in row.cells if c.field == "end" and c.document_id == start.document_id), start)
        cells = (start,) if (end.start, end.end) == (start.start, start.end) else (start, end)
        yield Value(stated(start, start.value, end.value), cells, (start.value, end.value))


def _place(row: Row) -> Iterator[Value]:
    city = next((cell for cell in row.cells if cell.field == "city"), None)
    country = next((cell for cell in row.cells if cell.field == "country"), None)
    if city and country:
        is_once = city.quote == country.quote or country.value in city.quote
        yield Value(f"{city.value}, {country.value}", (city,) if is_once else (city, country))
    elif city:
        yield Value(city.value, (city,))


def _money(cell: Cell) -> str:
    for found in _MONEY.finditer(cell.quote):
        if int(cell.value) in expressions.amounts(found.group()):
            return found.group().strip()
    return f"EUR {int(cell.value):,}"


def _people(value: str) -> str | None:
    """The number of people, when that is what the value gives."""
    bare = _BRACKETS.sub("", value)
    found = _PEOPLE.search(bare)
    return None if found is None or _NOT_PEOPLE.search(bare) else found.group()


def _day(value: str, *, is_last: bool) -> date:
    year, month, day = (int(part) for part in [*value.split("-"), *["0"] * (2 - value.count("-"))])
    year = min(max(year, date.min.year), date.max.year)
    month = month or (_MONTHS if is_last else 1)
    return date(year, month, day or (monthrange(year, month)[1] if is_last else 1))


def _one_date(value: str) -> str:
    day, precision = bounds(value)[0], value.count("-")
    return (f"{day.year}", f"{day:%B %Y}", f"{day.day} {day:%B %Y}")[precision]


def joined_by(row: Row) -> Value | None:
    """That a country was a partner by a date, where the day of its accession is not known."""
    cell = next((cell for cell in row.cells if cell.field == "joined_by"), None)
    return Value(f"by {stated(cell, cell.value, cell.value)}", (cell,)) if cell else None


def documents(found: Iterable[Cell]) -> Sequence[str]:
    """Ids of the documents that cells stand in."""
    return tuple(dict.fromkeys(cell.document_id for cell in found))


def first_value(row: Row, attribute: Attribute | None) -> Value | None:
    """The value of an attribute that a list of rows shows: of a post the newest holder."""
    held = values(row, attribute) if attribute else ()
    if attribute in POSTS:
        return next(iter(newest_first(held)), None)
    if not held and attribute == "joined":
        return joined_by(row)
    return held[0] if held else None


def newest_first(held: Sequence[Value]) -> list[Value]:
    """Holders of a post by the newest date at which each is known; in the order of the record where one has none."""
    if all(value.dates for value in held):
        return sorted(held, key=lambda value: max(value.dates), reverse=True)
    return list(reversed(held))


def all_named(held: Sequence[Value]) -> Sequence[Value]:
    """Holders of a post, with those that the row of a table names beside them without a record of their own."""
    cell = next((cell for value in held for cell in value.cells), None)
    listed = _BRACKETS.sub("", cell.quote).rpartition(": ")[2].split(", ") if cell else []
    if cell is None or not {value.text for value in held} < set(listed):
        return held
    return tuple(Value(name, (cell,)) for name in listed)
