"""What kind of value a question asks for, and where such a value stands in a sentence."""

import re
from collections.abc import Callable, Sequence
from enum import Enum

import pycountry

from app.retrieval.query import fold, words
from ingest.types import Person

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = re.compile(
    rf"(?:from |between )?{_DAY}(?: (?:{MONTHS})(?: \d{{4}})?)?(?:\s?[–-]\s?| to | and )"
    rf"{_DAY} (?:{MONTHS})(?: \d{{4}})?"
    rf"|{_DAY} (?:{MONTHS})(?: \d{{4}})?|(?:{MONTHS})(?: {_DAY},?)? \d{{4}}"
    r"|\b\d{4}-\d{2}(?:-\d{2})?\b|\b(?:19|20)\d{2}\b"
)
_NUMBER = re.compile(
    rf"(?:(?:more|fewer|less) than |over |about |around |nearly |almost |at least |up to )?"
    rf"(?:(?:EUR|USD|€|\$)\s?\d[\d.,  ]*\d?(?:\s?(?:million|billion|thousand))?"
    rf"|\b\d[\d.,]*(?:\s?(?:million|billion|thousand|per cent|%))?(?:\s(?:euros?|EUR|USD))?|\b(?:{NUMBER_WORDS})\b)",
    re.IGNORECASE,
)
_NOT_COUNTS = re.compile(
    r"(?:Projects?|No\.?|Nos\.?|Article|Regulation|Volume|page)\s+\d+(?:(?:,| and)\s\d+)*"
    rf"|\d+(?:st|nd|rd|th)\b|{_DATE.pattern}",
    re.IGNORECASE,
)
_NAME = r"[A-ZÀ-ÞА-Я][\w'’.-]*"
_PLACE = re.compile(rf"\b(?:in|at|to) ((?:the )?{_NAME}(?:[ -]{_NAME})*(?:, {_NAME}(?: {_NAME})*)?)")
_PERSON = re.compile(
    r"\b(?:(?:Mr|Ms|Mrs|Dr|Prof|H\.E\.|Ambassador|Colonel|General)\.? )?"
    rf"({_NAME}(?: (?:van|der|de|von|bin|al|el))*(?: {_NAME}){{1,3}})"
)
_EXPANSION = re.compile(r"; Meaning: (?P<long>[^;\n]+)")


class Asked(Enum):
    """The kind of value that answers a question."""

    DATE = "date"
    PERSON = "person"
    PLACE = "place"
    NUMBER = "number"
    MEANING = "meaning"
    ROLE = "role"
    OTHER = "other"


_SIGNS: tuple[tuple[Asked, re.Pattern[str]], ...] = tuple(
    (asked, re.compile(pattern, re.IGNORECASE))
    for asked, pattern in (
        (
            Asked.MEANING,
            r"\bstands? for\b|\bmeaning of\b|\bwhat does .* mean\b|\babbreviat|\bacronym|\bfull (?:form|name)\b"
            r"|\bshort for\b|^\W*[A-Z][\w-]*[A-Z][\w-]*\s*[=?]",
        ),
        (
            Asked.ROLE,
            r"\b(?:position|post|role|job|function|office) (?:of|did|does|had|has|held)\b"
            r"|'s (?:position|post|role|job)\b",
        ),
        (
            Asked.NUMBER,
            r"\bhow (?:many|much|large|big)\b|\b(?:number|budget|amount|cost|total) of\b|\bcombien\b|\bсколько\b",
        ),
        (
            Asked.DATE,
            r"\bwhen\b|\b(?:what|which|on what) (?:date|day|days|dates|year|month)\b|\bdates? (?:of|pls|please)\b"
            r"|\bquand\b|\bкогда\b|\b(?:the|exact) dates?\b",
        ),
        (Asked.PERSON, r"\bwho\b|\bwhom\b|\bwhose\b|^qui\b|\bкто\b|\bname of the (?:head|person|ambassador|minister)"),
        (
            Asked.PLACE,
            r"\bwhere\b|\b(?:what|which|in which|in what) (?:city|town|country|place|venue|location|hotel)\b"
            r"|\boù\b|\bгде\b|^(?:city|place|venue) of\b",
        ),
    )
)


def asked(question: str) -> Asked:
    """The kind of value a question asks for; the sign that comes first in the question decides."""
    found = [(match.start(), kind) for kind, sign in _SIGNS if (match := sign.search(question))]
    return min(found, key=lambda pair: pair[0])[1] if found else Asked.OTHER


