"""A question for the catalogue as a small typed query, or nothing when any important word of it is not understood."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import MappingProxyType

from app.answering.catalogue_signs import OR, Meaning, Scan
from app.answering.catalogue_types import Attribute, CatalogueQuery, Condition, Field, Kind, Order
from app.answering.catalogue_words import Lexicon

_YES_NO = re.compile(
    r"^(?:(?:and|so|but)\s+)?(?:did|does|do|was|were|is|are|has|have|had|am)\b"
    r"|\b(?:yes or no|y/n|is it true|were there any|can you confirm|right\?)"
    r"|[,:;–-]\s*(?:was|were|did|does|is|are)\s|\b(?:is|was) there\b",
    re.IGNORECASE,
)
_WHICH_COUNTRY = re.compile(r"\b(?:which|what) country\b", re.IGNORECASE)
_DEFINITION = re.compile(r"^\W*(?:what|who)\b(?:'s|\s+(?:is|are|was|were|does|do)\b)", re.IGNORECASE)
_TELLING = frozenset(
    {"region", "country", "place", "city", "project", "start", "end", "joined", "opened", "organisation"}
)
"""Conditions that make a question one about certain things, not about what they are."""

_SINGLE = ("region", "country", "city", "project", "period", "ordinal", "series", "format", "organisation", "topic")
"""Signs of which a query holds one each."""

_VERBS = MappingProxyType(
    {
        "meeting": {"hold", "host", "attend", "cover", "last"},
        "project": {"cover", "attend", "start", "end", "implement", "last"},
        "partner": {"join", "cover"},
        "secretariat": {"open", "host", "cover", "implement"},
    }
)
"""What can be said of things of a kind; another verb means that something else is asked."""

_HOLDS = MappingProxyType(
    {
        "meeting": {"region", "country", "city", "project", "period", "ordinal", "series", "format", "topic"},
        "project": {"region", "country", "project", "period", "organisation"},
        "partner": {"region", "country", "period"},
        "secretariat": {"region", "country", "city", "period"},
    }
)
"""Signs that are conditions on things of a kind; another one means that something else is asked."""

_ATTRIBUTES = MappingProxyType(
    {
        "meeting": {"participants", "countries", "venue", "name"},
        "project": {"budget_eur", "duration_months", "countries", "regions", "consortium", "implementer", "name"},
        "partner": {"focal_points", "countries"},
        "secretariat": {"heads"},
    }
)
_BY_DATE = MappingProxyType({"meeting": "start", "project": "start", "partner": "joined", "secretariat": "opened"})
_PEOPLE = ("heads", "focal_points")
_DAY = 10
_MONTH = 7


def parse(question: str, lexicon: Lexicon) -> CatalogueQuery | None:
    """The query that a question is, or None when the catalogue is not what answers it."""
    scan = Scan(question, lexicon)
    meaning = Meaning(scan.signs, scan)
    if not scan.signs or meaning.all("no"):
        return None
    splits = [at for at, word in enumerate(scan.words) if word.folded in OR and not scan.taken[at]]
    if splits and meaning.all("than") + meaning.all("order"):
        return _comparison(meaning, splits) if len(splits) == 1 else None
    if splits or _YES_NO.search(scan.text.strip()):
        return None
    return _single(meaning)


def _single(meaning: Meaning) -> CatalogueQuery | None:
    kind = _kind(meaning)
    if kind is None or not _fits(meaning, kind) or any(len(meaning.all(sign)) > 1 for sign in _SINGLE):
        return None
    if meaning.places("than") - meaning.places("order") - _places_of_first(meaning):
        return None
    conditions = _conditions(meaning, kind)
    if conditions is None:
        return None
    query = CatalogueQuery(kind, "rows", conditions, is_plural=_is_plural(meaning))
    asked = _asked(query, meaning)
    return _named(asked, meaning) if asked and _name_places(meaning) else asked


def _kind(meaning: Meaning) -> Kind | None:
    said = meaning.all("kind")
    if meaning.all("series") or meaning.all("event") or "meeting" in said:
        return "meeting"
    if "secretariat" in said:
        return None if "project" in said else "secretariat"
    if "project" in said or meaning.all("project"):
        return "project"
    if meaning.says("attribute", "focal_points"):
        return "partner" if meaning.all("country") or meaning.all("region") else None
    if "partner" in said or meaning.says("verb", "join"):
        return "partner"
    return "partner" if meaning.says("attribute", "countries") and meaning.all("region") else None


def _fits(meaning: Meaning, kind: Kind) -> bool:
    attributes = set(meaning.all("attribute"))
    strange = attributes - _ATTRIBUTES[kind]
    if kind == "meeting" and meaning.says("kind", "partner"):
        return False  # not every country that comes to a meeting is a partner
    if meaning.all("organisation") and attributes & {"implementer", "consortium"}:
        return False
    if kind == "project" and "countries" in attributes and meaning.all("region") and meaning.all("project"):
        return False
    if kind == "meeting" and meaning.says("attribute", "countries") and meaning.all("ask") == ["where"]:
        strange = strange - {"countries"}
    held = {sign for sign in _SINGLE if meaning.all(sign)}
    return not strange and set(meaning.all("verb")) <= _VERBS[kind] and held <= _HOLDS[kind]


def _conditions(meaning: Meaning, kind: Kind) -> tuple[Condition, ...] | None:
    """What rows must state; None when a time is named of which nothing says what happened in it."""
    fields: dict[str, Field] = {"region": "region", "city": "city", "project": "project", "ordinal": "ordinal",
                                "series": "series", "format": "format", "topic": "topic"}  # fmt: skip
    found = [Condition(field, meaning.all(sign)[0]) for sign, field in fields.items() if meaning.all(sign)]
    if meaning.all("country"):
        if kind == "meeting" and _comes_from(meaning):
            return None
        found.append(Condition(_country_field(meaning, kind), meaning.all("country")[0]))
    if meaning.all("organisation"):
        field: Field = "implementer" if meaning.says("verb", "implement") else "organisation"
        found.append(Condition(field, meaning.all("organisation")[0]))
    period = meaning.one("period")
    if period and not _is_as_of(meaning):
        timed = _timed(meaning, kind)
        if timed is None:
            return None
        found.append(Condition(timed, period))
    return tuple(found)


def _comes_from(meaning: Meaning) -> bool:
    """True when a country is where some of the people come from, which the catalogue does not count."""
    return any(meaning.scan.folded(at - 1) == "from" for at in meaning.places("country"))


def _is_as_of(meaning: Meaning) -> bool:
    return meaning.says("attribute", *_PEOPLE)


def _country_field(meaning: Meaning, kind: Kind) -> Field:
    if kind != "meeting" or meaning.says("verb", "attend"):
        return "country"
    at = next(sign.at for sign in meaning.signs if sign.kind == "country")
    is_place = meaning.says("verb", "host") or meaning.scan.folded(at - 1) == "in"
    return "place" if is_place or meaning.scan.folded(at - 2) == "in" else "country"


def _timed(meaning: Meaning, kind: Kind) -> Field | None:
    verbs = meaning.all("verb")
    if kind == "meeting":
        return "start"
    if kind == "project":
        said = [verb for verb in verbs if verb in ("start", "end")]
        return ("start" if said[0] == "start" else "end") if len(said) == 1 else None
    if kind == "partner":
        return "joined" if "join" in verbs else None
    return "opened" if "open" in verbs else None


def _is_plural(meaning: Meaning) -> bool:
    nouns = [sign for sign in meaning.signs if sign.kind in ("kind", "series", "attribute")]
    words = [meaning.scan.folded(at) for sign in nouns for at in range(sign.at, sign.at + sign.size)]
    return any(word.endswith("s") and not word.endswith("ss") for word in words)


def _asked(query: CatalogueQuery, meaning: Meaning) -> CatalogueQuery | None:
    if meaning.all("order") and not meaning.says("verb", "open"):
        return _extreme(query, meaning)
    if meaning.says("ask", "count"):
        return _counted(query, meaning)
    attribute = _attribute(query.kind, meaning)
    if attribute is not None:
        as_of = meaning.one("period") if attribute in _PEOPLE else None
        if not query.conditions and query.kind != "secretariat" and not _name_places(meaning):
            return None
        return replace(query, asked="attribute", attribute=attribute, as_of=as_of, precision=_precision(meaning))
    if meaning.all("ask") and set(meaning.all("ask")) - {"list"}:
        return None
    return query if _asks_for_rows(query, meaning) else None


def _asks_for_rows(query: CatalogueQuery, meaning: Meaning) -> bool:
    attributes = set(_attributes(query.kind, meaning)) - (
        {"countries"} if query.kind in ("partner", "project") else set()
    )
    if not _is_about(query.kind, meaning):
        return False
    is_listing = query.is_plural or meaning.scan.asks_which
    is_definition = bool(_DEFINITION.search(meaning.scan.text)) and not {c.field for c in query.conditions} & _TELLING
    if is_definition:
        return False
    is_bounded = (
        bool(query.conditions) or query.kind == "secretariat" or (query.is_plural and meaning.scan.asks_for_all)
    )
    return is_listing and is_bounded and not attributes and not _is_one(query)


def _counts_those_who_came(meaning: Meaning) -> bool:
    """True of `how many attended …`, where nothing is named that is counted."""
    counting = max(meaning.places("ask"), default=0)
    after = [sign for sign in meaning.signs if sign.at > counting]
    return bool(after) and (after[0].kind, after[0].value) == ("verb", "attend")


def _is_about(kind: Kind, meaning: Meaning) -> bool:
    """True when the first things that a question names are of the kind: not countries that take part in projects."""
    nouns = [sign for sign in meaning.signs if sign.kind in ("kind", "series", "attribute", "event")]
    first = [sign for sign in nouns if sign.at == nouns[0].at] if nouns else []
    is_led = kind == "project" and meaning.says("verb", "implement") and not meaning.all("organisation")
    return not is_led and any(
        sign.kind != "attribute" or (sign.value == "countries" and kind == "partner") for sign in first
    )


def _is_one(query: CatalogueQuery) -> bool:
    fields = {condition.field for condition in query.conditions}
    return (query.kind == "project" and "project" in fields) or (query.kind == "partner" and "country" in fields)


def _counted(query: CatalogueQuery, meaning: Meaning) -> CatalogueQuery | None:
    attributes = _attributes(query.kind, meaning)
    is_of_one = _is_one(query) or query.kind == "meeting"
    if set(meaning.all("ask")) - {"count", "list"}:
        return None
    if not attributes and meaning.says("kind", "partner") and is_of_one and query.kind == "project":
        attributes = ["consortium"]
    counts_people = attributes == ["participants"] or (not attributes and _counts_those_who_came(meaning))
    if query.kind == "meeting" and counts_people:
        return replace(query, asked="attribute", attribute="participants")
    if is_of_one and attributes in (["countries"], ["regions"], ["consortium"], ["projects"]):
        return replace(query, asked="size", attribute=_as_attribute(attributes[0]))
    if attributes and not (attributes == ["countries"] and query.kind == "project"):
        return None
    if not _is_about(query.kind, meaning):
        return None
    if (not query.conditions and query.kind != "secretariat") or _is_one(query):
        return None
    return replace(query, asked="count")


def _attributes(kind: Kind, meaning: Meaning) -> list[str]:
    """The attributes that are named; in a question about a meeting, projects are one too."""
    said = [found for found in meaning.all("attribute") if not (found == "countries" and kind == "partner")]
    if kind == "meeting" and meaning.says("kind", "project"):
        said.append("projects")
    return said


def _attribute(kind: Kind, meaning: Meaning) -> Attribute | None:
    said = _attributes(kind, meaning)
    asks = set(meaning.all("ask")) - {"list"}
    if kind == "project" and not meaning.all("project"):
        said = [found for found in said if found != "countries"]
    if not said and not asks & {"when", "day", "month", "year", "where", "city"}:
        return _implied(kind, meaning)
    if kind == "meeting" and said == ["countries"] and _WHICH_COUNTRY.search(meaning.scan.text) and _is_held(meaning):
        return "country"
    dated = _dated(kind, meaning) if asks & {"when", "day", "month", "year"} else None
    placed = _placed(kind, said, meaning) if asks & {"where", "city"} else None
    if dated or placed:
        return (
            None
            if (dated and placed) or (said and not (placed == "country" or _is_beside(said, kind)))
            else dated or placed
        )
    if asks & {"where", "city"} and said:
        return None
    if len(said) != 1 or asks - {"who"} or (said == ["participants"] and "who" in asks):
        return None
    return _as_attribute(said[0])


def _is_held(meaning: Meaning) -> bool:
    return bool(meaning.all("verb")) and set(meaning.all("verb")) <= {"hold", "host"}


def _is_beside(said: Sequence[str], kind: Kind) -> bool:
    """True when the only attribute named is the word for the things themselves."""
    return list(said) == ["countries"] and kind == "partner"


def _implied(kind: Kind, meaning: Meaning) -> Attribute | None:
    if (
        kind == "project"
        and meaning.all("project")
        and meaning.says("ask", "who")
        and meaning.all("verb") == ["implement"]
    ):
        return "implementer"
    if kind == "project" and meaning.all("project") and meaning.says("kind", "partner"):
        return "consortium"
    if kind == "project" and meaning.all("project") and meaning.all("verb") in (["start"], ["end"]):
        return _as_attribute(meaning.all("verb")[0])
    if kind == "secretariat" and meaning.says("ask", "who") and meaning.all("verb") == ["implement"]:
        return "heads"
    if kind == "partner" and meaning.all("verb") == ["join"] and not meaning.all("period"):
        return "joined"
    return None


def _dated(kind: Kind, meaning: Meaning) -> Attribute | None:
    verbs = meaning.all("verb")
    if kind == "meeting":
        return "when"
    if kind == "project":
        return _as_attribute(verbs[0]) if verbs in (["start"], ["end"]) else None
    if kind == "partner":
        return "joined" if "join" in verbs or meaning.says("kind", "partner") else None
    return "opened" if "open" in verbs else None


def _placed(kind: Kind, said: Sequence[str], meaning: Meaning) -> Attribute | None:
    if meaning.all("ask") == ["city"] or (meaning.says("ask", "city") and not meaning.says("ask", "where")):
        return "city" if kind in ("meeting", "secretariat") else None
    if kind == "meeting" and meaning.all("city"):
        return "venue"
    if kind == "meeting":
        return "country" if list(said) == ["countries"] else "place"
    return "place" if kind == "secretariat" else None


def _as_attribute(name: str) -> Attribute:
    return _KNOWN[name]


_KNOWN: MappingProxyType[str, Attribute] = MappingProxyType(
    {
        "participants": "participants", "countries": "countries", "regions": "regions", "consortium": "consortium",
        "implementer": "implementer", "heads": "heads", "focal_points": "focal_points", "venue": "venue",
        "budget_eur": "budget_eur", "duration_months": "duration_months", "start": "start", "end": "end",
        "joined": "joined", "opened": "opened", "projects": "projects", "name": "name",
    }
)  # fmt: skip


def _precision(meaning: Meaning) -> int:
    if meaning.says("ask", "day"):
        return _DAY
    is_vague = meaning.says("ask", "year") or not meaning.says("verb", "open")
    return 0 if is_vague and not meaning.says("ask", "month") else _MONTH


def _extreme(query: CatalogueQuery, meaning: Meaning) -> CatalogueQuery | None:
    said = meaning.all("order")
    order, by = _measure(query.kind, said[0], meaning)
    if len(said) != 1 or by is None or meaning.says("ask", "count"):
        return None
    if by in _COUNTED and max(meaning.places("order")) > min(meaning.places("attribute")):
        return None
    others = [found for found in meaning.all("attribute") if found != by]
    asks = set(meaning.all("ask")) - {"list"}
    if others or (asks - {"when", "where", "city"}):
        return None
    attribute = _placed(query.kind, (), meaning) if asks & {"where", "city"} else None
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


def _measure(kind: Kind, word: str, meaning: Meaning) -> tuple[Order, Attribute | None]:
    """In which order, and by what, a superlative or a comparative puts things of a kind."""
    order = _TURNS[word]
    if word in _LONG:
        return order, "duration_months" if kind == "project" else None
    if word in _TIMELY:
        is_end = kind == "project" and meaning.says("verb", "end") and not meaning.says("verb", "start")
        return order, "end" if is_end else _as_attribute(_BY_DATE[kind])
    measured = [found for found in meaning.all("attribute") if found in _MEASURED.get(kind, ())]
    return order, _as_attribute(measured[0]) if len(measured) == 1 else None


_COUNTED = frozenset({"countries", "regions", "consortium"})
_MEASURED = MappingProxyType(
    {
        "meeting": ("participants", "countries"),
        "project": ("budget_eur", "duration_months", "countries", "regions", "consortium"),
    }
)


def _named(query: CatalogueQuery, meaning: Meaning) -> CatalogueQuery | None:
    """The query with the words that nothing explains, when they may belong to the name of the one thing asked about."""
    places = _name_places(meaning)
    is_named = bool(query.conditions) or len(places) > 1
    if query.asked not in ("attribute", "size") or query.kind not in ("meeting", "project") or not is_named:
        return None
    return replace(query, conditions=(*query.conditions, *_name_words(meaning, places)), is_plural=False)


def _name_places(meaning: Meaning) -> list[int]:
    """Numbers of the words that only a name can explain: an academy's, and `first` where nothing is compared."""
    return sorted({*meaning.scan.rest, *meaning.places("event"), *_places_of_first(meaning)})


