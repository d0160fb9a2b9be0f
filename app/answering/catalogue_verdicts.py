"""Yes or no from one row of the catalogue, with the sentence that decides it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from types import MappingProxyType

from app.answering import catalogue_values as said
from app.answering.catalogue_selection import Match, Selection, stating
from app.answering.catalogue_sources import CERTAIN, LIKELY, Sources, is_sentence
from app.answering.catalogue_states import state
from app.answering.catalogue_types import CatalogueQuery, Condition, label
from app.answering.types import Claim, Verdict
from app.types import Completeness
from ingest import dates, expressions, names
from ingest.types import Cell, Row

_TAKING_PART = re.compile(
    r"\b(?:took|take|taken|taking) part|participa\w+|attend\w*|represent\w*|brought together|gather\w*|listed|named"
    r"|present|came|countries|joined|delegat\w+|met\b|among",
    re.IGNORECASE,
)
_IN_CONSORTIUM = re.compile(
    r"\b(?:consorti\w+|member\w*|partner\w*|implement\w*|led|lead\w*|coordinat\w+|carried out|carries out|manage\w+)\b",
    re.IGNORECASE,
)
_SAYS_SO = MappingProxyType({"countries": _TAKING_PART, "organisation": _IN_CONSORTIUM, "implementer": _IN_CONSORTIUM})
"""Words without which a sentence that names something does not say that it belongs there."""
_LISTED = ("countries", "country")
_ABSENT = re.compile(
    r"\b(?:missing|absent)\b|\bnot (?:on|among|in|listed|named)\b"
    r"|\b(?:do|does|did) not (?:appear|attend|take part|come)\b",
    re.IGNORECASE,
)
_ALL_THERE_ARE = re.compile(
    r"\b(?:are|were) the countries of\b|\bthe countries of\b.*\b(?:are|were)\b|\blisted\b", re.I
)
_NUMBER_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
).split()
_NO_PARTNER = re.compile(r"^not a ", re.IGNORECASE)
_NOT_CONFIRMED = re.compile(r"\b(?:unconfirmed|not confirmed)\b", re.IGNORECASE)
_FEWEST_OF_A_LIST = 2
_EXACT = ("start", "end", "joined")
_SINGLE_VALUED = ("city", "place", "region", *_EXACT)


@dataclass(frozen=True, slots=True)
class _Decision:
    is_so: bool
    cell: Cell
    as_of: str | None = None
    """Of a state that may have changed: the date of the words that tell it."""


def decided(
    query: CatalogueQuery, found: Selection, sources: Sources, today: date
) -> tuple[Claim | Verdict, ...] | None:
    """Yes or no and the words that say so; None when the one row that is meant does not decide it."""
    proposed = query.proposed
    if proposed is None or len(found.matches) != 1:
        return None
    match = found.matches[0]
    decision = _decision(match.row, proposed, sources, today)
    if decision is None:
        return None
    word = "Yes" if decision.is_so else "No"
    dated = f", as of {said.date_in_words(decision.as_of)}" if decision.as_of else ""
    evidence = sources.evidence(decision.cell)
    text = f"{word}{dated}: {_words(match, proposed, decision.cell)}"
    is_sure = decision.is_so and not decision.as_of
    completeness: Completeness = "partial" if decision.as_of else "complete"
    coverage = f"Read from the catalogue ({query.in_words})."
    confidence = CERTAIN if is_sure else LIKELY
    return Claim(text, (evidence,)), Verdict(completeness, word, confidence=confidence, coverage=coverage)


def says_taking_part(cell: Cell) -> bool:
    """True when a country's cell says that the country was there, not merely that something was held in it."""
    return bool(_TAKING_PART.search(cell.quote))


def _decision(row: Row, proposed: Condition, sources: Sources, today: date) -> _Decision | None:
    if proposed.field == "state":
        return _state(row, proposed, sources, today)
    if proposed.field == "linked":
        return _linked(row, proposed, sources)
    return _stated(row, proposed) or _denied(row, proposed, sources)


def _linked(row: Row, proposed: Condition, sources: Sources) -> _Decision | None:
    """Yes, by a sentence of a project's own document that names both projects."""
    both = {row.value("number"), proposed.value}
    own = (id for id in row.documents if len(sources.document(id).metadata.records) == 1)
    for cell in (cell for id in own for cell in sources.sentences(id) if is_sentence(cell.quote)):
        if {str(number) for number, _, _ in expressions.projects(cell.quote)} == both:
            return _Decision(is_so=True, cell=cell)
    return None


def _words(match: Match, proposed: Condition, cell: Cell) -> str:
    if is_sentence(cell.quote):
        return cell.quote
    return f"{label(cell.field)} of {said.short_name(match.row)}: {cell.value}."


