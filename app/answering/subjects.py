"""The one thing that a question names while asking nothing particular of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.answering.catalogue_kinds import conditions_of
from app.answering.catalogue_selection import select
from app.answering.catalogue_signs import Meaning, Scan
from app.answering.catalogue_types import CatalogueQuery
from app.answering.catalogue_words import Lexicon
from ingest import names
from ingest.types import Row

LONGEST = 18
"""Words of the longest question that can ask nothing particular."""

_SHORTEST = 4
"""Letters of the shortest last name that stands for somebody."""

_PLAIN = frozenset(
    """
    a an the please kindly me us you i we one do does did can could would will like want to of on in for with about it
    its s and some any little bit more all there hi hello thanks so far up now within this eu european union cbrn coe
    initiative centre centres excellence programme network called named
    """.split()
)
_ASKING = frozenset(
    """
    tell know known say said present introduce introduction overview summary profile portrait information info facts
    details background everything something anything brief briefing learn find file what who give show list has have
    been done doing achieved contributed involved involvement role participation part play played
    """.split()
)
"""Words that ask for all there is; without any of them a name has to stand alone."""
_DEFINED = frozenset({"is", "was", "are"})
_KNOWN = frozenset({"known", "file", "said"})
_CLOSED = frozenset("is are was were has have had did does do am will should may".split())
"""Words with which a question for yes or no begins."""
_NOUNS: Mapping[str, frozenset[str]] = {
    "country": frozenset({"country", "state", "member", "partner"}),
    "project": frozenset({"project"}),
    "region": frozenset({"region", "regional", "secretariat", "office"}),
    "meeting": frozenset(),
    "person": frozenset("mr mrs ms dr prof professor colonel ambassador person expert".split()),
}
"""Kind of thing → words that may stand beside its name."""
_OF_A_MEETING = frozenset(
    {"kind", "series", "ordinal", "region", "country", "city", "period", "project", "topic", "format", "event", "ask"}
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A country or a region by its name, a project by its number, a meeting or somebody by the row's id."""

    kind: str
    id: str


class Subjects:
    """Finds what questions name; it is made for one library and keeps the names of its people."""

    def __init__(self, lexicon: Lexicon, rows: Callable[[str], Sequence[Row]]) -> None:
        self._lexicon = lexicon
        self._rows = rows

    def of(self, question: str) -> Subject | None:
        """The one thing that a question names; None when it names another one, or asks for anything in particular."""
        scan = Scan(question, self._lexicon)
        if not scan.words or len(scan.words) > LONGEST or scan.folded(0) in _CLOSED:
            return None
        return self._person(scan) or _named(scan, self._rows("secretariat")) or _meeting(scan, self._rows("meeting"))

    def _person(self, scan: Scan) -> Subject | None:
        """Somebody on file by the whole name, or by a last name that nobody else on file has."""
        words = [word.folded for word in scan.words]
        longest = max(map(len, self._people), default=0)
        for size in range(min(longest, len(words)), 0, -1):
            for at in range(len(words) - size + 1):
                id = self._people.get(tuple(words[at : at + size]))
                if id:
                    rest = words[:at] + words[at + size :]
                    return Subject("person", id) if _asks_nothing(rest, "person") else None
        return None

    @cached_property
    def _people(self) -> Mapping[tuple[str, ...], str]:
        """The words of names; a last name alone stands for the one person who is named in full."""
        named = [(tuple(names.words(name)), row.id) for row in self._rows("person") for name in row.values("name")]
        whole = {form: id for form, id in named if len(form) > 1}
        last: dict[str, set[str]] = {}
        for form, id in whole.items():
            last.setdefault(form[-1], set()).add(id)
        alone = {(word,): ids.pop() for word, ids in last.items() if len(ids) == 1 and len(word) >= _SHORTEST}
        return alone | whole


def _named(scan: Scan, secretariats: Sequence[Row]) -> Subject | None:
    rest = [scan.folded(at) for at in range(len(scan.words)) if not scan.named[at]]
    subject = _of_names(scan, secretariats, is_seat="secretariat" in rest or "office" in rest)
    return subject if subject and _asks_nothing(rest, subject.kind) else None


def _of_names(scan: Scan, secretariats: Sequence[Row], *, is_seat: bool) -> Subject | None:
    """What the names in a question stand for together: a secretariat is its region, and is found by its seat."""
    if len({(sign.kind, sign.value) for sign in scan.names}) != 1:
        regions = {_seated(sign.kind, sign.value, secretariats) for sign in scan.names}
        return Subject("region", next(iter(regions)) or "") if is_seat and len(regions) == 1 and all(regions) else None
    kind, value = scan.names[0].kind, scan.names[0].value
    if kind == "city" or (kind == "country" and is_seat):
        region = _seated(kind, value, secretariats)
        return Subject("region", region) if region else None
    return Subject(kind, value) if kind in _NOUNS else None


def _seated(kind: str, value: str, secretariats: Sequence[Row]) -> str | None:
    """The region of the secretariat that has its seat in a city or a country; a region itself."""
    if kind == "region":
        return value
    return next((names.region(row.value("region") or "") for row in secretariats if value in row.values(kind)), None)


def _meeting(scan: Scan, meetings: Sequence[Row]) -> Subject | None:
    """The one meeting that meets everything a question says of it."""
    meaning = Meaning(scan.signs, scan)
    said = {sign.kind for sign in scan.signs}
    if not said & {"series", "event"} or not said <= _OF_A_MEETING or set(meaning.all("ask")) - {"list"}:
        return None
    understood = {at for sign in scan.signs if sign.kind != "ask" for at in range(sign.at, sign.at + sign.size)}
    rest = [word.folded for at, word in enumerate(scan.words) if at not in understood and not scan.taken[at]]
    conditions = conditions_of(meaning, "meeting")
    if not conditions or not _asks_nothing([*rest, *_asked(scan)], "meeting"):
        return None
    found = select(meetings, CatalogueQuery("meeting", "rows", conditions)).matches
    return Subject("meeting", found[0].row.id) if len(found) == 1 else None


def _asked(scan: Scan) -> list[str]:
    return [scan.folded(at) for sign in scan.signs if sign.kind == "ask" for at in range(sign.at, sign.at + sign.size)]


def _asks_nothing(rest: Sequence[str], kind: str) -> bool:
    """True when the words beside a name ask for all there is, or are none but what such a thing is called."""
    said = set(rest)
    plain = _PLAIN | _NOUNS[kind]
    if said <= plain:
        return True
    if kind != "person" and ("who" in said or (said & _DEFINED and not said & _KNOWN)):
        return False
    return bool(said & _ASKING) and said <= plain | _ASKING | _DEFINED
