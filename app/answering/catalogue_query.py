"""A question for the catalogue as a small typed query, or nothing when any important word of it is not understood."""

import re
from dataclasses import replace

from app.answering.catalogue_apart import apart
from app.answering.catalogue_asked import asked_of, is_plural, named
from app.answering.catalogue_grouping import grouped
from app.answering.catalogue_kinds import (
    SINGLE,
    conditions_of,
    fits,
    has_too_many,
    kind_of,
    name_places,
    places_of_first,
)
from app.answering.catalogue_order import comparison
from app.answering.catalogue_signs import OR, Meaning, Scan
from app.answering.catalogue_types import OF_ROWS, CatalogueQuery
from app.answering.catalogue_whether import whether
from app.answering.catalogue_words import Lexicon

_YES_NO = re.compile(
    r"^(?:(?:and|so|but)\s+)?(?:did|does|do|was|were|is|are|has|have|had|am)\b"
    r"|\b(?:yes or no|y/n|is it true|were there any|can you confirm|right\?)"
    r"|[,:;–-]\s*(?:was|were|did|does|is|are)\s|\b(?:is|was) there\b",
    re.IGNORECASE,
)


def parse(question: str, lexicon: Lexicon) -> CatalogueQuery | None:
    """The query that a question is, or None when the catalogue is not what answers it."""
    supposed = whether(question, lexicon)
    if supposed is not None:
        return supposed
    counted = grouped(question, lexicon)
    if counted is not None:
        return counted
    scan = Scan(question, lexicon)
    meaning = Meaning(scan.signs, scan)
    if not scan.signs or meaning.all("no"):
        return None
    difference = apart(scan, meaning)
    if difference is not None:
        return difference
    splits = [at for at, word in enumerate(scan.words) if word.folded in OR and not scan.taken[at]]
    if splits and meaning.all("than") + meaning.all("order"):
        return comparison(meaning, splits) if len(splits) == 1 else None
    if splits or _YES_NO.search(scan.text.strip()):
        return None
    return _single(meaning)


def _single(meaning: Meaning) -> CatalogueQuery | None:
    kind = kind_of(meaning)
    if kind is None or not fits(meaning, kind) or has_too_many(meaning, kind):
        return None
    if meaning.places("than") - meaning.places("order") - places_of_first(meaning):
        return None
    conditions = conditions_of(meaning, kind)
    if conditions is None:
        return None
    query = CatalogueQuery(kind, "rows", conditions, is_plural=is_plural(meaning))
    asked = _within(asked_of(query, meaning))
    if asked and asked.asked not in OF_ROWS and any(len(meaning.all(sign)) > 1 for sign in SINGLE):
        return None
    return named(asked, meaning) if asked and name_places(meaning) else asked


def _within(query: CatalogueQuery | None) -> CatalogueQuery | None:
    """The query with the region beside a project as where its countries must lie, when these are asked for."""
    regions = [condition for condition in query.conditions if condition.field == "region"] if query else []
    is_of_one = query is not None and any(condition.field == "project" for condition in query.conditions)
    if query is None or not (regions and is_of_one and query.attribute == "countries"):
        return query
    others = tuple(condition for condition in query.conditions if condition not in regions)
    return replace(query, conditions=others, within=regions[0].value)
