"""Question and passage as the trained reader sees them: windows of word pieces, each with its place in the text."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tokenizers import Encoding, Tokenizer

MAX_TOKENS = 256
"""Longest window. A chunk with its question, title and headings fits into one."""
MAX_QUESTION = 48
MAX_PLACE = 40
OVERLAP = 64
"""Word pieces that two windows of a long passage share, so that no answer is cut in both."""

_CLS, _SEP = 101, 102


@dataclass(frozen=True, slots=True)
class Window:
    """`[CLS] question [SEP] place text [SEP]` as word pieces."""

    ids: tuple[int, ...]
    context_at: int
    """Index of the first piece behind the question: from here on the model's segment is 1."""
    text_at: int
    """Index of the first piece of the passage's text; the last piece of a window is no text."""
    offsets: tuple[tuple[int, int], ...]
    """Start and end of each text piece in the passage, in characters."""


@lru_cache(maxsize=1)
def load_tokenizer(file: Path) -> Tokenizer:
    """The model's tokenizer, without any truncation or padding of its own."""
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def windows(tokenizer: Tokenizer, question: str, place: str, text: str) -> Iterator[Window]:
    """One window for a chunk, overlapping ones for a longer passage; `place` is its title and headings."""
    asked = _ids(tokenizer, question)[:MAX_QUESTION]
    where = _ids(tokenizer, place)[:MAX_PLACE]
    head = (_CLS, *asked, _SEP, *where)
    encoded: Encoding = tokenizer.encode(text, add_special_tokens=False)
    room = MAX_TOKENS - len(head) - 1
    begin = 0
    while True:
        ids = encoded.ids[begin : begin + room]
        yield Window(
            ids=(*head, *ids, _SEP),
            context_at=len(asked) + 2,
            text_at=len(head),
            offsets=tuple(encoded.offsets[begin : begin + room]),
        )
        begin += room - OVERLAP
        if begin + OVERLAP >= len(encoded.ids):
            return


def _ids(tokenizer: Tokenizer, text: str) -> list[int]:
    encoded: Encoding = tokenizer.encode(text, add_special_tokens=False)
    return list(encoded.ids)
