"""The words of a question one by one: each is a sign of something that the catalogue knows, or stays without one."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.answering import catalogue_words
from app.answering.catalogue_areas import areas
from app.answering.catalogue_limits import limits
from app.answering.catalogue_types import FIRST, LAST
from app.answering.catalogue_words import Lexicon
from app.retrieval.demonyms import country_of
from app.retrieval.query import is_stop_word, stem
from ingest import dates, expressions, names
from ingest.names import Named


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that one or more words of a question say."""

    kind: str
    value: str
    at: int
    """Number of its first word."""
    size: int = 1


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    folded: str
    start: int
    end: int


_WORD = re.compile(r"[^\W_]+")
OR = frozenset({"or", "vs", "versus"})
_SINCE = frozenset({"since", "from"})
_UNTIL = frozenset({"until", "by"})
_SHORT_NAME = 4
"""Letters up to which a name of one word must be written in capitals, since it may be an everyday word."""
_ORDINARY = frozenset({"sea", "us", "nas", "ca"})
_BESIDE_REGIONS = frozenset({"region", "round", "rtm", "secretariat", "partner", "countries"})
"""Everyday words and parts of names that are abbreviations only in capitals."""
_OF_A_REGION = re.compile(r"\b(?P<noun>asia(?=n\b)|middle east(?=ern\b))(?:n|ern)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\b(?:no|nr|number)\b\.?\s?(\d{1,3})\b", re.IGNORECASE)
_PROJECT = re.compile(r"\b(?:p|projects?,? (?:no|nr|number)\b\.?)\s?(\d{1,3})\b", re.IGNORECASE)


class Scan:
    """The words of a question and the signs found among them, left to right."""

    def __init__(self, question: str, lexicon: Lexicon) -> None:
        self.text = question.replace("’", "'")
        self.lexicon = lexicon
        self.words = [
            _Word(found.group(), names.fold(found.group()), found.start(), found.end())
            for found in _WORD.finditer(self.text)
        ]
        self.signs: list[Sign] = []
        self.taken = [False] * len(self.words)
        for step in (_limits, _projects, _names_of_rows, _regions_and_countries, _areas, _periods, _ordinals):
            self.signs += step(self)
        self.names = tuple(self.signs)
        self.named = tuple(self.taken)
        for step in (_phrases, _numbers):
            self.signs += step(self)
        self.signs.sort(key=lambda sign: sign.at)
        self.rest = [at for at, word in enumerate(self.words) if not self.taken[at] and not _says_nothing(word.folded)]

    @property
    def asks_which(self) -> bool:
        """True of a question for things of a kind, even when it expects a single one."""
        return any(word.folded in ("which", "list", "all", "every") for word in self.words)

    @property
    def says_both(self) -> bool:
        """True of a question for what has to do with both of two things at once."""
        return any(word.folded == "both" for word in self.words)

    @property
    def asks_for_all(self) -> bool:
        """True of a question that wants everything of a kind."""
        return any(word.folded in ("all", "every") for word in self.words) and "kind" in {s.kind for s in self.signs}

    def take(self, start: int, end: int) -> int | None:
        """Mark the words in a stretch as understood; the number of the first, or None when one is already."""
        inside = [at for at, word in enumerate(self.words) if word.start < end and word.end > start]
        if not inside or any(self.taken[at] for at in inside):
            return None
        self.mark(inside[0], len(inside))
        return inside[0]

    def mark(self, at: int, size: int) -> None:
        """Mark some words as understood."""
        self.taken[at : at + size] = [True] * size

    def folded(self, at: int) -> str:
        """A word by its number; nothing outside the question."""
        return self.words[at].folded if 0 <= at < len(self.words) else ""


def _says_nothing(word: str) -> bool:
    if catalogue_words.is_meaningful(word):
        return False
    return is_stop_word(word) or catalogue_words.is_filler(word)


def _limits(scan: Scan) -> Iterator[Sign]:
    for limit in limits(scan.text):
        at = scan.take(limit.start, limit.end)
        if at is not None:
            yield Sign("limit", f"{limit.field} {limit.value}", at)


