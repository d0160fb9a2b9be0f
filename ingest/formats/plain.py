"""Plain text: paragraphs between blank lines."""

from collections.abc import Iterator
from itertools import chain

from ingest.formats.blocks import bounded
from ingest.formats.text import BULLET, decode
from ingest.types import Block, BlockKind, Loaded


def load_text(data: bytes, name: str) -> Loaded:
    """Paragraphs between blank lines; lines that begin with a bullet are items."""
    return Loaded(bounded(_text_blocks(decode(data, name)), name))


def _text_blocks(text: str) -> Iterator[Block]:
    kind: BlockKind = "paragraph"
    lines: list[str] = []
    for line in chain(text.replace("\f", "\n\n").split("\n"), [""]):
        stripped = line.strip()
        bullet = BULLET.match(stripped)
        if (bullet or not stripped) and lines:
            yield Block(kind, " ".join(lines))
            kind, lines = "paragraph", []
        if bullet:
            kind = "item"
        if stripped:
            lines.append(stripped[bullet.end() if bullet else 0 :])
