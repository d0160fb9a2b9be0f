"""Lists, counts, single values and comparisons from the catalogue: every row with the words it was taken from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from app.answering import catalogue_phrases as phrases
from app.answering import catalogue_values as said
from app.answering.catalogue_contests import compared, superlative
from app.answering.catalogue_differences import differences, disagreements
from app.answering.catalogue_query import parse
from app.answering.catalogue_selection import Match, Selection, best_cell, select
from app.answering.catalogue_sources import SHOWN, Catalogued, Sources, listed
from app.answering.catalogue_types import CatalogueQuery, label
from app.answering.catalogue_values import POSTS, Value
from app.answering.catalogue_words import Lexicon
from app.answering.types import Claim, Listed, Other, Verdict
from app.types import Completeness
from ingest.catalogue import KINDS, person_id
from ingest.types import Cell, Row

NAME = "catalogue"

_WHOLE = frozenset({"partner", "secretariat"})
"""Kinds of which the documents tell all there are, so that none on file means none."""
_WHOLE_BY = frozenset({"region", "country", "city"})

_LISTS = frozenset({"countries", "regions", "consortium", "projects"})
_DATES = frozenset({"start", "end", "joined", "opened"})


_SENTENCE = re.compile(r"[A-ZÀ-Þ0-9“\"'(][^\n]*[.!?][”\"')]*")
"""Not a row of a table, which gives its cells as `Column: value` and ends without a full stop."""


class CatalogueReader:
    """Answers what the catalogue can answer; it is made for one library and keeps its rows."""

    name = NAME

    def __init__(self, library: Catalogued) -> None:
        self._library = library
        self._sources = Sources(library)

    @cached_property
    def _rows(self) -> dict[str, tuple[Row, ...]]:
        return {kind: self._library.catalogue(kind) for kind in KINDS}

    @cached_property
    def _lexicon(self) -> Lexicon:
        return Lexicon.of((row for rows in self._rows.values() for row in rows), self._library.terms())

    @cached_property
    def _disagreements(self) -> tuple[Cell, ...]:
        return tuple(cell for id in self._library.held() for cell in disagreements(self._library.document(id)))

    def read(self, question: str) -> tuple[Claim | Verdict, ...] | None:
        """Claims and then one verdict; None when the question is not one for the catalogue, or its rows do not say."""
        query = parse(question, self._lexicon)
        if query is None:
            return None
        if query.asked == "comparison":
            return compared(query, self._rows[query.kind], self._sources)
        found = select(self._rows[query.kind], query)
        if not found.matches:
            return _nothing(query, found)
        if query.asked in ("attribute", "size"):
            return self._told(query, found)
        return superlative(query, found, self._sources) if query.asked == "extreme" else self._listed(query, found)

    # ---- lists and counts ----

    def _listed(self, query: CatalogueQuery, found: Selection) -> tuple[Claim | Verdict, ...] | None:
        if found.silent and sum(found.silent.values()) > len(found.matches) and query.kind in _WHOLE:
            return None
        items = tuple(self._sources.item(match, best_cell(match)) for match in found.matches[: phrases.MAX_ITEMS])
        number = len(found.matches)
        names = [said.short_name(match.row) for match in found.matches]
        is_count = query.asked == "count"
        named = f": {'; '.join(names)}" if number <= SHOWN and not is_count else ""
        sentence = f"{phrases.counted(number, query)} on file ({query.in_words}){named}."
        short = str(number) if is_count else ", ".join(names) if number <= SHOWN else phrases.counted(number, query)
        return listed(sentence, items, short, _completeness(found), phrases.coverage(query, found))

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
        held = said.values(match.row, attribute)
        if attribute in POSTS:
            return self._post(query, match, held)
        if not held or any(len(cell.value) < query.precision for cell in held[0].cells):
            return None
        if attribute in _LISTS:
            return self._several(query, match, held)
        if any(condition.value in (value.dates or ("",))[0:1] for value in held for condition in query.conditions):
            return None
        newest = sorted(held, key=lambda value: self._sources.published(value.cells[0]) or "", reverse=True)
        chosen = newest[0]
        others = [*self._others(newest[1:]), *self._differences(match.row, query, chosen)]
        claims = list(self._stated(query, match, chosen))
        if others:
            differing = "; ".join(dict.fromkeys(other.value for other in others))
            claims.append(Claim(f"Sources differ: also {differing}.", tuple(other.evidence for other in others)))
        coverage = f"Read from the catalogue ({query.in_words})."
        return (*claims, Verdict("complete", chosen.text, conflicts=tuple(others), coverage=coverage))

    def _stated(self, query: CatalogueQuery, match: Match, chosen: Value) -> Iterator[Claim]:
        """The sentences that state a value; where they are no sentences but rows of a table, one of our own."""
        evidence = tuple(self._sources.evidence(cell) for cell in chosen.cells)
        if all(_SENTENCE.fullmatch(one.quote) for one in evidence):
            yield from (Claim(one.quote, (one,)) for one in {one.quote: one for one in evidence}.values())
        else:
            yield Claim(f"{phrases.subject(query)} of {said.short_name(match.row)}: {chosen.text}.", evidence)

    def _several(self, query: CatalogueQuery, match: Match, held: Sequence[Value]) -> tuple[Claim | Verdict, ...]:
        items = tuple(Listed(value.text, self._sources.evidence(value.cells[0])) for value in held[: phrases.MAX_ITEMS])
        names = ", ".join(value.text for value in held)
        of = f"{label(query.attribute or '')} of {said.short_name(match.row)}"
        named = f": {names}" if len(held) <= SHOWN or query.asked != "size" else ""
        sentence = f"{len(held)} {of} on file ({query.in_words}){named}."
        short = str(len(held)) if query.asked == "size" else names
        documents = len(said.documents(match.row.cells))
        where = "1 document that tells" if documents == 1 else f"{documents} documents that tell"
        coverage = f"Read from {where} of {said.short_name(match.row)}; what no document names is missing."
        return listed(sentence, items, short, "complete", coverage)

    def _post(self, query: CatalogueQuery, match: Match, held: Sequence[Value]) -> tuple[Claim | Verdict, ...] | None:
        """Who holds a post: at the date asked about, or the newest with those before as other values."""
        if query.as_of:
            held = [value for value in held if any(_is_at(date, query.as_of) for date in value.dates)]
            held = [supported for value in held if (supported := self._at(value, query.as_of))]
            if len(held) != 1:
                return None
        if not held:
            return None
        chosen, *before = said.newest_first(held)
        post = f"{phrases.subject(query)} of {said.short_name(match.row)}"
        claims = [Claim(f"{post}: {_in_post(chosen)} ({query.in_words}).", (self._sources.evidence(chosen.cells[0]),))]
        claims += [
            Claim(f"Also named: {_in_post(value)}.", (self._sources.evidence(value.cells[0]),)) for value in before
        ]
        return (*claims, Verdict("complete", chosen.text))

    def _at(self, value: Value, asked: str) -> Value | None:
        """The same with words about the person that are of the time asked about; None when there are none."""
        id = person_id(value.text)
        cells = (cell for row in self._rows["person"] if row.id == id for cell in row.cells if cell.field == "role")
        for cell in (*value.cells, *cells):
            published = self._sources.published(cell)
            is_of_then = published is not None and _is_at(published, asked)
            if asked[:4] in cell.quote or is_of_then:
                return replace(value, cells=(cell,))
        return None

    def _others(self, held: Sequence[Value]) -> Iterator[Other]:
        for value in held:
            yield Other(value.text, self._sources.published(value.cells[0]), self._sources.evidence(value.cells[0]))

    def _differences(self, row: Row, query: CatalogueQuery, chosen: Value) -> Iterator[Other]:
        cell = chosen.cells[0]
        if query.attribute not in (*_DATES, "when", "budget_eur"):
            return
        last = chosen.dates[-1] if chosen.dates else cell.value
        found = differences(self._disagreements, row, query.attribute, cell, last)
        first = dict(reversed(list(found)))
        for value, where in reversed(first.items()):
            yield Other(value, self._sources.published(where), self._sources.evidence(where))


def _nothing(query: CatalogueQuery, found: Selection) -> tuple[Claim | Verdict, ...] | None:
    """That there is none, where the documents would tell of every one there is."""
    is_whole = query.kind in _WHOLE and {condition.field for condition in query.conditions} <= _WHOLE_BY
    if query.asked not in ("rows", "count") or not is_whole or found.silent or not found.searched:
        return None
    missing = f"any {query.kind} of this kind ({query.in_words}); {found.searched} on file were searched"
    return (Verdict("none", missing=missing),)


def _completeness(found: Selection) -> Completeness:
    """Partial when more rows may be missing than were found."""
    return "partial" if sum(found.silent.values()) > len(found.matches) else "complete"


def _in_post(value: Value) -> str:
    """A name with the times at which its quote says that the person held the post."""
    stated = [date for date in value.dates if date[:4] in value.cells[0].quote]
    return f"{value.text} (known at {', '.join(map(said.date_in_words, stated))})" if stated else value.text


def _is_at(date: str, asked: str) -> bool:
    """True when a post is known at the time asked about, as precisely as both are given."""
    first, last = said.bounds(asked)
    begins, ends = said.bounds(date)
    return first <= begins and ends <= last
