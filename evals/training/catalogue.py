"""Examples from the catalogue: what people ask about a record, answered where its quotes say it, or by nothing."""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from app.answering.extractive import passage_of
from app.answering.types import Hit
from app.answering.values import Asked as Value
from app.answering.values import asked, find_value
from evals.training.examples import Example
from ingest.types import Cell, Row

NEGATIVES = 2
"""Passages without the answer for each question."""
_PER_RECORD = 3
"""Questions for each record, drawn at random."""

KINDS = ("meeting", "project", "partner", "secretariat", "person")
"""Kinds of records that are asked about."""
QUESTIONS: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {
        ("meeting", "start"): (
            "when was {} held?", "When did {} take place?", "date of {}", "what were the dates of {}?",
            "on which day was {}", "in which month and year was {} held",
        ),
        ("meeting", "city"): (
            "where was {} held?", "In which city did {} take place?", "what city hosted {}", "place of {}",
        ),
        ("meeting", "country"): ("which country hosted {}?", "in what country was {} held"),
        ("meeting", "venue"): ("what was the venue of {}?", "in which building or hotel was {} held"),
        ("meeting", "participants"): (
            "how many people attended {}?", "number of participants at {}", "How many participants did {} have?",
        ),
        ("meeting", "organisers"): ("who organised {}?", "which organisation organised {}"),
        ("project", "name"): ("what is the full title of {}?", "title of {}"),
        ("project", "start"): ("when did {} start?", "start date of {}", "When was {} launched?"),
        ("project", "end"): ("when did {} end?", "end date of {}", "until when does {} run"),
        ("project", "duration_months"): ("how long does {} last?", "how many months does {} run"),
        ("project", "budget_eur"): ("what is the budget of {}?", "how much money does {} have", "cost of {}"),
        ("project", "implementer"): ("who implements {}?", "which organisation leads {}", "lead implementer of {}"),
        ("project", "acronym"): ("what is the acronym of {}?", "how is {} called for short"),
        ("partner", "joined"): ("when did {} join?", "since when is {} a partner country", "accession date of {}"),
        ("partner", "focal_points"): ("who is the national focal point of {}?", "name of the focal point in {}"),
        ("secretariat", "city"): ("where is the regional secretariat for {}?", "seat of the {} secretariat"),
        ("secretariat", "institution"): ("which institution hosts the {} secretariat?",),
        ("secretariat", "opened"): ("when was the {} secretariat opened?", "opening date of the {} secretariat"),
        ("secretariat", "heads"): ("who heads the {} secretariat?", "head of the regional secretariat for {}"),
        ("person", "role"): ("what is the role of {}?", "who is {}?", "which position does {} hold"),
    }
)  # fmt: skip
"""For a kind of record and a field: questions, with a place for the record's name."""
SIGNS: Mapping[tuple[str, str], re.Pattern[str]] = MappingProxyType(
    {
        ("meeting", "venue"): re.compile(r"\b(?:hotel|centre|center|academy|palace|venue|headquarters|hall)\b", re.I),
        ("meeting", "participants"): re.compile(r"\b(?:participants?|attended|delegates|people|experts)\b", re.I),
        ("project", "budget_eur"): re.compile(r"€|\b(?:EUR|euros?|budget|million|funding)\b", re.I),
        ("project", "duration_months"): re.compile(r"\b(?:months?|years?|duration|lasted?|until)\b", re.I),
        ("project", "end"): re.compile(r"\b(?:ended?|until|closed|finished|completed|to)\b", re.I),
        ("secretariat", "opened"): re.compile(r"\b(?:opened|inaugurat\w+|opening|since)\b", re.I),
    }
)
"""For a field that a record may lack: words with which a passage might still say it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a record, and the cells that answer it; none when no document does."""

    question: str
    row: Row
    field: str
    cells: tuple[Cell, ...]


def questions(rows: Iterable[Row], learned: Callable[[str], bool], seed: int) -> Iterator[Asked]:
    """Some questions about each record that is told of in a document to learn from."""
    for row in rows:
        chance = random.Random(f"{seed} {row.id}")
        documents = [id for id in row.documents if learned(id)]
        if documents:
            possible = list(_questions(row, learned, chance))
            yield from chance.sample(possible, min(_PER_RECORD, len(possible)))


def examples(one: Asked, hits: Sequence[Hit], learned: Callable[[str], bool], seed: int) -> Iterator[Example]:
    """What a question teaches about the passages found for it."""
    chance = random.Random(f"{seed} {one.question}")
    own = [hit for hit in hits if hit.chunk.document_id in one.row.documents]
    for hit in own:
        spans = _spans(one, hit) if learned(hit.chunk.document_id) else ()
        if spans:
            yield _example(one, hit, spans, is_relevant=True)
    if not one.cells:
        yield from (_example(one, hit, (), is_relevant=True) for hit in own if _is_silent(one, hit))
    values = [cell.value.casefold() for cell in one.cells]
    others = [
        hit
        for hit in hits
        if learned(hit.chunk.document_id) and hit not in own and not any(v in hit.chunk.text.casefold() for v in values)
    ]
    for hit in chance.sample(others, min(NEGATIVES, len(others))):
        yield _example(one, hit, (), is_relevant=False)


def _questions(row: Row, learned: Callable[[str], bool], chance: random.Random) -> Iterator[Asked]:
    for (kind, field), forms in QUESTIONS.items():
        if kind != row.kind:
            continue
        said = tuple(cell for cell in row.cells if cell.field == field)
        cells = tuple(cell for cell in said if learned(cell.document_id))
        if cells or (not said and (kind, field) in SIGNS):
            yield Asked(chance.choice(forms).format(chance.choice(_names(row, field))), row, field, cells)


def _names(row: Row, field: str) -> list[str]:
    """What people call a record."""
    if row.kind == "secretariat":
        return [*row.values("region"), *row.values("code")]
    names = list(row.values("name")) if field != "name" else []
    if number := row.value("number"):
        names += [f"Project {number}", f"project {number}", f"P{number}", *row.values("acronym")[:1]]
    region, ordinal, series = row.value("region"), row.value("ordinal"), row.value("series")
    if region and ordinal and series == "round-table":
        names += [f"round table {ordinal} of {region}", f"the {region} round table no. {ordinal}"]
    return names


def _is_silent(one: Asked, hit: Hit) -> bool:
    return not SIGNS[one.row.kind, one.field].search(hit.chunk.text)


def _spans(one: Asked, hit: Hit) -> tuple[tuple[int, int], ...]:
    """Where a passage states the value, within the quotes of the cells."""
    chunk = hit.chunk
    found = []
    for cell in one.cells:
        start = cell.start - chunk.start
        if cell.document_id != chunk.document_id or start < 0 or chunk.text[start:][: len(cell.quote)] != cell.quote:
            continue
        value = _value(one.question, cell, hit)
        if value and (at := cell.quote.find(value)) >= 0:
            found.append((start + at, start + at + len(value)))
    return tuple(dict.fromkeys(found))


def _value(question: str, cell: Cell, hit: Hit) -> str | None:
    if match := re.search(re.escape(cell.value), cell.quote, re.IGNORECASE):
        return match.group()
    kind = asked(question)
    return find_value(kind, question, cell.quote, hit.metadata.people) if kind in (Value.DATE, Value.NUMBER) else None


def _example(one: Asked, hit: Hit, spans: Sequence[tuple[int, int]], *, is_relevant: bool) -> Example:
    passage = passage_of(hit)
    return Example(one.question, passage.place, passage.text, tuple(spans), is_relevant)
