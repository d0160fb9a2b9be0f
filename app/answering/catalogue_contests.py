"""The most and the least of the catalogue's rows, and the more or less of two."""

from collections.abc import Sequence

from app.answering import catalogue_phrases as phrases
from app.answering import catalogue_values as said
from app.answering.catalogue_selection import Match, Selection, best_cell, select
from app.answering.catalogue_sources import CERTAIN, LIKELY, Sources, listed
from app.answering.catalogue_types import CatalogueQuery, label
from app.answering.catalogue_values import Measure
from app.answering.types import Claim, Verdict
from ingest.types import Row


def superlative(query: CatalogueQuery, found: Selection, sources: Sources) -> tuple[Claim | Verdict, ...] | None:
    """The rows that have the most or the least of something; None when too few of them say."""
    by = query.order_by
    if by is None:
        return None
    measured = [(match, held) for match in found.matches if (held := said.measure(match.row, by))]
    if len(measured) < 2:
        return None
    best = max(held.low for _, held in measured) if query.order == "most" else min(held.low for _, held in measured)
    winners = [(match, held.shown) for match, held in measured if held.low == best]
    if any(_may_be_better(held, measured, query.order) for _, held in measured if held.low == best):
        return None
    items = tuple(sources.item(match, value.cells[0], value) for match, value in winners)
    named = "; ".join(f"{said.name(match.row)}: {value.text}" for match, value in winners)
    short = ", ".join(said.short_name(match.row) for match, _ in winners)
    extra: tuple[Claim, ...] = ()
    if query.attribute:
        told = [(match, value) for match, _ in winners if (value := said.first_value(match.row, query.attribute))]
        if len(told) != 1:
            return None
        short = told[0][1].text
        cells = tuple(sources.evidence(cell) for cell in told[0][1].cells)
        extra = (Claim(f"{phrases.subject(query)}: {short}.", cells),)
    silent = len(found.matches) - len(measured)
    missing = f"; {silent} of them give no {label(by)}" if silent else ""
    coverage = f"{phrases.searched(query, found)}, {len(found.matches)} compared{missing}."
    most, least = phrases.RANKS.get(by, ("Latest", "Earliest"))
    rank = most if query.order == "most" else least
    sentence = Claim(f"{rank} on file ({query.in_words}): {named}.", tuple(item.evidence for item in items))
    return (sentence, *extra, Verdict("complete", short, items=items, coverage=coverage, confidence=LIKELY))


def compared(query: CatalogueQuery, rows: Sequence[Row], sources: Sources) -> tuple[Claim | Verdict, ...] | None:
    """Which of two rows has more or less of something; None when one of them does not say."""
    sides = [select(rows, query, own).matches for own in query.compared]
    if query.order_by == "projects":
        return _more_rows(query, rows, sides, sources)
    if query.order_by is None or any(len(side) != 1 for side in sides):
        return None
    pair = [side[0].row for side in sides]
    left, right = (said.measure(row, query.order_by) for row in pair)
    if pair[0].id == pair[1].id or left is None or right is None:
        return None
    if left.low <= right.high and right.low <= left.high:
        return None
    shown = [(row, value.shown) for row, value in zip(pair, (left, right), strict=True)]
    first_wins = (left.low > right.low) == (query.order == "most")
    won, lost = shown if first_wins else reversed(shown)
    own = _own(query, 0 if first_wins else 1, won[0])
    cells = tuple(sources.evidence(cell) for _, value in (won, lost) for cell in value.cells[:1])
    sentence = f"{own}: {won[1].text}, against {lost[1].text} for {said.short_name(lost[0])} ({query.in_words})."
    return Claim(sentence, cells), Verdict("complete", _short(query, 0 if first_wins else 1) or own, confidence=CERTAIN)


def _more_rows(
    query: CatalogueQuery, rows: Sequence[Row], sides: Sequence[Sequence[Match]], sources: Sources
) -> tuple[Claim | Verdict, ...] | None:
    numbers = [len(side) for side in sides]
    if numbers[0] == numbers[1] or not all(numbers):
        return None
    first_wins = (numbers[0] > numbers[1]) == (query.order == "most")
    names = [" ".join(condition.value for condition in own) for own in query.compared]
    won, lost = (0, 1) if first_wins else (1, 0)
    items = tuple(sources.item(match, best_cell(match)) for side in sides for match in side)
    against = f"against {numbers[lost]} for {names[lost]} ({query.in_words})"
    sentence = f"{names[won]}: {numbers[won]} projects on file, {against}."
    searched = f"{len(rows)} projects on file were searched."
    return listed(sentence, items, names[won], "complete", searched)


def _may_be_better(best: Measure, measured: Sequence[tuple[Match, Measure]], order: str | None) -> bool:
    """True when a less precise value leaves open whether another one is more, or less."""
    others = [held for _, held in measured if held.low != best.low or held.high != best.high]
    if order == "most":
        return any(held.high > best.low for held in others)
    return any(held.low < best.high for held in others)


def _short(query: CatalogueQuery, side: int) -> str | None:
    """The country, city or region that tells one of two compared things from the other."""
    return next((one.value for one in query.compared[side] if one.field in ("country", "city", "region")), None)


def _own(query: CatalogueQuery, side: int, row: Row) -> str:
    """What tells one of two compared things from the other, in the words of the question where they suffice."""
    own = [condition for condition in query.compared[side] if condition.field in ("country", "city", "region")]
    if not own or own[0].value in said.short_name(row):
        return said.short_name(row)
    return f"{own[0].value}: {said.short_name(row)}"