def find_value(kind: Asked, question: str, sentence: str, people: Sequence[Person] = ()) -> str | None:
    """The value of that kind in a sentence that the question does not already state, as the sentence words it."""
    finder = _FINDERS.get(kind)
    return finder(question, sentence, people) if finder else None


def _date(question: str, sentence: str, people: Sequence[Person]) -> str | None:
    known = fold(question)
    found = [match.group() for match in _DATE.finditer(sentence)]
    return next((date for date in found if fold(date) not in known), None)


def _number(question: str, sentence: str, people: Sequence[Person]) -> str | None:
    barred = [match.span() for match in _NOT_COUNTS.finditer(sentence)]
    found = [
        match
        for match in _NUMBER.finditer(sentence)
        if not any(start <= match.start() < end or start < match.end() <= end for start, end in barred)
    ]
    counted = {word.rstrip("s") for word in words(question) if len(word) > 3}
    numbers = (match.group().strip(" ,.") for match in found)
    return max(numbers, key=lambda number: _closeness(sentence, number, counted), default=None)


def _closeness(sentence: str, number: str, counted: set[str]) -> float:
    """Nearness of the thing counted after a number: `seven partner countries` beats `62` for countries."""
    after = words(sentence[sentence.index(number) + len(number) :])[:6]
    return max((1.0 / (1 + at) for at, word in enumerate(after) if word.rstrip("s") in counted), default=0.0)


def _person(question: str, sentence: str, people: Sequence[Person]) -> str | None:
    known = set(words(question))
    named = [person.name for person in people if person.name in sentence and not set(words(person.name)) <= known]
    if named:
        return min(named, key=sentence.index)
    runs = (match.group(1).rstrip(".") for match in _PERSON.finditer(sentence))
    return next((run for run in runs if not set(words(run)) & (known | _NOT_PERSONS)), None)


def _place(question: str, sentence: str, people: Sequence[Person]) -> str | None:
    known = set(words(question))
    for match in _PLACE.finditer(sentence):
        place = match.group(1).rstrip(".,")
        if not re.match(rf"(?:{MONTHS})\b", place) and not set(words(place)) <= known:
            return place
    return next(
        (name for name in _countries() if re.search(rf"\b{name}\b", sentence) and fold(name) not in known), None
    )


def _role(question: str, sentence: str, people: Sequence[Person]) -> str | None:
    known = set(words(question))
    asked_about = [person for person in people if known.issuperset(words(person.name)[-1:]) and words(person.role)]
    asked_about = [person for person in asked_about if words(person.name) and person.name in sentence]
    stated = (re.search(re.escape(person.role.split(" (")[0]), sentence, re.IGNORECASE) for person in asked_about)
    after = (re.search(rf"{re.escape(person.name)}, ([^,;.]+)", sentence) for person in asked_about)
    return next(
        (match.group(match.lastindex or 0) for match in (*stated, *after) if match),
        None,
    )


def _meaning(question: str, sentence: str, people: Sequence[Person]) -> str | None:
    row = _EXPANSION.search(sentence)
    if row:
        return row["long"].strip()
    for word in sorted(
        (w for w in re.findall(r"[\w-]+", question) if sum(c.isupper() for c in w) > 1), key=len, reverse=True
    ):
        match = re.search(rf"\b{re.escape(word)}\b\s*\(([^)]+)\)", sentence) or re.search(
            rf"((?:{_NAME}|of|and|the|for|in|on)(?: (?:{_NAME}|of|and|the|for|in|on))+) \({re.escape(word)}\)", sentence
        )
        if match:
            return match.group(1)
    return None


def _countries() -> tuple[str, ...]:
    return tuple(country.name for country in pycountry.countries if "," not in country.name)


_NOT_PERSONS = frozenset(
    """
    project regional secretariat centre center centres excellence european union commission eu cbrn coe round table
    meeting central asia ministry national international action plan delegation initiative united nations republic
    government committee agency institute the head of focal point especially dangerous infections scientific science
    technology university workshop training programme service forum
    """.split()
) | frozenset(fold(month) for month in MONTHS.split("|"))

_FINDERS: dict[Asked, Callable[[str, str, Sequence[Person]], str | None]] = {
    Asked.DATE: _date,
    Asked.MEANING: _meaning,
    Asked.NUMBER: _number,
    Asked.PERSON: _person,
    Asked.PLACE: _place,
    Asked.ROLE: _role,
}
