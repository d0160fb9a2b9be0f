"""How many there are: questions for a figure that documents state again and again, answered as of a date."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from app.answering.catalogue_values import bounds, date_in_words
from app.answering.types import Claim, Evidence, Listed, Other, Verdict
from app.explore.figures import Moment, latest, over_time, series
from app.explore.types import Stated
from app.retrieval.query import stem, words
from ingest.dates import dates
from ingest.types import Metadata

SURE = 0.97
"""Confidence: question and figure have the same words, and a document states the figure."""

_ASKS = re.compile(r"\bhow many\b|\b(?:number|count|total) of\b", re.IGNORECASE)
_FILLERS = frozenset(
    """
    how many number count total of the a an in at on by as is are was were be been being there does do did have has had
    it its now today currently current present so far all together altogether initiative eu cbrn coe centre centres
    center centers excellence network programme belong take part count counted comprise include year end start early
    late beginning please tell me give us what which exist still already join joined
    """.split()
)
_CONTINUED = frozenset({"member", "members", "membership"})
"""Words for partner countries, beside their own name."""


def counted(
    question: str, figures: Sequence[Stated], metadata: Callable[[str], Metadata], today: date
) -> tuple[Claim | Verdict, ...] | None:
    """The value of a figure for the date asked for, or the newest with all before it; None on any other question."""
    what = _figure(question, figures)
    if what is None:
        return None
    asked = dates(question)
    moments = over_time(figures, what)
    moment = latest(moments, bounds(asked[-1].last)[1] if asked else today)
    if moment is None:
        return None
    return tuple(_answer(moment, () if asked else moments, metadata))


def _figure(question: str, figures: Sequence[Stated]) -> str | None:
    """The series of figures that a question asks for by all its words, and no others."""
    if not _ASKS.search(question):
        return None
    rest = question
    for dated in reversed(dates(question)):
        rest = rest[: dated.start] + rest[dated.end :]
    asked = _content(rest)
    return next((what for what in series(figures) if asked and asked == _content(what)), None)


def _content(text: str) -> frozenset[str]:
    told = (word for word in words(text) if word not in _FILLERS)
    return frozenset(
        stem(part) for word in told for part in (("partner", "country") if word in _CONTINUED else (word,))
    )


def _answer(moment: Moment, before: Sequence[Moment], metadata: Callable[[str], Metadata]) -> Iterator[Claim | Verdict]:
    by_value = {value: _telling([one for one in moment.stated if one.value == value]) for value in moment.values}
    first, *others = by_value.values() if moment.is_disputed else [_telling(moment.stated)]
    for stated in (first, *others):
        yield Claim(stated.cell.quote, (_evidence(stated, metadata),))
    yield Verdict(
        "complete",
        short_answer=" or ".join(one.value for one in (first, *others)),
        confidence=SURE,
        items=tuple(_row(one, metadata) for each in reversed(before) for one in _different(each)),
        conflicts=tuple(Other(one.value, one.date, _evidence(one, metadata)) for one in others),
        coverage=f"As of {date_in_words(moment.date)}; {len(before)} earlier and later counts are listed."
        if before
        else f"The last count on file up to then is of {date_in_words(moment.date)}.",
    )


def _different(moment: Moment) -> list[Stated]:
    """One statement of each value."""
    return [_telling([one for one in moment.stated if one.value == value]) for value in moment.values]


def _row(stated: Stated, metadata: Callable[[str], Metadata]) -> Listed:
    return Listed(f"{date_in_words(stated.date)}: {stated.value}", _evidence(stated, metadata))


def _telling(stated: Sequence[Stated]) -> Stated:
    """The statement to quote: a sentence rather than a row of a table, and a short one."""
    return min(stated, key=lambda one: ("; " in one.cell.quote, len(one.cell.quote)))


def _evidence(stated: Stated, metadata: Callable[[str], Metadata]) -> Evidence:
    return Evidence.of_cell(stated.cell, metadata(stated.cell.document_id))
