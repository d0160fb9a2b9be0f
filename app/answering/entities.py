"""What a question or an answer names: projects, meetings, countries, people, dates, and where it names them."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ingest.names import Named, countries, regions, words

Kind = Literal[
    "project",
    "event",
    "paper",
    "title",
    "acronym",
    "organisation",
    "secretariat",
    "region",
    "country",
    "person",
    "name",
    "date",
    "ordinal",
]

_MONTHS = (
    "january february march april may june july august september october november december "
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
).split()
_MONTH = (
    rf"(?:{'|'.join(_MONTHS)}|январ[яеь]|феврал[яеь]|марта?|апрел[яеь]|ма[яей]|ию[нл][яеь]|августа?"
    r"|(?:сент|окт|но|дек)[а-я]+)"
)
_ORDINAL = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth"
)
_TITLE_OF_A_PERSON = r"(?:Ambassador|Professor|Prof\.?|Dr\.?|Mr\.?|Ms\.?|Mrs\.?|Colonel|General|Minister|Mme|M\.)\s+"
_CAPITAL = r"[A-ZÀ-ÖØ-ÞА-ЯЁ][\w'’-]*"
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("title", re.compile(r"[\"“«][^\"”»]{4,120}[\"”»]")),
    (
        "project",
        re.compile(
            r"\b(?:proje[ck]?t|проект[а-я]{0,2})\s+(?:no\.?\s*|n°\s*|№\s*)?\d{1,3}\b(?:\s\([A-Z][^()]{2,30}\))?"
            r"|\bp[ -]?\d{1,3}\b",
            re.IGNORECASE,
        ),
    ),
    (
        "date",
        re.compile(
            rf"(?:\b\d{{1,2}}(?:st|nd|rd|th)?(?:\s*(?:-|–|to|and|au|et)\s*\d{{1,2}})?\s+)?\b{_MONTH}\s+(?:19|20)\d\d\b"
            rf"|\b\d{{1,2}}\s+{_MONTH}\b|(?<=\b[io]n ){_MONTH}\b|\b(?:19|20)\d\d\b",
            re.IGNORECASE,
        ),
    ),
    ("ordinal", re.compile(rf"\b(?:\d{{1,3}}(?:st|nd|rd|th|e|ème|-й|-я|-е)|{_ORDINAL})\b", re.IGNORECASE)),
    (
        "secretariat",
        re.compile(
            rf"(?i:\b(?:the\s+)?(?:regional\s+)?secretariat\s+(?:in|of|for)\s+(?:the\s+)?){_CAPITAL}(?:\s+{_CAPITAL})*"
            rf"|(?:\b[Tt]he\s+)?\b{_CAPITAL}(?:\s+{_CAPITAL})*\s+(?:[Rr]egional\s+)?[Ss]ecretariat\b"
        ),
    ),
    ("acronym", re.compile(r"\b[A-Z][A-Z0-9-]{2,}(?:\s+[A-Z0-9]{2,4})*\b|\b[A-Z][a-z]+[A-Z]+\w+(?:\s+I{1,3})?\b")),
    (
        "person",
        re.compile(
            rf"(?:{_TITLE_OF_A_PERSON})?{_CAPITAL}(?:\s+(?:(?:von|van|de|der|den|al|el|bin|ben)\s+)*{_CAPITAL})+"
        ),
    ),
    ("name", re.compile(_CAPITAL)),
)
_COMPOUND = re.compile(r"\b([A-Z]{3,})\s(?:(?:19|20)\d\d|[A-Z]{2,})\b")
_ORGANISATIONS = frozenset(
    "EU UN UNICRI JRC NATO ISTC STCU IAEA WHO OPCW OSCE INTERPOL EUROPOL FAO UNODA UNDP FPI DEVCO EEAS AESA".split()
)
_GENERAL = frozenset("CBRN COE NAP NFP RTM RTMS NAQ EUR USD AND THE RAP RFP NFPS OSA HOS CBRNE NGO NGOS PPE".split())
"""Capital letters that name nothing in particular."""

_EVENT_HEADS = frozenset(
    """
    meeting meetings table tables rtm workshop workshops conference training trainings exercise course courses visit
    seminar forum session ceremony opening inauguration event symposium summit webinar webinars phase part step
    edition kick-off launch graduation
    committee academy drill gathering atelier réunion conférence formation séminaire exercice ronde семинар семинара
    встреча встречи конференция стол учения
    """.split()
)
_PAPER_HEADS = frozenset("plan plans roadmap memorandum questionnaire guidebook strategy agreement".split())
_NO_PERSON = frozenset(
    """
    meeting round table national action plan project regional region secretariat ministry commission european centre
    centres excellence initiative workshop conference union needs assessment questionnaire council institute university
    agency office service committee team focal point points fund roadmap road map master masters guide master's
    guide's republic united nations bureau academy heads directorate department laboratory authority center school
    """.split()
)
_VERBS = frozenset(
    """
    take takes took taken place hold holds held host hosts hosted organise organised organize organized open opened
    opens chair chaired attend attended join joined joins run runs ran last lasted begin began start started end ended
    finish finished train trained trains draft drafted validate validated come came go went decide decided discuss
    discussed meet met bring brought cost pay paid give gave given gives cover covers covered happen happened produce
    support supports supported implement implements implemented finance financed financing fund funded funds lead led
    get got make made see say said represent represented adopt adopted sign signed speak spoke present presented
    provide provided welcome have has had be been gather gathered conclude concluded include included includes
    """.split()
)
_BOUNDS = frozenset(
    """
    is are was were do does did will would can could should may might who whom whose which what when where why how
    that if whether because while although and or but then est été ont les qui que quand où est-ce
    it he she they there
    """.split()
)
_NOT_BEFORE = frozenset(
    "in on at of for with by from to about after before during against how many much en de du à au pour в на о".split()
)
_DETERMINERS = frozenset("the a an this that its their his her le la un une".split())
_TOKEN = re.compile(r"[^\W_][\w'’-]*|[^\w\s]")
_WORD = re.compile(r"[^\W\d_]+")
_STARTERS = frozenset(
    "who when where which what how why did does is are was were do can and but the in on a an name list yes no "
    "good thanks ok".split()
)


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing that a text names."""

    kind: Kind
    text: str
    start: int
    end: int
    shown: str = ""
    """For countries and regions the English name, whatever the language of the text."""

    @property
    def is_anchor(self) -> bool:
        """True when a question that names it needs no earlier turn to be understood."""
        return not self.is_phrase and self.kind not in ("date", "ordinal")

    @property
    def is_phrase(self) -> bool:
        """True when it is told by its noun and what stands around that: `the final workshop in Como`."""
        return self.kind in ("event", "paper")


