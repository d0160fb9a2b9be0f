"""How far two things are apart: how many more projects one region has than another, by how much a budget is larger."""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.answering import catalogue_phrases as phrases
from app.answering import catalogue_values as said
from app.answering.catalogue_kinds import SINGLE, VERBS
from app.answering.catalogue_order import kind_compared, sided
from app.answering.catalogue_selection import Match, best_cell, select
from app.answering.catalogue_signs import Meaning, Scan
from app.answering.catalogue_sources import CERTAIN, Sources, listed
from app.answering.catalogue_types import CatalogueQuery, Condition
from app.answering.types import Claim, Verdict
from ingest.types import Row

_ASKS = re.compile(r"\bhow many (?:more|fewer|less)\b|\b(?:by )?how much (?:more|less|larger|bigger|smaller)\b"
                   r"|\bby how (?:much|many)\b|\bdifference\b|^\W*how many\b.*\bcompared\b", re.IGNORECASE)  # fmt: skip
_SAYS_NO_MORE = frozenset({"difference", "compared", "than"})


def apart(scan: Scan, meaning: Meaning) -> CatalogueQuery | None:
    """The query for the difference between two things; None when the question is none, or not understood whole."""
    if not _ASKS.search(scan.text):
        return None
    at = _place(scan)
    kind = kind_compared(meaning)
    if at is None or kind is None or {scan.folded(word) for word in scan.rest} - _SAYS_NO_MORE:
        return None
    before = Meaning((sign for sign in meaning.signs if sign.at < at), scan)
    after = Meaning((sign for sign in meaning.signs if sign.at > at), scan)
    contrasts = [sign for sign in SINGLE if before.all(sign) and after.all(sign)]
    is_single = not any(len(side.all(sign)) > 1 for side in (before, after) for sign in SINGLE)
    if len(contrasts) != 1 or not is_single or not set(meaning.all("verb")) <= VERBS[kind]:
        return None
    attributes = set(meaning.all("attribute")) - {"countries"}
    if attributes == {"budget_eur"} and contrasts == ["project"]:
        return sided(CatalogueQuery(kind, "difference", order_by="budget_eur"), before, after, contrasts)
    is_counting = not attributes and meaning.says("ask", "count") and contrasts[0] in ("region", "country", "area")
    counted = sided(CatalogueQuery(kind, "difference"), before, after, contrasts) if is_counting else None
    return _placed(counted, meaning) if counted and kind == "meeting" and contrasts == ["country"] else counted


def _placed(query: CatalogueQuery, meaning: Meaning) -> CatalogueQuery | None:
    """The query with the countries as where meetings were held; None when that is not said."""
    if not meaning.says("verb", "hold", "host"):
        return None
    return replace(query, compared=tuple((Condition("place", side[0].value),) for side in query.compared))


def _place(scan: Scan) -> int | None:
    """The number of the only word between the two things."""
    folded = [word.folded for word in scan.words]
    for word in ("than", "compared", "and"):
        places = [at for at, one in enumerate(folded) if one == word and not scan.taken[at]]
        if places:
            return places[0] if len(places) == 1 else None
    return None


def difference(query: CatalogueQuery, rows: Sequence[Row], sources: Sources) -> tuple[Claim | Verdict, ...] | None:
    """The difference, with the two values that it was reckoned from; None when one of them is not known."""
    sides = [select(rows, query, own) for own in query.compared]
    if query.order_by is None:
        is_known = all(sum(side.silent.values()) <= len(side.matches) for side in sides)
        return _of_numbers(query, [side.matches for side in sides], len(rows), sources) if is_known else None
    if any(len(side.matches) != 1 for side in sides):
        return None
    pair = [side.matches[0].row for side in sides]
    left, right = (said.measure(row, query.order_by) for row in pair)
    if left is None or right is None:
        return None
    amount = f"EUR {abs(round(left.low - right.low)):,}"
    told = "; ".join(
        f"{said.short_name(row)}: {held.shown.text}" for row, held in zip(pair, (left, right), strict=True)
    )
    cells = tuple(sources.evidence(held.shown.cells[0]) for held in (left, right))
    coverage = f"Reckoned from the catalogue ({query.in_words})."
    return Claim(f"{amount} apart: {told}.", cells), Verdict("complete", amount, coverage=coverage, confidence=CERTAIN)


def _of_numbers(
    query: CatalogueQuery, sides: Sequence[Sequence[Match]], searched: int, sources: Sources
) -> tuple[Claim | Verdict, ...] | None:
    if not all(sides):
        return None
    numbers = [len(side) for side in sides]
    names = [" ".join(condition.value for condition in own) for own in query.compared]
    items = tuple(sources.item(match, best_cell(match)) for side in sides for match in side)[: phrases.MAX_ITEMS]
    told = "; ".join(f"{name}: {phrases.counted(number, query)}" for name, number in zip(names, numbers, strict=True))
    apart_by = str(abs(numbers[0] - numbers[1]))
    coverage = f"{searched} on file were searched."
    return listed(f"{apart_by} apart ({query.in_words}): {told}.", items, apart_by, "complete", coverage)
