"""Words with their places on the pages of a PDF become headings, paragraphs, items and rows of tables."""

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from ingest.formats.blocks import table_blocks
from ingest.formats.text import BULLET
from ingest.types import Block

_MARKER = re.compile(r"[•·▪■‣◦○●–—*-]|\(?\w{1,3}[.)]")
_SENTENCE_END = (".", "!", "?", ":", ";")
_CUT_WORD = re.compile(r"(\w+)-$")
_LONGEST_HEADING = 160


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a PDF page, where they begin, and how large they are."""

    text: str
    x: float
    y: float
    size: float
    bold: bool


_Cell = list[Piece]
_Group = list[_Cell]
"""Cells that stand side by side; one cell of several lines is ordinary text."""


@dataclass(frozen=True, slots=True)
class _Print:
    """What is normal in a document: the size of its letters and the distance of its lines."""

    size: float
    leading: float
    levels: Mapping[float, int]
    words: frozenset[str]


def pdf_blocks(pages: Sequence[list[Piece]]) -> Iterator[Block]:
    """Blocks in the order of the file, each with its page."""
    look = _print(pages)
    for number, page in enumerate(pages, start=1):
        lines: list[Piece] = []
        for table, groups in _tables(_groups(page)):
            if not table:
                lines.extend(chain.from_iterable(chain.from_iterable(groups)))
                continue
            yield from _prose(_lines(lines), look, number)
            lines = []
            yield from _pdf_table(groups, look, number)
        yield from _prose(_lines(lines), look, number)


def _print(pages: Sequence[list[Piece]]) -> _Print:
    sizes: Counter[float] = Counter()
    gaps: list[float] = []
    for piece in chain.from_iterable(pages):
        sizes[piece.size] += len(piece.text)
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    for page in pages:
        body = [piece for piece in page if piece.size == size]
        gaps += [upper.y - lower.y for upper, lower in pairwise(body) if 0.5 * size < upper.y - lower.y < 3 * size]
    larger = sorted((other for other in sizes if other > 1.1 * size), reverse=True)
    levels = {other: min(level, 4) for level, other in enumerate(larger, start=1)}
    words = frozenset(re.findall(r"\w+-\w+", " ".join(piece.text for page in pages for piece in page)))
    return _Print(size, statistics.median(gaps) if gaps else 1.3 * size, levels, words)


def _groups(page: Sequence[Piece]) -> list[_Group]:
    """Pieces in the order of the file, gathered where they stand side by side or directly below."""
    groups: list[_Group] = []
    for piece in page:
        if not groups or not _joins(groups, piece):
            groups.append([[piece]])
    return groups


def _joins(groups: list[_Group], piece: Piece) -> bool:
    group = groups[-1]
    last = group[-1][-1]
    step = last.y - piece.y
    if abs(piece.x - group[-1][0].x) < 1 and 0 < step < 2.3 * piece.size:
        group[-1].append(piece)
        return True
    if piece.x <= last.x or step > 0.3 * piece.size:
        return False
    if len(group) == 1 and abs(step) <= 0.3 * piece.size and len(group[0]) > 1:
        groups[-1:] = [[group[0][:-1]], [[last], [piece]]]
    else:
        group.append([piece])
    return True


def _tables(groups: Sequence[_Group]) -> Iterator[tuple[bool, list[_Group]]]:
    """Runs of groups; a run of two or more whose columns begin at the same places is a table."""
    run: list[_Group] = []
    for group in groups:
        if run and not _continues_table(run, group):
            yield len(run) > 1, run
            run = []
        run.append(group)
    if run:
        yield len(run) > 1, run


def _continues_table(run: Sequence[_Group], group: _Group) -> bool:
    """True for the same columns below; a bullet before a text is no cell, names may stand in the middle."""
    above = run[:2][-1]
    if len(above) < 2 or len(group) < 2 or _MARKER.fullmatch(group[0][0].text.strip()):
        return False
    if len(run) == 1 and len(above) == len(group) and _is_bold(above) and not _is_bold(group):
        return True
    return all(any(abs(cell[0].x - place[0].x) < 2 for place in above) for cell in group)


def _is_bold(group: _Group) -> bool:
    return all(piece.bold for cell in group for piece in cell)


def _pdf_table(groups: Sequence[_Group], look: _Print, page: int) -> Iterator[Block]:
    headed = _is_bold(groups[0]) and not _is_bold(groups[1])
    places = [cell[0].x for cell in (groups[1] if headed and len(groups[0]) == len(groups[1]) else groups[0])]
    rows = [[_rejoined(cell, look) for cell in _columns(group, places)] for group in groups]
    yield from table_blocks(rows, headed=headed, page=page)


def _columns(group: _Group, places: Sequence[float]) -> list[list[str]]:
    """Lines of each cell, in as many columns as there are places."""
    if len(group) == len(places):
        return [[piece.text for piece in cell] for cell in group]
    return [[piece.text for cell in group if abs(cell[0].x - place) < 2 for piece in cell] for place in places]


def _lines(pieces: Sequence[Piece]) -> list[Piece]:
    """Whole lines: pieces on one base line become one."""
    lines: list[Piece] = []
    for piece in pieces:
        last = lines[-1] if lines else None
        if last and abs(last.y - piece.y) <= 0.3 * piece.size and piece.x > last.x:
            gap = " " * bool(_MARKER.fullmatch(last.text.strip()))
            lines[-1] = replace(last, text=last.text + gap + piece.text, bold=last.bold and piece.bold)
        else:
            lines.append(piece)
    return [replace(line, text=line.text.strip()) for line in lines if line.text.strip()]


def _prose(lines: Sequence[Piece], look: _Print, page: int) -> Iterator[Block]:
    paragraph: list[Piece] = []
    widths: dict[int, int] = {}
    for line in lines:
        widths[round(line.x)] = max(len(line.text), widths.get(round(line.x), 0))
    for line in lines:
        if paragraph and _begins_block(paragraph[-1], line, look, widths[round(paragraph[-1].x)]):
            yield _pdf_block(paragraph, look, page)
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield _pdf_block(paragraph, look, page)


def _begins_block(last: Piece, line: Piece, look: _Print, width: int) -> bool:
    if BULLET.match(line.text) or _rank(last, look) != _rank(line, look):
        return True
    step = last.y - line.y
    if step > 1.25 * max(look.leading, 1.2 * line.size):
        return True
    if last.text.endswith(_SENTENCE_END):
        return step <= 0 or _had_room(last, line, width)
    return not line.text[0].islower() and _had_room(last, line, width)


def _had_room(last: Piece, line: Piece, width: int) -> bool:
    """True when the next word would have fitted, so that the line was ended on purpose."""
    return len(last.text) + 1 + len(line.text.partition(" ")[0]) < 0.75 * width


def _rank(line: Piece, look: _Print) -> int:
    """Level that a line's letters would give a heading; 0 for ordinary text."""
    if line.size in look.levels:
        return look.levels[line.size]
    return min(len(look.levels) + 1, 5) if line.bold and line.size == look.size else 0


def _pdf_block(lines: Sequence[Piece], look: _Print, page: int) -> Block:
    text = _rejoined([line.text for line in lines], look)
    level = _rank(lines[0], look)
    bullet = BULLET.match(text)
    if level and not bullet and _reads_as_heading(text):
        return Block("heading", text, level=level, page=page)
    return Block("item" if bullet else "paragraph", text[bullet.end() if bullet else 0 :], page=page)


def _reads_as_heading(text: str) -> bool:
    return (
        len(text) <= _LONGEST_HEADING
        and not text.endswith((".", ",", ";"))
        and any(character.isalpha() for character in text)
    )


def _rejoined(lines: Iterable[str], look: _Print) -> str:
    """Lines as running text; a word cut at a line's end is whole again, unless its hyphen is its own."""
    parts: list[str] = []
    for line in (line.strip() for line in lines):
        cut = _CUT_WORD.search(parts[-1][-60:]) if parts else None
        rest = re.match(r"[^\W\d_]+", line)
        if not cut or not rest or not rest[0][0].islower():
            parts += [" ", line]
        elif f"{cut[1]}-{rest[0]}" in look.words:
            parts.append(line)
        else:
            parts[-1] = parts[-1][:-1]
            parts.append(line)
    return "".join(parts).strip()
