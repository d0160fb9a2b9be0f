"""Questions for yes or no that one row of the catalogue can decide: a member of a list, a place, a time, a state."""

import re
from collections.abc import Callable
from types import MappingProxyType

from app.answering.catalogue_kinds import SINGLE, conditions_of, fits, kind_of
from app.answering.catalogue_signs import Meaning, Scan, Sign
from app.answering.catalogue_types import CatalogueQuery, Condition, Field, Kind
from app.answering.catalogue_words import Lexicon

_FRAMES = re.compile(
    r"\b(?:yes or no|yes/no|y/n)\b"
    r"|^\W*(?:hi|hello|hey|please)\b\W*"
    r"|^\W*(?:is it (?:true|right|correct|so)|(?:can|could) you (?:please )?(?:confirm|check|tell me)|please confirm"
    r"|i(?:'m| am| was) told|i (?:heard|read|think|wonder|would like to know)|do you know)(?:\s+(?:that|whether|if))?\b"
    r"|\b(?:is (?:that|it) (?:right|so|true|correct)|right|true|correct)\s*\?*\s*$"
    r"|\baccording to (?:the|its) (?:list of (?:countries|participants)|(?:country )?list|documents?|records?)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"^\W*(?:(?:and|so|but|was|were|is|are|has|have|had|did|does|do)\b)", re.IGNORECASE)
_PLANNED = re.compile(r"\b(?:meant|due|scheduled|expected) to\b", re.IGNORECASE)
_PREDICATE = re.compile(
    r"\b(?:included|listed|present|represented|involved|covered|there|running|ongoing|active|finished|completed|over|"
    r"ended|concluded|closed|attended|invited|member|partner|partner country)\s*\?*\s*$",
    re.IGNORECASE,
)
_STRICT = frozenset(
    """
    only all every each first last ever already yet fully full both again really main more most also even just before
    after until since main purely entirely completely else other another whole next planned abroad different
    """.split()
)
"""Words that ask for more than that a row states something."""
_RUNNING = frozenset("running ongoing active underway".split())
_OVER = frozenset("finished completed over ended concluded closed".split())
_STATE_WORDS = re.compile(
    r"\b(?:still|by now|currently|now|already|today|yet|" + "|".join(_RUNNING | _OVER) + r")\b", re.I
)
_UNASKED = ("order", "than", "no", "topic", "event")
_LISTED = frozenset({"countries", "regions", "consortium"})
_TAKING_PART = frozenset({"attend", "cover"})


def whether(question: str, lexicon: Lexicon) -> CatalogueQuery | None:
    """The query that a question for yes or no is; None when it is none, or supposes what rows do not tell."""
    text = _PLANNED.sub(" ", _FRAMES.sub(" ", question.replace("’", "'"))).strip(" ,;:–-")
    if not (_ASKS.match(text) or _PREDICATE.search(text) or _FRAMES.search(question)):
        return None
    return _state(text, lexicon) or _supposed(Scan(text, lexicon))


def _state(text: str, lexicon: Lexicon) -> CatalogueQuery | None:
    """Whether a project is running, or over."""
    said = {word.casefold() for word in re.findall(r"\w+", text)}
    scan = Scan(_STATE_WORDS.sub(" ", text), lexicon)
    names_one = [sign.kind for sign in scan.names] == ["project"]
    says_no_more = not scan.rest and {sign.kind for sign in scan.signs} <= {"project", "kind"}
    if not names_one or not says_no_more or not said & (_RUNNING | _OVER):
        return None
    state = "running" if said & _RUNNING else "over"
    conditions = (Condition("project", scan.names[0].value),)
    return CatalogueQuery("project", "whether", conditions, proposed=Condition("state", state))


def _supposed(scan: Scan) -> CatalogueQuery | None:
    meaning = Meaning(scan.signs, scan)
    is_strict = any(scan.folded(at) in _STRICT and not scan.named[at] for at in range(len(scan.words)))
    is_plain = set(meaning.all("attribute")) <= _LISTED and set(meaning.all("ask")) <= {"list"}
    if scan.rest or is_strict or not is_plain or any(meaning.all(kind) for kind in _UNASKED):
        return None
    kind = _kind(meaning)
    supposed = _SUPPOSED[kind](meaning) if kind else None
    if kind is None or supposed is None:
        return None
    proposed, sign = supposed
    left = Meaning((one for one in scan.signs if one is not sign and one.kind not in ("attribute", "ask")), scan)
    if any(len(left.all(kind)) > 1 for kind in SINGLE) or not fits(left, kind):
        return None
    conditions = conditions_of(left, kind)
    return CatalogueQuery(kind, "whether", conditions, proposed=proposed) if conditions else None


def _kind(meaning: Meaning) -> Kind | None:
    if meaning.all("series") or meaning.says("kind", "meeting"):
        return "meeting"
    if meaning.all("project"):
        return "project"
    is_of_partner = kind_of(meaning) == "partner" or (meaning.all("region") and not meaning.all("kind"))
    return "partner" if meaning.all("country") and is_of_partner else None


def _of_meeting(meaning: Meaning) -> tuple[Condition, Sign] | None:
    verbs = set(meaning.all("verb"))
    countries = [sign for sign in meaning.signs if sign.kind == "country"]
    hosts = [sign for sign in countries if verbs == {"host"} or _is_in(meaning, sign)]
    guests = [sign for sign in countries if sign not in hosts]
    if guests:
        is_clear = len(guests) == 1 and verbs <= _TAKING_PART
        return (Condition("countries", guests[0].value), guests[0]) if is_clear else None
    if not verbs <= {"hold", "host"}:
        return None
    places = [sign for sign in meaning.signs if sign.kind in ("city", "format")]
    if places or hosts:
        chosen = (places or hosts)[0]
        field: Field = "place" if chosen.kind == "country" else "city" if chosen.kind == "city" else "format"
        return Condition(field, chosen.value), chosen
    return _dated(meaning, "start") if meaning.all("ordinal") else None


def _of_project(meaning: Meaning) -> tuple[Condition, Sign] | None:
    verbs = set(meaning.all("verb"))
    if verbs in ({"start"}, {"end"}):
        return _dated(meaning, "start" if verbs == {"start"} else "end")
    if meaning.all("period"):
        return None
    if "link" in verbs and verbs <= {"link", "cover"}:
        others = [sign for sign in meaning.signs if sign.kind == "project"][1:]
        return (Condition("linked", others[0].value), others[0]) if len(others) == 1 else None
    fields: dict[str, Field] = {"country": "country", "organisation": "organisation", "region": "region"}
    for kind, field in fields.items():
        found = [sign for sign in meaning.signs if sign.kind == kind]
        if found and kind == "organisation" and verbs <= {"implement", "attend"}:
            return Condition("implementer" if "implement" in verbs else field, found[0].value), found[0]
        if found and kind != "organisation" and verbs <= _TAKING_PART:
            return Condition(field, found[0].value), found[0]
    return None


def _of_partner(meaning: Meaning) -> tuple[Condition, Sign] | None:
    if "join" in meaning.all("verb"):
        return _dated(meaning, "joined")
    if meaning.all("period") or not set(meaning.all("verb")) <= {"cover"}:
        return None
    region = next((sign for sign in meaning.signs if sign.kind == "region"), None)
    if region:
        return Condition("region", region.value), region
    noun = next((sign for sign in meaning.signs if (sign.kind, sign.value) == ("kind", "partner")), None)
    is_confirmed = any(word.folded == "confirmed" for word in meaning.scan.words)
    return (Condition("status", "confirmed" if is_confirmed else "partner"), noun) if noun else None


def _dated(meaning: Meaning, field: Field) -> tuple[Condition, Sign] | None:
    found = [sign for sign in meaning.signs if sign.kind == "period"]
    return (Condition(field, found[0].value), found[0]) if len(found) == 1 else None


def _is_in(meaning: Meaning, sign: Sign) -> bool:
    """True of a country in which something is held."""
    return "in" in (meaning.scan.folded(sign.at - 1), meaning.scan.folded(sign.at - 2))


_SUPPOSED: MappingProxyType[Kind, Callable[[Meaning], tuple[Condition, Sign] | None]] = MappingProxyType(
    {"meeting": _of_meeting, "project": _of_project, "partner": _of_partner, "secretariat": lambda meaning: None}
)
