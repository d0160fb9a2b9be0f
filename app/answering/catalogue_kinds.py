"""What kind of thing a question is about, and the conditions it sets, from the signs among its words."""

from collections.abc import Iterable, Sequence
from types import MappingProxyType

from app.answering.catalogue_signs import Meaning
from app.answering.catalogue_types import Attribute, Condition, Field, Kind

SINGLE = ("region", "country", "city", "project", "period", "ordinal", "series", "format", "organisation", "topic")
"""Signs of which a query holds one each."""

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
        return "partner" if meaning.all("country") or meaning.all("region") else None
    if "partner" in said or meaning.says("verb", "join"):
        return "partner"
    return "partner" if meaning.says("attribute", "countries") and meaning.all("region") else None


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


def conditions_of(meaning: Meaning, kind: Kind) -> tuple[Condition, ...] | None:
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
    fields: dict[str, Field] = {"region": "region", "country": "country", "city": "city", "project": "project",
                                "period": "start", "ordinal": "ordinal", "series": "series", "format": "format",
                                "organisation": "organisation", "topic": "topic"}  # fmt: skip
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
