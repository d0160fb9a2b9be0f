"""Questions that count rows by something they share: which region has the most projects, round tables per year."""

import re
from dataclasses import replace
from types import MappingProxyType

from app.answering.catalogue_kinds import conditions_of, fits, has_too_many, kind_of
from app.answering.catalogue_signs import Meaning, Scan
from app.answering.catalogue_types import CatalogueQuery, Group, Kind, Order
from app.answering.catalogue_words import Lexicon

_GROUP = (
    r"(?P<region>regions?)|(?P<country>(?:partner )?countr(?:y|ies)|(?:partner )?states?)|(?P<city>city|cities|town)"
    r"|(?P<year>years?)|(?P<implementer>implementers?|organi[sz]ations?|bod(?:y|ies)|institutions?)"
    r"|(?P<series>(?:kind|type|sort) of (?:meeting|event)s?)"
)
_MOST = (
    r"(?:the )?(?:(?P<most>most|(?:largest|highest|greatest|biggest) number of)"
    r"|(?P<least>fewest|least|(?:smallest|lowest) number of))"
)
_RANKED = re.compile(
    rf"^\W*(?:in |at |by |for )?(?:which|what) (?:{_GROUP})\b(?P<middle>[^?]*?)\b{_MOST} (?P<after>[^?]+)",
    re.IGNORECASE,
)
_WHO = re.compile(rf"^\W*who (?P<middle>[^?]*?)\b{_MOST} (?P<after>projects[^?]*)", re.IGNORECASE)
_EACH = re.compile(
    rf"^\W*(?:how many|(?:the |what is the )?number of|count(?: the)?|break ?down of(?: the)?) (?P<middle>[^?]*?)"
    rf"\b(?:per|by|in each|for each|of each|each|in every) (?:{_GROUP})\b(?P<after>[^?]*)",
    re.IGNORECASE,
)
_HELD_BY: MappingProxyType[Kind, MappingProxyType[str, Group]] = MappingProxyType(
    {
        "meeting": MappingProxyType(
            {"region": "region", "country": "place", "city": "city", "year": "year", "series": "series"}
        ),
        "project": MappingProxyType(
            {"region": "region", "country": "country", "year": "year", "implementer": "implementer"}
        ),
        "partner": MappingProxyType({"region": "region", "year": "year"}),
        "secretariat": MappingProxyType({"year": "year"}),
    }
)
"""What rows of a kind can be counted by."""
_NAMES = ("region", "country", "city", "year", "implementer", "series")


def grouped(question: str, lexicon: Lexicon) -> CatalogueQuery | None:
    """The query that counts rows by something; None when the question is none, or a word of it is not understood."""
    found = next(filter(None, (way.search(question.strip()) for way in (_RANKED, _WHO, _EACH))), None)
    if found is None:
        return None
    scan = Scan(f"{found['middle']} {found['after']}", lexicon)
    meaning = Meaning(scan.signs, scan)
    kind = kind_of(meaning)
    if kind is None or scan.rest or not _is_plain(meaning) or not fits(meaning, kind) or has_too_many(meaning, kind):
        return None
    conditions = conditions_of(meaning, kind)
    group = _group(found, kind, meaning)
    if conditions is None or group is None:
        return None
    return replace(CatalogueQuery(kind, "groups", conditions, group_by=group), order=_order(found))


def _is_plain(meaning: Meaning) -> bool:
    """True when nothing is said beside what rows are counted and under which conditions."""
    unasked = ("order", "than", "no", "event", "sum")
    return set(meaning.all("ask")) <= {"list"} and not any(meaning.all(kind) for kind in unasked)


def _group(found: re.Match[str], kind: Kind, meaning: Meaning) -> Group | None:
    said = found.groupdict()
    name = next((name for name in _NAMES if said.get(name)), "implementer")
    group = _HELD_BY[kind].get(name)
    is_guest = group == "place" and meaning.says("verb", "attend")
    return "country" if is_guest else group


def _order(found: re.Match[str]) -> Order | None:
    said = found.groupdict()
    return "most" if said.get("most") else "least" if said.get("least") else None
