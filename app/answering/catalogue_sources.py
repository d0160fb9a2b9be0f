"""What the catalogue is read from, and its cells as evidence."""

from collections.abc import Mapping
from typing import Protocol

from app.answering import catalogue_phrases as phrases
from app.answering import catalogue_values as said
from app.answering.catalogue_selection import Match
from app.answering.catalogue_values import Value
from app.answering.types import Claim, Evidence, Listed, Verdict
from app.types import Completeness
from ingest.glossary import Term
from ingest.types import Cell, Document, Row

SHOWN = 12
"""Rows that a sentence itself names and cites; the others stand in the items."""


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


def listed(
    sentence: str, items: tuple[Listed, ...], short: str | None, completeness: Completeness, coverage: str
) -> tuple[Claim | Verdict, ...]:
    """A sentence that the first items carry, and the verdict with all of them."""
    evidence = tuple(dict.fromkeys(item.evidence for item in items))[:SHOWN]
    return Claim(sentence, evidence), Verdict(completeness, short, items=items, coverage=coverage)
