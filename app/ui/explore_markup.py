"""The elements that Explore's views are put together from; every foreign string in them is made literal."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from app.answering.catalogue_values import date_in_words
from app.answering.catalogue_values import name as row_name
from app.explore.records import Key, key_of
from app.explore.types import Holdings
from app.ui.messages import document_path, literal, literal_address
from app.ui.words import Words
from ingest.library import DocumentRow
from ingest.types import Cell, Row

_SHORTENING = "en"
"""The language in which what two days have in common is written once."""

FOLDED_AFTER = 8
"""Entries of a list that are shown before the rest is folded away."""


@dataclass(frozen=True, slots=True)
class View:
    """What every view needs: everything on file, and the words of its language."""

    holdings: Holdings
    words: Words

    def say(self, key: str, **values: object) -> str:
        """A sentence or label of Explore, with its values filled in."""
        return self.words[f"explore.{key}"].format(**values)

    def day(self, value: str) -> str:
        """A date as people write it."""
        return self.words.day(value)

    def days(self, first: str, last: str | None) -> str:
        """A date or a stretch of days as people write it."""
        if self.words.language == _SHORTENING:
            return date_in_words(first, last)
        return self.day(first) if last in (None, first) else f"{self.day(first)} – {self.day(last)}"

    def label(self, key: str, fallback: str) -> str:
        """The word for a value of a fixed list; the value itself where the list is longer than ours."""
        return self.words.table.get(f"explore.{key}", fallback)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, and whether it may be sorted by."""

    key: str
    heading: str
    is_sortable: bool = True
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Sorting:
    """By which column a table is sorted, which way, and the address that sorts it otherwise."""

    key: str
    is_descending: bool
    address: Callable[[str, bool], str]


def place(path: str, given: Mapping[str, object] | None = None) -> str:
    """The address of a view, as the value of an attribute."""
    kept = {key: value for key, value in (given or {}).items() if value not in (None, "", False)}
    return literal_address(f"#{path}?{urlencode(kept)}" if kept else f"#{path}")


def record_link(key: Key, text: str) -> str:
    """A link to a record."""
    address = place(f"explore/record/{key.kind}/{quote(key.id, safe='')}")
    return f'<a href="{address}">{literal(text)}</a>'


def row_link(row: Row) -> str:
    """A link to the record of a row, by its name."""
    return record_link(key_of(row), row_name(row))


def document_link(document: DocumentRow) -> str:
    """A link that opens a document at its beginning."""
    return f'<a class="source" href="{literal_address(document_path(document.id))}">{literal(document.title)}</a>'


def outward_link(url: str | None, text: str) -> str:
    """A link that leaves for the web page that something was taken from; without one the text alone."""
    if not url or not url.startswith(("https://", "http://")):
        return literal(text)
    address = literal_address(url)
    return f'<a href="{address}" target="_blank" rel="noopener noreferrer">{literal(text)}</a>'


def passage_link(view: View, document_id: str, start: int, end: int) -> str:
    """A link that opens a document at a passage; it says the document's title."""
    title, address = _title(view, document_id), literal_address(document_path(document_id, start=start, end=end))
    return f'<a class="source" href="{address}">{title}</a>'


def source(view: View, cell: Cell) -> str:
    """A link that opens the words a value was taken from, and the date of the newest source."""
    published = view.holdings.published(cell.document_id)
    dated = f" <small>{literal(view.day(published))}</small>" if published else ""
    return passage_link(view, cell.document_id, cell.start, cell.end) + dated


def brief_source(view: View, cell: Cell) -> str:
    """The same where there is little room: the date, and the title is heard, and seen when the link is pointed at."""
    published = view.holdings.published(cell.document_id)
    title, text = _title(view, cell.document_id), view.day(published) if published else view.say("undated_source")
    address = literal_address(document_path(cell.document_id, start=cell.start, end=cell.end))
    return (
        f'<a class="source" href="{address}" title="{title}"><span class="title sr">{title}, </span>{literal(text)}</a>'
    )


