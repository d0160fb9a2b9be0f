"""The catalogue: meetings, projects, partners and others as rows, every cell with the words it was taken from."""

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest import extraction, names
from ingest.assembly import HEADING_SEPARATOR
from ingest.glossary import Term
from ingest.reading import Reading, Sentence, name_words
from ingest.records import Meeting, Person, Record, values
from ingest.types import Cell, Document, Row

KINDS = ("meeting", "project", "partner", "secretariat", "person", "organisation")

_NOT_CELLS = frozenset({"id"})
_PEOPLE = frozenset({"people", "focal_points", "heads"})
_ORGANISATIONS = frozenset({"organisers", "implementer", "consortium"})
_ELSEWHERE = frozenset({"region", "series", "regions"})
"""Fields that the document's title may give for all its records."""

_NUMBERED = frozenset({"round-table", "nfp-international", "heads-of-secretariat"})
"""Series of which there is one in the Initiative or in a region; workshops are numbered within a country."""

_TITLES = re.compile(
    r"^(?:(?:H\.\s?E\.|Mr|Mrs|Ms|Dr|Prof|Professor|Col|Colonel|Gen|General|Brig|Brigadier|Major|Capt|Amb|Ambassador|"
    r"M|Mme)\.?\s+)+"
)
_ABBREVIATION = re.compile(r"(?<=\()[A-Z][A-Za-z&-]*[A-Z][A-Za-z&-]*(?=\))|(?<!\()[A-Z][A-Z&-]+")


def rows(document: Document, terms: Sequence[Term] = ()) -> tuple[Row, ...]:
    """What one document tells the catalogue: from its front matter's records, else from its text.

    A value that the text does not state is no cell: nothing in the catalogue is without a quote.
    """
    reading = Reading(document)
    told = tuple(_stated(reading)) or extraction.rows(reading)
    listed = (reading.cell("name", person) for person in document.metadata.people)
    people = [*_cells(told, _PEOPLE), *(cell for cell in listed if cell)]
    organisations = [*_cells(told, _ORGANISATIONS), *extraction.organisations(reading, terms)]
    return (*told, *_people(people), *_organisations(organisations))


def missing(document: Document) -> tuple[tuple[Record, str, str], ...]:
    """Values of a document's records that its text does not state: the record, the field, the value."""
    reading = Reading(document)
    return tuple(
        (record, field, value.name if isinstance(value, Person) else str(value))
        for record, scope in _scopes(reading)
        for field, value in values(record)
        if field not in _NOT_CELLS and _cell(reading, scope, field, value) is None
    )


def merge(told: Iterable[Row]) -> tuple[Row, ...]:
    """One row for each thing: the same id, or for meetings the same series, ordinal and region."""
    merged: dict[tuple[str, str], list[Row]] = {}
    keys: dict[tuple[str, str], tuple[str, str]] = {}
    for row in sorted(told, key=lambda row: (row.id.startswith(extraction.PREFIX), row.id)):
        names_of_it = [(row.kind, row.id), *_alias(row)]
        key = next((keys[name] for name in names_of_it if name in keys), names_of_it[0])
        for name in names_of_it:
            keys.setdefault(name, key)
        merged.setdefault(key, []).append(row)
    return tuple(
        Row(kind, id, tuple(dict.fromkeys(cell for row in group for cell in row.cells)))
        for (kind, id), group in sorted(merged.items())
    )


def meeting_key(series: str | None, ordinal: str | int | None, region: str | None) -> str | None:
    """What tells a numbered meeting from every other: `round-table 14 Central Asia`."""
    is_regional = series == "round-table"
    if not ordinal or series not in _NUMBERED or (is_regional and not region):
        return None
    return f"{series} {ordinal} {region}" if is_regional else f"{series} {ordinal}"


def person_id(name: str) -> str:
    """The same for a name with and without titles and accents."""
    return "person-" + "-".join(names.words(_TITLES.sub("", re.sub(r"\s*\([^)]*\)", "", name))))


