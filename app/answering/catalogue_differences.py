"""Other values that documents report where they say that their sources disagree."""

import re
from collections.abc import Iterable, Iterator

from app.answering.catalogue_types import Attribute
from app.answering.catalogue_values import bounds
from ingest import dates, expressions
from ingest.sentences import sentences
from ingest.types import Cell, Document, Row

_DISAGREE = re.compile(r"\b(?:disagree\w*|differ(?:s|ent)?)\b", re.IGNORECASE)
_MONEY = re.compile(
    r"(?:EUR|€)\s?\d[\d.,  ]*\d(?:\s?(?:million|billion))?|\d[\d.,]*\s?(?:million\s)?(?:euros?|EUR)\b", re.I
)
_ABOUT = {
    "start": re.compile(r"\b(?:start\w*|began|begin\w*|launch\w*|kick\w*|open\w*)\b", re.IGNORECASE),
    "end": re.compile(r"\b(?:end\w*|clos\w+|finish\w*|conclu\w+|until)\b", re.IGNORECASE),
    "joined": re.compile(r"\b(?:join\w*|access\w+|acced\w+|became|member\w*)\b", re.IGNORECASE),
    "opened": re.compile(r"\b(?:open\w*|inaugurat\w+)\b", re.IGNORECASE),
}
_OF_A_SOURCE = re.compile(
    r"\b(?:news|page|article|report|release|reported|announced|wrote|said)\s+(?:of|on|in|from)\s*$", re.IGNORECASE
)
"""Stands before the date at which a source was published."""
_NEAR_DAYS = 800
_NEAR_DAYS_OF_MEETINGS = 20
_PRECISE = 10


def disagreements(document: Document) -> Iterator[Cell]:
    """The sentences in which a document says that sources disagree, each as a cell without a value."""
    for section in document.sections:
        if not _DISAGREE.search(section.heading):
            continue
        for span in sentences(document.text, section.start, section.end):
            sentence = document.text[span.start : span.end]
            yield Cell("disagreement", "", None, document.id, section.heading, span.start, span.end, sentence)


def differences(
    told: Iterable[Cell], row: Row, attribute: Attribute, chosen: Cell, last: str
) -> Iterator[tuple[str, Cell]]:
    """Values beside the chosen one in what documents tell of disagreement about a row, each with its sentence."""
    about = _ABOUT.get(attribute)
    for cell in told:
        if (about is None or about.search(cell.quote)) and is_of(row, cell):
            yield from ((value, cell) for value in _others(cell.quote, attribute, chosen, last))


def is_of(row: Row, cell: Cell) -> bool:
    """True of a sentence of the row's own documents, and of any that names the project which the row is."""
    named = {number for number, _, _ in expressions.projects(cell.quote)}
    if row.kind == "project" and named:
        return int(row.value("number") or -1) in named
    return cell.document_id in row.documents


def _others(sentence: str, attribute: Attribute, chosen: Cell, last: str) -> Iterator[str]:
    if attribute == "budget_eur":
        money = [(found.group().strip(), expressions.amounts(found.group())) for found in _MONEY.finditer(sentence)]
        if any(int(chosen.value) in amounts for _, amounts in money):
            yield from (words for words, amounts in money if amounts and int(chosen.value) not in amounts)
        return
    near = _NEAR_DAYS_OF_MEETINGS if attribute == "when" else _NEAR_DAYS
    others = [dated for dated in dates.dates(sentence) if not _is_same(dated, chosen.value, last)]
    if len(others) == len(dates.dates(sentence)):
        return
    for dated in others:
        if _OF_A_SOURCE.search(sentence[: dated.start]):
            continue
        if abs((bounds(dated.first)[0] - bounds(chosen.value)[0]).days) <= near:
            yield sentence[dated.start : dated.end].strip(" ,.")


def _is_same(dated: dates.Dated, first: str, last: str) -> bool:
    """True of the same days, and of a day within the month or year that is known."""
    begins, ends = bounds(f"{first}/{last}")
    is_precise = len(first) == _PRECISE
    within = begins <= bounds(dated.first)[0] and bounds(dated.last)[1] <= ends
    return (dated.first, dated.last) == (first, last) or (within and not is_precise)