def introduced_source(view: View, cell: Cell) -> str:
    """The same, where nothing around it says that it is a source."""
    return f'<span class="from">{literal(view.say("source"))}: {brief_source(view, cell)}</span>'


def _title(view: View, document_id: str) -> str:
    document = view.holdings.documents.get(document_id)
    return literal(document.title if document else document_id)


def quoted(view: View, cell: Cell) -> str:
    """The words a value was taken from, with their source."""
    return f'<q class="quote">{literal(cell.quote)}</q> <span class="from">{source(view, cell)}</span>'


def table(
    caption: str, columns: Sequence[Column], rows: Iterable[Sequence[str]], sorting: Sorting | None = None
) -> str:
    """A table of cells that are HTML; the first cell of a row names it. On a phone every row becomes a card."""
    head = "".join(_heading(column, sorting) for column in columns)
    body = "".join(f'<tr role="row">{_cells(columns, cells)}</tr>' for cells in rows)
    return (
        f'<table role="table"><caption class="sr">{literal(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def _heading(column: Column, sorting: Sorting | None) -> str:
    number = ' class="number"' if column.is_number else ""
    text = literal(column.heading)
    if sorting is None or not column.is_sortable:
        return f'<th scope="col" role="columnheader"{number}><span>{text}</span></th>'
    is_sorted = sorting.key == column.key
    direction = ("descending" if sorting.is_descending else "ascending") if is_sorted else "none"
    address = sorting.address(column.key, is_sorted and not sorting.is_descending)
    return (
        f'<th scope="col" role="columnheader" aria-sort="{direction}"{number}>'
        f'<a class="sort" href="{address}">{text}</a></th>'
    )


def _cells(columns: Sequence[Column], cells: Sequence[str]) -> str:
    shown = []
    for index, (column, cell) in enumerate(zip(columns, cells, strict=True)):
        tag, role = ('th scope="row"', "rowheader") if index == 0 else ("td", "cell")
        number = ' class="number"' if column.is_number else ""
        inner = f"<div>{cell}</div>" if cell else ""
        label = "" if index == 0 else f' data-label="{literal(column.heading)}"'
        shown.append(f'<{tag} role="{role}"{label}{number}>{inner}</{tag.split()[0]}>')
    return "".join(shown)


def listed(view: View, entries: Sequence[str], *, tag: str = "ul", first: int = FOLDED_AFTER) -> str:
    """A list of entries that are HTML, the later ones folded."""
    entries, rest = entries[:first], entries[first:]
    shown = _items(entries, tag)
    if not rest:
        return shown
    more = literal(view.say("show_more", count=len(rest)))
    return f'{shown}<details class="more"><summary>{more}</summary>{_items(rest, tag)}</details>'


def _items(entries: Sequence[str], tag: str) -> str:
    return f"<{tag}>{''.join(f'<li>{entry}</li>' for entry in entries)}</{tag}>"


def section(heading: str, content: str, *, count: int | None = None, css: str = "") -> str:
    """A part of a view under a heading; nothing where it has no content."""
    if not content:
        return ""
    counted = f' <span class="count">{count}</span>' if count is not None else ""
    return f'<section class="part {css}"><h3>{literal(heading)}{counted}</h3>{content}</section>'


def empty(sentence: str, hint: str = "", action: str = "") -> str:
    """What is shown where there is nothing: a sentence, what to do, and the way to do it."""
    more = f"<p>{literal(hint)}</p>" if hint else ""
    return f'<div class="empty"><p class="verdict">{literal(sentence)}</p>{more}{action}</div>'


def field(label: str, control: str) -> str:
    """A labelled control of a form."""
    return f"<label><span>{literal(label)}</span>{control}</label>"


def select(name: str, options: Iterable[tuple[str, str]], chosen: str, nothing: str) -> str:
    """A choice of one value or none."""
    shown = [f'<option value="">{literal(nothing)}</option>']
    for value, text in options:
        mark = " selected" if value == chosen else ""
        shown.append(f'<option value="{literal(value)}"{mark}>{literal(text)}</option>')
    return f'<select name="{name}">{"".join(shown)}</select>'