def _projects(scan: Scan) -> Iterator[Sign]:
    numbered = [(found[1], found.start(), found.end()) for found in _PROJECT.finditer(scan.text)]
    numbered += [(str(number), start, end) for number, start, end in expressions.projects(scan.text)]
    for number, start, end in numbered:
        at = scan.take(start, end)
        if at is None:
            continue
        yield Sign("project", str(int(number)), at)
        if stem(scan.folded(at - 1)) == "project":
            scan.mark(at - 1, 1)


def _names_of_rows(scan: Scan) -> Iterator[Sign]:
    tables = (
        ("project", scan.lexicon.projects),
        ("organisation", scan.lexicon.organisations),
        ("city", scan.lexicon.cities),
        ("region", scan.lexicon.regions),
    )
    for kind, table in tables:
        longest = max(map(len, table), default=0)
        for at in range(len(scan.words)):
            for size in range(min(longest, len(scan.words) - at), 0, -1):
                form = tuple(word.folded for word in scan.words[at : at + size])
                if form in table and not any(scan.taken[at : at + size]) and _is_name(scan, kind, at, size):
                    scan.mark(at, size)
                    yield Sign(kind, table[form], at)
                    if kind == "region":
                        _take_noun(scan, scan.words[at + size - 1].end)
                    break


def _is_name(scan: Scan, kind: str, at: int, size: int) -> bool:
    word = scan.words[at].text
    if kind == "region":
        return word.isupper() or word.casefold() not in _ORDINARY or scan.folded(at + size) in _BESIDE_REGIONS
    return kind == "city" or size > 1 or len(word) > _SHORT_NAME or word.isupper()


def _regions_and_countries(scan: Scan) -> Iterator[Sign]:
    for kind, find in (("region", names.regions), ("country", names.countries)):
        for named in _in_any_case(find, _as_nouns(scan.text)):
            at = scan.take(named.start, named.end)
            if at is not None:
                yield Sign(kind, named.name, at)
                if kind == "region":
                    _take_noun(scan, named.end)
    for at, word in enumerate(scan.words):
        country = None if scan.taken[at] else country_of(word.folded)
        if country:
            scan.mark(at, 1)
            yield Sign("country", names.country(country) or country, at)


def _areas(scan: Scan) -> Iterator[Sign]:
    for area in areas(scan.text):
        at = scan.take(area.start, area.end)
        if at is not None:
            yield Sign("region" if area.is_region else "area", area.name, at)
            _take_noun(scan, area.end)


def _as_nouns(text: str) -> str:
    """A text of the same length in which `Central Asian` and `Middle Eastern` are the regions themselves."""
    return _OF_A_REGION.sub(lambda found: found["noun"].ljust(len(found.group())), text)


def _take_noun(scan: Scan, end: int) -> None:
    """`region` beside a region's name is part of it."""
    found = re.match(r"\s+(?:region|area)\b", scan.text[end:], re.IGNORECASE)
    if found:
        scan.take(end, end + found.end())


def _in_any_case(find: Callable[[str], list[Named]], text: str) -> list[Named]:
    found = list(find(text))
    for variant in (text.title(), text.upper()):
        if len(variant) == len(text):
            found += [named for named in find(variant) if text[named.start : named.end] not in _ORDINARY]
    return sorted(set(found), key=lambda named: (named.start - named.end, named.start))


def _periods(scan: Scan) -> Iterator[Sign]:
    found = dates.dates(scan.text)
    at = 0
    while at < len(found):
        dated, first, last = found[at], found[at].first, found[at].last
        word = scan.take(dated.start, dated.end)
        following = found[at + 1] if at + 1 < len(found) else None
        between = scan.text[dated.end : following.start].strip().casefold() if following else ""
        if following and between in ("and", "to", "-", "–", "until") and scan.take(following.start, following.end):
            last = following.last
            at += 1
        at += 1
        if word is not None:
            yield Sign("period", _opened(scan, word, first, last), word)


