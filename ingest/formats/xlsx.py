"""Workbooks: sheets as pages, rows as blocks."""

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import chain, zip_longest
from typing import Any

from ingest.formats.archive import check_archive
from ingest.formats.blocks import MAX_BLOCKS, Row, bounded, looks_headed, table_blocks
from ingest.formats.rejections import too_complex
from ingest.formats.text import clean
from ingest.types import Block, Loaded

_EXACT = 10**15
"""Below it, a workbook's numbers are the ones that were typed in."""


def load_xlsx(data: bytes, name: str) -> Loaded:
    """Sheets as pages: the name a heading, then one block for each row; hidden sheets left out."""
    check_archive(data, name, "xl/")
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    sheets = (
        (number, sheet) for number, sheet in enumerate(workbook.worksheets, start=1) if sheet.sheet_state == "visible"
    )
    blocks = bounded(chain.from_iterable(_sheet_blocks(sheet, number, name) for number, sheet in sheets), name)
    title = clean(workbook.properties.title or "") or None
    if all(block.kind == "heading" for block in blocks):
        return Loaded((), title=title)
    return Loaded(blocks, title=title)


def _sheet_blocks(sheet: Any, number: int, name: str) -> Iterator[Block]:
    yield Block("heading", sheet.title, level=2, page=number)
    sheet.reset_dimensions()
    rows: list[Row] = []
    bold = False
    for row in sheet.iter_rows():
        cells = [_cell_text(cell) for cell in row]
        if sum(map(bool, cells)) == 0:
            continue
        if not rows and sum(map(bool, cells)) == 1:
            yield Block("paragraph", "".join(cells), page=number)
            continue
        if not rows:
            bold = all(cell.font is not None and cell.font.b for cell in row if cell.value is not None)
        rows.append(cells)
        if len(rows) > MAX_BLOCKS:
            raise too_complex(name, f"has a sheet of more than {MAX_BLOCKS:,} rows")
    yield from table_blocks(rows, headed=len(rows) > 1 and (bold or looks_headed(_trimmed(rows))), page=number)


def _trimmed(rows: Sequence[Row]) -> list[Row]:
    """The first rows without the empty columns beside the table."""
    columns = list(zip_longest(*rows[:50], fillvalue=""))
    return [*zip(*(column for column in columns if any(column)), strict=True)]


def _cell_text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        percent = "%" in (cell.number_format or "")
        return f"{value * 100:.10g}%" if percent else _number_text(value)
    return str(value)


def _number_text(value: float) -> str:
    is_whole = abs(value) < _EXACT and value == int(value)
    return str(int(value)) if is_whole else f"{value:.12g}"
