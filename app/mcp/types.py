"""What only the tools give back, as their output schema describes it."""

from pydantic import BaseModel

from ingest.types import Document, Section


class DocumentText(BaseModel):
    """A document, or a part of its text: `text` is what stands from `start` to `end`."""

    document_id: str
    title: str
    kind: str
    language: str
    url: str | None
    published: str | None
    sections: tuple[Section, ...]
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
            sections=document.sections,
            total_characters=len(document.text),
            start=start,
            end=start + len(text),
            text=text,
        )
