"""What kind of thing a question is about, and the conditions it sets, from the signs among its words."""

from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType

from app.answering.catalogue_limits import LimitedField
from app.answering.catalogue_signs import Meaning
from app.answering.catalogue_types import EITHER, Attribute, Condition, Field, Kind

SINGLE = (
    "region", "area", "country", "city", "project", "period", "ordinal", "series", "format", "organisation", "topic",
    "limit", "state",
)  # fmt: skip
"""Signs of which a query holds one each."""
_SEVERAL: MappingProxyType[Kind, frozenset[str]] = MappingProxyType(
    {
        "meeting": frozenset({"region", "country"}),
        "project": frozenset({"region", "country"}),
        "partner": frozenset({"region"}),
        "secretariat": frozenset({"region"}),
    }
)
"""Signs of which a query for rows may hold a few: all of them, or any."""
_MOST_OF_A_SORT = 3
_PLAIN = ("area", "city", "project", "ordinal", "series", "format", "topic")
"""Signs that set the condition of the same name."""

VERBS = MappingProxyType(
    {
        "meeting": {"hold", "host", "attend", "cover", "last", "link"},
        "project": {"cover", "attend", "start", "end", "implement", "last", "link"},
        "partner": {"join", "cover"},
        "secretariat": {"open", "host", "cover", "implement"},
    }
)
"""What can be said of things of a kind; another verb means that something else is asked."""

HOLDS = MappingProxyType(
    {
        "meeting": {
            "region",
            "area",
            "country",
            "city",
            "project",
            "period",
            "ordinal",
            "series",
            "format",
            "topic",
            "limit",
        },
        "project": {"region", "area", "country", "project", "period", "organisation", "limit", "state"},
        "partner": {"region", "area", "country", "period"},
        "secretariat": {"region", "area", "country", "city", "period"},
    }
)
"""Signs that are conditions on things of a kind; another one means that something else is asked."""

_ATTRIBUTES = MappingProxyType(
    {
        "meeting": {"participants", "countries", "venue", "name"},
        "project": {
            "budget_eur",
            "duration_months",
            "countries",
            "regions",
            "consortium",
            "implementer",
            "name",
            "acronym",
        },
        "partner": {"focal_points", "countries"},
        "secretariat": {"heads", "participants"},
    }
)
POSTS = ("heads", "focal_points")


def kind_of(meaning: Meaning) -> Kind | None:
    """The kind of the things that are asked about."""
    said = meaning.all("kind")
    if meaning.all("series") or meaning.all("event") or "meeting" in said:
        return "meeting"
    if "secretariat" in said:
        return None if "project" in said else "secretariat"
    if "project" in said or meaning.all("project"):
        return "project"
    if meaning.says("attribute", "focal_points"):
        return "partner" if meaning.all("country") or _names_places(meaning) else None
    if "partner" in said or meaning.says("verb", "join"):
        return "partner"
    return "partner" if meaning.says("attribute", "countries") and _names_places(meaning) else None


def _names_places(meaning: Meaning) -> bool:
    return bool(meaning.all("region") or meaning.all("area"))


def fits(meaning: Meaning, kind: Kind) -> bool:
    """True when everything that is said can be said of things of a kind."""
    attributes = set(meaning.all("attribute"))
    strange = attributes - _ATTRIBUTES[kind]
    if kind == "meeting" and meaning.says("kind", "partner"):
        return False  # not every country that comes to a meeting is a partner
    if meaning.all("organisation") and attributes & {"implementer", "consortium"}:
        return False
    if kind == "meeting" and meaning.says("attribute", "countries") and meaning.all("ask") == ["where"]:
        strange = strange - {"countries"}
    held = {sign for sign in SINGLE if meaning.all(sign)}
    return not strange and set(meaning.all("verb")) <= VERBS[kind] and held <= HOLDS[kind]


def has_too_many(meaning: Meaning, kind: Kind) -> bool:
    """True when more things of a sort are named than one query can hold."""
    several = _SEVERAL[kind] if not meaning.all("project") else frozenset[str]()
    return any(len(meaning.all(sign)) > (_MOST_OF_A_SORT if sign in several else 1) for sign in SINGLE)


