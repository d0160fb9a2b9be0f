"""Yes or no: whether a sentence says what a question supposes."""

import re

from app.answering.values import MONTHS, NUMBER_WORDS
from app.retrieval.query import Concept, Query, stem, words
from ingest import names

_BE = r"(?:is|are|was|were|did|does|do|has|have|had|can|could|will|would)"
_ASKS = re.compile(rf"^(?:(?:please|hi|hello|so|and|ok)\W+)*{_BE}\b(?! you\b)", re.IGNORECASE)
_REPORTED = re.compile(
    r"\b(?:know|tell me|confirm|wonder|check|ask|sure) (?:that|if|whether)\b|\b(?:true|correct|right) that\b"
    r"|\b(?:y/n|yes or no|true|right|correct|is that so)\s*\?*$"
    rf"|[,–-] {_BE} [^?,]+\?$",
    re.IGNORECASE,
)
_ELLIPTIC = re.compile(
    r"\b(?:included|listed|present|represented|involved|covered|invited|still)\b[^?]*\?\s*$", re.IGNORECASE
)
"""A predicate without its verb: `Iraq included?`."""
_ASKS_FOR_MORE = re.compile(r"\b(?:who|whom|whose|what|when|where|which|how|why|list|name)\b", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"(?<!yes )\bor\b", re.IGNORECASE)
_DENIED = re.compile(
    r"\b(?:no|not|never|none|neither|nor|without|cannot|absent|missing|lacking|nobody|nothing|unable|missed|refused"
    r"|postponed|cancelled)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r",\s(?:which|who|whose|whom|where)\b[^,]*,", re.IGNORECASE)
"""A clause that says something else of what it follows."""
_LIMITING = frozenset(
    "only purely entirely solely exclusively merely full fully all every each first last main whole".split()
)
"""Words of a question without which a sentence does not say yes."""
_NUMBERS = re.compile(rf"\d[\d.,]*|{NUMBER_WORDS}")
_MISSING = 0.34
"""Share of the question's names and numbers that may be told in other words."""
_MONTH_STEMS = frozenset(stem(month.lower()) for month in MONTHS.split("|"))


def is_yes_no(question: str) -> bool:
    """True when a question can be answered with yes or no, and not with one of two things it names."""
    if _ALTERNATIVE.search(question):
        return False
    text = question.strip()
    is_elliptic = bool(_ELLIPTIC.search(text)) and not _ASKS_FOR_MORE.search(text)
    return bool(_ASKS.match(text) or _REPORTED.search(text) or is_elliptic)


def decide(query: Query, sentence: str, around: str) -> bool | None:
    """True for yes, False for no, None when the sentence decides nothing.

    What the question names must stand in the sentence or in what stands around it (headings, title), with little left
    out, and never the place where something is supposed to be; a sentence that gives another number, month or country
    says no, and so does one without the question's "only".
    """
    said, placed = _stems(sentence), _stems(f"{sentence} {around}")
    values = [concept for concept in query.concepts if _is_value(concept)]
    missing = [concept for concept in values if not _stands(concept, placed)]
    if any(_has_rival(concept, sentence, said, query) for concept in missing):
        return False
    if len(missing) > _MISSING * len(values) or any(_is_place(concept, query.text) for concept in missing):
        return None
    is_limited = bool(_LIMITING & frozenset(words(query.text)) - frozenset(words(sentence)))
    denied = bool(_DENIED.search(_ASIDE.sub("", sentence))) != bool(_DENIED.search(query.text))
    return not (denied or is_limited)


def _is_value(concept: Concept) -> bool:
    form = concept.forms[0]
    return concept.is_name or bool(_NUMBERS.fullmatch(form)) or stem(form) in _MONTH_STEMS


def _is_place(concept: Concept, question: str) -> bool:
    """True of a name in which, says the question, something is or happened."""
    return concept.is_name and bool(re.search(rf"\bin {re.escape(concept.text)}\b", question, re.IGNORECASE))


def _stands(concept: Concept, found: frozenset[str]) -> bool:
    return any(_stems(form) <= found for form in concept.forms)


def _has_rival(concept: Concept, sentence: str, said: frozenset[str], query: Query) -> bool:
    """True when the sentence holds a value like the missing one that the question does not name."""
    others = said - frozenset(part for one in query.concepts for form in one.forms for part in _stems(form))
    if _NUMBERS.fullmatch(concept.forms[0]):
        return any(_NUMBERS.fullmatch(word) for word in others)
    if stem(concept.forms[0]) in _MONTH_STEMS:
        return bool(others & _MONTH_STEMS)
    asked = {names.country(one.text) for one in query.concepts}
    return names.country(concept.text) is not None and any(one.name not in asked for one in names.countries(sentence))


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text))
