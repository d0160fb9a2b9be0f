"""Lists of the catalogue: which rows are wanted, and in what form they are handed out."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from types import MappingProxyType

from app.retrieval.filters import Filters
from app.workbook import workbook
from ingest import names
from ingest.mentions import named
from ingest.types import Mention, Row

LISTS = MappingProxyType(
    {
        "meetings": (
            "meeting",
            ("name", "series", "ordinal", "region", "start", "end", "city", "country", "participants", "projects"),
        ),
        "partners": ("partner", ("name", "status", "region", "joined", "joined_by", "focal_points")),
        "projects": (
            "project",
            ("number", "acronym", "name", "regions", "start", "end", "budget_eur", "implementer", "status"),
        ),
        "people": ("person", ("name", "role")),
        "organisations": ("organisation", ("name", "role")),
        "secretariats": ("secretariat", ("region", "code", "city", "country", "institution", "opened", "heads")),
    }
)
"""Name of a list → kind of its rows and its columns."""

_YEARS = ("start", "end", "joined", "opened")
_STATED = MappingProxyType(
    {"region": ("region", "regions"), "country": ("country", "countries"), "project": ("projects", "number")}
)
_FORMULA = ("=", "+", "-", "@", "\t")


def select(rows: Iterable[Row], filters: Filters) -> tuple[Row, ...]:
    """Rows that state everything the filters ask for, in the order of their dates, numbers or names."""
    wanted = filters.mentions()
    kept = (row for row in rows if all(_states(row, mention) for mention in wanted))
    return tuple(sorted(kept, key=_order))


def holds(row: Row, text: str) -> bool:
    """True of a row that has every word of a text somewhere in its values, whatever their case or accents."""
    held = names.fold(" ".join(cell.value for cell in row.cells))
    return all(word in held for word in names.fold(text).split())


def shown(row: Row, columns: Sequence[str]) -> list[str]:
    """A row as text, several values of a field joined, and the documents it stands in last."""
    return ["; ".join(row.values(column)) for column in columns] + [", ".join(row.documents)]


def as_csv(rows: Iterable[Row], columns: Sequence[str]) -> bytes:
    """Comma-separated values; nothing in them is a formula for the program that opens them."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([*columns, "documents"])
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in shown(row, columns)])
    return written.getvalue().encode()


def as_json(rows: Iterable[Row], columns: Sequence[str]) -> bytes:
    """Every row with all its cells and their quotes."""
    listed = [
        {"kind": row.kind, "id": row.id, **{column: row.values(column) for column in columns}}
        | {"cells": [asdict(cell) for cell in row.cells]}
        for row in rows
    ]
    return json.dumps(listed, ensure_ascii=False, indent=2).encode() + b"\n"


def as_xlsx(rows: Iterable[Row], columns: Sequence[str]) -> bytes:
    """A sheet with a header; every cell is text."""
    return workbook([[*columns, "documents"], *(shown(row, columns) for row in rows)])


FORMATS = MappingProxyType({"csv": as_csv, "json": as_json, "xlsx": as_xlsx})
"""Name of a format → what writes rows in it."""


def _states(row: Row, mention: Mention) -> bool:
    if mention.kind == "year":
        return int(mention.value) in _years(row)
    stated = [value for field in _STATED.get(mention.kind, ()) for value in row.values(field)]
    if mention.kind == "country" and row.kind == "partner":
        stated += row.values("name")
    if stated:
        return mention.value in {_canonical(mention.kind, value) for value in stated}
    return mention in {found for cell in row.cells for found in named(cell.quote)}


def _canonical(kind: str, value: str) -> str | None:
    return {"country": names.country, "region": names.region}.get(kind, str)(value)


def _years(row: Row) -> Iterator[int]:
    dates = [value for field in _YEARS for value in row.values(field)]
    if dates:
        yield from range(int(min(dates)[:4]), int(max(dates)[:4]) + 1)
    else:
        for cell in row.cells:
            yield from (int(found.value) for found in named(cell.quote) if found.kind == "year")


def _order(row: Row) -> tuple[int, str, str]:
    dated = (row.value("start") or "") if row.kind == "meeting" else ""
    return int(row.value("number") or 0), dated, row.value("name") or row.value("region") or row.id
