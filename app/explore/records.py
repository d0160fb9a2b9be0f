"""The record of one entity: its values with their quotes, what it took part in, who, when, and what contradicts."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, groupby
from types import MappingProxyType

from app.answering.catalogue_values import name
from app.explore.events import Event, events
from app.explore.types import Holdings, Stated
from ingest import names
from ingest.catalogue import meeting_key, person_id
from ingest.mentions import named
from ingest.types import Cell, Chunk, Mention, Row

SINGLE = frozenset(
    "number acronym ordinal start end city country venue format participants duration_months budget_eur implementer "
    "instrument status joined joined_by opened code institution".split()
)
"""Fields that have one value: two different ones contradict each other."""
_HIDDEN = frozenset({"name", "number"})
_NAMED_EVERYWHERE = frozenset({"person", "organisation"})
"""Kinds that no document is about."""
_COUNTRIES = ("countries", "country")


@dataclass(frozen=True, slots=True)
class Key:
    """What a record is about: a country or a region by its name, a project by its number, any other row by its id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Values of one field that one passage states."""

    field: str
    values: tuple[tuple[str, str | None], ...]
    """Each value, and of a person the role."""
    cell: Cell


@dataclass(frozen=True, slots=True)
class Naming:
    """A document that names the entity: how many of its passages do, and where the first one stands."""

    document_id: str
    passages: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Record:
    """Everything on file about one entity."""

    key: Key
    name: str
    facts: tuple[Fact, ...]
    partners: tuple[Row, ...]
    secretariats: tuple[Row, ...]
    meetings: tuple[Row, ...]
    projects: tuple[Row, ...]
    people: tuple[Row, ...]
    events: tuple[Event, ...]
    figures: tuple[Stated, ...]
    differing: tuple[Fact, ...]
    """Facts of fields that ought to have one value and have several."""
    disagreements: tuple[Cell, ...]
    """Sentences in which a document says that sources differ about it."""


def key_of(row: Row) -> Key:
    """The key of a row's record."""
    if row.kind == "project":
        return Key("project", row.value("number") or row.id)
    if row.kind == "partner":
        return country_key(row.value("name") or row.id)
    return Key(row.kind, row.id)


def country_key(country: str) -> Key:
    """The key of a country's record, whatever form of its name is given."""
    return Key("country", names.country(country) or country)


def person_key(person: str) -> Key:
    """The key of a person's record."""
    return Key("person", person_id(person))


def record(holdings: Holdings, key: Key) -> Record | None:
    """The record of an entity, or None when nothing on file is about it."""
    row = _row(holdings, key)
    if row is None and not _is_named(holdings, key):
        return None
    took_part = _TOOK_PART.get(key.kind, _took_no_part)
    partners, secretariats, meetings, projects = (
        tuple(each for each in holdings.of(kind) if each is not row and took_part(each, key, row))
        for kind in ("partner", "secretariat", "meeting", "project")
    )
    facts = tuple(_facts(row)) if row else ()
    return Record(
        key=key,
        name=name(row) if row else key.id,
        facts=tuple(fact for fact in facts if fact.field not in _HIDDEN),
        partners=partners,
        secretariats=secretariats,
        meetings=meetings,
        projects=projects,
        people=_people(holdings, row),
        events=events([*([row] if row else []), *meetings, *projects]),
        figures=tuple(figure for figure in holdings.figures if _mention(key) in named(figure.what)),
        differing=tuple(_differing(facts)),
        disagreements=_disagreements(holdings, key, row),
    )


def mentions(holdings: Holdings, key: Key) -> tuple[Mention, ...]:
    """By which of a passage's mentions the entity is found: any one of them is enough."""
    row = _row(holdings, key)
    if key.kind != "meeting" or row is None:
        return (_mention(key),)
    numbered = meeting_key(row.value("series"), row.value("ordinal"), names.region(row.value("region") or ""))
    return (_mention(key), *([Mention("meeting", numbered)] if numbered else ()))


def naming(chunks: Iterable[Chunk]) -> tuple[Naming, ...]:
    """Documents of some passages, those with most of them first."""
    ordered = sorted(chunks, key=lambda chunk: (chunk.document_id, chunk.position))
    found = [(id, tuple(group)) for id, group in groupby(ordered, key=lambda chunk: chunk.document_id)]
    listed = (Naming(id, len(group), group[0].start, group[0].end) for id, group in found)
    return tuple(sorted(listed, key=lambda each: (-each.passages, each.document_id)))


