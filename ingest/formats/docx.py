"""Word files: paragraphs, lists and tables, without what is hidden or deleted."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import Any

from ingest.formats.archive import check_archive
from ingest.formats.blocks import MAX_SPAN, Row, bounded, looks_headed, table_blocks
from ingest.formats.text import clean
from ingest.types import Block, Loaded

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_REMOVED = frozenset(
    (f"{_W}del", f"{_W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
)
_RUN_TEXT = MappingProxyType({f"{_W}{tag}": " " for tag in ("tab", "br", "cr")} | {f"{_W}noBreakHyphen": "-"})
_TINY = 2
"""Half points: a run of this size or less is there to be found, not to be read."""


@dataclass(frozen=True, slots=True)
class _Styles:
    """What the paragraph styles of a Word file mean, by style id."""

    levels: Mapping[str, int]
    titles: frozenset[str]
    lists: frozenset[str]
    contents: frozenset[str]


def load_docx(data: bytes, name: str) -> Loaded:
    """Paragraphs, lists and tables of a Word file in document order; hidden and deleted text left out."""
    check_archive(data, name, "word/")
    from docx import Document as open_document

    document = open_document(io.BytesIO(data))
    styles = _styles(document)
    blocks = bounded(_docx_blocks(document.element.body, styles), name)
    titled = (
        _docx_text(paragraph)
        for paragraph in document.element.body.iterchildren(f"{_W}p")
        if _docx_style(paragraph) in styles.titles
    )
    return Loaded(blocks, title=next(titled, "") or clean(document.core_properties.title or "") or None)


def _styles(document: Any) -> _Styles:
    paragraphs = [style for style in document.styles if style.type == 1]
    named = {style.style_id: [_style_name(ancestor) for ancestor in _lineage(style)] for style in paragraphs}
    return _Styles(
        levels={id: level for id, names in named.items() if (level := _style_level(names))},
        titles=_named(named, "title"),
        lists=_named(named, "list"),
        contents=_named(named, "toc"),
    )


def _named(styles: Mapping[str, Iterable[str]], beginning: str) -> frozenset[str]:
    return frozenset(id for id, names in styles.items() if any(name.startswith(beginning) for name in names))


def _lineage(style: Any) -> Iterator[Any]:
    for _ in range(10):
        if style is None:
            return
        yield style
        style = style.base_style


def _style_name(style: Any) -> str:
    return (style.name or "").lower()


def _style_level(names: Iterable[str]) -> int:
    for name in names:
        if name == "title":
            return 1
        if match := re.fullmatch(r"heading ([1-9])", name):
            return int(match[1])
    return 0


def _docx_blocks(body: Any, styles: _Styles) -> Iterator[Block]:
    for child in body:
        if child.tag == f"{_W}p":
            yield _docx_block(child, styles)
        elif child.tag == f"{_W}tbl":
            yield from _docx_table(child)
        elif child.tag == f"{_W}sdt":
            content = child.find(f"{_W}sdtContent")
            yield from _docx_blocks(content if content is not None else (), styles)


def _docx_block(paragraph: Any, styles: _Styles) -> Block:
    style = _docx_style(paragraph)
    numbered = paragraph.find(f"{_W}pPr/{_W}numPr") is not None
    text = "" if style in styles.contents else _docx_text(paragraph)
    if style in styles.levels:
        return Block("heading", text, level=styles.levels[style])
    return Block("item" if numbered or style in styles.lists else "paragraph", text)


def _docx_style(paragraph: Any) -> str:
    named = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return "" if named is None else str(named.get(f"{_W}val", ""))


def _docx_text(element: Any) -> str:
    return clean("".join(chain.from_iterable(_run_pieces(run) for run in element.iter(f"{_W}r"))))


def _run_pieces(run: Any) -> Iterator[str]:
    if _is_hidden(run):
        return
    for node in run:
        yield (node.text or "") if node.tag == f"{_W}t" else _RUN_TEXT.get(node.tag, "")


def _is_hidden(run: Any) -> bool:
    if any(ancestor.tag in _REMOVED for ancestor in run.iterancestors()):
        return True
    nodes = (node for node in run.iterfind(f"{_W}rPr/*") if isinstance(node.tag, str))
    values = {node.tag.removeprefix(_W): node.get(f"{_W}val", "true").lower() for node in nodes}
    size = values.get("sz", "")
    return (
        values.get("vanish", "false") not in ("0", "false", "off")
        or (size.isdecimal() and int(size) <= _TINY)
        or (values.get("color") == "ffffff" and not _is_shaded(run))
    )


def _is_shaded(run: Any) -> bool:
    """True when white letters may stand on a colour, as in the first row of many tables."""
    shades = (f"{_W}rPr/{_W}shd", f"{_W}pPr/{_W}shd")
    return any(
        element.tag == f"{_W}tc" or any(element.find(shade) is not None for shade in shades)
        for element in chain([run], run.iterancestors())
    )


def _docx_table(table: Any) -> Iterator[Block]:
    rows: list[Row] = []
    for row in table.findall(f"{_W}tr"):
        rows.append(_docx_row(row, rows[-1] if rows else ()))
    first = table.find(f"{_W}tr")
    marked = first is not None and first.find(f"{_W}trPr/{_W}tblHeader") is not None
    yield from table_blocks(rows, headed=marked or looks_headed(rows))


def _docx_row(row: Any, above: Row) -> list[str]:
    cells: list[str] = []
    for cell in row.iter(f"{_W}tc"):
        if cell.getparent() is not row and cell.getparent().tag == f"{_W}tr":
            continue
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        merged = cell.find(f"{_W}tcPr/{_W}vMerge")
        continued = merged is not None and merged.get(f"{_W}val") != "restart"
        text = " ".join(_docx_text(paragraph) for paragraph in cell.iter(f"{_W}p"))
        across = int(span.get(f"{_W}val", "1")) if span is not None else 1
        inherited = above[len(cells)] if continued and len(cells) < len(above) else text
        cells += [inherited, *[""] * (min(across, MAX_SPAN) - 1)]
    return cells