@lru_cache(maxsize=1_024)
def entities(text: str, known: frozenset[str] = frozenset()) -> tuple[Entity, ...]:
    """Everything a text names, in reading order; nothing overlaps but events and papers, which hold others.

    `known` are further names, as `" ".join(ingest.names.words(name))`, to be found however they are written.
    """
    taken: list[Entity] = []
    for find in (_by_pattern("title"), _by_pattern("project"), _compounds, _by_pattern("date"), _places):
        _take(taken, find(text))
    for kind in ("ordinal", "secretariat"):
        _take(taken, _by_pattern(kind)(text))
    _take(taken, _known(text, known))
    for kind in ("acronym", "person", "name"):
        _take(taken, _by_pattern(kind)(text))
    found = [*taken, *_phrases(text, taken)]
    return tuple(sorted(found, key=lambda entity: (entity.start, -entity.end)))


def is_event_word(word: str) -> bool:
    """True for words such as `workshop` that say what kind of event is meant."""
    return word.casefold() in _EVENT_HEADS


def _take(taken: list[Entity], found: Iterator[Entity]) -> None:
    for entity in found:
        if all(entity.end <= other.start or entity.start >= other.end for other in taken):
            taken.append(entity)


def _by_pattern(kind: str) -> Callable[[str], Iterator[Entity]]:
    return _FINDERS[kind]


def _finder(kind: Kind, pattern: re.Pattern[str]) -> Callable[[str], Iterator[Entity]]:
    def find(text: str) -> Iterator[Entity]:
        for match in pattern.finditer(text):
            yield from _checked(kind, match, text)

    return find


