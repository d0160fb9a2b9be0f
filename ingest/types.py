"""What flows through ingestion, in order: Source → Block → Document(Section) → Chunk; SyncPlan; IngestReport."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ingest.records import Person as Person
from ingest.records import Record

Origin = Literal["corpus", "added"]
BlockKind = Literal["heading", "paragraph", "item", "row"]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was found, before anybody read it."""

    id: str
    """Document id, from the path: `meetings/ca-rtm-14` (Markdown) or `projects/portfolio.xlsx`."""
    path: Path
    origin: Origin
    sha256: str
    """Of the file's bytes and, where there is one, of its sidecar's."""


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item or table row of a file, as plain text."""

    kind: BlockKind
    text: str
    level: int = 0
    """Of a heading: 1 is the highest. Zero for everything else."""
    page: int | None = None
    """Page, slide or sheet number, from 1, where the format has one."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file holds: its blocks, its front matter as written, and the title the format itself gives."""

    blocks: tuple[Block, ...]
    metadata: Mapping[str, object] | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class SourceReference:
    """Where the facts of a document come from."""

    title: str
    publisher: str | None = None
    date: str | None = None
    """ISO date as precise as it is known: `2021`, `2021-06` or `2021-06-05`."""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A value that changes over time, with the date it was true."""

    what: str
    value: str
    date: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What front matter or a sidecar says about a document."""

    title: str
    kind: str = "document"
    language: str = "en"
    region: str | None = None
    countries: tuple[str, ...] = ()
    projects: tuple[int, ...] = ()
    start: str | None = None
    end: str | None = None
    people: tuple[Person, ...] = ()
    figures: tuple[Figure, ...] = ()
    records: tuple[Record, ...] = ()
    sources: tuple[SourceReference, ...] = ()

    @property
    def published(self) -> str | None:
        """Date of the newest source, or None when no source has one."""
        return max((source.date for source in self.sources if source.date), default=None)

    @property
    def url(self) -> str | None:
        """Link of the first source that has one."""
        return next((source.url for source in self.sources if source.url), None)


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document's text under one heading, on one page where there are pages."""

    heading: str
    """Headings from the outermost, joined by ` › `; empty before the first heading."""
    start: int
    end: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it is quoted: every offset anywhere in the project counts characters of `text`."""

    id: str
    origin: Origin
    path: str
    """Relative to the corpus folder, or absolute for a file added by hand."""
    sha256: str
    metadata: Metadata
    text: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is indexed: `document.text[start:end]`, never across a section's border."""

    id: str
    """Hash of document id, position and text: the same chunk always has the same id."""
    document_id: str
    position: int
    start: int
    end: int
    heading: str
    page: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of the catalogue with the words it was taken from: `document.text[start:end] == quote`, always."""

    field: str
    value: str
    detail: str | None
    """Of a person the role; else nothing."""
    document_id: str
    section: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Row:
    """A thing that the catalogue lists, as one document tells it or as several together do."""

    kind: str
    """`meeting`, `project`, `partner`, `secretariat`, `person` or `organisation`."""
    id: str
    cells: tuple[Cell, ...]

    def values(self, field: str) -> tuple[str, ...]:
        """Different values of a field, in the order in which the documents give them."""
        return tuple(dict.fromkeys(cell.value for cell in self.cells if cell.field == field))

    def value(self, field: str) -> str | None:
        """First value of a field."""
        return next((cell.value for cell in self.cells if cell.field == field), None)

    @property
    def documents(self) -> tuple[str, ...]:
        """Ids of the documents that tell of it."""
        return tuple(dict.fromkeys(cell.document_id for cell in self.cells))


@dataclass(frozen=True, slots=True)
class Mention:
    """An entity that a chunk names: `country` Georgia, `region` Gulf, `project` 53, `year` 2021, `meeting` …"""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that did not get in, and why."""

    path: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """What an ingestion has to do: pure comparison of files found with documents held."""

    write: tuple[Source, ...] = ()
    unchanged: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when the library is already what the files say."""
        return not self.write and not self.delete


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingestion did: document ids by outcome."""

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    generation: int | None = None
    """Number of the generation now current; None when nothing was ever ingested."""
    chunks: int = 0
    """Chunks embedded in this run."""
    seconds: float = 0.0
