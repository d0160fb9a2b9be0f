"""Figures that change over time: where a document states them, how they went, and where sources differ."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from app.answering.catalogue_values import bounds
from app.explore.types import Stated
from ingest import expressions
from ingest.reading import Reading, Sentence, name_words
from ingest.types import Document, Figure

PARTNERS = "partner countries of the Initiative"
"""The figure that the Initiative is measured by."""

_MONTH = 7
_STEM = 6


@dataclass(frozen=True, slots=True)
class Moment:
    """What is stated of a figure for one month, or for a year where no month is given."""

    date: str
    stated: tuple[Stated, ...]

    @property
    def values(self) -> tuple[str, ...]:
        """Different values, each once."""
        return tuple(dict.fromkeys(figure.value for figure in self.stated))

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers in its values."""
        return frozenset(number for value in self.values for number in expressions.numbers(value))

    @property
    def is_disputed(self) -> bool:
        """True where sources give different numbers."""
        return len({frozenset(expressions.numbers(value)) for value in self.values}) > 1


def stated(document: Document) -> Iterator[Stated]:
    """The figures of a document that its text states, each with the sentence that states it best."""
    if not document.metadata.figures:
        return
    reading = Reading(document)
    for figure in document.metadata.figures:
        best = max(reading.sentences, key=lambda sentence: _fit(sentence, figure), default=None)
        if best and _fit(best, figure):
            yield Stated(figure.what, figure.value, figure.date, reading.quoted("figure", figure.value, best))


def over_time(figures: Iterable[Stated], what: str) -> tuple[Moment, ...]:
    """What is stated of a figure, month by month, oldest first."""
    chosen = sorted((figure for figure in figures if figure.what == what), key=_month)
    return tuple(Moment(month, tuple(group)) for month, group in groupby(chosen, key=_month))


def series(figures: Iterable[Stated]) -> tuple[str, ...]:
    """Figures that are stated for more than one month, in the order of their names."""
    months: dict[str, set[str]] = {}
    for figure in figures:
        months.setdefault(figure.what, set()).add(_month(figure))
    return tuple(sorted(what for what, stated_for in months.items() if len(stated_for) > 1))


def latest(moments: Sequence[Moment], until: date) -> Moment | None:
    """The last moment, of some in order, that was over on a day."""
    return next((moment for moment in reversed(moments) if bounds(moment.date)[1] <= until), None)


def _month(figure: Stated) -> str:
    return figure.date[:_MONTH]


def _fit(sentence: Sentence, figure: Figure) -> float:
    """Zero without the number; a sentence of the right date that names what is counted fits best."""
    numbers = expressions.numbers(figure.value)
    if not numbers or not numbers <= expressions.numbers(sentence.text) | expressions.amounts(sentence.text):
        return 0.0
    wanted = name_words(figure.what)
    named = sum(word[:_STEM] in sentence.stems for word in wanted) / (len(wanted) or 1)
    dated = any(each.first.startswith(figure.date[:_MONTH]) for each in sentence.dates)
    return 0.1 + named + dated
