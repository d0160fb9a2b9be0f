"""A kept answer against the documents of today: which quotes still stand there, and where."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from app.types import Answer, Citation
from ingest.errors import CoeError, UnknownDocument
from ingest.types import Document

Change = Literal["changed", "removed"]
"""The document has other words by now, or is no longer in the library."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An answer as it was given, with quotes that moved found again, and what became of the other ones."""

    answer: Answer
    changes: dict[int, Change] = field(default_factory=dict)
    """By label; a citation that is not in it still holds."""


def compared(answer: Answer, document: Callable[[str], Document]) -> Standing:
    """Compare every quote with the text that stands in its document now.

    Quotes are left as they are where the library cannot be read at the moment.
    """
    looked = [_looked_up(citation, document) for citation in answer.citations]
    changes = {citation.label: change for citation, change in looked if change}
    return Standing(answer.model_copy(update={"citations": tuple(citation for citation, _ in looked)}), changes)


def _looked_up(citation: Citation, document: Callable[[str], Document]) -> tuple[Citation, Change | None]:
    try:
        text = document(citation.document_id).text
    except UnknownDocument:
        return citation, "removed"
    except CoeError:
        return citation, None
    if text[citation.start : citation.end] == citation.quote:
        return citation, None
    start = text.find(citation.quote)
    if start < 0:
        return citation, "changed"
    return citation.model_copy(update={"start": start, "end": start + len(citation.quote)}), None