def _alias(row: Row) -> Iterator[tuple[str, str]]:
    if row.kind == "meeting":
        region = row.value("region")
        key = meeting_key(row.value("series"), row.value("ordinal"), names.region(region) if region else None)
        if key:
            yield row.kind, key


def _stated(reading: Reading) -> Iterator[Row]:
    for record, scope in _scopes(reading):
        cells = (_cell(reading, scope, field, value) for field, value in values(record) if field not in _NOT_CELLS)
        yield Row(record.type, record.id, tuple(cell for cell in cells if cell))


def _cell(reading: Reading, scope: Sequence[Sentence], field: str, value: str | int | Person) -> Cell | None:
    found = reading.cell(field, value, scope)
    if found is None and field in _ELSEWHERE:
        found = reading.cell(field, value)
    if found is None and field == "series" and scope:
        return reading.quoted(field, str(value), scope[0])
    return found


def _scopes(reading: Reading) -> Iterator[tuple[Record, Sequence[Sentence]]]:
    """Each record with the sentences that may tell of it: the whole document, or the section about one of several."""
    records = reading.document.metadata.records
    if len(records) < 2:
        yield from ((record, reading.sentences) for record in records)
        return
    headings = [
        heading
        for heading in dict.fromkeys(sentence.section.heading for sentence in reading.sentences)
        if heading
        and not any(sentence.section.heading.startswith(heading + HEADING_SEPARATOR) for sentence in reading.sentences)
    ]
    sections = [reading.under(heading) for heading in headings]
    for record in records:
        if record.name == reading.document.metadata.title:
            yield record, reading.sentences
            continue
        yield record, max(sections, key=lambda section: _fit(reading, record, section), default=reading.sentences)


def _fit(reading: Reading, record: Record, section: Sequence[Sentence]) -> float:
    title = set(name_words(section[0].section.heading))
    wanted = name_words(record.name)
    like = sum(word in title for word in wanted) / max(1, len(wanted))
    stated = [value for value in values(record) if value[0] not in _NOT_CELLS]
    held = sum(reading.where(field, value, section) is not None for field, value in stated)
    dated = isinstance(record, Meeting) and record.start is not None and reading.where("start", record.start, section)
    return like + 2 * held / max(1, len(stated)) + bool(dated)


def _cells(told: Iterable[Row], fields: frozenset[str]) -> Iterator[Cell]:
    return (cell for row in told for cell in row.cells if cell.field in fields)


def _people(cells: Iterable[Cell]) -> Iterator[Row]:
    grouped: dict[str, list[Cell]] = {}
    for cell in cells:
        grouped.setdefault(person_id(cell.value), []).append(cell)
    for id, group in grouped.items():
        named = [_as(cell, "name", _TITLES.sub("", cell.value)) for cell in group]
        roles = [_as(cell, "role", cell.detail) for cell in group if cell.detail]
        yield Row("person", id, tuple(dict.fromkeys((*named, *roles))))


def _organisations(cells: Iterable[Cell]) -> Iterator[Row]:
    grouped: dict[str, list[Cell]] = {}
    for cell in cells:
        grouped.setdefault(_organisation_id(cell.value), []).append(cell)
    for id, group in grouped.items():
        named = [_as(cell, "name", cell.value) for cell in group]
        roles = [_as(cell, "role", cell.field) for cell in group if cell.field in _ORGANISATIONS]
        yield Row("organisation", id, tuple(dict.fromkeys((*named, *roles))))


def _organisation_id(name: str) -> str:
    abbreviations = _ABBREVIATION.findall(name)
    bare = re.sub(r"\s*\([^)]*\)", "", name)
    own = (
        abbreviations[-1] if abbreviations and (f"({abbreviations[-1]})" in name or bare == abbreviations[-1]) else bare
    )
    return "organisation-" + "-".join(names.words(own))


def _as(cell: Cell, field: str, value: str | None) -> Cell:
    return Cell(field, value or "", None, cell.document_id, cell.section, cell.start, cell.end, cell.quote)
