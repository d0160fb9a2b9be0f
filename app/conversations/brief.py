"""A kept conversation as a briefing note: what was asked and answered, numbered notes, and a bibliography."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from app.conversations.changes import Change, compared
from app.conversations.types import KeptConversation, KeptTurn
from app.dates import human_date
from app.labels import labels_in
from app.types import Answer, Citation
from ingest.errors import CoeError
from ingest.types import Document, SourceReference

NOTICE = "The documents quoted here are summaries written for the CoE Assistant, not official documents."
_ITEM = re.compile(r"^\s*[-*•]\s+")
_UNANSWERED = {"stopped": "Stopped before there was an answer.", "failed": "This question was not answered."}
_CHANGES: dict[Change, str] = {
    "changed": "The document reads differently now.",
    "removed": "The document is no longer in the library.",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text that a note belongs to."""

    number: int
    is_first: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, or an item of a list."""

    spans: tuple[str | Mark, ...]
    is_item: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with the lines that answer it."""

    question: str
    asked: str
    short: str | None
    lines: tuple[Line, ...]
    standing: str


@dataclass(frozen=True, slots=True)
class Note:
    """A quote with the place where it stands."""

    number: int
    place: str
    quote: str
    change: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A document of the bibliography, and where it takes its facts from."""

    title: str
    sources: tuple[SourceReference, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything that an export says, in its order."""

    title: str
    entries: tuple[Entry, ...]
    notes: tuple[Note, ...]
    bibliography: tuple[Cited, ...]


@dataclass(slots=True)
class _Notes:
    """Numbers the citations of all answers in the order in which the text comes to them."""

    noted: list[tuple[Citation, Change | None]] = field(default_factory=list)

    def lines(self, text: str, answer: Answer, changes: dict[int, Change], numbers: dict[int, int]) -> Iterator[Line]:
        for line in filter(str.strip, text.splitlines()):
            said = _ITEM.sub("", line).strip()
            spans: list[str | Mark] = []
            reached = 0
            for label in labels_in(said, answer.citations):
                mark = self._mark(label.citation, changes.get(label.citation.label), numbers)
                spans += [said[reached : label.start].rstrip(), mark]
                reached = label.end
            spans.append(said[reached:])
            yield Line(tuple(span for span in spans if span), is_item=_ITEM.match(line) is not None)

    def _mark(self, citation: Citation, change: Change | None, numbers: dict[int, int]) -> Mark:
        if citation.label in numbers:
            return Mark(numbers[citation.label], is_first=False)
        self.noted.append((citation, change))
        numbers[citation.label] = len(self.noted)
        return Mark(len(self.noted), is_first=True)


def brief_of(conversation: KeptConversation, document: Callable[[str], Document]) -> Brief:
    """The briefing note of a conversation; `document` gives the documents of today, for publishers and changes."""
    notes = _Notes()
    entries = tuple(_entry(turn, notes, document) for turn in conversation.turns)
    cited = {citation.document_id: citation for citation, _ in reversed(notes.noted)}
    order = dict.fromkeys(citation.document_id for citation, _ in notes.noted)
    return Brief(
        conversation.kept.title,
        entries,
        tuple(_note(number, *noted) for number, noted in enumerate(notes.noted, start=1)),
        tuple(_cited(cited[id], document) for id in order),
    )


def described(source: SourceReference) -> str:
    """Title, publisher and date of a source, as a bibliography has them."""
    published = human_date(source.date) if source.date else "undated"
    publisher = f"{source.publisher}, " if source.publisher else ""
    return f"{source.title.rstrip('.')}. {publisher}{published}."


def _entry(turn: KeptTurn, notes: _Notes, document: Callable[[str], Document]) -> Entry:
    said = turn.exchanged
    asked = human_date(turn.asked.date().isoformat())
    if said.answer is None:
        return Entry(said.question, asked, None, (Line((_UNANSWERED[said.outcome],)),), "")
    standing = compared(said.answer, document)
    answer = standing.answer
    numbers: dict[int, int] = {}
    lines = tuple(line for text in _texts(answer) for line in notes.lines(text, answer, standing.changes, numbers))
    return Entry(said.question, asked, answer.short_answer, lines, _standing(answer))


def _texts(answer: Answer) -> Iterator[str]:
    yield answer.answer
    if not all(item.text in answer.answer for item in answer.items):
        yield from (f"- {_labelled(item.text, item.label)}" for item in answer.items)
    if answer.conflicts:
        yield "Other documents differ:"
    for conflict in answer.conflicts:
        when = f" ({human_date(conflict.date)})" if conflict.date else ""
        yield f"- {_labelled(conflict.value + when, conflict.label)}"
    if answer.coverage:
        yield answer.coverage
    if answer.nearest:
        yield "Closest documents:"
    yield from (f"- {nearest.title}" for nearest in answer.nearest)


def _labelled(text: str, label: int) -> str:
    return text if f"[{label}]" in text else f"{text} [{label}]"


def _standing(answer: Answer) -> str:
    parts = {"none": ["The documents do not say."], "partial": ["Partly answered."], "complete": []}
    as_of = [f"As of {human_date(answer.as_of)}."] if answer.as_of else []
    return " ".join([*parts[answer.completeness], *as_of])


def _note(number: int, citation: Citation, change: Change | None) -> Note:
    # A section's headings begin with the document's title, which stands right before them.
    section = citation.section.removeprefix(citation.title).removeprefix(" › ")
    published = human_date(citation.published) if citation.published else ""
    place = [citation.title, section, f"page {citation.page}" if citation.page else "", published]
    return Note(number, ", ".join(part for part in place if part), citation.quote, _CHANGES[change] if change else "")


def _cited(citation: Citation, document: Callable[[str], Document]) -> Cited:
    given = SourceReference(citation.title, None, citation.published, citation.url)
    try:
        sources = document(citation.document_id).metadata.sources
    except CoeError:
        sources = ()
    return Cited(
        citation.title, tuple(replace(source, title=source.title or citation.title) for source in sources) or (given,)
    )
