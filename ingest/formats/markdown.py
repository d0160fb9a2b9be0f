"""Markdown: CommonMark with tables and front matter."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest import front_matter
from ingest.formats.blocks import Row, bounded, table_blocks
from ingest.formats.text import decode
from ingest.types import Block, Loaded

if TYPE_CHECKING:
    from markdown_it.token import Token


def load_markdown(data: bytes, name: str) -> Loaded:
    """CommonMark with tables and front matter; the text is stored without its markup.

    The parser would silently leave out what is nested deeper than its own limit; here that is an error.
    """
    from markdown_it import MarkdownIt

    metadata, body = front_matter.split(decode(data, name), where=name)
    tokens = MarkdownIt("commonmark", {"maxNesting": sys.maxsize}).enable("table").parse(body)
    return Loaded(bounded(_markdown_blocks(iter(tokens)), name), metadata)


def _markdown_blocks(tokens: Iterator["Token"]) -> Iterator[Block]:
    items = 0
    for token in tokens:
        items += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        if token.type == "heading_open":
            yield Block("heading", _inline_text(next(tokens)), level=int(token.tag[1:]))
        elif token.type == "table_open":
            yield from table_blocks(_markdown_rows(tokens), headed=True)
        elif token.type == "inline":
            yield Block("item" if items else "paragraph", _inline_text(token))
        elif token.type in ("fence", "code_block"):
            yield Block("paragraph", token.content)


def _markdown_rows(tokens: Iterator["Token"]) -> Iterator[Row]:
    row: list[str] = []
    for token in tokens:
        if token.type == "table_close":
            return
        if token.type == "tr_open":
            row = []
        elif token.type == "inline":
            row.append(_inline_text(token))
        elif token.type == "tr_close":
            yield row


def _inline_text(token: "Token") -> str:
    breaks = {"softbreak": " ", "hardbreak": " ", "html_inline": ""}
    return "".join(breaks.get(child.type, child.content) for child in token.children or ())
