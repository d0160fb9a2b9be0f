"""Yes or no: whether a sentence says what a question supposes."""

import re
from collections.abc import Iterable

from app.answering.values import MONTHS
from app.retrieval.query import Concept, Query, stem, words

_BE = r"(?:is|are|was|were|did|does|do|has|have|had|can|could|will|would)"
_ASKS = re.compile(rf"^(?:(?:please|hi|hello|so|and|ok)\W+)*{_BE}\b(?! you\b)", re.IGNORECASE)
_REPORTED = re.compile(
    r"\b(?:know|tell me|confirm|wonder|check|ask|sure) (?:that|if|whether)\b|\b(?:true|correct|right) that\b"
    r"|\b(?:y/n|yes or no|true|right|correct|is that so)\s*\?*$"
    rf"|[,–-] {_BE} [^?,]+\?$",
    re.IGNORECASE,
)
_ALTERNATIVE = re.compile(r"(?<!yes )\bor\b", re.IGNORECASE)
_DENIED = re.compile(
    r"\b(?:no|not|never|none|neither|nor|without|cannot|absent|nobody|nothing|unable|missed|refused|postponed|cancelled)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"\d[\d.,]*")
_MONTH_STEMS = frozenset(stem(month.lower()) for month in MONTHS.split("|"))


def is_yes_no(question: str) -> bool:
    """True when a question can be answered with yes or no, and not with one of two things it names."""
    if _ALTERNATIVE.search(question):
        return False
    return bool(_ASKS.match(question.strip()) or _REPORTED.search(question.strip()))


def decide(query: Query, sentence: str, around: str) -> bool | None:
    """True for yes, False for no, None when the sentence decides nothing.

    Everything that the question names must stand in the sentence or in what stands around it (headings, title); a
    sentence that gives another number, date or name of the same kind says no.
    """
    said, placed = _stems(sentence), _stems(f"{sentence} {around}")
    missing = [concept for concept in query.concepts if _is_value(concept) and not _stands(concept, placed)]
    denied = bool(_DENIED.search(sentence)) != bool(_DENIED.search(query.text))
    if not missing:
        return not denied
    if all(_has_rival(concept, said, query) for concept in missing):
        return False
    return None


def _is_value(concept: Concept) -> bool:
    return concept.is_name or bool(_NUMBERS.search(concept.text)) or stem(concept.forms[0]) in _MONTH_STEMS


def _stands(concept: Concept, found: frozenset[str]) -> bool:
    return any(_stems(form) <= found for form in concept.forms)


def _has_rival(concept: Concept, said: frozenset[str], query: Query) -> bool:
    """True when the sentence holds a value like the missing one that the question does not name."""
    asked = frozenset(part for one in query.concepts for form in one.forms for part in _stems(form))
    others = said - asked
    if _NUMBERS.search(concept.text):
        return any(_NUMBERS.fullmatch(word) for word in others)
    if stem(concept.forms[0]) in _MONTH_STEMS:
        return bool(others & _MONTH_STEMS)
    return True


def _stems(text: str) -> frozenset[str]:
    return frozenset(_flat(words(text)))


def _flat(found: Iterable[str]) -> Iterable[str]:
    return (stem(word) for word in found)
