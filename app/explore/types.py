"""What exploring looks at: everything on file, read once, and what is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ingest.library import DocumentRow
from ingest.types import Cell, Row, SourceReference


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure that changes over time, with the sentence that states it."""

    what: str
    value: str
    date: str
    """ISO date as precise as it is known."""
    cell: Cell


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything on file: the catalogue by kind of row, the documents by id, figures, and told disagreements."""

    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=lambda: MappingProxyType({}))
    documents: Mapping[str, DocumentRow] = field(default_factory=lambda: MappingProxyType({}))
    sources: Mapping[str, tuple[SourceReference, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """What each document is made from."""
    figures: tuple[Stated, ...] = ()
    disagreements: tuple[Cell, ...] = ()
    """Sentences in which a document says that its sources differ."""

    def of(self, kind: str) -> tuple[Row, ...]:
        """Rows of a kind."""
        return self.rows.get(kind, ())

    def published(self, document_id: str) -> str | None:
        """Date of a document's newest source."""
        document = self.documents.get(document_id)
        return document.published if document else None
