"""Blocks of any format: cleaned and counted, tables as rows that can be read alone."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ingest.formats.rejections import too_complex
from ingest.formats.text import MAX_CHARACTERS, clean
from ingest.types import Block

MAX_BLOCKS = 200_000
LONGEST_HEADING = 500
"""A longer one is a paragraph: every passage below it would carry it."""
MAX_SPAN = 50
"""Columns or rows that one cell may cover."""

Row = Sequence[str]


def bounded(blocks: Iterable[Block], name: str) -> tuple[Block, ...]:
    """Blocks with text, cleaned; stops as soon as they are too many."""
    kept: list[Block] = []
    characters = 0
    for number, block in enumerate(blocks):
        text = clean(block.text)
        characters += len(text)
        if characters > MAX_CHARACTERS:
            raise too_complex(name, f"holds more than {MAX_CHARACTERS:,} characters")
        if number >= MAX_BLOCKS:
            raise too_complex(name, f"holds more than {MAX_BLOCKS:,} paragraphs and rows")
        if text and block.kind == "heading" and len(text) > LONGEST_HEADING:
            kept.append(Block("paragraph", text, page=block.page))
        elif text:
            kept.append(replace(block, text=text))
    return tuple(kept)


def table_blocks(rows: Iterable[Row], *, headed: bool, page: int | None = None) -> Iterator[Block]:
    """One block for each row, readable alone."""
    header: Row | None = None
    for row in rows:
        cells = [clean(cell) for cell in row]
        if sum(map(bool, cells)) == 0:
            continue
        if headed and header is None:
            header = cells
        else:
            yield Block("row", row_text(cells, header or ()), page=page)


def row_text(cells: Row, header: Row) -> str:
    """A row as one line: each filled cell after the name of its column, where there is one."""
    if not any(header):
        return " | ".join(cell for cell in cells if cell)
    names = [*header, *[""] * len(cells)]
    return "; ".join(
        f"{name.removesuffix(':')}: {cell}" if name else cell for name, cell in zip(names, cells, strict=False) if cell
    )


_NUMBER = re.compile(r"(?=.*\d)[\d.,:/%€$ –-]+")
_LONGEST_HEADER = 80


def looks_headed(rows: Sequence[Row], *, strict: bool = True) -> bool:
    """True when a table that marks no header row surely has one."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    header = [cell.strip() for cell in rows[0]]
    if not all(cell and len(cell) <= _LONGEST_HEADER and not _NUMBER.fullmatch(cell) for cell in header):
        return False
    if len({cell.lower() for cell in header}) < len(header):
        return False
    return not strict or len(header) > 2 or _has_number_column(rows[1:])


def _has_number_column(rows: Sequence[Row]) -> bool:
    """True when the second of two columns mostly holds numbers below its name."""
    values = [row[1].strip() for row in rows if len(row) > 1 and row[1].strip()]
    return sum(bool(_NUMBER.fullmatch(value)) for value in values) > len(values) / 2
