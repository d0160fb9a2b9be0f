"""What the API, the tools and the client hand on beside answers: passages, lists, documents, jobs, what is kept."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from app.answering.types import Hit
from app.conversations.changes import Change
from app.conversations.types import KeptFeedback, Outcome, Verdict
from app.types import Answer
from ingest.types import Cell, Document, Failure, Figure, IngestReport, Person, Row, Section, SourceReference


class Token(BaseModel):
    """The next piece of a streamed answer's text; the pieces joined are the text as far as it goes."""

    model_config = ConfigDict(frozen=True)

    text: str


class Why(BaseModel):
    """Why a passage was found: its place in each of the two searches, and the words they share with it."""

    dense_rank: int | None
    """Rank by meaning; null when it was found by its words alone."""
    lexical_rank: int | None
    """Rank by words; null when it was found by its meaning alone."""
    matched: tuple[str, ...]
    """Words in it, its heading or its document's title that were looked for, as they are written there."""


class PassageFound(BaseModel):
    """A passage: `text` is what stands at `start:end` of its document."""

    document_id: str
    title: str
    kind: str
    url: str | None
    published: str | None
    section: str
    page: int | None
    start: int
    end: int
    text: str
    score: float
    """Both ranks fused; comparable within one search only."""
    why: Why

    @classmethod
    def of(cls, hit: Hit) -> "PassageFound":
        """The passage that a search brought."""
        chunk, metadata = hit.chunk, hit.metadata
        return cls(
            document_id=chunk.document_id,
            title=metadata.title,
            kind=metadata.kind,
            url=metadata.url,
            published=metadata.published,
            section=chunk.heading,
            page=chunk.page,
            start=chunk.start,
            end=chunk.end,
            text=chunk.text,
            score=round(hit.score, 6),
            why=Why(dense_rank=hit.dense_rank, lexical_rank=hit.lexical_rank, matched=hit.matched),
        )


class SearchResults(BaseModel):
    """Passages, best first."""

    query: str
    passages: tuple[PassageFound, ...]


class Page(BaseModel):
    """Where a page stands in its list."""

    total: int
    """Length of the whole list."""
    offset: int
    next_offset: int | None
    """Where the next page begins; null on the last."""


def next_offset(total: int, offset: int, limit: int) -> int | None:
    """Where the page after this one begins, if there is one."""
    return offset + limit if offset + limit < total else None


class Record(BaseModel):
    """A thing that documents tell of: its values, and every cell with the quote that says so."""

    id: str
    kind: str
    values: dict[str, tuple[str, ...]]
    """Different values of each column, in the order in which the documents give them."""
    cells: tuple[Cell, ...]
    documents: tuple[str, ...]

    @classmethod
    def of(cls, row: Row, columns: Sequence[str]) -> "Record":
        """A row of the catalogue."""
        values = {column: row.values(column) for column in columns}
        return cls(id=row.id, kind=row.kind, values=values, cells=row.cells, documents=row.documents)


class Source(BaseModel):
    """A document that cells were taken from."""

    title: str
    published: str | None
    url: str | None


class Catalogue(Page):
    """A page of a list."""

    columns: tuple[str, ...]
    records: tuple[Record, ...]
    sources: dict[str, Source]
    """The documents that the records name, by id."""


class Listed(BaseModel):
    """A line of the list of documents."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    kind: str
    title: str
    language: str
    region: str | None
    published: str | None
    """Date of the newest source."""
    url: str | None
    origin: str
    """`corpus` or `added`."""
    chunks: int
    words: int


class DocumentList(Page):
    """Documents by id."""

    documents: tuple[Listed, ...]


class WholeDocument(BaseModel):
    """A document as it is quoted: every offset anywhere counts characters of `text`."""

    id: str
    kind: str
    title: str
    language: str
    region: str | None
    countries: tuple[str, ...]
    projects: tuple[int, ...]
    start: str | None
    end: str | None
    published: str | None
    url: str | None
    origin: str
    file: str
    """Name of the file it was read from."""
    people: tuple[Person, ...]
    figures: tuple[Figure, ...]
    sources: tuple[SourceReference, ...]
    sections: tuple[Section, ...]
    text: str

    @classmethod
    def of(cls, document: Document) -> "WholeDocument":
        """What may be told of a document: not where its file lies."""
        metadata = document.metadata
        return cls(
            id=document.id,
            kind=metadata.kind,
            title=metadata.title,
            language=metadata.language,
            region=metadata.region,
            countries=metadata.countries,
            projects=metadata.projects,
            start=metadata.start,
            end=metadata.end,
            published=metadata.published,
            url=metadata.url,
            origin=document.origin,
            file=Path(document.path).name,
            people=metadata.people,
            figures=metadata.figures,
            sources=metadata.sources,
            sections=document.sections,
            text=document.text,
        )


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class Step(_Told):
    """How far a job is: so many files read (`load`) or passages embedded (`embed`)."""

    stage: str
    done: int
    total: int


class Report(_Told):
    """What a job did: document ids by outcome."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    deleted: tuple[str, ...]
    failed: tuple[Failure, ...]
    chunks: int
    seconds: float

    @classmethod
    def of(cls, report: IngestReport) -> "Report":
        """What an ingestion says of itself; failures by document id."""
        return cls(
            written=report.written,
            unchanged=report.unchanged,
            deleted=report.deleted,
            failed=report.failed,
            chunks=report.chunks,
            seconds=round(report.seconds, 3),
        )


class Reason(_Told):
    """Why a job failed; the library is as it was."""

    code: str
    detail: str


class Job(_Told):
    """A change to the library."""

    id: str
    action: Literal["add", "remove", "ingest"]
    state: Literal["running", "done", "failed"]
    progress: Step | None = None
    report: Report | None = None
    error: Reason | None = None
    started: datetime
    ended: datetime | None = None


class ConversationRow(BaseModel):
    """A conversation without its turns."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str
    created: datetime
    updated: datetime
    turns: int


class ConversationList(Page):
    """Conversations, newest first."""

    conversations: tuple[ConversationRow, ...]


class ChangedCitation(BaseModel):
    """A citation whose document is not what it was."""

    label: int
    change: Change


class ConversationTurn(BaseModel):
    """A question and what became of it."""

    number: int
    asked: datetime
    question: str
    outcome: Outcome
    generation: int
    answer: Answer | None
    changes: tuple[ChangedCitation, ...]
    """Citations whose quote no longer stands in the library; those that moved point to their new place."""


class WholeConversation(ConversationRow):
    """A conversation with its turns, oldest first."""

    history: tuple[ConversationTurn, ...]


class FeedbackReceipt(BaseModel):
    """Under what id feedback is kept."""

    id: str


class GivenFeedback(BaseModel):
    """What somebody said about an answer."""

    id: str
    sent: datetime
    verdict: Verdict
    comment: str
    label: int | None
    conversation: str | None
    generation: int
    answer: Answer

    @classmethod
    def of(cls, kept: KeptFeedback) -> "GivenFeedback":
        """Feedback as it is kept."""
        said = kept.feedback
        return cls(
            id=kept.id,
            sent=kept.sent,
            verdict=said.verdict,
            comment=said.comment,
            label=said.label,
            conversation=said.conversation,
            generation=said.generation,
            answer=said.answer,
        )


class OwnData(BaseModel):
    """All that is kept for somebody."""

    name: str
    """Under which it is kept."""
    conversations: tuple[WholeConversation, ...]
    feedback: tuple[GivenFeedback, ...]


class Erased(BaseModel):
    """How many conversations and pieces of feedback were deleted for good."""

    deleted: int
