"""Yes or no: whether a sentence says what a question supposes."""

import re

from app.answering.values import MONTHS, NUMBER_WORDS
from app.retrieval.query import Concept, Query, stem, stems, words
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
    r"|postponed|cancelled|exclud(?:e[sd]?|ing)|omit(?:s|ted)?|le(?:ft|aves?|aving) out)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r",\s(?:which|who|whose|whom|where)\b[^,]*,", re.IGNORECASE)
"""A clause that says something else of what it follows."""
_LIMITS = tuple(
    frozenset(row.split())
    for row in (
        "only purely entirely solely exclusively merely",
        "full fully all every each whole",
        "first",
        "last",
        "main",
    )
)
"""Words of a question without which, or without one that says the same, a sentence does not say yes."""
_OPPOSITES = tuple(
    (re.compile(rf"\b(?:{one})\b", re.IGNORECASE), re.compile(rf"\b(?:{other})\b", re.IGNORECASE))
    for one, other in (
        (r"online|virtual(?:ly)?|on screens?|remotely|by video\w*", r"in[- ]person|face[- ]to[- ]face|meeting room"),
        (r"voluntary|of (?:its|their) own free will", r"compulsory|obligatory|legally binding|forced"),
        (r"free(?: of charge)?|for nothing", r"fees?|paid for|payable"),
        (r"already|by then|at the time", r"not yet|(?:shortly|just) before|new (?:in|to|for)|yet to|still to"),
        (r"still", r"no longer|ended|finished|closed|completed|former"),
    )
)
"""What is said of a thing, and what cannot be said of it at the same time."""
_ONLINE = _OPPOSITES[0][0]
_THRESHOLD = re.compile(
    r"\b(?:(?P<more>more than|over|above|exceed\w*)|(?P<least>at least)|less than|fewer than|under|below) "
    r"(?P<number>\d[\d,.]*)",
    re.IGNORECASE,
)
_COUNT = re.compile(r"(?P<above>(?:more than|over) )?(?<![\d-])(?P<number>\d[\d,]*)(?![\d-])", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
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
    says no, and so does one that says the opposite, or is without the question's "only".
    """
    said, placed = stems(sentence), stems(f"{sentence} {around}")
    weighed = _weighed(query.text, sentence)
    values = [concept for concept in query.concepts if _is_value(concept) and (weighed is None or concept.is_name)]
    missing = [concept for concept in values if not _stands(concept, placed)]
    if any(_has_rival(concept, sentence, said, query) for concept in missing) or _is_opposed(query.text, sentence):
        return False
    places = [concept for concept in missing if _is_place(concept, query.text)]
    if places and _ONLINE.search(sentence):
        return False
    if len(missing) > _MISSING * len(values) or places:
        return None
    return weighed if weighed is not None else _is_affirmed(query.text, sentence)


def _is_affirmed(question: str, sentence: str) -> bool:
    asked, said = frozenset(words(question)), frozenset(words(sentence))
    is_limited = any(asked & limit and not said & limit for limit in _LIMITS)
    return not is_limited and bool(_DENIED.search(_ASIDE.sub("", sentence))) == bool(_DENIED.search(question))


def _is_opposed(question: str, sentence: str) -> bool:
    """True when a sentence says what cannot be if what the question supposes is so."""
    pairs = [*_OPPOSITES, (_OPPOSITES[0][1], _OPPOSITES[0][0])]
    return any(
        one.search(question) and other.search(sentence) and not (one.search(sentence) or other.search(question))
        for one, other in pairs
    )


def _weighed(question: str, sentence: str) -> bool | None:
    """Whether a sentence's number is more, or less, than the question supposes; None when nothing is to be weighed."""
    supposed = _THRESHOLD.search(question)
    counts = [found for found in _COUNT.finditer(sentence) if not _YEAR.fullmatch(found["number"])]
    if supposed is None or len(counts) != 1:
        return None
    limit, count = (int(re.sub(r"\D", "", found["number"])) for found in (supposed, counts[0]))
    is_above = count > limit or (count == limit and bool(counts[0]["above"] or supposed["least"]))
    return is_above if supposed["more"] or supposed["least"] else not is_above and count != limit


def _is_value(concept: Concept) -> bool:
    form = concept.forms[0]
    return concept.is_name or bool(_NUMBERS.fullmatch(form)) or stem(form) in _MONTH_STEMS


def _is_place(concept: Concept, question: str) -> bool:
    """True of a name in which, says the question, something is or happened."""
    return concept.is_name and bool(re.search(rf"\bin {re.escape(concept.text)}\b", question, re.IGNORECASE))


def _stands(concept: Concept, found: frozenset[str]) -> bool:
    return any(stems(form) <= found for form in concept.forms)


def _has_rival(concept: Concept, sentence: str, said: frozenset[str], query: Query) -> bool:
    """True when the sentence holds a value like the missing one that the question does not name."""
    others = said - frozenset(part for one in query.concepts for form in one.forms for part in stems(form))
    if _NUMBERS.fullmatch(concept.forms[0]):
        return any(_NUMBERS.fullmatch(word) for word in others)
    if stem(concept.forms[0]) in _MONTH_STEMS:
        return bool(others & _MONTH_STEMS)
    asked = {names.country(one.text) for one in query.concepts}
    return names.country(concept.text) is not None and any(one.name not in asked for one in names.countries(sentence))
