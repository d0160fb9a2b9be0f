"""A document read sentence by sentence: what each sentence names, and where a value stands."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

from ingest import dates, expressions, names
from ingest.assembly import HEADING_SEPARATOR
from ingest.chunking import APPARATUS
from ingest.records import Person
from ingest.sentences import sentences
from ingest.types import Cell, Document, Section

Value = str | int | Person

ENOUGH = 0.6
"""Share of a name's words that a sentence must hold to be where the name stands."""

_LITTLE = frozenset("a an and at de des du for from in la le les of on or over the to und with".split())
_NOT_NAMES = frozenset("brig brigadier capt col colonel dr gen general jr major mr mrs ms prof sr".split())
_JOINING = frozenset("accedi access adhési joined joins member partic partne присое".split())
_OPENING = frozenset("inaugu launch opened openin ouvert открыл открыт".split())
_BRACKETS = re.compile(r"\s*\([^)]*\)")
_STEM = 6
_PREFERENCE = 0.01
"""What a heading or a table row loses against a sentence that is as good."""


class Sentence:
    """A sentence, heading, item or table row, with what it names worked out when first asked for."""

    def __init__(self, text: str, start: int, section: Section, *, is_heading: bool) -> None:
        self.text = text
        self.start = start
        self.section = section
        self.is_heading = is_heading

    @property
    def end(self) -> int:
        """Offset behind its last character."""
        return self.start + len(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        """Folded words."""
        return frozenset(names.words(self.text))

    @cached_property
    def stems(self) -> frozenset[str]:
        """Beginnings of its words."""
        return frozenset(word[:_STEM] for word in self.words)

    @cached_property
    def countries(self) -> frozenset[str]:
        """Countries it names."""
        return frozenset(named.name for named in names.countries(self.text))

    @cached_property
    def regions(self) -> frozenset[str]:
        """Regions it names."""
        return frozenset(named.name for named in names.regions(self.text))

    @cached_property
    def dates(self) -> tuple[dates.Dated, ...]:
        """Dates it states."""
        return tuple(dates.dates(self.text))

    @cached_property
    def projects(self) -> frozenset[int]:
        """Numbers of projects it names."""
        return frozenset(number for number, _, _ in expressions.projects(self.text))


class Reading:
    """The sentences of a document, without its lists of sources."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.sentences = tuple(_sentences(document))

    def cell(self, field: str, value: Value, among: Sequence[Sentence] | None = None) -> Cell | None:
        """The value with the sentence that states it best, or None when none does."""
        found = self.where(field, value, self.sentences if among is None else among)
        if found is None:
            return None
        detail = value.role if isinstance(value, Person) else None
        shown = value.name if isinstance(value, Person) else str(value)
        return self.quoted(field, shown, found, detail=detail)

    def quoted(self, field: str, value: str, sentence: Sentence, *, detail: str | None = None) -> Cell:
        """A cell whose quote is a sentence."""
        heading, start, end = sentence.section.heading, sentence.start, sentence.end
        return Cell(field, value, detail, self.document.id, heading, start, end, sentence.text)

    def where(self, field: str, value: Value, among: Iterable[Sentence]) -> Sentence | None:
        """The sentence that states a value best; of equals the first, prose before headings and tables."""
        score = _FINDERS.get(field, _text)
        best: Sentence | None = None
        best_score = 0.0
        for sentence in among:
            found = score(sentence, value)
            if found and (found := found - _PREFERENCE * _is_apart(sentence)) > best_score:
                best, best_score = sentence, found
            if best_score >= 1.0:
                break
        return best

    def under(self, heading: str) -> tuple[Sentence, ...]:
        """Sentences of a section and of the sections in it."""
        inner = heading + HEADING_SEPARATOR
        return tuple(
            sentence
            for sentence in self.sentences
            if sentence.section.heading == heading or sentence.section.heading.startswith(inner)
        )


def name_words(name: str) -> list[str]:
    """Words of a name that tell it from others."""
    return [word for word in names.words(name) if word not in _LITTLE]


def _sentences(document: Document) -> Iterable[Sentence]:
    starts = [section.start for section in document.sections]
    for span in sentences(document.text):
        at = bisect_right(starts, span.start) - 1
        section = document.sections[max(at, 0)] if document.sections else Section("", 0, len(document.text))
        own = section.heading.rpartition(HEADING_SEPARATOR)[2]
        if own.casefold() not in APPARATUS:
            text = document.text[span.start : span.end]
            is_heading = text in (own, document.metadata.title)
            yield Sentence(text, span.start, section, is_heading=is_heading)


def _is_apart(sentence: Sentence) -> bool:
    return sentence.is_heading or not sentence.text.endswith((".", "!", "?", "…", ")", "”", '"'))


def _text(sentence: Sentence, value: Value) -> float:
    """Share of the words of a name, brackets apart, that a sentence holds."""
    wanted = name_words(_BRACKETS.sub("", str(value))) or name_words(str(value))
    held = sum(word[:_STEM] in sentence.stems for word in wanted)
    return held / len(wanted) if wanted and held / len(wanted) >= ENOUGH else 0.0


def _city(sentence: Sentence, value: Value) -> float:
    wanted = name_words(_BRACKETS.sub("", str(value)))
    return float(bool(wanted) and sentence.words.issuperset(wanted))


def _country(sentence: Sentence, value: Value) -> float:
    wanted = {named.name for named in names.countries(str(value))}
    return float(sentence.countries.issuperset(wanted)) if wanted else _city(sentence, value)


def _participant(sentence: Sentence, value: Value) -> float:
    """A sentence that lists countries says who took part; one that names a single country may say where."""
    return _country(sentence, value) * (0.5 + 0.1 * min(len(sentence.countries), 5))


def _region(sentence: Sentence, value: Value) -> float:
    wanted = names.region(str(value))
    return float(wanted in sentence.regions) if wanted else _city(sentence, value)


def _first(sentence: Sentence, value: Value) -> float:
    return float(any(dated.first.startswith(str(value)) for dated in sentence.dates))


def _joined(sentence: Sentence, value: Value) -> float:
    return _first(sentence, value) * (0.6 if sentence.stems.isdisjoint(_JOINING) else 1.0)


def _opened(sentence: Sentence, value: Value) -> float:
    return _first(sentence, value) * (0.6 if sentence.stems.isdisjoint(_OPENING) else 1.0)


def _last(sentence: Sentence, value: Value) -> float:
    return float(any(dated.last.startswith(str(value)) for dated in sentence.dates))


def _project(sentence: Sentence, value: Value) -> float:
    return float(int(str(value)) in sentence.projects)


def _ordinal(sentence: Sentence, value: Value) -> float:
    return float(any(number == int(str(value)) for number, _, _ in expressions.ordinals(sentence.text)))


def _person(sentence: Sentence, value: Value) -> float:
    name = value.name if isinstance(value, Person) else str(value)
    wanted = [word for word in names.words(_BRACKETS.sub("", name)) if word not in _NOT_NAMES]
    if sentence.words.issuperset(wanted):
        return 1.0
    surname = wanted[-1] if wanted else ""
    return 0.5 if len(surname) > 2 and surname in sentence.words else 0.0


def _participants(sentence: Sentence, value: Value) -> float:
    wanted = expressions.numbers(str(value))
    if not wanted:
        return _text(sentence, value)
    held = expressions.numbers(sentence.text) & wanted
    about = 0.2 * bool(sentence.stems & {"partic", "people", "person", "expert", "took", "delega", "attend"})
    return len(held) / len(wanted) * 0.8 + about if held else 0.0


def _months(sentence: Sentence, value: Value) -> float:
    months = int(str(value))
    held = expressions.numbers(sentence.text)
    is_said = months in held and "months" in sentence.words
    in_years = not months % 12 and months // 12 in held and not sentence.stems.isdisjoint({"year", "years", "annual"})
    return float(is_said) or 0.9 * in_years


def _euros(sentence: Sentence, value: Value) -> float:
    return float(int(str(value)) in expressions.amounts(sentence.text))


def _format(sentence: Sentence, value: Value) -> float:
    return float(str(value) in expressions.formats(sentence.text))


def _series(sentence: Sentence, value: Value) -> float:
    return float(any(name == value for name, _, _ in expressions.series(sentence.text)))


_FINDERS: Mapping[str, Callable[[Sentence, Value], float]] = MappingProxyType(
    {
        "budget_eur": _euros,
        "city": _city,
        "code": _city,
        "countries": _participant,
        "country": _country,
        "duration_months": _months,
        "end": _last,
        "focal_points": _person,
        "format": _format,
        "heads": _person,
        "joined": _joined,
        "joined_by": _joined,
        "number": _project,
        "opened": _opened,
        "ordinal": _ordinal,
        "participants": _participants,
        "people": _person,
        "projects": _project,
        "region": _region,
        "regions": _region,
        "series": _series,
        "start": _first,
    }
)
"""How a value of each field is found in a sentence; a field not named here is a name, found by its words."""
