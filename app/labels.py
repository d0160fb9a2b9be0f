"""Labels such as [1] in the text of an answer, told apart from numbers in brackets that documents have themselves."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.types import Citation

_NUMBER = re.compile(r"\[(\d{1,3})\]")
_AROUND = 16
"""Characters on either side of a number in brackets by which it is known again."""


@dataclass(frozen=True, slots=True)
class Label:
    """Where a label stands in a text, and what it stands for."""

    start: int
    end: int
    citation: Citation


def labels_in(text: str, citations: Sequence[Citation]) -> Iterator[Label]:
    """The labels of a text, in their order; a number that a quote has at that place is a word of the document."""
    known = {citation.label: citation for citation in citations}
    quoted = [around for citation in citations for around in _numbers(citation.quote)]
    for found in _NUMBER.finditer(text):
        citation = known.get(int(found[1]))
        if citation and not any(_stands_at(text, found, *around) for around in quoted):
            yield Label(found.start(), found.end(), citation)


def _numbers(quote: str) -> Iterator[tuple[str, str, str]]:
    """What stands before a number in brackets, the number, and what stands after it."""
    for found in _NUMBER.finditer(quote):
        start, end = found.span()
        yield quote[max(0, start - _AROUND) : start], found[0], quote[end : end + _AROUND]


def _stands_at(text: str, found: re.Match[str], before: str, number: str, after: str) -> bool:
    is_alone = not before and not after
    return (
        found[0] == number
        and not is_alone
        and text[: found.start()].endswith(before)
        and text[found.end() :].startswith(after)
    )
