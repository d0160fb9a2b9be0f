"""Documents: the list that everybody sees, with what the desk of an administrator adds to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated

import gradio as gr
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.api.limits import Slots
from app.conversations.reviewing import Answers
from app.explore.gaps import gaps
from app.identity.types import Principal
from app.services import Services
from app.ui.documents_desk import Desk, controls, removal, shortcomings
from app.ui.explore import ExploreQuery, fragment, shell
from app.ui.explore_markup import (
    Column,
    Sorting,
    View,
    document_link,
    empty,
    field,
    listed,
    outward_link,
    place,
    select,
    table,
)
from app.ui.languages import language_of
from app.ui.messages import literal
from app.ui.words import Words, words_in
from ingest import names
from ingest.last_run import LastRun
from ingest.library import DocumentRow
from ingest.types import SourceReference

PAGE = 100
"""Documents shown before the rest is asked for."""

Show = Callable[[View, DocumentRow], str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents are shown, and in what order."""

    text: str = ""
    kind: str = ""
    sort: str = ""
    is_descending: bool = False
    is_whole: bool = False

    def state(self, **changes: object) -> dict[str, object]:
        """All of it, as an address carries it."""
        own = {"q": self.text, "kind": self.kind, "sort": self.sort}
        return {**own, "down": int(self.is_descending) or None, "all": int(self.is_whole) or None, **changes}


@dataclass(frozen=True, slots=True)
class _Column:
    key: str
    shown: Show
    order: Callable[[DocumentRow], str | int]
    is_number: bool = False


def lay_out_documents(words: Words) -> None:
    """Put the place into the page in which the list of documents is shown."""
    gr.HTML(shell("documents", "explore/documents", words))


def documents_routes(
    services: Services, slots: Slots, answers: Answers, last_run: Callable[[], LastRun | None]
) -> APIRouter:
    """The route of the list; only those who may change the library see the desk."""
    router = APIRouter(include_in_schema=False)

    @router.get("/explore/documents")
    def show_documents(asked: Annotated[ExploreQuery, Query()], request: Request) -> HTMLResponse:
        principal: Principal = request.state.principal
        with slots.hold():
            view = View(services.holdings(), words_in(language_of(request)))
            desk = (
                Desk(last_run(), gaps(answers(), view.holdings.documents.values())) if principal.may("admin") else None
            )
            wanted = Wanted(asked.q.strip(), asked.kind or "", asked.sort, asked.down, asked.all)
            return fragment(documents_view(view, wanted, desk))

    return router


def documents_view(view: View, wanted: Wanted, desk: Desk | None) -> str:
    """The list as HTML, and the desk around it for those who look after the documents."""
    everything = tuple(view.holdings.documents.values())
    rows = [row for row in everything if _is_wanted(row, wanted)]
    counted = literal(view.say("shown", shown=len(rows), total=len(everything)))
    shown = _table(view, wanted, _sorted(rows, wanted), is_admin=desk is not None) if rows else _nothing(view)
    return "".join(
        [
            f'<h2 tabindex="-1">{_said(view, "heading")}</h2><p class="lead">{_said(view, "lead")}</p>',
            controls(view, desk.run) if desk else "",
            _form(view, wanted),
            f'<p class="counted" role="status">{counted}</p>',
            shown,
            shortcomings(view, desk.gaps) if desk else "",
        ]
    )


def _said(view: View, key: str) -> str:
    return literal(view.words[f"documents.{key}"])


def _is_wanted(row: DocumentRow, wanted: Wanted) -> bool:
    held = names.fold(f"{row.title} {row.id} {row.region or ''}")
    return wanted.kind in ("", row.kind) and all(word in held for word in names.fold(wanted.text).split())