def _checked(kind: Kind, match: re.Match[str], text: str) -> Iterator[Entity]:
    start, words_of = match.start(), match.group().split()
    if kind == "acronym":
        kind = "organisation" if words_of[0] in _ORGANISATIONS else "acronym"
        if words_of[0] in _GENERAL and len(words_of) == 1:
            return
    if kind in ("person", "name") and _begins_a_sentence(text, start):
        first = re.sub(r"['’]s$", "", words_of[0].casefold())
        is_name = kind == "person" or text[match.end() :].lstrip()[:1] in tuple(",.(")
        if not is_name or first in _STARTERS:
            start += len(words_of[0]) + 1
            words_of = words_of[1:]
    if kind == "person" and (len(words_of) < 2 or any(word.casefold() in _NO_PERSON for word in words_of)):
        kind = "name"
    if kind == "name" and (not words_of or words_of[0].upper() in _GENERAL or words_of[0] == "I"):
        return
    if start < match.end():
        yield Entity(kind, text[start : match.end()], start, match.end())


def _compounds(text: str) -> Iterator[Entity]:
    """`ARZ 2021`, `SECTRANS AAF`: the year or the region is part of the name."""
    for match in _COMPOUND.finditer(text):
        if match[1] not in _GENERAL | _ORGANISATIONS and not regions(match[1]) and not countries(match[1]):
            yield Entity("acronym", match.group(), match.start(), match.end())


def _begins_a_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip()
    return not before or before[-1] in ".?!:"


def _places(text: str) -> Iterator[Entity]:
    capitalised = _WORD.sub(lambda match: match.group()[0].upper() + match.group()[1:], text)
    for kind, find in _PLACES.items():
        for named in find(capitalised):
            yield Entity(kind, text[named.start : named.end], named.start, named.end, named.name)


def _known(text: str, known: frozenset[str]) -> Iterator[Entity]:
    if not known:
        return
    tokens = list(re.finditer(r"[^\W_]+", text))
    for index in range(len(tokens)):
        for size in range(min(4, len(tokens) - index), 0, -1):
            start, end = tokens[index].start(), tokens[index + size - 1].end()
            if " ".join(words(text[start:end])) in known:
                yield Entity("name", text[start:end], start, end)
                break


def _phrases(text: str, named: Collection[Entity]) -> Iterator[Entity]:
    protected = [entity for entity in named if entity.kind in ("title", "region", "country", "secretariat")]
    tokens = list(_TOKEN.finditer(text))
    index = 0
    while index < len(tokens):
        token = tokens[index]
        kind = _phrase_kind(token.group().casefold())
        if kind is None or any(e.start <= token.start() < e.end for e in protected):
            index += 1
            continue
        first = _leftmost(tokens, index)
        last = _rightmost(tokens, index, protected)
        yield Entity(kind, text[tokens[first].start() : tokens[last].end()], tokens[first].start(), tokens[last].end())
        index = last + 1


def _phrase_kind(head: str) -> Kind | None:
    if head in _EVENT_HEADS:
        return "event"
    return "paper" if head in _PAPER_HEADS else None


def _leftmost(tokens: list[re.Match[str]], index: int) -> int:
    while index > 0:
        word = tokens[index - 1].group().casefold()
        if not word[0].isalnum() or word in _BOUNDS or word in _VERBS or word in _NOT_BEFORE:
            break
        index -= 1
        if word in _DETERMINERS:
            break
    return index


def _rightmost(tokens: list[re.Match[str]], index: int, protected: list[Entity]) -> int:
    reached = index
    for position in range(index + 1, len(tokens)):
        word = tokens[position].group().casefold()
        inside = any(entity.start < tokens[position].start() < entity.end for entity in protected)
        joins = word in ("and", "&") and _joins_names(tokens, position)
        is_verb = word in _VERBS or (word.endswith("ed") and tokens[position].group()[0].islower())
        if not inside and not joins and (not word[0].isalnum() or word in _BOUNDS or is_verb):
            break
        if word not in _NOT_BEFORE and word not in _DETERMINERS and not joins:
            reached = position
    return reached


def _joins_names(tokens: list[re.Match[str]], position: int) -> bool:
    """`biosafety and biosecurity`, `Lebanon and Jordan`, but not `and who came`."""
    following = tokens[position + 1].group().casefold() if position + 1 < len(tokens) else ""
    return following[:1].isalnum() and following not in _BOUNDS and following not in _VERBS


_PLACES: Mapping[Kind, Callable[[str], list[Named]]] = {"region": regions, "country": countries}
_FINDERS: Mapping[str, Callable[[str], Iterator[Entity]]] = {
    kind: _finder(kind, pattern) for kind, pattern in _PATTERNS
}
