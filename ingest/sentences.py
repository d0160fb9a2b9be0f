"""Sentences of a text as exact spans: chunks are packed from them and answers quote them."""

import re
from dataclasses import dataclass

_LINE = re.compile(r"[^\n]+")
_BREAK = re.compile(
    r"""
    (?<![.!?…])[.!?…]++             # only from the first mark of a run, and possessive: dots alone stay linear
    (?:["'”’»)\]]|[ \u00a0\u202f]»)*+ \s++
    (?=(?:["'“‘(\[]|«\s?)*[^\W_a-zà-ÿа-яё])
    """,
    re.VERBOSE,
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Amb|Gen|Col|Capt|St|No|Nos|Art|Arts|Fig|vs|ca|c|approx|cf|etc|e\.g|i\.e|al|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|Inc|Ltd|Corp|Reg|Vol|pp|p|г|гг|им|др|стр)"
    r"|\b[^\W\d_](?:\.[^\W\d_])*)\.$"
)
_ENUMERATOR = re.compile(r"\s*[(\[]?(?:\d{1,3}(?:\.\d{1,3})*|[ivxIVX]{1,5})\.")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """`text[start:end]`, without white space at either end."""

    start: int
    end: int


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Sentences of `text[start:end]` in order; a line break always ends one, so do table rows and list items."""
    limit = len(text) if end is None else end
    return [span for line in _LINE.finditer(text, start, limit) for span in _in_line(text, line.start(), line.end())]


def _in_line(text: str, start: int, end: int) -> list[Span]:
    spans: list[Span] = []
    begin = start
    for match in _BREAK.finditer(text, start, end):
        stop = match.start() + len(match.group().rstrip())
        if match.group().startswith(".") and _ABBREVIATION.search(text, max(begin, stop - 12), stop):
            continue
        if _ENUMERATOR.fullmatch(text, begin, stop):
            continue
        spans.extend(_trimmed(text, begin, stop))
        begin = match.end()
    spans.extend(_trimmed(text, begin, end))
    return spans


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    stretch = text[start:end]
    body = stretch.strip()
    if not body:
        return []
    offset = start + stretch.index(body[0])
    return [Span(offset, offset + len(body))]
