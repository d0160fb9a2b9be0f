"""The one question and the one answer object that every way of asking carries (terminal, API, page, evaluation)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MAX_QUESTION = 4_000
MAX_ANSWER = 20_000
MAX_TURNS = 20

Completeness = Literal["complete", "partial", "none"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Turn(_Frozen):
    """One earlier exchange of the conversation."""

    question: Annotated[str, StringConstraints(max_length=MAX_QUESTION)]
    answer: Annotated[str, StringConstraints(max_length=MAX_ANSWER)]


class Question(_Frozen):
    """What a person asks, with the conversation so far, oldest turn first."""

    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUESTION)] = Field(
        examples=["When did Kazakhstan join the EU CBRN CoE Initiative?"]
    )
    history: Annotated[tuple[Turn, ...], Field(max_length=MAX_TURNS)] = ()


class Citation(_Frozen):
    """A verbatim quote: `document.text[start:end] == quote` for the stored text of `document_id`."""

    label: int
    document_id: str
    title: str
    url: str | None
    published: str | None
    section: str
    page: int | None
    quote: str
    start: int
    end: int


class Conflict(_Frozen):
    """Another value that another document states."""

    value: str
    date: str | None
    label: int


class Item(_Frozen):
    """One row of a list or count answer."""

    text: str
    label: int


class Nearest(_Frozen):
    """A document close to a question that could not be answered."""

    document_id: str
    title: str
    url: str | None
    published: str | None


class Timings(_Frozen):
    """Milliseconds by stage."""

    retrieve: int = 0
    rerank: int = 0
    read: int = 0
    total: int = 0


class Answer(_Frozen):
    """The answer object of DESIGN, the same everywhere."""

    question: str
    standalone_question: str
    answer: str
    short_answer: str | None
    completeness: Completeness
    as_of: str | None
    citations: tuple[Citation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    items: tuple[Item, ...] = ()
    coverage: str | None = None
    nearest: tuple[Nearest, ...] = ()
    reader: str
    """`catalogue`, `extractive`, or the LLM's name; a fallback says which LLM failed and why."""
    timings_ms: Timings = Timings()


class Understood(_Frozen):
    """First event of a streamed answer: how the question was read."""

    standalone_question: str


class Retrieved(_Frozen):
    """Second event: titles of the documents found, best first."""

    passages: int
    titles: tuple[str, ...]


class Claimed(_Frozen):
    """A checked sentence of the answer, with its labels in it, and the citations it introduced."""

    text: str
    citations: tuple[Citation, ...]


class Finished(_Frozen):
    """Last event: the whole answer. What was streamed before it may have been replaced by it."""

    answer: Answer
    confidence: float | None = None
    """Probability that the documents answer the question, for measuring refusals; None when the reader cannot tell."""


Event = Understood | Retrieved | Claimed | Finished
