"""Documents: the list that everybody sees, and what administrators do with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType
from typing import Annotated

import gradio as gr
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from app.api.limits import Slots
from app.conversations.reviewing import Answers
from app.explore.gaps import Gaps, Unanswered, gaps
from app.identity.types import Principal
from app.services import Services
from app.ui.explore import ExploreQuery, fragment, shell
from app.ui.explore_markup import Column, Sorting, View, empty, field, listed, place, section, select, table
from app.ui.languages import language_of
from app.ui.messages import document_path, literal, literal_address
from app.ui.words import Words, words_in
from ingest import names
from ingest.library import DocumentRow
from ingest.sources import SUFFIXES

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


def documents_routes(services: Services, slots: Slots, answers: Answers) -> APIRouter:
    """The route of the list; only those who may change the library see with what, and what answers lack."""
    router = APIRouter(include_in_schema=False)

    @router.get("/explore/documents")
    def show_documents(asked: Annotated[ExploreQuery, Query()], request: Request) -> HTMLResponse:
        principal: Principal = request.state.principal
        with slots.hold():
            view = View(services.holdings(), words_in(language_of(request)))
            found = gaps(answers(), view.holdings.documents.values()) if principal.may("admin") else None
            wanted = Wanted(asked.q.strip(), asked.kind or "", asked.sort, asked.down, asked.all)
            return fragment(documents_view(view, wanted, found))

    return router


def documents_view(view: View, wanted: Wanted, found: Gaps | None) -> str:
    """The list as HTML; with what answers lack, for those who look after the documents, with the means to change it."""
    say = _Speaker(view)
    everything = tuple(view.holdings.documents.values())
    rows = [row for row in everything if _is_wanted(row, wanted)]
    counted = literal(view.say("shown", shown=len(rows), total=len(everything)))
    shown = _table(view, wanted, _sorted(rows, wanted), is_admin=found is not None) if rows else _nothing(view)
    return "".join(
        [
            f'<h2 tabindex="-1">{literal(say("heading"))}</h2><p class="lead">{literal(say("lead"))}</p>',
            _controls(view) if found else "",
            _form(view, wanted),
            f'<p class="counted" role="status">{counted}</p>',
            shown,
            _gaps(view, found) if found else "",
        ]
    )


class _Speaker:
    """Says the words of this view."""

    def __init__(self, view: View) -> None:
        self._words = view.words

    def __call__(self, key: str, **values: object) -> str:
        return self._words[f"documents.{key}"].format(**values)


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
        return empty(_Speaker(view)("none_yet"), _Speaker(view)("none_yet_hint"))
    return empty(view.say("nothing_fits"))


def _table(view: View, wanted: Wanted, rows: Sequence[DocumentRow], *, is_admin: bool) -> str:
    say = _Speaker(view)
    heads = [Column(each.key, say(each.key), is_number=each.is_number) for each in _COLUMNS]
    if is_admin:
        heads.append(Column("action", say("action"), is_sortable=False))
    kept = rows if wanted.is_whole else rows[:PAGE]
    cells = (
        [*(each.shown(view, row) for each in _COLUMNS), *([_removal(view, row)] if is_admin else [])] for row in kept
    )

    def address(key: str, is_descending: bool) -> str:
        return place("documents", wanted.state(sort=key, down=int(is_descending) or None))

    shown = table(say("heading"), heads, cells, Sorting(wanted.sort or "title", wanted.is_descending, address))
    if len(kept) == len(rows):
        return shown
    more, text = place("documents", wanted.state(all=1)), literal(view.say("show_all", total=len(rows)))
    return f'{shown}<p class="act"><a class="button" href="{more}">{text}</a></p>'


def _cells(view: View, row: DocumentRow, *, is_admin: bool) -> list[str]:
    shown = [each.shown(view, row) for each in _COLUMNS]
    return [*shown, _removal(view, row)] if is_admin else shown


def _sorted(rows: Sequence[DocumentRow], wanted: Wanted) -> list[DocumentRow]:
    column = next((each for each in _COLUMNS if each.key == wanted.sort), _COLUMNS[0])
    return sorted(rows, key=column.order, reverse=wanted.is_descending)


def _title(_: View, row: DocumentRow) -> str:
    return f'<a class="source" href="{literal_address(document_path(row.id))}">{literal(row.title)}</a>'


def _kind(view: View, row: DocumentRow) -> str:
    return literal(view.label(f"document_{row.kind}", row.kind))


def _format(_: View, row: DocumentRow) -> str:
    return literal(_suffix(row).upper())


def _suffix(row: DocumentRow) -> str:
    return PurePath(row.path).suffix.removeprefix(".")


def _origin(view: View, row: DocumentRow) -> str:
    return literal(_Speaker(view)(f"origin_{row.origin}"))


_COLUMNS: tuple[_Column, ...] = (
    _Column("title", _title, lambda row: names.fold(row.title)),
    _Column("kind", _kind, lambda row: row.kind),
    _Column("file_format", _format, _suffix),
    _Column("language", lambda _, row: literal(row.language.upper()), lambda row: row.language),
    _Column("published", lambda view, row: literal(view.day(row.published or "")), lambda row: row.published or ""),
    _Column("words", lambda _, row: f"{row.words:,}", lambda row: row.words, is_number=True),
    _Column("chunks", lambda _, row: str(row.chunks), lambda row: row.chunks, is_number=True),
    _Column("origin", _origin, lambda row: row.origin),
)


def _removal(view: View, row: DocumentRow) -> str:
    """The corpus folder's documents go with their files; only what was added is removed here."""
    if row.origin != "added":
        return ""
    say = _Speaker(view)
    return (
        f'<button type="button" class="quiet" data-remove="{literal(row.id)}">{literal(say("remove"))}'
        f'<span class="sr"> {literal(row.title)}</span></button>'
    )


