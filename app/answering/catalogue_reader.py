"""Lists, counts, single values and comparisons from the catalogue: every row with the words it was taken from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from types import MappingProxyType

from app.answering import catalogue_phrases as phrases
from app.answering import catalogue_values as said
from app.answering.catalogue_apart import difference
from app.answering.catalogue_contests import compared, superlative
from app.answering.catalogue_description import Subject, described, explained, subject_of
from app.answering.catalogue_differences import differences
from app.answering.catalogue_gaps import told_as_missing
from app.answering.catalogue_posts import holders
from app.answering.catalogue_query import parse
from app.answering.catalogue_selection import Match, Selection, best_cell, select
from app.answering.catalogue_signs import Scan
from app.answering.catalogue_sources import CERTAIN, LIKELY, SHOWN, UNLIKELY, Catalogued, Sources, is_sentence, listed
from app.answering.catalogue_totals import groups, total
from app.answering.catalogue_types import Asked, Attribute, CatalogueQuery, Field
from app.answering.catalogue_values import POSTS, Value
from app.answering.catalogue_verdicts import decided, says_taking_part
from app.answering.catalogue_words import Lexicon
from app.answering.types import Claim, Listed, Other, Verdict
from app.types import Completeness
from ingest import names
from ingest.catalogue import KINDS
from ingest.glossary import Term
from ingest.types import Cell, Row

NAME = "catalogue"

_WHOLE = frozenset({"partner", "secretariat"})
"""Kinds of which the documents tell all there are, so that none on file means none."""
_WHOLE_BY = frozenset({"region", "country", "city"})

_SHOWN_VALUES: Mapping[Field, tuple[str, ...]] = MappingProxyType(
    {
        "budget_eur": ("budget_eur",),
        "participants": ("participants",),
        "duration_months": ("duration_months",),
        "state": ("end", "status"),
    }
)
"""Conditions of which a list shows what every row states, and the cells that state it."""
_LISTS = frozenset({"countries", "regions", "consortium", "projects"})
_DATES = frozenset({"start", "end", "joined", "opened"})


class CatalogueReader:
    """Answers what the catalogue can answer; it is made for one library and keeps its rows."""

    name = NAME

    def __init__(self, library: Catalogued, today: Callable[[], date] = date.today) -> None:
        self._library = library
        self._today = today
        self._sources = Sources(library)

    @cached_property
    def _rows(self) -> dict[str, tuple[Row, ...]]:
        return {kind: self._library.catalogue(kind) for kind in KINDS}

    @cached_property
    def lexicon(self) -> Lexicon:
        """The names that the rows bear."""
        return Lexicon.of((row for rows in self._rows.values() for row in rows), self._terms)

    @cached_property
    def _terms(self) -> tuple[Term, ...]:
        return self._library.terms()

    def read(self, question: str) -> tuple[Claim | Verdict, ...] | None:
        """Claims and then one verdict; None when the question is not one for the catalogue, or its rows do not say."""
        subject = subject_of(Scan(question, self.lexicon), self._terms)
        if subject is not None:
            return self._described(subject)
        query = parse(question, self.lexicon)
        if query is None:
            return None
        query = _dated(query, self._today())
        if query.asked == "comparison":
            return compared(query, self._rows[query.kind], self._sources)
        if query.asked == "difference":
            return difference(query, self._rows[query.kind], self._sources)
        found = select(self._rows[query.kind], query)
        if query.asked == "whether":
            return decided(query, found, self._sources, self._today())
        if not found.matches:
            return _nothing(query, found)
        if query.asked in ("attribute", "size"):
            return self._told(query, found)
        of_all = _OF_ALL.get(query.asked)
        return of_all(query, found, self._sources) if of_all else self._listed(query, found)

    def _described(self, subject: Subject) -> tuple[Claim | Verdict, ...] | None:
        if subject.project is None:
            return explained(subject, self._sources)
        row = next((row for row in self._rows["project"] if row.value("number") == subject.project), None)
        return described(subject, row, self._sources)

    # ---- lists and counts ----

    def _listed(self, query: CatalogueQuery, found: Selection) -> tuple[Claim | Verdict, ...] | None:
        is_count = query.asked == "count"
        if is_count and sum(found.silent.values()) > len(found.matches) and query.kind in _WHOLE:
            return None
        items = tuple(self._item(query, match) for match in found.matches[: phrases.MAX_ITEMS])
        number = len(found.matches)
        names = [said.short_name(match.row) for match in found.matches]
        named = f": {'; '.join(names)}" if number <= SHOWN and not is_count else ""
        least = "at least " if query.kind in _WHOLE and _completeness(found) == "partial" else ""
        sentence = f"{least.capitalize()}{phrases.counted(number, query)} on file ({query.in_words}){named}."
        told = ", ".join(names) if number <= SHOWN else phrases.counted(number, query)
        short = f"{least}{number}" if is_count else told
        return listed(sentence, items, short, _completeness(found), phrases.coverage(query, found))

    def _item(self, query: CatalogueQuery, match: Match) -> Listed:
        """A row, with the value that a limit or a state is about."""
        shown = {field for one in query.conditions for field in _SHOWN_VALUES.get(one.field, ())}
        cell = next((cell for cells in match.cells for cell in cells if cell.field in shown), None)
        if cell is None:
            return self._sources.item(match, best_cell(match))
        return self._sources.item(match, cell, self._shown(cell))

    def _shown(self, cell: Cell) -> Value:
        if cell.field == "status":
            published = self._sources.published(cell)
            return Value(f"{cell.value}{f' (source of {said.date_in_words(published)})' if published else ''}", (cell,))
        return said.of_cell(cell)

    # ---- one attribute ----

    def _told(self, query: CatalogueQuery, found: Selection) -> tuple[Claim | Verdict, ...] | None:
        if len(found.matches) == 1:
            return self._of_one(query, found.matches[0])
        is_listing = query.is_plural and query.asked == "attribute" and query.attribute not in _LISTS
        if not is_listing or query.as_of or any(condition.field == "name" for condition in query.conditions):
            return None
        return self._of_each(query, found)

    def _of_each(self, query: CatalogueQuery, found: Selection) -> tuple[Claim | Verdict, ...] | None:
        told = [(match, said.first_value(match.row, query.attribute)) for match in found.matches[: phrases.MAX_ITEMS]]
        known = [(match, value) for match, value in told if value]
        if 2 * len(known) < len(told):
            return None
        items = tuple(self._sources.item(match, value.cells[0], value) for match, value in known)
        unknown = [said.short_name(match.row) for match, value in told if not value]
        number = len(known)
        shown = [f"{said.short_name(match.row)}: {value.text}" for match, value in known]
        named = f": {'; '.join(shown)}" if number <= SHOWN else ""
        sentence = f"{phrases.subject(query)} of {phrases.counted(number, query)} on file ({query.in_words}){named}."
        missing = f"; {', '.join(unknown)} {'gives' if len(unknown) == 1 else 'give'} none" if unknown else ""
        coverage = f"{phrases.searched(query, found)}{missing}."
        return listed(sentence, items, "; ".join(shown) if number <= SHOWN else None, "complete", coverage)

    def _of_one(self, query: CatalogueQuery, match: Match) -> tuple[Claim | Verdict, ...] | None:
        attribute = query.attribute
        if attribute is None:
            return None
        if attribute in POSTS and query.asked == "attribute":
            return holders(query, match, self._rows["person"], self._sources)
        held = self._held(query, match.row, attribute)
        refused = None if held and attribute != "name" else told_as_missing(match.row, attribute, self._sources)
        if refused:
            return (refused,)
        if not held or any(len(cell.value) < query.precision for cell in held[0].cells):
            return None
        if attribute in _LISTS or query.asked == "size":
            return self._several(query, match, held)
        if any(condition.value in (value.dates or ("",))[0:1] for value in held for condition in query.conditions):
            return None
        return self._newest(query, match, held)

    def _held(self, query: CatalogueQuery, row: Row, attribute: Attribute) -> Sequence[Value]:
        if attribute in POSTS:
            return said.all_named(said.values(row, attribute))
        held = said.values(row, attribute)
        if row.kind == "meeting" and attribute == "countries" and _is_host_only(row, held):
            return ()
        return self._within(query, held)

    def _newest(self, query: CatalogueQuery, match: Match, held: Sequence[Value]) -> tuple[Claim | Verdict, ...]:
        """The value of the newest source, and the others as what other sources say."""
        chosen, *before = sorted(held, key=lambda value: self._sources.published(value.cells[0]) or "", reverse=True)
        others = [*self._others(before), *self._differences(match.row, query, chosen)]
        claims = list(self._stated(query, match, chosen))
        if query.attribute == "name":
            told = self._sources.told_differently(match.row, ("title", "name"))
            claims += [Claim(cell.quote, (self._sources.evidence(cell),)) for cell in told]
        if others:
            differing = "; ".join(dict.fromkeys(other.value for other in others))
            claims.append(Claim(f"Sources differ: also {differing}.", tuple(other.evidence for other in others)))
        coverage = f"Read from the catalogue ({query.in_words})."
        confidence = LIKELY if any(condition.field == "name" for condition in query.conditions) else CERTAIN
        verdict = Verdict("complete", chosen.text, conflicts=tuple(others), coverage=coverage, confidence=confidence)
        return (*claims, verdict)

    def _within(self, query: CatalogueQuery, held: Sequence[Value]) -> Sequence[Value]:
        """The countries in the region that is asked about; none at all where a country's region is not on file."""
        if query.within is None:
            return held
        regions = [self._region(value) for value in held]
        if not all(regions):
            return ()
        return [value for value, region in zip(held, regions, strict=True) if region == query.within]

    def _region(self, country: Value) -> str | None:
        """The one region that the words name in which a country is listed, else the country's own."""
        told = {named.name for named in names.regions(country.cells[0].quote)}
        own = self._regions.get(names.country(country.text) or country.text)
        return next(iter(told)) if len(told) == 1 else own

    @cached_property
    def _regions(self) -> dict[str, str | None]:
        return {row.value("name") or row.id: row.value("region") for row in self._rows["partner"]}

    def _stated(self, query: CatalogueQuery, match: Match, chosen: Value) -> Iterator[Claim]:
        """The sentences that state a value; where they are no sentences but rows of a table, one of our own."""
        evidence = tuple(self._sources.evidence(cell) for cell in chosen.cells)
        if all(is_sentence(one.quote) for one in evidence):
            yield from (Claim(one.quote, (one,)) for one in {one.quote: one for one in evidence}.values())
        else:
            yield Claim(f"{phrases.subject(query)} of {said.short_name(match.row)}: {chosen.text}.", evidence)

    def _several(self, query: CatalogueQuery, match: Match, held: Sequence[Value]) -> tuple[Claim | Verdict, ...]:
        items = tuple(Listed(value.text, self._sources.evidence(value.cells[0])) for value in held[: phrases.MAX_ITEMS])
        told = ", ".join(value.text for value in held)
        of = f"of {said.short_name(match.row)} on file"
        named = f": {told}" if len(held) <= SHOWN or query.asked != "size" else ""
        sentence = f"{phrases.sized(len(held), query.attribute or '')} {of} ({query.in_words}){named}."
        short = str(len(held)) if query.asked == "size" else told
        documents = len(said.documents(match.row.cells))
        where = "1 document that tells" if documents == 1 else f"{documents} documents that tell"
        coverage = f"Read from {where} of {said.short_name(match.row)}; what no document names is missing."
        return listed(sentence, items, short, "complete", coverage)

    def _others(self, held: Sequence[Value]) -> Iterator[Other]:
        for value in held:
            yield Other(value.text, self._sources.published(value.cells[0]), self._sources.evidence(value.cells[0]))

    def _differences(self, row: Row, query: CatalogueQuery, chosen: Value) -> Iterator[Other]:
        cell = chosen.cells[0]
        if query.attribute not in (*_DATES, "when", "budget_eur"):
            return
        last = chosen.dates[-1] if chosen.dates else cell.value
        found = differences(self._sources.disagreements, row, query.attribute, cell, last)
        first = dict(reversed(list(found)))
        for value, where in reversed(first.items()):
            yield Other(value, self._sources.published(where), self._sources.evidence(where))


