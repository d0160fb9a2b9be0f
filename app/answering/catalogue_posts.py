"""Who holds a post: now with those before, or at the date asked about."""

from collections.abc import Iterable, Iterator, Sequence

from app.answering import catalogue_phrases as phrases
from app.answering import catalogue_values as said
from app.answering.catalogue_selection import Match
from app.answering.catalogue_sources import CERTAIN, LIKELY, Sources
from app.answering.catalogue_types import CatalogueQuery
from app.answering.catalogue_values import Value
from app.answering.types import Claim, Verdict
from ingest.catalogue import person_id
from ingest.types import Cell, Row


def holders(
    query: CatalogueQuery, match: Match, people: Sequence[Row], sources: Sources
) -> tuple[Claim | Verdict, ...] | None:
    """Who holds a post: at the date asked about, or the newest with those before as others."""
    held = said.values(match.row, query.attribute) if query.attribute else ()
    if query.as_of:
        return _then(query, match, [value for value in held if _is_known(value, query.as_of)], people, sources)
    if not held:
        return None
    chosen, *before = said.newest_first(held)
    told = {value.text: list(_cells(value, match.row, people)) for value in held}
    first = _claim(f"{_post(query, match)}: {{}} ({query.in_words}).", chosen, told[chosen.text], sources)
    others = (_claim("Also named: {}.", value, told[value.text], sources) for value in before)
    return (first, *others, Verdict("complete", chosen.text, confidence=CERTAIN if chosen.dates else LIKELY))


def _then(
    query: CatalogueQuery, match: Match, held: Sequence[Value], people: Sequence[Row], sources: Sources
) -> tuple[Claim | Verdict, ...] | None:
    """The one holder of whom words of that time tell."""
    asked = query.as_of or ""
    told = [
        (value, cell)
        for value in held
        for cell in _cells(value, match.row, people)
        if _is_of_then(cell, asked, sources)
    ]
    if len({value.text for value, _ in told}) != 1:
        return None
    value, cell = told[0]
    dates = [date for date in value.dates if date[:4] in cell.quote]
    text = f"{_post(query, match)}: {_in_words(value.text, dates)} ({query.in_words})."
    return Claim(text, (sources.evidence(cell),)), Verdict("complete", value.text, confidence=CERTAIN)


def _post(query: CatalogueQuery, match: Match) -> str:
    return f"{phrases.subject(query)} of {said.short_name(match.row)}"


def _claim(sentence: str, value: Value, cells: Sequence[Cell], sources: Sources) -> Claim:
    """A sentence that names a holder with every date at which a quote knows them in the post."""
    stating = {date: cell for date in value.dates for cell in reversed(cells) if date[:4] in cell.quote}
    used = dict.fromkeys(stating.values()) if stating else {value.cells[0]: None}
    name = _in_words(value.text, [date for date in value.dates if date in stating])
    return Claim(sentence.format(name), tuple(sources.evidence(cell) for cell in used))


def _cells(value: Value, row: Row, people: Iterable[Row]) -> Iterator[Cell]:
    """The words that name a holder, then all that tell of the person's roles."""
    yield from value.cells
    yield from (cell for cell in row.cells if cell not in value.cells and value.text in cell.quote)
    id = person_id(value.text)
    yield from (cell for row in people if row.id == id for cell in row.cells if cell.field == "role")


def _in_words(name: str, dates: Sequence[str]) -> str:
    return f"{name} (known at {', '.join(map(said.date_in_words, dates))})" if dates else name


def _is_known(value: Value, asked: str) -> bool:
    return any(_is_at(date, asked) for date in value.dates)


def _is_of_then(cell: Cell, asked: str, sources: Sources) -> bool:
    published = sources.published(cell)
    return asked[:4] in cell.quote or (published is not None and _is_at(published, asked))


def _is_at(date: str, asked: str) -> bool:
    """True when a post is known at the time asked about, as precisely as both are given."""
    first, last = said.bounds(asked)
    begins, ends = said.bounds(date)
    return first <= begins and ends <= last