def _places_of_first(meaning: Meaning) -> set[int]:
    return {at for at in meaning.places("than") if meaning.scan.folded(at) == "first"}


def _name_words(meaning: Meaning, rest: Iterable[int]) -> tuple[Condition, ...]:
    return tuple(Condition("name", meaning.scan.folded(at)) for at in rest)


# ---- comparing two things ----


def _comparison(meaning: Meaning, splits: Sequence[int]) -> CatalogueQuery | None:
    at = splits[0]
    before = Meaning((sign for sign in meaning.signs if sign.at < at), meaning.scan)
    after = Meaning((sign for sign in meaning.signs if sign.at > at), meaning.scan)
    kind = _kind_compared(meaning)
    contrasts = [sign for sign in _SINGLE if before.all(sign) and after.all(sign)]
    word = next(iter(meaning.all("than") or meaning.all("order")))
    if kind is None or not contrasts or any(len(side.all(sign)) > 1 for side in (before, after) for sign in _SINGLE):
        return None
    if meaning.says("attribute", "countries") and meaning.says("kind", "project") and not meaning.all("project"):
        return None
    counted = _count_compared(meaning, kind, contrasts, word)
    if counted:
        return _sided(counted, before, after, contrasts, at)
    order, by = _measure(kind, word, meaning)
    if by is None or not set(meaning.all("verb")) <= _VERBS[kind] | {"start", "end", "hold"}:
        return None
    return _sided(CatalogueQuery(kind, "comparison", order=order, order_by=by), before, after, contrasts, at)


