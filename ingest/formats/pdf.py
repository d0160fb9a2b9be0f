"""PDF: pages become words with their places, without what all pages repeat."""

import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from ingest.formats.blocks import bounded
from ingest.formats.pdf_layout import Piece, pdf_blocks
from ingest.formats.rejections import encrypted, mismatch, too_complex
from ingest.formats.text import clean
from ingest.types import Loaded

if TYPE_CHECKING:
    from pypdf import PageObject

MAX_PAGES = 2_000

_GLYPHS = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | dict.fromkeys("\uf0a7\uf0b7\uf0d8\uf0fc", "•")
)
_PAGE_NUMBER = re.compile(r"(?:page\s+)?\d{1,4}\s*(?:/|of)\s*\d{1,4}|page\s+\d{1,4}|[-–—]\s*\d{1,4}\s*[-–—]", re.I)
_OUTER_LINES = 2
_TITLE_JUNK = re.compile(r"^microsoft |^untitled|\.(?:docx?|pptx?|xlsx?|pdf|indd|qxd)$|^slide \d|^powerpoint", re.I)


def load_pdf(data: bytes, name: str) -> Loaded:
    """Pages of text with lines joined again, headers and page numbers left out; columns of a table kept."""
    if b"%PDF-" not in data[:1024]:
        raise mismatch(name, "is not a PDF file inside")
    from pypdf import PdfReader
    from pypdf.errors import LimitReachedError

    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise encrypted(name)
        if len(reader.pages) > MAX_PAGES:
            raise too_complex(name, f"has more than {MAX_PAGES:,} pages")
        pages = _without_margins([_pieces(page) for page in reader.pages])
        title = clean((reader.metadata.title if reader.metadata else "") or "")
    except LimitReachedError:
        raise too_complex(name, "unpacks to more than a file may hold") from None
    blocks = bounded(pdf_blocks(pages), name)
    return Loaded(blocks, title=title if title and not _TITLE_JUNK.search(title) else None)


def _pieces(page: "PageObject") -> list[Piece]:
    pieces: list[Piece] = []

    def visit(text: str, cm: Sequence[float], tm: Sequence[float], font: Any, size: float) -> None:
        visible = clean(text.translate(_GLYPHS))
        scale = abs(tm[3] * cm[3]) or abs(tm[1] * cm[2]) or 1.0
        if not visible or size * scale < 1:
            return
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        bold = "bold" in str((font or {}).get("/BaseFont", "")).lower()
        spaced = f"{' ' * text.startswith(' ')}{visible}{' ' * text.endswith(' ')}"
        pieces.append(Piece(spaced, x, y, round(size * scale * 2) / 2, bold))

    page.extract_text(visitor_text=visit)
    return pieces


def _without_margins(pages: Sequence[list[Piece]]) -> list[list[Piece]]:
    """Pages without what most of them repeat at the top or the bottom, and without their numbers."""
    marks = [{_mark(piece) for piece in _outer(page)} for page in pages]
    counts = Counter(chain.from_iterable(marks))
    repeated = {mark for mark, count in counts.items() if count >= max(3, len(pages) / 2)}
    return [
        _without(page, repeated, range(max(0, number - 20), number + 21)) for number, page in enumerate(pages, start=1)
    ]


def _without(page: list[Piece], repeated: set[tuple[str, int]], numbers: range) -> list[Piece]:
    outer = _outer(page)
    alone = Counter(round(piece.y) for piece in page)
    dropped = {
        id(piece)
        for piece in outer
        if _mark(piece) in repeated or (alone[round(piece.y)] == 1 and _is_number(piece.text.strip(), numbers))
    }
    return [piece for piece in page if id(piece) not in dropped]


def _is_number(text: str, numbers: range) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(text)) or (text.isdecimal() and len(text) <= 4 and int(text) in numbers)


def _mark(piece: Piece) -> tuple[str, int]:
    return re.sub(r"\d+", "#", piece.text.strip()), round(piece.y)


def _outer(page: Sequence[Piece]) -> list[Piece]:
    heights = sorted({round(piece.y) for piece in page})
    borders = {*heights[:_OUTER_LINES], *heights[-_OUTER_LINES:]}
    return [piece for piece in page if round(piece.y) in borders]
