"""Whether a sentence can answer a question at all: it is about the same things, and holds what is asked for."""

import re
from collections.abc import Iterator

from app.answering.carried import named_in, of_document
from app.answering.types import Evidence
from app.answering.values import MONTHS, Asked, find_value
from app.retrieval.query import stems
from ingest.expressions import ordinals
from ingest.types import Mention

_GAP = re.compile(
    r"\b(?:names?|gives?|states?|prints?|has|have|is|are|with) no (?!more\b|longer\b)"
    r"|\bnot (?:named|given|stated|known|on file)\b|\bdo(?:es)? not (?:name|give|state|say|print|tell)\b|\bunnamed\b",
    re.IGNORECASE,
)
"""A document says that something is not on file."""
_CLAUSE = re.compile(r"[;:]\s|\.\s|, (?:but|and|while|though)\b")
_NOUN = re.compile(r"\s+(?:\w+\s+)?(edition|phase|step|cohort|plan|workshop|meeting|part)s?\b", re.IGNORECASE)
_CHOICE = re.compile(r"\b(?:or|vs|versus|than|which of|both|between)\b", re.IGNORECASE)
_GENERAL = stems("the a an of in and EU CBRN CoE Initiative's Centres of Excellence no")
_OF_A_PERSON = re.compile(
    r"\b(?:focal points?|nfp|head|leader|director|officer|speaker|expert|teacher|trainer|lecturer|coordinator|adviser"
    r"|ambassador|minister|manager|person)\b",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"\bwho(?:'s| is| was| are| were)\b|(?<!full )(?<!official )\bnames?\b"
    r"|\bwhich (?:\w+ )?(?:officer|expert|person)\b",
    re.IGNORECASE,
)
_IS_BODY = re.compile(
    r"\b(?:organis|organiz|implement|fund|financ|paid|pay|support|host|belong|bod(?:y|ies)|institut|agency|ministry)",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"\b(?:ministry|agency|institute|committee|centre|center|department|authority|commission|council|university|service)\b",
    re.IGNORECASE,
)
_WANTED = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(held, re.IGNORECASE))
    for asked, held in (
        (
            r"\b(?:budget|costs?|price|fees?|expensive|how much money|funding|grant)\b",
            r"€|\$|\b(?:EUR|USD|KES|euros?|dollars?|shillings?|million|free of charge)\b",
        ),
        (
            r"\b(?:which|what|exact) day\b|\bthe (?:exact )?day\b",
            rf"\b\d{{1,2}} (?:{MONTHS})|(?:{MONTHS}) \d{{1,2}}\b|\d{{4}}-\d{{2}}-\d{{2}}",
        ),
        (r"\bhow many (?:\w+ )?(?:countries|states|nations)\b", r"\b(?:countr(?:y|ies)|states|nations|members)\b"),
    )
)
"""What a question asks for, and what an answer to it must hold."""


def neighbours(question: str, evidence: Evidence) -> frozenset[Mention]:
    """What a sentence names in the place of what is asked about: another country, year, project or meeting.

    Nothing when the sentence, its headings, its title or its document's front matter names the one that is asked about.
    """
    hit = evidence.hit
    here = named_in(evidence.quote)
    around = here.union(named_in(hit.chunk.heading), named_in(hit.metadata.title), of_document(hit.metadata))
    asked = named_in(question)
    lacking = {mention.kind for mention in asked - around} - {mention.kind for mention in asked & around}
    others = (mention for mention in here - asked if mention.kind in lacking)
    return frozenset([*others, *_other_editions(question, evidence)])


def _other_editions(question: str, evidence: Evidence) -> Iterator[Mention]:
    """`second edition` where a question asks about the third."""
    hit = evidence.hit
    around = _numbered(f"{evidence.quote}. {hit.chunk.heading}. {hit.metadata.title}")
    for number, noun in _numbered(question):
        others = {other for other, same in around if same == noun}
        if others and number not in others:
            yield from (Mention(noun, str(other)) for other in others)


def _numbered(text: str) -> frozenset[tuple[int, str]]:
    """Ordinals with the nouns that they number."""
    nouns = ((number, _NOUN.match(text, end)) for number, _, end in ordinals(text))
    return frozenset((number, noun[1].casefold()) for number, noun in nouns if noun)


def fits(kind: Asked, question: str, evidence: Evidence, value: str) -> bool:
    """False when a sentence cannot answer: it lacks what is asked for, says it is not on file, or says nothing new.

    `value` are the words of it that would be the short answer.
    """
    quote = evidence.quote
    if any(asks.search(question) and not holds.search(quote) for asks, holds in _WANTED):
        return False
    is_person = _WHO.search(question) and _OF_A_PERSON.search(question) and not _IS_BODY.search(question)
    people = evidence.hit.metadata.people
    if is_person and not (
        value[:1].isupper() and not _BODY.search(value) and find_value(Asked.PERSON, question, quote, people)
    ):
        return False
    is_typed = find_value(kind, question, quote, people) is not None
    return _says_something(question, value) and (is_typed or not _is_gap(quote, value))


def _is_gap(quote: str, value: str) -> bool:
    """True when the clause with the answer says that there is none on file."""
    clauses = [clause for clause in _CLAUSE.split(quote) if value in clause]
    return bool(clauses) and all(_GAP.search(clause) for clause in clauses)


def _says_something(question: str, value: str) -> bool:
    """False when an answer only repeats words of the question."""
    return bool(stems(value) - stems(question) - _GENERAL) or bool(_CHOICE.search(question))