def _opened(scan: Scan, at: int, first: str, last: str) -> str:
    before = scan.folded(at - 1)
    is_range = first != last
    if before in _SINCE and not is_range:
        scan.mark(at - 1, 1)
        return f"{first}/{LAST}"
    if before in _UNTIL and not is_range:
        scan.mark(at - 1, 1)
        return f"{FIRST}/{last}"
    if before in ("before", "after") and not is_range:
        scan.mark(at - 1, 1)
        return f"{FIRST}/{_beside(first, -1)}" if before == "before" else f"{_beside(last, 1)}/{LAST}"
    return first if first == last else f"{first}/{last}"


def _beside(value: str, step: int) -> str:
    """The year before or after a year; the day before or after anything more precise."""
    if value.isdigit():
        return f"{int(value) + step:04}"
    year, month, day = (int(part) for part in [*value.split("-"), "0"][:3])
    length = monthrange(year, month)[1]
    edge = date(year, month, day or (1 if step < 0 else length))
    return (edge + timedelta(days=step)).isoformat()


def _ordinals(scan: Scan) -> Iterator[Sign]:
    for found in _NUMBERED.finditer(scan.text):
        if (at := scan.take(found.start(), found.end())) is not None:
            yield Sign("ordinal", found[1], at)
    for number, start, end in expressions.ordinals(scan.text):
        follows = scan.text[end:]
        is_comparing = number == 1 and re.search(r"\bfirst\b", scan.text[start:end], re.IGNORECASE)
        if is_comparing and not re.match(
            r"\s+(?:\w+\s+){0,4}?(?:\w*round|rtm|workshop|meeting|conference)", follows, re.I
        ):
            continue
        at = scan.take(start, end)
        if at is not None:
            yield Sign("ordinal", str(number), at)


def _phrases(scan: Scan) -> Iterator[Sign]:
    table = catalogue_words.signs()
    longest = max(map(len, table))
    stems = [catalogue_words.stemmed(word.folded) for word in scan.words]
    for at in range(len(stems)):
        for size in range(min(longest, len(stems) - at), 0, -1):
            meanings = table.get(tuple(stems[at : at + size]))
            if meanings and not any(scan.taken[at : at + size]):
                scan.mark(at, size)
                yield from (Sign(kind, value, at, size) for kind, value in meanings)
                break


def _numbers(scan: Scan) -> Iterator[Sign]:
    """A number behind a kind of meeting is its ordinal, one beside a project's is another project's."""
    kinds = {sign.kind for sign in scan.signs}
    is_of_projects = any((sign.kind, sign.value) == ("kind", "project") for sign in scan.signs)
    for at, word in enumerate(scan.words):
        if scan.taken[at] or not word.folded.isdigit() or len(word.folded) > 3:
            continue
        before = scan.folded(at - 1)
        is_choice = before in OR or (is_of_projects and scan.folded(at + 1) in OR)
        if (is_choice and (is_of_projects or "project" in kinds)) or ("project" in kinds and before == "and"):
            scan.mark(at, 1)
            yield Sign("project", str(int(word.folded)), at)
        elif "series" in kinds and (before == "no" or any(s.kind == "series" and at - s.at <= 4 for s in scan.signs)):
            scan.mark(at, 1)
            yield Sign("ordinal", str(int(word.folded)), at)


class Meaning:
    """The signs of a question, or of a part of it, by kind."""

    def __init__(self, signs: Iterable[Sign], scan: Scan) -> None:
        self.scan = scan
        self.signs = list(signs)
        self._by_kind: dict[str, list[str]] = {}
        for sign in self.signs:
            said = self._by_kind.setdefault(sign.kind, [])
            if sign.value not in said:
                said.append(sign.value)

    def all(self, kind: str) -> list[str]:
        """Everything of a kind that was said, each once."""
        return self._by_kind.get(kind, [])

    def one(self, kind: str) -> str | None:
        """What was said of a kind, when it is one thing."""
        said = self.all(kind)
        return said[0] if len(said) == 1 else None

    def places(self, kind: str) -> set[int]:
        """Numbers of the words that say something of a kind."""
        return {sign.at for sign in self.signs if sign.kind == kind}

    def says(self, kind: str, *values: str) -> bool:
        """True when any of some values was said."""
        return any(value in self.all(kind) for value in values)