def _kind_compared(meaning: Meaning) -> Kind | None:
    if meaning.all("series") or meaning.says("kind", "meeting") or meaning.all("ordinal"):
        return "meeting"
    if meaning.says("kind", "secretariat"):
        return "secretariat"
    return _kind(meaning)


def _count_compared(meaning: Meaning, kind: Kind, contrasts: Sequence[str], word: str) -> CatalogueQuery | None:
    """Which of two countries has more projects on file."""
    is_counting = kind == "project" and meaning.says("kind", "project") and list(contrasts) == ["country"]
    if not is_counting or word not in ("most", "least") or set(meaning.all("attribute")) - {"countries"}:
        return None
    return CatalogueQuery(kind, "comparison", order=_TURNS[word], order_by="projects")


def _sided(
    query: CatalogueQuery, before: Meaning, after: Meaning, contrasts: Sequence[str], at: int
) -> CatalogueQuery | None:
    """The query with what both things share and what each has of its own."""
    is_full = "series" in contrasts
    left, right, shared = list[Condition](), list[Condition](), list[Condition]()
    for sign in _SINGLE:
        for side, own in ((before, left), (after, right)):
            if not side.all(sign):
                continue
            if sign not in _HOLDS[query.kind]:
                return None
            condition = Condition(_field_of(sign), side.all(sign)[0])
            (own if sign in contrasts or (is_full and sign == "topic") else shared).append(condition)
    rest = before.scan.rest
    if rest and query.kind != "meeting":
        return None
    left += _name_words(before, (word for word in rest if word < at))
    right += _name_words(after, (word for word in rest if word > at))
    return replace(query, conditions=tuple(shared), compared=(tuple(left), tuple(right)))


def _field_of(sign: str) -> Field:
    fields: dict[str, Field] = {"region": "region", "country": "country", "city": "city", "project": "project",
                                "period": "start", "ordinal": "ordinal", "series": "series", "format": "format",
                                "organisation": "organisation", "topic": "topic"}  # fmt: skip
    return fields[sign]
