"""Questions to go on with: about the records behind an answer, each of them asked before it is offered."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import MappingProxyType

from app.answering.catalogue_reader import NAME as CATALOGUE
from app.retrieval.filters import EVERYTHING
from app.services import Services
from app.types import Answer, Question
from app.ui.words import Words, words_in
from ingest.errors import CoeError
from ingest.types import Row

MOST = 3
KEPT = 2_000
"""Verdicts remembered, so that a question is asked once for each state of the library."""
ASKED = MappingProxyType(
    {
        "partner": ("focal_points", "joined", "region"),
        "meeting": ("city", "start", "participants"),
        "project": ("budget_eur", "implementer", "regions", "start"),
    }
)
"""Kind of record → fields it may have, each with a question in `suggest.toml` that it answers."""
ENGLISH = words_in("en")

Suggesting = Callable[[Answer, frozenset[str]], tuple[str, ...]]
"""An answer and the questions asked already: questions that the documents answer."""


def suggesting(services: Services, words: Words = ENGLISH) -> Suggesting:
    """What suggests questions over these services, in the language of the page."""

    @lru_cache(KEPT)
    def is_answered(generation: int, question: str) -> bool:
        return _is_answered(services, question)

    def suggest(answer: Answer, asked: frozenset[str]) -> tuple[str, ...]:
        found: list[str] = []
        generation = services.generation()
        for question in _candidates(services, answer, words):
            if question not in asked and question not in found and is_answered(generation, question):
                found.append(question)
            if len(found) == MOST:
                break
        return tuple(found)

    def suggest_or_nothing(answer: Answer, asked: frozenset[str]) -> tuple[str, ...]:
        try:
            return suggest(answer, asked)
        except CoeError:
            return ()

    return suggest_or_nothing


def _candidates(services: Services, answer: Answer, words: Words) -> Iterator[str]:
    rows = [row for name in ("partners", "meetings", "projects") for row in services.catalogue(name, EVERYTHING)]
    sources = answer.citations or answer.nearest
    titles = {source.document_id: source.title for source in sources}
    for document_id, title in titles.items():
        for row in rows:
            if document_id in row.documents and re.search(rf"\b{re.escape(_subject(row))}\b", title):
                yield from _questions(row, words)


def _questions(row: Row, words: Words) -> list[str]:
    return [
        words[f"suggest.{row.kind}_{field}"].format(_subject(row)) for field in ASKED[row.kind] if row.values(field)
    ]


def _subject(row: Row) -> str:
    number = row.value("number")
    return f"Project {number}" if row.kind == "project" and number else row.value("name") or row.id


def _is_answered(services: Services, question: str) -> bool:
    """Whether the catalogue answers, which is quick and sure; what only the passages may answer is not offered."""
    answer = services.ask(Question(question=question))
    return answer.reader == CATALOGUE and answer.completeness != "none"
