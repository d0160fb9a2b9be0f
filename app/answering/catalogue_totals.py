"""What rows of the catalogue come to together: a sum of amounts, and numbers of rows by something they share."""

from collections.abc import Iterator, Sequence
from types import MappingProxyType

from app.answering import catalogue_phrases as phrases
from app.answering import catalogue_values as said
from app.answering.catalogue_selection import Match, Selection, best_cell
from app.answering.catalogue_sources import SHOWN, UNLIKELY, Sources, listed
from app.answering.catalogue_types import CatalogueQuery, Group, label
from app.answering.catalogue_words import forms
from app.answering.types import Claim, Listed, Verdict
from app.types import Completeness
from ingest import names
from ingest.types import Cell

_SHOWN_GROUPS = 8
_FIELDS: MappingProxyType[Group, tuple[str, ...]] = MappingProxyType(
    {
        "region": ("region", "regions"),
        "country": ("countries",),
        "place": ("country",),
        "city": ("city",),
        "implementer": ("implementer",),
        "year": ("start", "joined", "opened"),
        "series": ("series",),
    }
)
"""Cells that tell to which group a row belongs."""


def total(query: CatalogueQuery, found: Selection, sources: Sources) -> tuple[Claim | Verdict, ...] | None:
    """The sum of an amount over the rows that give one, each with its words; a refusal when too few of them do."""
    if query.attribute is None:
        return None
    measured = [(match, held) for match in found.matches if (held := said.measure(match.row, query.attribute))]
    if len(measured) < 2 or 2 * len(measured) < len(found.matches):
        told = f"{len(measured)} of {phrases.counted(len(found.matches), query)} on file"
        missing = f"the total {label(query.attribute)} asked for; {told} {phrases.gives(len(measured))} one"
        return (Verdict("none", missing=missing, confidence=UNLIKELY),)
    amount = f"EUR {round(sum(held.low for _, held in measured)):,}"
    items = tuple(sources.item(match, held.shown.cells[0], held.shown) for match, held in measured)
    shown = "; ".join(f"{said.short_name(match.row)}: {held.shown.text}" for match, held in measured[:SHOWN])
    silent = len(found.matches) - len(measured)
    missing = f"; {silent} that would count {phrases.gives(silent)} no {label(query.attribute)}" if silent else ""
    sentence = f"{amount} in all for {phrases.counted(len(measured), query)} on file ({query.in_words}): {shown}."
    completeness: Completeness = "partial" if silent else "complete"
    return listed(sentence, items, amount, completeness, f"{phrases.searched(query, found)}{missing}.")


def groups(query: CatalogueQuery, found: Selection, sources: Sources) -> tuple[Claim | Verdict, ...] | None:
    """How many rows there are of each group, or which group has the most; None when hardly any row tells its group."""
    by = query.group_by
    if by is None:
        return None
    members = _members(found.matches, by)
    grouped = {match.row.id for held in members.values() for match, _ in held}
    silent = sum(match.row.id not in grouped for match in found.matches)
    if len(members) < 2 or silent > len(grouped):
        return None
    ranked = sorted(members, key=lambda name: (-len(members[name]), name), reverse=query.order == "least")
    numbers = [len(members[name]) for name in ranked]
    if query.order is None:
        items = _items(ranked if by != "year" else sorted(ranked), members, sources)
        short = "; ".join(f"{name}: {len(members[name])}" for name in (sorted(ranked) if by == "year" else ranked))
        sentence = f"{_noun(query)} by {_called(by)} on file ({query.in_words}): {short}."
    else:
        first = [name for name in ranked if len(members[name]) == numbers[0]]
        items = _items(first, members, sources)
        others = "; ".join(f"{name}: {len(members[name])}" for name in ranked[len(first) : _SHOWN_GROUPS])
        short = ", ".join(first)
        rank = "Most" if query.order == "most" else "Fewest"
        then = f"; then {others}" if others else ""
        sentence = f"{rank} {_noun(query)} on file ({query.in_words}): {short}: {numbers[0]}{then}."
    gap = f"; {silent} of them {phrases.gives(silent)} no {_called(by)}" if silent else ""
    coverage = f"{phrases.searched(query, found)}{gap}."
    return listed(sentence, items, short, "partial" if silent else "complete", coverage)


def _members(matches: Sequence[Match], by: Group) -> dict[str, list[tuple[Match, Cell]]]:
    """The rows of each group under its shortest name, each with the cell that tells it."""
    held: dict[str, list[tuple[Match, Cell]]] = {}
    for match in matches:
        told = {_key(cell.value, by): cell for cell in reversed(match.row.cells) if cell.field in _FIELDS[by]}
        for key, cell in told.items():
            held.setdefault(key, []).append((match, cell))
    return {min((_name(cell.value, by) for _, cell in rows), key=len): rows for rows in held.values()}


def _items(ranked: Sequence[str], members: dict[str, list[tuple[Match, Cell]]], sources: Sources) -> tuple[Listed, ...]:
    return tuple(_rows(ranked, members, sources))[: phrases.MAX_ITEMS]


def _rows(ranked: Sequence[str], members: dict[str, list[tuple[Match, Cell]]], sources: Sources) -> Iterator[Listed]:
    for name in ranked:
        for match, cell in members[name]:
            yield Listed(f"{name}: {said.short_name(match.row)}", sources.evidence(best_cell(match, (cell,)) or cell))


def _key(value: str, by: Group) -> str:
    """What is the same for all rows of a group, however their documents write it."""
    if by == "implementer":
        return min((" ".join(form) for form in (*forms(value), names.words(_name(value, by)))), key=len)
    return value[:4] if by == "year" else names.country(value) or names.fold(value)


def _name(value: str, by: Group) -> str:
    if by == "implementer":
        return value.partition(" (")[0].partition(",")[0].partition(" - ")[0]
    return value[:4] if by == "year" else names.country(value) or value


def _noun(query: CatalogueQuery) -> str:
    return phrases.counted(2, query).partition(" ")[2]


def _called(by: Group) -> str:
    return {"place": "country", "series": "kind"}.get(by, by)
