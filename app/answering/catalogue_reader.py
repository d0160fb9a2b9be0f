"""Lists, counts, single values and comparisons from the catalogue: every row with the words it was taken from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Protocol

from app.answering import catalogue_phrases as phrases
from app.answering import catalogue_values as said
from app.answering.catalogue_differences import differences, disagreements
from app.answering.catalogue_query import parse
from app.answering.catalogue_selection import Match, Selection, best_cell, select
from app.answering.catalogue_types import CatalogueQuery, label
from app.answering.catalogue_values import Measure, Value
from app.answering.catalogue_words import Lexicon
from app.answering.types import Claim, Evidence, Listed, Other, Verdict
from app.types import Completeness
from ingest.catalogue import KINDS, person_id
from ingest.glossary import Term
from ingest.types import Cell, Document, Row

NAME = "catalogue"

_SHOWN = 12
"""Rows that the sentence itself names and cites; the others stand in the items."""

_WHOLE = frozenset({"partner", "secretariat"})
"""Kinds of which the documents tell all there are, so that none on file means none."""
_WHOLE_BY = frozenset({"region", "country", "city"})

_LISTS = frozenset({"countries", "regions", "consortium", "projects"})
_POSTS = frozenset({"heads", "focal_points"})
_DATES = frozenset({"start", "end", "joined", "opened"})


_SENTENCE = re.compile(r"[A-ZÀ-Þ0-9“\"'(][^\n]*[.!?][”\"')]*")
"""Not a row of a table, which gives its cells as `Column: value` and ends without a full stop."""


class Catalogued(Protocol):
    """What the catalogue is read from; a `Library`."""

    def catalogue(self, kind: str) -> tuple[Row, ...]:
        """Everything of a kind."""
        ...

    def held(self) -> Mapping[str, object]:
        """Every document by its id."""
        ...

    def document(self, id: str) -> Document:
        """A whole document."""
        ...

    def terms(self) -> tuple[Term, ...]:
        """Abbreviations of the glossary."""
        ...


class CatalogueReader:
    """Answers what the catalogue can answer; it is made for one library and keeps its rows."""

    name = NAME

    def __init__(self, library: Catalogued) -> None:
        self._library = library
        self._documents: dict[str, Document] = {}

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
            return self._compared(query)
        found = select(self._rows[query.kind], query)
        if not found.matches:
            return _nothing(query, found)
        if query.asked in ("attribute", "size"):
            return self._told(query, found)
        return self._superlative(query, found) if query.asked == "extreme" else self._listed(query, found)

    # ---- lists and counts ----

    def _listed(self, query: CatalogueQuery, found: Selection) -> tuple[Claim | Verdict, ...] | None:
        if found.silent and sum(found.silent.values()) > len(found.matches) and query.kind in _WHOLE:
            return None
        items = tuple(self._item(match, best_cell(match)) for match in found.matches[: phrases.MAX_ITEMS])
        number = len(found.matches)
        names = [said.short_name(match.row) for match in found.matches]
        is_count = query.asked == "count"
        listed = f": {'; '.join(names)}" if number <= _SHOWN and not is_count else ""
        sentence = f"{phrases.counted(number, query)} on file ({query.in_words}){listed}."
        short = str(number) if is_count else ", ".join(names) if number <= _SHOWN else phrases.counted(number, query)
        return self._answer(sentence, items, short, _completeness(found), phrases.coverage(query, found))

    def _item(self, match: Match, cell: Cell | None, value: Value | None = None) -> Listed:
        row = match.row
        chosen = cell or row.cells[0]
        text = f"{said.name(row)}: {value.text}" if value else said.name(row)
        if row.kind == "meeting" and value is None:
            text = ", ".join([text, *phrases.details(row, chosen)])
        return Listed(text, self._evidence(chosen))

    # ---- one attribute ----

    def _told(self, query: CatalogueQuery, found: Selection) -> tuple[Claim | Verdict, ...] | None:
        if len(found.matches) == 1:
            return self._of_one(query, found.matches[0])
        is_listing = query.is_plural and query.asked == "attribute" and query.attribute not in _LISTS
        if not is_listing or query.as_of or any(condition.field == "name" for condition in query.conditions):
            return None
        return self._of_each(query, found)

    def _of_each(self, query: CatalogueQuery, found: Selection) -> tuple[Claim | Verdict, ...] | None:
        told = [(match, _first_value(match.row, query)) for match in found.matches[: phrases.MAX_ITEMS]]
        known = [(match, value) for match, value in told if value]
        if 2 * len(known) < len(told):
            return None
        items = tuple(self._item(match, value.cells[0], value) for match, value in known)
        unknown = [said.short_name(match.row) for match, value in told if not value]
        number = len(known)
        shown = [f"{said.short_name(match.row)}: {value.text}" for match, value in known]
        listed = f": {'; '.join(shown)}" if number <= _SHOWN else ""
        sentence = f"{phrases.subject(query)} of {phrases.counted(number, query)} on file ({query.in_words}){listed}."
        missing = f"; {', '.join(unknown)} {'gives' if len(unknown) == 1 else 'give'} none" if unknown else ""
        coverage = f"{phrases.searched(query, found)}{missing}."
        return self._answer(sentence, items, "; ".join(shown) if number <= _SHOWN else None, "complete", coverage)

    def _of_one(self, query: CatalogueQuery, match: Match) -> tuple[Claim | Verdict, ...] | None:
        attribute = query.attribute
        if attribute is None:
            return None
        held = said.values(match.row, attribute)
        if attribute in _POSTS:
            return self._post(query, match, held)
        if not held or any(len(cell.value) < query.precision for cell in held[0].cells):
            return None
        if attribute in _LISTS:
            return self._several(query, match, held)
        if any(condition.value in (value.dates or ("",))[0:1] for value in held for condition in query.conditions):
            return None
        newest = sorted(held, key=lambda value: self._published(value.cells[0]) or "", reverse=True)
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
        evidence = tuple(self._evidence(cell) for cell in chosen.cells)
        if all(_SENTENCE.fullmatch(one.quote) for one in evidence):
            yield from (Claim(one.quote, (one,)) for one in {one.quote: one for one in evidence}.values())
        else:
            yield Claim(f"{phrases.subject(query)} of {said.short_name(match.row)}: {chosen.text}.", evidence)

    def _several(self, query: CatalogueQuery, match: Match, held: Sequence[Value]) -> tuple[Claim | Verdict, ...]:
        items = tuple(Listed(value.text, self._evidence(value.cells[0])) for value in held[: phrases.MAX_ITEMS])
        names = ", ".join(value.text for value in held)
        of = f"{label(query.attribute or '')} of {said.short_name(match.row)}"
        listed = f": {names}" if len(held) <= _SHOWN or query.asked != "size" else ""
        sentence = f"{len(held)} {of} on file ({query.in_words}){listed}."
        short = str(len(held)) if query.asked == "size" else names
        documents = len(said.documents(match.row.cells))
        where = "1 document that tells" if documents == 1 else f"{documents} documents that tell"
        coverage = f"Read from {where} of {said.short_name(match.row)}; what no document names is missing."
        return self._answer(sentence, items, short, "complete", coverage)

    def _post(self, query: CatalogueQuery, match: Match, held: Sequence[Value]) -> tuple[Claim | Verdict, ...] | None:
        """Who holds a post: at the date asked about, or the newest with those before as other values."""
        if query.as_of:
            held = [value for value in held if any(_is_at(date, query.as_of) for date in value.dates)]
            held = [supported for value in held if (supported := self._at(value, query.as_of))]
            if len(held) != 1:
                return None
        if not held:
            return None
        chosen, *before = _newest_first(held)
        post = f"{phrases.subject(query)} of {said.short_name(match.row)}"
        claims = [Claim(f"{post}: {_in_post(chosen)} ({query.in_words}).", (self._evidence(chosen.cells[0]),))]
        claims += [Claim(f"Also named: {_in_post(value)}.", (self._evidence(value.cells[0]),)) for value in before]
        return (*claims, Verdict("complete", chosen.text))

    def _at(self, value: Value, asked: str) -> Value | None:
        """The same with words about the person that are of the time asked about; None when there are none."""
        id = person_id(value.text)
        cells = (cell for row in self._rows["person"] if row.id == id for cell in row.cells if cell.field == "role")
        for cell in (*value.cells, *cells):
            published = self._published(cell)
            is_of_then = published is not None and _is_at(published, asked)
            if asked[:4] in cell.quote or is_of_then:
                return replace(value, cells=(cell,))
        return None

    # ---- the most and the least ----

    def _superlative(self, query: CatalogueQuery, found: Selection) -> tuple[Claim | Verdict, ...] | None:
        by = query.order_by
        if by is None:
            return None
        measured = [(match, held) for match in found.matches if (held := said.measure(match.row, by))]
        if len(measured) < 2:
            return None
        best = max(held.low for _, held in measured) if query.order == "most" else min(held.low for _, held in measured)
        winners = [(match, held.shown) for match, held in measured if held.low == best]
        if any(_may_be_better(held, measured, query.order) for _, held in measured if held.low == best):
            return None
        items = tuple(self._item(match, value.cells[0], value) for match, value in winners)
        named = "; ".join(f"{said.name(match.row)}: {value.text}" for match, value in winners)
        short = ", ".join(said.short_name(match.row) for match, _ in winners)
        extra: tuple[Claim, ...] = ()
        if query.attribute:
            told = [(match, value) for match, _ in winners if (value := _first_value(match.row, query))]
            if len(told) != 1:
                return None
            short = told[0][1].text
            cells = tuple(self._evidence(cell) for cell in told[0][1].cells)
            extra = (Claim(f"{phrases.subject(query)}: {short}.", cells),)
        silent = len(found.matches) - len(measured)
        missing = f"; {silent} of them give no {label(by)}" if silent else ""
        coverage = f"{phrases.searched(query, found)}, {len(found.matches)} compared{missing}."
        most, least = phrases.RANKS.get(by, ("Latest", "Earliest"))
        rank = most if query.order == "most" else least
        sentence = Claim(f"{rank} on file ({query.in_words}): {named}.", tuple(item.evidence for item in items))
        return (sentence, *extra, Verdict("complete", short, items=items, coverage=coverage))

    def _compared(self, query: CatalogueQuery) -> tuple[Claim | Verdict, ...] | None:
        sides = [select(self._rows[query.kind], query, own).matches for own in query.compared]
        if query.order_by == "projects":
            return self._more_rows(query, sides)
        if query.order_by is None or any(len(side) != 1 for side in sides):
            return None
        rows = [side[0].row for side in sides]
        left, right = (said.measure(row, query.order_by) for row in rows)
        if rows[0].id == rows[1].id or left is None or right is None:
            return None
        if left.low <= right.high and right.low <= left.high:
            return None
        shown = [(row, value.shown) for row, value in zip(rows, (left, right), strict=True)]
        first_wins = (left.low > right.low) == (query.order == "most")
        won, lost = shown if first_wins else reversed(shown)
        own = _own(query, 0 if first_wins else 1, won[0])
        cells = tuple(self._evidence(cell) for _, value in (won, lost) for cell in value.cells[:1])
        sentence = f"{own}: {won[1].text}, against {lost[1].text} for {said.short_name(lost[0])} ({query.in_words})."
        return Claim(sentence, cells), Verdict("complete", _short(query, 0 if first_wins else 1) or own)

    def _more_rows(self, query: CatalogueQuery, sides: Sequence[Sequence[Match]]) -> tuple[Claim | Verdict, ...] | None:
        numbers = [len(side) for side in sides]
        if numbers[0] == numbers[1] or not all(numbers):
            return None
        first_wins = (numbers[0] > numbers[1]) == (query.order == "most")
        names = [" ".join(condition.value for condition in own) for own in query.compared]
        won, lost = (0, 1) if first_wins else (1, 0)
        items = tuple(self._item(match, best_cell(match)) for side in sides for match in side)
        against = f"against {numbers[lost]} for {names[lost]} ({query.in_words})"
        sentence = f"{names[won]}: {numbers[won]} projects on file, {against}."
        searched = f"{len(self._rows[query.kind])} projects on file were searched."
        return self._answer(sentence, items, names[won], "complete", searched)

    # ---- evidence ----

    def _answer(
        self, sentence: str, items: tuple[Listed, ...], short: str | None, completeness: Completeness, coverage: str
    ) -> tuple[Claim | Verdict, ...]:
        evidence = tuple(dict.fromkeys(item.evidence for item in items))[:_SHOWN]
        return Claim(sentence, evidence), Verdict(completeness, short, items=items, coverage=coverage)

    def _document(self, id: str) -> Document:
        if id not in self._documents:
            self._documents[id] = self._library.document(id)
        return self._documents[id]

    def _evidence(self, cell: Cell) -> Evidence:
        document = self._document(cell.document_id)
        page = next((part.page for part in document.sections if part.start <= cell.start < part.end), None)
        return Evidence.of_cell(cell, document.metadata, page)

    def _published(self, cell: Cell) -> str | None:
        return self._document(cell.document_id).metadata.published

    def _others(self, held: Sequence[Value]) -> Iterator[Other]:
        for value in held:
            yield Other(value.text, self._published(value.cells[0]), self._evidence(value.cells[0]))

    def _differences(self, row: Row, query: CatalogueQuery, chosen: Value) -> Iterator[Other]:
        cell = chosen.cells[0]
        if query.attribute not in (*_DATES, "when", "budget_eur"):
            return
        last = chosen.dates[-1] if chosen.dates else cell.value
        found = differences(self._disagreements, row, query.attribute, cell, last)
        first = dict(reversed(list(found)))
        for value, where in reversed(first.items()):
            yield Other(value, self._published(where), self._evidence(where))


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


def _first_value(row: Row, query: CatalogueQuery) -> Value | None:
    held = said.values(row, query.attribute) if query.attribute else ()
    if query.attribute in _POSTS:
        return next(iter(_newest_first(held)), None)
    if not held and query.attribute == "joined":
        return said.joined_by(row)
    return held[0] if held else None


def _newest_first(held: Sequence[Value]) -> list[Value]:
    """Holders of a post by the newest date at which each is known; in the order of the record where one has none."""
    if all(value.dates for value in held):
        return sorted(held, key=lambda value: max(value.dates), reverse=True)
    return list(reversed(held))


def _may_be_better(best: Measure, measured: Sequence[tuple[Match, Measure]], order: str | None) -> bool:
    """True when a less precise value leaves open whether another one is more, or less."""
    others = [held for _, held in measured if held.low != best.low or held.high != best.high]
    if order == "most":
        return any(held.high > best.low for held in others)
    return any(held.low < best.high for held in others)


def _in_post(value: Value) -> str:
    """A name with the times at which its quote says that the person held the post."""
    stated = [date for date in value.dates if date[:4] in value.cells[0].quote]
    return f"{value.text} (known at {', '.join(map(said.date_in_words, stated))})" if stated else value.text


def _is_at(date: str, asked: str) -> bool:
    """True when a post is known at the time asked about, as precisely as both are given."""
    first, last = said.bounds(asked)
    begins, ends = said.bounds(date)
    return first <= begins and ends <= last


def _short(query: CatalogueQuery, side: int) -> str | None:
    """The country, city or region that tells one of two compared things from the other."""
    return next((one.value for one in query.compared[side] if one.field in ("country", "city", "region")), None)


def _own(query: CatalogueQuery, side: int, row: Row) -> str:
    """What tells one of two compared things from the other, in the words of the question where they suffice."""
    own = [condition for condition in query.compared[side] if condition.field in ("country", "city", "region")]
    if not own or own[0].value in said.short_name(row):
        return said.short_name(row)
    return f"{own[0].value}: {said.short_name(row)}"