def _form(view: View, wanted: Wanted) -> str:
    kinds = sorted({row.kind for row in view.holdings.documents.values()})
    options = [(kind, view.label(f"document_{kind}", kind)) for kind in kinds]
    text = f'<input name="q" type="search" maxlength="200" value="{literal(wanted.text)}">'
    clear = f'<a href="{place("documents?")}">{literal(view.say("clear"))}</a>' if wanted.text or wanted.kind else ""
    return (
        f'<form class="filters" data-view="documents" role="search" aria-label="{literal(view.say("filters"))}">'
        f"{field(view.say('text'), text)}"
        f"{field(view.say('kind'), select('kind', options, wanted.kind, view.say('any')))}"
        f'<div class="act"><button type="submit">{literal(view.say("show"))}</button>{clear}</div></form>'
    )


def _nothing(view: View) -> str:
    if not view.holdings.documents:
        return empty(view.words["documents.none_yet"], view.words["documents.none_yet_hint"])
    return empty(view.say("nothing_fits"))


def _table(view: View, wanted: Wanted, rows: Sequence[DocumentRow], *, is_admin: bool) -> str:
    say = view.words
    heads = [Column(each.key, say[f"documents.{each.key}"], is_number=each.is_number) for each in _COLUMNS]
    if is_admin:
        heads.append(Column("action", say["documents.action"], is_sortable=False))
    kept = rows if wanted.is_whole else rows[:PAGE]
    cells = (_cells(view, row, is_admin=is_admin) for row in kept)

    def address(key: str, is_descending: bool) -> str:
        return place("documents", wanted.state(sort=key, down=int(is_descending) or None))

    shown = table(
        say["documents.heading"], heads, cells, Sorting(wanted.sort or "title", wanted.is_descending, address)
    )
    if len(kept) == len(rows):
        return shown
    more, text = place("documents", wanted.state(all=1)), literal(view.say("show_all", total=len(rows)))
    return f'{shown}<p class="act"><a class="button" href="{more}">{text}</a></p>'


def _cells(view: View, row: DocumentRow, *, is_admin: bool) -> list[str]:
    shown = [each.shown(view, row) for each in _COLUMNS]
    return [*shown, removal(view, row)] if is_admin else shown


def _sorted(rows: Sequence[DocumentRow], wanted: Wanted) -> list[DocumentRow]:
    column = next((each for each in _COLUMNS if each.key == wanted.sort), _COLUMNS[0])
    return sorted(rows, key=column.order, reverse=wanted.is_descending)


def _title(_: View, row: DocumentRow) -> str:
    return document_link(row)


def _kind(view: View, row: DocumentRow) -> str:
    return literal(view.label(f"document_{row.kind}", row.kind))


def _format(_: View, row: DocumentRow) -> str:
    return literal(_suffix(row).upper())


def _suffix(row: DocumentRow) -> str:
    return PurePath(row.path).suffix.removeprefix(".")


def _origin(view: View, row: DocumentRow) -> str:
    return _said(view, f"origin_{row.origin}")


def _sources(view: View, row: DocumentRow) -> str:
    """Who published what the document is made from, and when; the newest first, the others folded away."""
    newest_first = sorted(view.holdings.sources.get(row.id, ()), key=lambda source: source.date or "", reverse=True)
    return listed(view, [_source(view, source) for source in newest_first], first=1) if newest_first else ""


def _source(view: View, source: SourceReference) -> str:
    told = outward_link(source.url, source.publisher or source.title)
    return f"{told} <small>{literal(view.day(source.date))}</small>" if source.date else told


_COLUMNS: tuple[_Column, ...] = (
    _Column("title", _title, lambda row: names.fold(row.title)),
    _Column("kind", _kind, lambda row: row.kind),
    _Column("file_format", _format, _suffix),
    _Column("language", lambda _, row: literal(row.language.upper()), lambda row: row.language),
    _Column("published", _sources, lambda row: row.published or ""),
    _Column("words", lambda _, row: f"{row.words:,}", lambda row: row.words, is_number=True),
    _Column("chunks", lambda _, row: str(row.chunks), lambda row: row.chunks, is_number=True),
    _Column("origin", _origin, lambda row: row.origin),
)