_SAID: Mapping[str, str] = MappingProxyType(
    {
        "waiting": "waiting",
        "sending": "sending",
        "reading": "reading",
        "added": "added_outcome",
        "unchanged": "unchanged_outcome",
        "removed": "removed_outcome",
        "step": "in_step",
        "failed": "failed_outcome",
    }
)
"""Word that the script says → the key of our words."""


def _controls(view: View) -> str:
    """Adding files, following the folder, and the question before something is removed."""
    say = _Speaker(view)
    said = " ".join(f'data-{name}="{literal(view.words[f"documents.{key}"])}"' for name, key in _SAID.items())
    accepted = ",".join(sorted(SUFFIXES))
    return (
        f'<section class="part desk" {said}><h3>{literal(say("change"))}</h3>'
        f'<form class="upload">{field(say("files"), _picker(accepted))}'
        f'<div class="act"><button type="submit">{literal(say("add"))}</button>'
        f'<button type="button" class="quiet" data-ingest>{literal(say("follow_folder"))}</button></div></form>'
        f'<p class="note">{literal(say("add_hint"))}</p>'
        f'<dialog aria-labelledby="removal-question"><p id="removal-question">{literal(say("sure"))}</p>'
        f'<p class="named"></p><div class="act"><button type="button" value="yes">{literal(say("remove"))}</button>'
        f'<button type="button" class="quiet" value="no">{literal(say("keep"))}</button></div></dialog></section>'
    )


def _picker(accepted: str) -> str:
    return f'<input type="file" name="files" multiple required accept="{literal(accepted)}">'


def _gaps(view: View, found: Gaps) -> str:
    say = _Speaker(view)
    if not found.answers:
        return section(say("unanswered"), f'<p class="note">{literal(say("nothing_kept"))}</p>')
    uncited = [_title(view, row) for row in found.uncited]
    asked = [_unanswered(view, each) for each in found.unanswered]
    note = f'<p class="note">{literal(say("of_answers", count=found.answers))}</p>'
    return "".join(
        [
            section(say("unanswered"), note + (listed(view, asked) if asked else ""), count=len(asked)),
            section(say("uncited"), note + (listed(view, uncited) if uncited else ""), count=len(uncited)),
        ]
    )


def _unanswered(view: View, group: Unanswered) -> str:
    first, *others = group.questions
    times = f"<small>{literal(_Speaker(view)('times', count=group.times))}</small>"
    more = "".join(f"<li>{literal(other)}</li>" for other in others)
    return f"{literal(first)} {times}{f'<ul>{more}</ul>' if more else ''}"
