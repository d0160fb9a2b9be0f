"""Values between delimiters, as spreadsheets export them."""

import csv
import io
from collections import Counter

from ingest.formats.blocks import bounded, looks_headed, table_blocks
from ingest.formats.text import MAX_CHARACTERS, decode
from ingest.types import Loaded


def load_csv(data: bytes, name: str) -> Loaded:
    """A row of values by the names in the first row, whatever the delimiter."""
    text = decode(data, name)
    csv.field_size_limit(MAX_CHARACTERS)
    rows = list(csv.reader(io.StringIO(text), delimiter=_delimiter(text)))
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    return Loaded(bounded(table_blocks(filled, headed=looks_headed(filled, strict=False)), name))


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first lines into the same number of cells, and into most."""
    sample = "\n".join(text.split("\n", 20)[:20])[:20_000]
    scores: dict[str, tuple[int, int]] = {}
    for delimiter in ",;\t|":
        widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row]
        width, count = Counter(widths).most_common(1)[0] if widths else (1, 0)
        scores[delimiter] = (count if width > 1 else 0, width)
    return max(scores, key=lambda delimiter: scores[delimiter])
