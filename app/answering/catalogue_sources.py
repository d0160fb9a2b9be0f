"""What the catalogue is read from, and its cells as evidence."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from app.answering import catalogue_phrases as phrases
from app.answering import catalogue_values as said
from app.answering.catalogue_differences import disagreements, is_of
from app.answering.catalogue_selection import Match
from app.answering.catalogue_values import Value
from app.answering.types import Claim, Evidence, Listed, Verdict
from app.types import Completeness
from ingest.glossary import Term
from ingest.sentences import sentences
from ingest.types import Cell, Document, Row, Section

SHOWN = 12
"""Rows that a sentence itself names and cites; the others stand in the items."""

CERTAIN = 0.97
"""Probability that an answer is right which rests on the one row that the question names."""
LIKELY = 0.9
"""The same where words of a name had to single the row out, or several rows were put together."""
UNLIKELY = 0.03
"""The same where the documents themselves say that they do not give it."""

_SENTENCE = re.compile(r"[A-ZÀ-Þ0-9“\"'(][^\n]*[.!?][”\"')]*")
"""Not a row of a table, which gives its cells as `Column: value` and ends without a full stop."""


class Catalogued(Protocol):
    """What the catalogue is read from; a `Library`."""

    def catalogue(self, kind: str) -> tuple[Row, ...]:
        """Everything of a kind."""
        ...

    def held(self) -> Mapping[str, object]:
        """Every document by its id."""
        ...

    def document(self, id: str) -> Document:
        """A whole document."""
        ...

    def terms(self) -> tuple[Term, ...]:
        """Abbreviations of the glossary."""
        ...


class Sources:
    """The documents of a library, each read once."""

    def __init__(self, library: Catalogued) -> None:
        self._library = library
        self._documents: dict[str, Document] = {}

    def document(self, id: str) -> Document:
        """A whole document."""
        if id not in self._documents:
            self._documents[id] = self._library.document(id)
        return self._documents[id]

    def evidence(self, cell: Cell) -> Evidence:
        """The words that a cell was taken from."""
        document = self.document(cell.document_id)
        page = next((part.page for part in document.sections if part.start <= cell.start < part.end), None)
        return Evidence.of_cell(cell, document.metadata, page)

    def documents(self) -> Iterator[Document]:
        """Every document."""
        return map(self.document, self._library.held())

    @cached_property
    def disagreements(self) -> tuple[Cell, ...]:
        """Every sentence in which a document says that its sources disagree."""
        return tuple(cell for document in self.documents() for cell in disagreements(document))

    def told_differently(self, row: Row, what: Sequence[str]) -> tuple[Cell, ...]:
        """Sentences of disagreement that say at their beginning which fact of a row they are about."""
        about = re.compile(rf"(?:{'|'.join(what)})s? of\b", re.IGNORECASE)
        return tuple(cell for cell in self.disagreements if about.match(cell.quote) and is_of(row, cell))

    def sentences(self, id: str) -> Iterator[Cell]:
        """The sentences and the rows of tables of a document, each as a cell without a value."""
        return told(self.document(id), lambda section: True)

    def published(self, cell: Cell) -> str | None:
        """Date of the newest source of the document that a cell stands in."""
        return self.document(cell.document_id).metadata.published

    def item(self, match: Match, cell: Cell | None, value: Value | None = None) -> Listed:
        """A row of a list: what it is called, and the value or what its quote tells of it."""
        row = match.row
        chosen = cell or row.cells[0]
        text = f"{said.name(row)}: {value.text}" if value else said.name(row)
        if row.kind == "meeting" and value is None:
            text = ", ".join([text, *phrases.details(row, chosen)])
        return Listed(text, self.evidence(chosen))


def told(document: Document, is_wanted: Callable[[Section], bool]) -> Iterator[Cell]:
    """What some sections of a document tell, sentence by sentence, each as a cell without a value."""
    for section in document.sections:
        if is_wanted(section):
            for span in sentences(document.text, section.start, section.end):
                quote = document.text[span.start : span.end]
                yield Cell("told", "", None, document.id, section.heading, span.start, span.end, quote)


def is_sentence(quote: str) -> bool:
    """True of words that can stand in an answer as they are."""
    return bool(_SENTENCE.fullmatch(quote))


def listed(
    sentence: str, items: tuple[Listed, ...], short: str | None, completeness: Completeness, coverage: str
) -> tuple[Claim | Verdict, ...]:
    """A sentence that the first items carry, and the verdict with all of them."""
    evidence = tuple(dict.fromkeys(item.evidence for item in items))[:SHOWN]
    confidence = CERTAIN if completeness == "complete" else LIKELY
    verdict = Verdict(completeness, short, items=items, coverage=coverage, confidence=confidence)
    return Claim(sentence, evidence), verdict