def _stated(row: Row, proposed: Condition) -> _Decision | None:
    """Yes, when a cell states what is supposed in words that say so, and no whole list leaves it out."""
    cells = stating(row, proposed) or ()
    says_so = _SAYS_SO.get(proposed.field)
    telling = [cell for cell in cells if says_so is None or says_so.search(cell.quote)]
    if not telling or (proposed.field in _LISTED and any(_leaves_out(whole, telling) for whole in _whole_lists(row))):
        return None
    return _Decision(is_so=True, cell=next((cell for cell in telling if is_sentence(cell.quote)), telling[0]))


def _leaves_out(whole: Sequence[Cell], telling: Sequence[Cell]) -> bool:
    return not any(cell in whole for cell in telling)


def _whole_lists(row: Row) -> Iterator[list[Cell]]:
    """The sentences that list all countries of a row, each as its cells."""
    cells = [cell for cell in row.cells if cell.field == "countries"]
    for _, listed in groupby(cells, key=lambda cell: (cell.document_id, cell.start)):
        together = list(listed)
        if is_sentence(together[0].quote) and _is_whole(together):
            yield together


def _denied(row: Row, proposed: Condition, sources: Sources) -> _Decision | None:
    """No, when the row states something else that leaves no room for it."""
    if proposed.field in _LISTED:
        return _not_listed(row, proposed, sources)
    if proposed.field == "status":
        return _no_partner(row, proposed, sources)
    if proposed.field == "format":
        return _other_format(row, proposed)
    cells = list(_of_field(row, proposed))
    is_one = len({cell.value for cell in cells}) == 1 and proposed.field in _SINGLE_VALUED
    if not is_one or stating(row, proposed) is None or (row.kind == "project" and proposed.field == "region"):
        return None
    return next((_Decision(is_so=False, cell=cell) for cell in cells if is_sentence(cell.quote)), None)


def _no_partner(row: Row, proposed: Condition, sources: Sources) -> _Decision | None:
    """No, for a country that is said to be none, or, when that is asked, not confirmed as one."""
    said_so = _NOT_CONFIRMED if proposed.value == "confirmed" else _NO_PARTNER
    cell = next((cell for cell in row.cells if cell.field == "status" and said_so.search(cell.value)), None)
    return _Decision(is_so=False, cell=cell, as_of=_dated(cell, sources)) if cell else None


def _dated(cell: Cell, sources: Sources) -> str | None:
    """The date that words give, else that of their source."""
    return next((dated.last for dated in dates.dates(cell.quote)), sources.published(cell))


def _of_field(row: Row, proposed: Condition) -> Iterator[Cell]:
    field = {"place": "country"}.get(proposed.field, proposed.field)
    return (cell for cell in row.cells if cell.field == field)


def _other_format(row: Row, proposed: Condition) -> _Decision | None:
    held = [cell for cell in row.cells if cell.field == "format"]
    is_other = {cell.value for cell in held} | {proposed.value} == {"online", "in person"}
    return _Decision(is_so=False, cell=held[0]) if held and is_other else None


def _not_listed(row: Row, proposed: Condition, sources: Sources) -> _Decision | None:
    """The sentence that lists all countries, when nothing else that tells of the row names the one in question."""
    cells = [cell for cell in row.cells if cell.field == "countries"]
    told_in = {cell.document_id for cell in cells}
    naming = [cell for id in told_in for cell in sources.sentences(id) if _names(cell.quote, proposed.value)]
    if naming and all(_ABSENT.search(cell.quote) and is_sentence(cell.quote) for cell in naming):
        return _Decision(is_so=False, cell=naming[0])
    if naming:
        return None
    whole = next((together for together in _whole_lists(row) if len(together) == len(cells)), None)
    return _Decision(is_so=False, cell=whole[0]) if whole else None


def _names(text: str, country: str) -> bool:
    return any(named.name == country for named in names.countries(text))


def _is_whole(cells: Sequence[Cell]) -> bool:
    """True of a list that says how many it holds, or that these are the countries."""
    quote, number = cells[0].quote, len({cell.value for cell in cells})
    if number < _FEWEST_OF_A_LIST:
        return False
    spelled = _NUMBER_WORDS[number] if number < len(_NUMBER_WORDS) else str(number)
    says_how_many = re.search(rf"\b(?:{spelled}|{number})\b", quote, re.IGNORECASE)
    return bool(says_how_many or _ALL_THERE_ARE.search(quote))


def _state(row: Row, proposed: Condition, sources: Sources, today: date) -> _Decision | None:
    """Whether a project is running or over; of words that tell that it is running also when they were written."""
    told = state(row, today)
    if told is None:
        return None
    is_so = told.is_over == (proposed.value == "over")
    if told.is_dated or told.is_over:
        return _Decision(is_so, next((cell for cell in told.cells if is_sentence(cell.quote)), told.cells[0]))
    cell = next((cell for cell in told.cells if sources.published(cell)), None)
    return _Decision(is_so, cell, as_of=_dated(cell, sources)) if cell else None
