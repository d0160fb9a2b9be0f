"""HTML: the main content of a page as it is seen."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import Any

from ingest.formats.blocks import MAX_SPAN, Row, bounded, looks_headed, row_text, table_blocks
from ingest.formats.rejections import too_complex
from ingest.formats.text import clean, decode
from ingest.types import Block, BlockKind, Loaded

_DROPPED = (
    "script style template noscript svg math iframe object embed canvas nav aside footer button select"
    " input textarea dialog [hidden] [role=navigation] [role=banner] [role=contentinfo] [role=search]"
)
_BLOCK_TAG = re.compile(
    "address|article|blockquote|body|caption|center|d[dlt]|details|div|fieldset|figcaption|figure|form|header|hr"
    "|html|li|main|menu|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_HEADINGS = MappingProxyType({f"h{level}": level for level in range(1, 7)})
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|opacity)\s*:\s*0(?![\d.])", re.IGNORECASE
)
_WHITE = re.compile(
    r"(?<![-\w])color\s*:\s*(?:white|#fff(?:fff)?|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))(?!\w)", re.IGNORECASE
)
_CSS_NOISE = re.compile(r"/\*.*?\*/", re.DOTALL)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
MAX_TAGS = 200_000
MAX_CSS = 100_000
MAX_SELECTORS = 200


@dataclass(frozen=True, slots=True)
class _Break:
    """Border between blocks; what follows is of this kind."""

    kind: BlockKind


def load_html(data: bytes, name: str) -> Loaded:
    """Main content of a page as it is seen: no scripts, navigation or hidden text, nothing fetched."""
    from bs4 import BeautifulSoup

    text = _decode_html(data, name)
    if text.count("<") > MAX_TAGS:
        raise too_complex(name, f"is made of more than {MAX_TAGS:,} elements")
    soup = BeautifulSoup(text, "lxml")
    title = soup.title.get_text() if soup.title else None
    for element in _unseen(soup):
        element.extract()
    main = _main_content(soup)
    headings = [heading.get_text() for heading in main.find_all("h1")]
    blocks = bounded(_folded(_flow(main, "paragraph")), name)
    return Loaded(blocks, title=clean(headings[0] if len(headings) == 1 else title or "") or None)


def _decode_html(data: bytes, name: str) -> str:
    declared = _META_CHARSET.search(data[:4096])
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            try:
                return decode(data.decode(declared[1].decode("ascii")).encode(), name)
            except (LookupError, UnicodeError):
                pass
    return decode(data, name)


def _unseen(soup: Any) -> list[Any]:
    from bs4 import Comment

    hidden = list(soup.select(_DROPPED.replace(" ", ",")))
    hidden += soup.find_all(style=_HIDING)
    hidden += [element for element in soup.find_all(style=_WHITE) if not _has_backdrop(element)]
    hidden += [header for header in soup.find_all("header") if not header.find("h1")]
    css = _CSS_NOISE.sub("", "".join(style.get_text() for style in soup.find_all("style"))[:MAX_CSS])
    for selector in _hiding_selectors(css)[:MAX_SELECTORS]:
        hidden += _selected(soup, selector)
    hidden += soup.find_all(string=lambda string: isinstance(string, Comment))
    return hidden


def _hiding_selectors(css: str) -> list[str]:
    """Selectors of rules that hide, leaving out those that hold for some media only."""
    selectors, depth = [], 0
    for rule in css.split("}"):
        if depth == 0 and rule.count("{") == 1:
            selector, _, declarations = rule.partition("{")
            selectors += [selector.strip()] * bool(_HIDING.search(declarations))
        depth = max(0, depth + rule.count("{") - 1)
    return selectors


def _selected(soup: Any, selector: str) -> list[Any]:
    from soupsieve import SelectorSyntaxError

    if ":" in selector or selector in ("html", "body", "*"):
        return []
    try:
        return list(soup.select(selector))
    except (SelectorSyntaxError, NotImplementedError):
        return []


def _has_backdrop(element: Any) -> bool:
    """True when white text may stand on a colour, as in a banner: then it is not hidden."""
    return any(
        "background" in str(parent.get("style", "")) or parent.get("class") or parent.get("bgcolor")
        for parent in chain([element], element.parents)
    )


def _main_content(soup: Any) -> Any:
    articles = soup.find_all("article")
    candidates = [
        soup.find("main"),
        soup.find(attrs={"role": "main"}),
        *(articles if len(articles) == 1 else []),
    ]
    seen = [candidate for candidate in candidates if candidate and candidate.get_text(strip=True)]
    return next(iter(seen), soup.body or soup)


def _flow(node: Any, kind: BlockKind) -> Iterator[str | _Break | Block]:
    """Inline text, breaks, and whole blocks for headings and table rows, in reading order."""
    for child in node.children:
        tag = getattr(child, "name", None)
        if tag is None:
            yield str(child)
        elif tag in _HEADINGS:
            yield from (_Break(kind), Block("heading", _flat(child), level=_HEADINGS[tag]))
        elif tag == "table" and not child.find("table"):
            yield _Break(kind)
            yield from _html_table(child)
        elif tag == "br":
            yield " "
        elif _BLOCK_TAG.fullmatch(tag):
            inner: BlockKind = "item" if tag == "li" else kind
            yield _Break(inner)
            yield from _flow(child, inner)
            yield _Break(kind)
        else:
            yield from _flow(child, kind)


def _folded(events: Iterable[str | _Break | Block]) -> Iterator[Block]:
    kind: BlockKind = "paragraph"
    words: list[str] = []
    for event in chain(events, [_Break("paragraph")]):
        if isinstance(event, str):
            words.append(event)
            continue
        if any(word.strip() for word in words):
            yield Block(kind, "".join(words))
        words = []
        if isinstance(event, Block):
            yield event
        else:
            kind = event.kind


def _flat(node: Any) -> str:
    return clean("".join(_flat_pieces(_flow(node, "paragraph"))))


def _flat_pieces(events: Iterable[str | _Break | Block]) -> Iterator[str]:
    for event in events:
        if isinstance(event, str):
            yield event
        else:
            yield f" {event.text} " if isinstance(event, Block) else " "


def _html_table(table: Any) -> Iterator[Block]:
    rows = table.find_all("tr")
    if table.caption:
        yield Block("paragraph", _flat(table.caption))
    if not rows:
        return
    grid = _spread(rows)
    first = [cell.name for cell in rows[0].find_all(["th", "td"])]
    marked = bool(table.thead) or set(first) == {"th"}
    if not marked and len(first) == 2 and all(_is_named_value(row) for row in rows):
        yield from (Block("row", row_text(cells[1:], cells[:1])) for cells in grid)
    else:
        yield from table_blocks(grid, headed=marked or looks_headed(grid))


def _is_named_value(row: Any) -> bool:
    return [cell.name for cell in row.find_all(["th", "td"])] == ["th", "td"]


def _spread(rows: Iterable[Any]) -> list[Row]:
    """Cells in columns: a cell over several rows counts in each, one over several columns in its first."""
    grid: list[Row] = []
    lasting: dict[int, tuple[str, int]] = {}
    for row in rows:
        cells: dict[int, str] = {column: text for column, (text, _) in lasting.items()}
        lasting = {column: (text, left - 1) for column, (text, left) in lasting.items() if left > 1}
        column = 0
        for cell in row.find_all(["th", "td"]):
            while column in cells:
                column += 1
            text, rows_down, across = _flat(cell), _span(cell, "rowspan"), _span(cell, "colspan")
            for offset in range(across):
                cells[column + offset] = text if offset == 0 else ""
                if rows_down > 1:
                    lasting[column + offset] = (cells[column + offset], rows_down - 1)
            column += across
        grid.append([cells.get(index, "") for index in range(max(cells, default=-1) + 1)])
    return grid


def _span(cell: Any, name: str) -> int:
    value = str(cell.get(name, "1"))
    return min(max(int(value), 1), MAX_SPAN) if value.isdecimal() else 1
