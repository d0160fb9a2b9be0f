"""Questions for the most or the least, and for the more or less of two things."""

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from app.answering.catalogue_kinds import (
    HOLDS,
    SINGLE,
    VERBS,
    as_attribute,
    field_of,
    kind_of,
    name_words,
    placed,
)
from app.answering.catalogue_signs import Meaning
from app.answering.catalogue_types import Attribute, CatalogueQuery, Condition, Kind, Order

_BY_DATE = MappingProxyType({"meeting": "start", "project": "start", "partner": "joined", "secretariat": "opened"})


def extreme(query: CatalogueQuery, meaning: Meaning) -> CatalogueQuery | None:
    """The query for the most or the least of what meets its conditions."""
    said = meaning.all("order")
    order, by = measured_by(query.kind, said[0], meaning)
    if len(said) != 1 or by is None or meaning.says("ask", "count"):
        return None
    if by in _COUNTED and max(meaning.places("order")) > min(meaning.places("attribute")):
        return None
    others = [found for found in meaning.all("attribute") if found != by]
    asks = set(meaning.all("ask")) - {"list"}
    if others or (asks - {"when", "where", "city"}):
        return None
    attribute = placed(query.kind, (), meaning) if asks & {"where", "city"} else None
    if "when" in asks and by in ("start", "end", "joined", "opened"):
        attribute = "when" if query.kind == "meeting" else by
    return replace(query, asked="extreme", order=order, order_by=by, attribute=attribute, is_plural=False)


_TURNS: MappingProxyType[str, Order] = MappingProxyType(
    {
        "most": "most", "longest": "most", "latest": "most", "longer": "most", "later": "most",
        "least": "least", "shortest": "least", "earliest": "least", "shorter": "least", "earlier": "least",
    }
)  # fmt: skip
_LONG = frozenset({"longest", "shortest", "longer", "shorter"})
_TIMELY = frozenset({"latest", "earliest", "earlier", "later"})


def measured_by(kind: Kind, word: str, meaning: Meaning) -> tuple[Order, Attribute | None]:
    """In which order, and by what, a superlative or a comparative puts things of a kind."""
    order = _TURNS[word]
    if word in _LONG:
        return order, "duration_months" if kind == "project" else None
    if word in _TIMELY:
        is_end = kind == "project" and meaning.says("verb", "end") and not meaning.says("verb", "start")
        return order, "end" if is_end else as_attribute(_BY_DATE[kind])
    measured = [found for found in meaning.all("attribute") if found in _MEASURED.get(kind, ())]
    return order, as_attribute(measured[0]) if len(measured) == 1 else None


_COUNTED = frozenset({"countries", "regions", "consortium"})
_MEASURED = MappingProxyType(
    {
        "meeting": ("participants", "countries"),
        "project": ("budget_eur", "duration_months", "countries", "regions", "consortium"),
    }
)


def comparison(meaning: Meaning, splits: Sequence[int]) -> CatalogueQuery | None:
    """The query that weighs what stands before one `or` against what stands after it."""
    at = splits[0]
    before = Meaning((sign for sign in meaning.signs if sign.at < at), meaning.scan)
    after = Meaning((sign for sign in meaning.signs if sign.at > at), meaning.scan)
    kind = kind_compared(meaning)
    contrasts = [sign for sign in SINGLE if before.all(sign) and after.all(sign)]
    word = next(iter(meaning.all("than") or meaning.all("order")))
    if kind is None or not contrasts or any(len(side.all(sign)) > 1 for side in (before, after) for sign in SINGLE):
        return None
    if meaning.says("attribute", "countries") and meaning.says("kind", "project") and not meaning.all("project"):
        return None
    counted = _count_compared(meaning, kind, contrasts, word)
    if counted:
        return _named(sided(counted, before, after, contrasts), before, after, at)
    order, by = measured_by(kind, word, meaning)
    if by is None or not set(meaning.all("verb")) <= VERBS[kind] | {"start", "end", "hold"}:
        return None
    weighed = CatalogueQuery(kind, "comparison", order=order, order_by=by)
    return _named(sided(weighed, before, after, contrasts), before, after, at)


def kind_compared(meaning: Meaning) -> Kind | None:
    """The kind of two things that are weighed against each other."""
    if meaning.all("series") or meaning.says("kind", "meeting") or meaning.all("ordinal"):
        return "meeting"
    if meaning.says("kind", "secretariat"):
        return "secretariat"
    return kind_of(meaning)


def _count_compared(meaning: Meaning, kind: Kind, contrasts: Sequence[str], word: str) -> CatalogueQuery | None:
    """Which of two countries has more projects on file."""
    is_counting = kind == "project" and meaning.says("kind", "project") and list(contrasts) == ["country"]
    if not is_counting or word not in ("most", "least") or set(meaning.all("attribute")) - {"countries"}:
        return None
    return CatalogueQuery(kind, "comparison", order=_TURNS[word], order_by="projects")


def sided(query: CatalogueQuery, before: Meaning, after: Meaning, contrasts: Sequence[str]) -> CatalogueQuery | None:
    """The query with what both things share and what each has of its own; None when it cannot be said of its kind."""
    is_full = "series" in contrasts
    left, right, shared = list[Condition](), list[Condition](), list[Condition]()
    for sign in SINGLE:
        for side, own in ((before, left), (after, right)):
            if not side.all(sign):
                continue
            if sign not in HOLDS[query.kind]:
                return None
            condition = Condition(field_of(sign), side.all(sign)[0])
            (own if sign in contrasts or (is_full and sign == "topic") else shared).append(condition)
    return replace(query, conditions=tuple(shared), compared=(tuple(left), tuple(right)))


def _named(query: CatalogueQuery | None, before: Meaning, after: Meaning, at: int) -> CatalogueQuery | None:
    """The query with the words on both sides that may belong to the names of two meetings."""
    rest = before.scan.rest
    if query is None or (rest and query.kind != "meeting"):
        return None
    left, right = query.compared
    left += name_words(before, (word for word in rest if word < at))
    right += name_words(after, (word for word in rest if word > at))
    return replace(query, compared=(left, right))
