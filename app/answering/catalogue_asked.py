"""What a question asks of the things it is about: rows, their number, one attribute."""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.answering.catalogue_kinds import POSTS, as_attribute, name_places, name_words, placed
from app.answering.catalogue_order import extreme
from app.answering.catalogue_signs import Meaning
from app.answering.catalogue_types import Attribute, CatalogueQuery, Kind

_WHICH_COUNTRY = re.compile(r"\b(?:which|what) country\b", re.IGNORECASE)
_CALLED = re.compile(
    r"\b(?:called|named)\W*$|\bname of (?:the )?(?:coe )?p(?:roject)?\b|\bp(?:roject)?\s?\d{1,3}(?:'s)? name\b",
    re.IGNORECASE,
)
_DEFINITION = re.compile(r"^\W*(?:what|who)\b(?:'s|\s+(?:is|are|was|were|does|do)\b)", re.IGNORECASE)
_TELLING = frozenset(
    {
        "region", "area", "country", "place", "city", "project", "start", "end", "joined", "opened", "organisation",
        "state", "budget_eur", "participants", "duration_months",
    }
)  # fmt: skip
"""Conditions that make a question one about certain things, not about what they are."""

_DAY = 10
_MONTH = 7


def asked_of(query: CatalogueQuery, meaning: Meaning) -> CatalogueQuery | None:
    """The query with what is asked of its rows, or None when that is nothing that rows tell."""
    if meaning.all("order") and not meaning.says("verb", "open"):
        return extreme(query, meaning)
    if meaning.all("sum") and (total := _total(query, meaning)):
        return total
    if meaning.says("ask", "count"):
        return _counted(query, meaning)
    attribute = _attribute(query.kind, meaning)
    if attribute is not None:
        as_of = meaning.one("period") if attribute in POSTS else None
        if not query.conditions and query.kind != "secretariat" and not name_places(meaning):
            return None
        return replace(query, asked="attribute", attribute=attribute, as_of=as_of, precision=_precision(meaning))
    if meaning.all("ask") and set(meaning.all("ask")) - {"list"}:
        return None
    return query if _asks_for_rows(query, meaning) else None


def _total(query: CatalogueQuery, meaning: Meaning) -> CatalogueQuery | None:
    """The query for what several projects cost together."""
    is_of_several = query.kind == "project" and query.is_plural and not _is_one(query) and query.conditions
    if not is_of_several or _attributes(query.kind, meaning) != ["budget_eur"] or set(meaning.all("ask")) - {"list"}:
        return None
    return replace(query, asked="total", attribute="budget_eur")


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
    counts_people = attributes == ["participants"] or (not attributes and _counts_those_who_came(meaning))
    if query.kind == "meeting" and counts_people:
        return replace(query, asked="attribute", attribute="participants")
    is_of_heads = query.kind == "secretariat" and attributes == ["heads"]
    if is_of_heads or (is_of_one and attributes in (["countries"], ["regions"], ["consortium"], ["projects"])):
        return replace(query, asked="size", attribute=as_attribute(attributes[0]))
    if attributes and not (attributes == ["countries"] and query.kind == "project"):
        return None
    if not _is_about(query.kind, meaning) or meaning.all("ordinal"):
        return None
    if (not query.conditions and query.kind != "secretariat") or _is_one(query):
        return None
    return replace(query, asked="count")


def _attributes(kind: Kind, meaning: Meaning) -> list[str]:
    """The attributes that are named; in a question about a meeting, projects are one too."""
    limited = {limit.partition(" ")[0] for limit in meaning.all("limit")}
    said = [found for found in meaning.all("attribute") if found not in limited]
    said = [found for found in said if not (found == "countries" and kind == "partner")]
    if kind == "meeting" and meaning.says("kind", "project"):
        said.append("projects")
    if kind == "project" and not said and meaning.all("project") and _CALLED.search(meaning.scan.text):
        return ["name"]
    if kind == "project" and not said and meaning.says("kind", "partner") and meaning.all("project"):
        return ["consortium"] if meaning.says("ask", "count") else []
    if kind == "secretariat":
        said = [found for found in said if found != "participants"]
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
    place = placed(kind, said, meaning) if asks & {"where", "city"} else None
    if dated or place:
        return (
            None
            if (dated and place) or (said and not (place == "country" or _is_beside(said, kind)))
            else dated or place
        )
    if asks & {"where", "city"} and said:
        return None
    if len(said) != 1 or asks - {"who"} or (said == ["participants"] and "who" in asks):
        return None
    return as_attribute(said[0])


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
        return as_attribute(meaning.all("verb")[0])
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
        return as_attribute(verbs[0]) if verbs in (["start"], ["end"]) else None
    if kind == "partner":
        return "joined" if "join" in verbs or meaning.says("kind", "partner") else None
    return "opened" if "open" in verbs else None


def _precision(meaning: Meaning) -> int:
    if meaning.says("ask", "day"):
        return _DAY
    is_vague = meaning.says("ask", "year") or not meaning.says("verb", "open")
    return 0 if is_vague and not meaning.says("ask", "month") else _MONTH


def is_plural(meaning: Meaning) -> bool:
    """True when the things that are named are several."""
    nouns = [sign for sign in meaning.signs if sign.kind in ("kind", "series", "attribute")]
    words = [meaning.scan.folded(at) for sign in nouns for at in range(sign.at, sign.at + sign.size)]
    return any(word.endswith("s") and not word.endswith("ss") for word in words)


def named(query: CatalogueQuery, meaning: Meaning) -> CatalogueQuery | None:
    """The query with the words that nothing explains, when they may belong to the name of the one thing asked about."""
    places = name_places(meaning)
    is_named = bool(query.conditions) or len(places) > 1
    if query.asked not in ("attribute", "size") or query.kind not in ("meeting", "project") or not is_named:
        return None
    return replace(query, conditions=(*query.conditions, *name_words(meaning, places)), is_plural=False)
