"""Sections become chunks of whole sentences, each an exact stretch of the document's text."""

from collections.abc import Iterator
from hashlib import sha256

from langchain_text_splitters import RecursiveCharacterTextSplitter

from ingest.assembly import HEADING_SEPARATOR
from ingest.sentences import Span, sentences
from ingest.types import Chunk, Document, Section

CHUNK_CHARACTERS = 600
"""Longest chunk. With title and headings in front it stays within the model's 256 word pieces in English."""

APPARATUS = frozenset(
    {
        *("about this summary", "bibliography", "contents", "references", "sources", "table of contents"),
        *("à propos de ce résumé", "об этом обзоре", "источники"),
    }
)
"""Sections that say where a document comes from and not what it says: they are shown, never searched or quoted."""

_LONG_SENTENCES = RecursiveCharacterTextSplitter(
    chunk_size=CHUNK_CHARACTERS,
    chunk_overlap=0,
    add_start_index=True,
    keep_separator="end",
    separators=["; ", ", ", " ", ""],
)


def chunk(document: Document) -> tuple[Chunk, ...]:
    """Chunks of a document in reading order; none crosses a section's border, headings are not repeated in them."""
    spans = [
        (section, span)
        for section in document.sections
        if _own_heading(section).casefold() not in APPARATUS
        for span in _pack(_sentences(document, section))
    ]
    return tuple(_chunk(document, section, position, span) for position, (section, span) in enumerate(spans))


def passages(document: Document) -> tuple[Chunk, ...]:
    """The chunks that are searched: of those that say the same under the same headings, the first.

    Equal texts crowd out what else there is to find, and hundreds of equal vectors tear an index's graph apart.
    """
    firsts: dict[tuple[str, str], Chunk] = {}
    for piece in chunk(document):
        firsts.setdefault((piece.heading, piece.text), piece)
    return tuple(firsts.values())


def embedded_text(title: str, chunk: Chunk) -> str:
    """What the embedding model reads: the passage after its document's title and its headings."""
    place = HEADING_SEPARATOR.join(part for part in (title, chunk.heading) if part)
    return f"{place}\n{chunk.text}"


def _chunk(document: Document, section: Section, position: int, span: Span) -> Chunk:
    text = document.text[span.start : span.end]
    identity = f"{document.id}\0{position}\0{span.start}\0{section.heading}\0{text}"
    return Chunk(
        id=sha256(identity.encode()).hexdigest()[:32],
        document_id=document.id,
        position=position,
        start=span.start,
        end=span.end,
        heading=section.heading,
        page=section.page,
        text=text,
    )


def _sentences(document: Document, section: Section) -> Iterator[Span]:
    for span in sentences(document.text, _body_start(document, section), section.end):
        if span.end - span.start <= CHUNK_CHARACTERS:
            yield span
        else:
            yield from _split_long(document.text, span)


def _body_start(document: Document, section: Section) -> int:
    """Where a section begins below its heading's line."""
    for heading in (_own_heading(section), document.metadata.title):
        end = section.start + len(heading)
        if heading and document.text[section.start : end] == heading and document.text[end : end + 1] in ("", "\n"):
            return end
    return section.start


def _own_heading(section: Section) -> str:
    return section.heading.rpartition(HEADING_SEPARATOR)[2]


def _split_long(text: str, span: Span) -> Iterator[Span]:
    pieces = _LONG_SENTENCES.create_documents([text[span.start : span.end]])
    for piece in pieces:
        start = span.start + int(piece.metadata["start_index"])
        yield Span(start, start + len(piece.page_content))


def _pack(spans: Iterator[Span]) -> Iterator[Span]:
    current: Span | None = None
    for span in spans:
        if current and span.end - current.start <= CHUNK_CHARACTERS:
            current = Span(current.start, span.end)
            continue
        if current:
            yield current
        current = span
    if current:
        yield current