def _row(holdings: Holdings, key: Key) -> Row | None:
    kind = "partner" if key.kind == "country" else key.kind
    return next((row for row in holdings.of(kind) if key_of(row) == key), None)


def _is_named(holdings: Holdings, key: Key) -> bool:
    """True of a country that is no partner, and of a region, which have no row of their own."""
    return {"country": names.country, "region": names.region}.get(key.kind, _no_name)(key.id) == key.id


def _no_name(_: str) -> None:
    return None


def _mention(key: Key) -> Mention:
    return Mention(key.kind, key.id)


def _country_took_part(row: Row, key: Key, _: Row | None) -> bool:
    return key.id in {names.country(value) or value for field in _COUNTRIES for value in row.values(field)}


def _region_took_part(row: Row, key: Key, _: Row | None) -> bool:
    return key.id in {names.region(value) for field in ("region", "regions") for value in row.values(field)}


def _project_took_part(row: Row, key: Key, _: Row | None) -> bool:
    return key.id in row.values("projects")


def _meeting_took_part(row: Row, _: Key, meeting: Row | None) -> bool:
    return meeting is not None and row.kind == "project" and row.value("number") in meeting.values("projects")


def _person_took_part(row: Row, key: Key, _: Row | None) -> bool:
    return row.kind == "meeting" and key.id in {person_id(person) for person in row.values("people")}


def _secretariat_took_part(row: Row, _: Key, secretariat: Row | None) -> bool:
    region = names.region((secretariat and secretariat.value("region")) or "")
    return row.kind == "meeting" and region is not None and names.region(row.value("region") or "") == region


def _took_no_part(_: Row, __: Key, ___: Row | None) -> bool:
    return False


_TOOK_PART: Mapping[str, Callable[[Row, Key, Row | None], bool]] = MappingProxyType(
    {
        "country": _country_took_part,
        "meeting": _meeting_took_part,
        "person": _person_took_part,
        "project": _project_took_part,
        "region": _region_took_part,
        "secretariat": _secretariat_took_part,
    }
)
"""Kind of entity → whether a row is one that it belongs to."""


def _people(holdings: Holdings, row: Row | None) -> tuple[Row, ...]:
    """People whom the row names, in its order."""
    if row is None:
        return ()
    wanted = [person_id(cell.value) for cell in row.cells if cell.field in ("people", "focal_points", "heads")]
    known = {person.id: person for person in holdings.of("person")}
    return tuple(known[id] for id in dict.fromkeys(wanted) if id in known)


def _facts(row: Row) -> Iterator[Fact]:
    """The row's values, those of one field and one passage together; what translations repeat is left out."""
    fresh = {(cell.field, cell.value): cell for cell in reversed(row.cells)}
    ordered = sorted(fresh.values(), key=row.cells.index)
    for (field, *_), group in groupby(ordered, key=lambda cell: (cell.field, cell.document_id, cell.start, cell.end)):
        cells = tuple(group)
        yield Fact(field, tuple((cell.value, cell.detail) for cell in cells), cells[0])


def _differing(facts: Iterable[Fact]) -> Iterator[Fact]:
    by_field: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.field in SINGLE:
            by_field.setdefault(fact.field, []).append(fact)
    for told in by_field.values():
        values = {value for fact in told for value, _ in fact.values}
        if any(not _agree(one, other) for one, other in combinations(values, 2)):
            yield from told


def _agree(one: str, other: str) -> bool:
    """True of a date and the year or month that it is in."""
    return one.startswith(other) or other.startswith(one)


def _disagreements(holdings: Holdings, key: Key, row: Row | None) -> tuple[Cell, ...]:
    """Those that name the entity, and all in documents that tell of nothing else of its kind."""
    own = _own_documents(holdings, row) if row and row.kind not in _NAMED_EVERYWHERE else frozenset[str]()
    wanted = set() if key.kind == "region" else set(mentions(holdings, key))
    return tuple(
        cell for cell in holdings.disagreements if cell.document_id in own or not wanted.isdisjoint(named(cell.quote))
    )


def _own_documents(holdings: Holdings, row: Row) -> frozenset[str]:
    told = Counter(id for each in holdings.of(row.kind) for id in each.documents)
    return frozenset(id for id in row.documents if told[id] == 1)
