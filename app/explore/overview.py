"""What is on file about one thing, in a few lines: its facts in reading order, then its projects and meetings."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from app.answering import catalogue_values as said
from app.answering.catalogue_description import Subject as Described
from app.answering.catalogue_description import described
from app.answering.catalogue_kinds import as_attribute
from app.answering.catalogue_sources import CERTAIN, SHOWN, Sources, is_sentence
from app.answering.catalogue_types import label
from app.answering.catalogue_values import POSTS, Value
from app.answering.subjects import Subject
from app.answering.types import Claim, Verdict
from app.explore.records import Key, Record, key_of, record
from app.explore.types import Holdings
from ingest import names
from ingest.catalogue import person_id
from ingest.types import Cell, Row

LINES = 8
PROJECTS = 6
ROLES = 2
LATEST = 3
"""Meetings that are named; the others are counted."""

_LONGEST = 320
"""Characters of a sentence that is quoted whole."""

_FACTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "country": ("status", "region", "joined", "focal_points"),
        "region": ("region", "opened", "institution", "heads"),
        "project": ("name", "regions", "countries", "start", "end", "status", "budget_eur", "implementer"),
        "meeting": ("start", "participants", "countries", "organisers", "projects"),
        "person": ("role",),
    }
)
"""Kind of thing → what is told of it, in reading order."""
_AS_STATED = frozenset({"status", "region", "institution", "organisers"})
_TIMES = re.compile(r"\s*\([^()]*\d.*\)$")
"""Fields whose values are shown as they are."""
_LABELS = MappingProxyType({"heads": "Head named last", "focal_points": "National focal point named last"})
_LINKS: Mapping[str, Callable[[Cell, str], bool]] = MappingProxyType(
    {
        "country": lambda cell, id: cell.field in ("countries", "country") and names.country(cell.value) == id,
        "region": lambda cell, id: cell.field in ("regions", "region") and names.region(cell.value) == id,
        "project": lambda cell, id: cell.field == "projects" and cell.value == id,
        "person": lambda cell, id: cell.field == "people" and person_id(cell.value) == id,
    }
)
"""Kind of thing → whether a cell of another row says that the row has to do with it."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence, the values that it is there for, and the cells that carry it."""

    text: str
    values: tuple[str, ...]
    cells: tuple[Cell, ...]


def overview(subject: Subject, holdings: Holdings, sources: Sources) -> tuple[Claim | Verdict, ...] | None:
    """A few cited lines about a subject and a verdict; None when nothing on file is about it."""
    key = Key(subject.kind, subject.id)
    found, row = record(holdings, key), _row(holdings, key)
    lead = _lead(row, sources)
    if found is None or row is None:
        return None
    lines = [*_facts(row, key.kind, sources), *_related(found)]
    told = list(_fresh(lines, [claim.text for claim in lead]))[: LINES - len(lead)]
    claims = [*lead, *(Claim(line.text, tuple(map(sources.evidence, line.cells))) for line in told)]
    coverage = f"Read from the record of {said.short_name(row)}; Explore shows all of it."
    return (
        (*claims, Verdict("complete", _short(row, sources), confidence=CERTAIN, coverage=coverage)) if claims else None
    )


def _row(holdings: Holdings, key: Key) -> Row | None:
    """The row that is about a thing: of a region its secretariat's."""
    if key.kind == "region":
        rows = holdings.of("secretariat")
        return next((row for row in rows if names.region(row.value("region") or "") == key.id), None)
    return next(
        (row for row in holdings.of("partner" if key.kind == "country" else key.kind) if key_of(row) == key), None
    )


def _lead(row: Row | None, sources: Sources) -> list[Claim]:
    """Of a project the sentences that say what it is and is for."""
    if row is None or row.kind != "project":
        return []
    steps = described(Described(project=row.value("number"), at_length=True), row, sources) or ()
    return [step for step in steps if isinstance(step, Claim)][:2]


def _short(row: Row, sources: Sources) -> str | None:
    """What can be said at a glance: somebody's role, a project's title."""
    if row.kind == "project":
        return row.value("name")
    return _values(row, "role", sources)[0].text if row.kind == "person" and row.value("role") else None


def _facts(row: Row, kind: str, sources: Sources) -> Iterator[_Line]:
    for field in _FACTS[kind]:
        held = _values(row, field, sources)
        if field == "role":  # roles of different times are no list of what somebody is
            yield from (_line(field, [role]) for role in held)
        elif held:
            yield _line(field, held)