def conditions_of(meaning: Meaning, kind: Kind) -> tuple[Condition, ...] | None:
    """What rows must state; None when a time is named of which nothing says what happened in it."""
    found = _of_several(meaning, kind, "region", "region")
    found += [Condition(field_of(sign), meaning.all(sign)[0]) for sign in _PLAIN if meaning.all(sign)]
    if meaning.all("country"):
        if kind == "meeting" and _comes_from(meaning):
            return None
        found += _of_several(meaning, kind, "country", _country_field(meaning, kind))
    if meaning.all("organisation"):
        field: Field = "implementer" if meaning.says("verb", "implement") else "organisation"
        found.append(Condition(field, meaning.all("organisation")[0]))
    found += _measured(meaning)
    if kind == "project" and (state := _state(meaning)):
        found.append(Condition("state", state))
    period = meaning.one("period")
    if period and not _is_as_of(meaning):
        timed = _timed(meaning, kind)
        if timed is None:
            return None
        found.append(Condition(timed, period))
    return tuple(found)


def _of_several(meaning: Meaning, kind: Kind, sign: str, field: Field) -> list[Condition]:
    """One condition for each of several names where rows must state all of them, one for them together where any."""
    said = meaning.all(sign)
    asks_for_all = meaning.scan.says_both or (kind != "partner" and meaning.says("verb", "cover", "attend"))
    if len(said) < 2 or asks_for_all:
        return [Condition(field, value) for value in said]
    return [Condition(field, EITHER.join(said))]


def _measured(meaning: Meaning) -> Iterator[Condition]:
    for said in meaning.all("limit"):
        field, _, limit = said.partition(" ")
        yield Condition(as_limited(field), limit)


def _state(meaning: Meaning) -> str | None:
    """`running` or `over`, where projects in that state are asked for; not of one that ends at a time asked for."""
    is_ended = meaning.all("verb") == ["end"] and not meaning.all("period") and not meaning.all("project")
    asks_time = meaning.says("ask", "when", "day", "month", "year") or bool(meaning.all("order"))
    return meaning.one("state") or ("over" if is_ended and not asks_time else None)


def _comes_from(meaning: Meaning) -> bool:
    """True when a country is where some of the people come from, which the catalogue does not count."""
    return any(meaning.scan.folded(at - 1) == "from" for at in meaning.places("country"))


def _is_as_of(meaning: Meaning) -> bool:
    return meaning.says("attribute", *POSTS)


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


def name_places(meaning: Meaning) -> list[int]:
    """Numbers of the words that only a name can explain: an academy's, and `first` where nothing is compared."""
    return sorted({*meaning.scan.rest, *meaning.places("event"), *places_of_first(meaning)})


def places_of_first(meaning: Meaning) -> set[int]:
    """Numbers of the words `first`."""
    return {at for at in meaning.places("than") if meaning.scan.folded(at) == "first"}


def name_words(meaning: Meaning, rest: Iterable[int]) -> tuple[Condition, ...]:
    """Words that must stand in the name of the one thing asked about."""
    return tuple(Condition("name", meaning.scan.folded(at)) for at in rest)


def field_of(sign: str) -> Field:
    """The condition that a sign sets."""
    fields: dict[str, Field] = {"region": "region", "area": "area", "country": "country", "city": "city",
                                "project": "project", "period": "start", "ordinal": "ordinal", "series": "series",
                                "format": "format", "organisation": "organisation", "topic": "topic"}  # fmt: skip
    return fields[sign]


def placed(kind: Kind, said: Sequence[str], meaning: Meaning) -> Attribute | None:
    """Which attribute a question for a place asks for."""
    if meaning.all("ask") == ["city"] or (meaning.says("ask", "city") and not meaning.says("ask", "where")):
        return "city" if kind in ("meeting", "secretariat") else None
    if kind == "meeting" and meaning.all("city"):
        return "venue"
    if kind == "meeting":
        return "country" if list(said) == ["countries"] else "place"
    return "place" if kind == "secretariat" else None


def as_limited(name: str) -> LimitedField:
    """A field that limits can be set to, by its name."""
    fields: dict[str, LimitedField] = {"budget_eur": "budget_eur", "participants": "participants",
                                       "duration_months": "duration_months"}  # fmt: skip
    return fields[name]


def as_attribute(name: str) -> Attribute:
    """An attribute by its name."""
    return _KNOWN[name]


_KNOWN: MappingProxyType[str, Attribute] = MappingProxyType(
    {
        "participants": "participants", "countries": "countries", "regions": "regions", "consortium": "consortium",
        "implementer": "implementer", "heads": "heads", "focal_points": "focal_points", "venue": "venue",
        "budget_eur": "budget_eur", "duration_months": "duration_months", "start": "start", "end": "end",
        "joined": "joined", "opened": "opened", "projects": "projects", "name": "name",
        "acronym": "acronym",
    }
)  # fmt: skip
