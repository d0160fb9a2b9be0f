"""What the tools give back, as their output schemas describe it."""

from pydantic import BaseModel, ConfigDict, Field

from app.answering.types import Hit
from ingest.types import Cell, Document, Row


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Passage(_Frozen):
    """A stretch of a document: `document.text[start:end] == text`."""

    document_id: str
    title: str
    url: str | None
    published: str | None
    section: str
    page: int | None
    start: int
    end: int
    text: str
    score: float = Field(description="Comparable within one search only.")
    matched: tuple[str, ...] = Field(description="Words of the query that stand in it, in the forms found there.")

    @classmethod
    def of(cls, hit: Hit) -> "Passage":
        """What a search found."""
        chunk, metadata = hit.chunk, hit.metadata
        return cls(
            document_id=chunk.document_id,
            title=metadata.title,
            url=metadata.url,
            published=metadata.published,
            section=chunk.heading,
            page=chunk.page,
            start=chunk.start,
            end=chunk.end,
            text=chunk.text,
            score=hit.score,
            matched=hit.matched,
        )


class Passages(_Frozen):
    """The passages closest to a query, best first."""

    passages: tuple[Passage, ...]


class StatedValue(_Frozen):
    """A value and the exact words of a document that state it."""

    field: str
    value: str
    detail: str | None
    document_id: str
    section: str
    start: int
    end: int
    quote: str

    @classmethod
    def of(cls, cell: Cell) -> "StatedValue":
        """A cell of the catalogue."""
        return cls(
            field=cell.field,
            value=cell.value,
            detail=cell.detail,
            document_id=cell.document_id,
            section=cell.section,
            start=cell.start,
            end=cell.end,
            quote=cell.quote,
        )


class ListedThing(_Frozen):
    """One thing on file; a field may be stated several times, and differently, by different documents."""

    kind: str
    id: str
    stated: tuple[StatedValue, ...]

    @classmethod
    def of(cls, row: Row) -> "ListedThing":
        """A row of the catalogue."""
        return cls(kind=row.kind, id=row.id, stated=tuple(map(StatedValue.of, row.cells)))


class CatalogueList(_Frozen):
    """Some things on file, in the order of their dates, numbers or names."""

    total: int = Field(description="How many there are, whatever part of them is given.")
    offset: int
    things: tuple[ListedThing, ...]


class SectionPlace(_Frozen):
    """Where a section stands in its document's text."""

    heading: str
    start: int
    end: int
    page: int | None


class DocumentText(_Frozen):
    """A document, or a part of its text: `text` is what stands from `start` to `end`."""

    document_id: str
    title: str
    kind: str
    language: str
    url: str | None
    published: str | None
    sections: tuple[SectionPlace, ...]
    total_characters: int
    start: int
    end: int
    text: str

    @classmethod
    def of(cls, document: Document, start: int, length: int) -> "DocumentText":
        """At most `length` characters of a document, from `start` on."""
        metadata, text = document.metadata, document.text[start : start + length]
        return cls(
            document_id=document.id,
            title=metadata.title,
            kind=metadata.kind,
            language=metadata.language,
            url=metadata.url,
            published=metadata.published,
            sections=tuple(
                SectionPlace(heading=each.heading, start=each.start, end=each.end, page=each.page)
                for each in document.sections
            ),
            total_characters=len(document.text),
            start=start,
            end=start + len(text),
            text=text,
        )