def _values(row: Row, field: str, sources: Sources) -> Sequence[Value]:
    """Values of a field: of a post the newest holder alone, of somebody's roles those that were told last."""
    if field == "role":
        return sorted(_as_stated(row, field), key=lambda role: _published(role, sources), reverse=True)[:ROLES]
    if field in _AS_STATED:
        return _as_stated(row, field)
    told = said.values(row, as_attribute(field))
    if field == "joined" and not told:
        return [value for value in [said.joined_by(row)] if value]
    return said.newest_first(told)[:1] if field in POSTS else told


def _as_stated(row: Row, field: str) -> list[Value]:
    """The values as they are, without the times that stand behind them in brackets."""
    first = {_TIMES.sub("", cell.value): cell for cell in reversed(row.cells) if cell.field == field}
    return [Value(text, (cell,)) for text, cell in reversed(first.items())]


def _published(value: Value, sources: Sources) -> str:
    return sources.published(value.cells[0]) or ""


def _line(field: str, held: Sequence[Value]) -> _Line:
    """The sentence that states all the values; where there is none such, the values themselves."""
    shown = held[:SHOWN]
    cells = tuple(dict.fromkeys(cell for value in shown for cell in value.cells[:1]))
    texts = tuple(value.text for value in shown)
    for quote in dict.fromkeys(cell.quote for value in held for cell in value.cells):
        if is_sentence(quote) and len(quote) <= _LONGEST and all(_states(quote, value) for value in held):
            return _Line(quote, texts, tuple(cell for cell in cells if cell.quote == quote)[:1])
    more = f" and {len(held) - SHOWN} more" if len(held) > SHOWN else ""
    return _Line(f"{_LABELS.get(field, label(field).capitalize())}: {', '.join(texts)}{more}.", texts, cells)


def _states(quote: str, value: Value) -> bool:
    return any(cell.quote == quote for cell in value.cells)


def _related(found: Record) -> Iterator[_Line]:
    """Countries of a region, projects, and the latest meetings, as far as these are not facts of the thing itself."""
    if found.key.kind == "region":
        partners = [row for row in found.partners if row.value("status") == "partner"]
        yield from _listed(("partner country", "partner countries"), partners, found.key, SHOWN)
    if found.key.kind in _LINKS:
        newest = sorted(found.projects, key=_number, reverse=True)
        yield from _listed(("project", "projects"), newest, found.key, PROJECTS)
        yield from _latest(found)


def _number(row: Row) -> int:
    return int(row.value("number") or 0)


def _listed(nouns: tuple[str, str], rows: Sequence[Row], key: Key, most: int) -> Iterator[_Line]:
    """How many there are, and the first of them by name."""
    shown = rows[:most]
    more = f" and {len(rows) - most} more" if len(rows) > most else ""
    called = tuple(map(said.short_name, shown))
    if rows:
        cells = tuple(_link(row, key) for row in shown)
        yield _Line(f"{len(rows)} {nouns[len(rows) > 1]} on file: {', '.join(called)}{more}.", called, cells)


def _latest(found: Record) -> Iterator[_Line]:
    dated = sorted(found.meetings, key=lambda row: row.value("start") or "", reverse=True)[:LATEST]
    told = [(row, said.values(row, "when")) for row in dated]
    named = tuple(f"{said.name(row)} ({when[0].text})" if when else said.name(row) for row, when in told)
    if named:
        cells = (cell for row, when in told for cell in (_link(row, found.key), *(when[0].cells[:1] if when else ())))
        number = len(found.meetings)
        counted = f"{number} meetings on file, the latest" if number > 1 else "1 meeting on file"
        text = f"{counted}: {'; '.join(named)}."
        yield _Line(text, named, _different(cells))


def _link(row: Row, key: Key) -> Cell:
    """The cell that says that a row has to do with a thing."""
    return next((cell for cell in row.cells if _LINKS[key.kind](cell, key.id)), row.cells[0])


def _different(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Of cells with the same words one."""
    return tuple({(cell.document_id, cell.start): cell for cell in cells}.values())


def _fresh(lines: Iterable[_Line], told: Sequence[str]) -> Iterator[_Line]:
    """Lines that say anything that those before them do not."""
    before = " ".join(told)
    for line in lines:
        if not all(value in before for value in line.values):
            before = f"{before} {line.text}"
            yield line