_OF_ALL: Mapping[Asked, Callable[[CatalogueQuery, Selection, Sources], tuple[Claim | Verdict, ...] | None]] = (
    MappingProxyType({"extreme": superlative, "total": total, "groups": groups})
)
"""What is made of all rows that were selected."""


def _dated(query: CatalogueQuery, today: date) -> CatalogueQuery:
    """The query with the day on which a project must be running, or over."""
    conditions = tuple(
        replace(condition, value=f"{condition.value} on {today.isoformat()}")
        if condition.field == "state"
        else condition
        for condition in query.conditions
    )
    return replace(query, conditions=conditions)


def _nothing(query: CatalogueQuery, found: Selection) -> tuple[Claim | Verdict, ...] | None:
    """That there is none, where the documents would tell of every one there is."""
    is_whole = query.kind in _WHOLE and {condition.field for condition in query.conditions} <= _WHOLE_BY
    if query.asked not in ("rows", "count") or not is_whole or found.silent or not found.searched:
        return None
    missing = f"any {query.kind} of this kind ({query.in_words}); {found.searched} on file were searched"
    return (Verdict("none", missing=missing, confidence=UNLIKELY),)


def _completeness(found: Selection) -> Completeness:
    """Partial when more rows may be missing than were found."""
    return "partial" if sum(found.silent.values()) > len(found.matches) else "complete"


def _is_host_only(row: Row, held: Sequence[Value]) -> bool:
    """True when the only country named is the one that something was held in, with no word that it took part."""
    hosts = row.values("country")
    return all(value.text in hosts and not says_taking_part(value.cells[0]) for value in held)
