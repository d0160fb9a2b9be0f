"""Draws a page of a PDF file with a quote marked on it: a program of its own, so that a bad file harms nothing else."""

import io
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

import pypdfium2
from PIL import Image, ImageChops, ImageDraw

MEMORY = 1024**3
SECONDS = 10
WIDTH = 1_000
"""Pixels; a page that is much longer than wide is drawn smaller."""
HEIGHT = 2_000
MARKER = "#ffe28a"
PIECE = 60
"""Characters of a quote that are looked for where the whole is broken by a column or a table."""


def draw(path: str, number: int, quote: str) -> bytes:
    """The page as PNG; `number` counts from 1."""
    page = pypdfium2.PdfDocument(path)[number - 1]
    width, height = page.get_size()
    scale = min(WIDTH / width, HEIGHT / height)
    image = page.render(scale=scale).to_pil().convert("RGB")
    marked = Image.new("RGB", image.size, "white")
    pen = ImageDraw.Draw(marked)
    for left, bottom, right, top in _places(page.get_textpage(), quote):
        pen.rectangle((left * scale, (height - top) * scale, right * scale, (height - bottom) * scale), fill=MARKER)
    written = io.BytesIO()
    ImageChops.multiply(image, marked).save(written, "PNG")
    return written.getvalue()


def _places(text: Any, quote: str) -> Iterator[tuple[float, float, float, float]]:
    words = " ".join(quote.split())
    found = text.search(words).get_next() if words else None
    wanted = [found] if found else [text.search(piece).get_next() for piece in {words[:PIECE], words[-PIECE:]} if piece]
    for first, count in filter(None, wanted):
        # PDFium answers about the stretch that was counted last.
        yield from [text.get_rect(index) for index in range(text.count_rects(first, count))]


if __name__ == "__main__":
    for limit, value in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(limit, (value, value))
    sys.stdout.buffer.write(draw(**json.load(sys.stdin)))
