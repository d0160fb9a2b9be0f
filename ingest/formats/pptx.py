"""Presentations: slides as pages."""

import io
from collections.abc import Iterable, Iterator
from typing import Any

from ingest.formats.archive import check_archive
from ingest.formats.blocks import bounded, table_blocks
from ingest.formats.text import clean
from ingest.types import Block, BlockKind, Loaded

_SLIDE_FURNITURE = frozenset(("DATE", "FOOTER", "HEADER", "SLIDE_NUMBER"))
_SLIDE_LISTS = frozenset(("BODY", "OBJECT", "VERTICAL_BODY", "VERTICAL_OBJECT"))


def load_pptx(data: bytes, name: str) -> Loaded:
    """Slides as pages: the title a heading, then text, tables and notes; hidden slides left out."""
    check_archive(data, name, "ppt/")
    from pptx import Presentation

    presentation = Presentation(io.BytesIO(data))
    blocks = bounded(_pptx_blocks(presentation), name)
    first = next((block.text for block in blocks if block.kind == "heading"), None)
    title = clean(presentation.core_properties.title or "")
    return Loaded(blocks, title=title if title not in ("", "PowerPoint Presentation") else first)


def _pptx_blocks(presentation: Any) -> Iterator[Block]:
    for number, slide in enumerate(presentation.slides, start=1):
        if slide._element.get("show") in ("0", "false"):
            continue
        title = slide.shapes.title
        if title is not None:
            yield Block("heading", title.text_frame.text, level=2, page=number)
        for shape in _shapes(slide.shapes):
            if title is None or shape.shape_id != title.shape_id:
                yield from _shape_blocks(shape, number)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame:
            yield from _text_frame(slide.notes_slide.notes_text_frame, "paragraph", number)


def _shapes(shapes: Iterable[Any]) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        else:
            yield shape


def _shape_blocks(shape: Any, page: int) -> Iterator[Block]:
    place = shape.placeholder_format.type.name if shape.is_placeholder and shape.placeholder_format.type else ""
    if place in _SLIDE_FURNITURE:
        return
    if getattr(shape, "has_table", False):
        rows = [[cell.text for cell in row.cells] for row in shape.table.rows]
        yield from table_blocks(rows, headed=bool(shape.table.first_row) and len(rows) > 1, page=page)
    elif shape.has_text_frame:
        yield from _text_frame(shape.text_frame, "item" if place in _SLIDE_LISTS else "paragraph", page)


def _text_frame(frame: Any, kind: BlockKind, page: int) -> Iterator[Block]:
    for paragraph in frame.paragraphs:
        yield Block(kind, paragraph.text, page=page)
