"""Explore: the tab and the views in it, which the page's script fetches as pieces of HTML by their address."""

from datetime import date
from typing import Annotated, Literal

import gradio as gr
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import Field

from app.api.filtering import FilterQuery, Name
from app.api.limits import Slots
from app.explore.changes import changes
from app.explore.records import Key, mentions, naming, record
from app.explore.tallies import regions
from app.services import Services
from app.ui.explore_changes import changes_view, usual_period
from app.ui.explore_lists import Asked, list_view
from app.ui.explore_markup import View, place
from app.ui.explore_regions import regions_view
from app.ui.explore_search import LIMIT, search_view
from app.ui.languages import language_of
from app.ui.messages import literal
from app.ui.record import missing_view, record_view
from app.ui.words import Words, words_in

ListName = Literal["meetings", "partners", "projects", "people", "secretariats"]

PLACES = ("search", "meetings", "partners", "projects", "regions", "people", "secretariats", "changes")
"""The views that the tab's own navigation leads to."""

_SHELL = (
    '<div id="{pane}" class="pane" data-view="{view}" data-failed="{failed}" data-again="{again}" '
    'data-list="{list}" aria-busy="true"><p class="note">{loading}</p></div>'
)


class ExploreQuery(FilterQuery):
    """What a view is narrowed to, and how it is sorted."""

    q: str = Field("", max_length=400)
    kind: Name = None
    sort: str = Field("", max_length=40)
    down: bool = False
    all: bool = False
    since: date | None = None
    until: date | None = None


Query_ = Annotated[ExploreQuery, Query()]


def lay_out_explore(words: Words) -> None:
    """Put the place into the page in which Explore's views are shown."""
    gr.HTML(shell("explore", "explore/search", words))


def shell(pane: str, view: str, words: Words) -> str:
    """An empty place for views, and the first one of them."""
    said = {key: literal(words[f"explore.{key}"]) for key in ("loading", "failed", "again", "list")}
    return _SHELL.format(pane=pane, view=view, **said)


def explore_routes(services: Services, slots: Slots) -> APIRouter:
    """The routes below `/explore/`."""
    router = APIRouter(prefix="/explore", include_in_schema=False)

    def seen(request: Request) -> View:
        return View(services.holdings(), words_in(language_of(request)))

    @router.get("/search")
    def show_search(asked: Query_, request: Request) -> HTMLResponse:
        with slots.hold():
            view, filters, words = seen(request), asked.filters(kind=asked.kind), asked.q.strip()
            hits = services.search(words, filters, LIMIT) if words else ()
            return _shown(view, "search", "search_title", search_view(view, words, filters, hits))

    @router.get("/regions")
    def show_regions(request: Request) -> HTMLResponse:
        with slots.hold():
            view = seen(request)
            return _shown(view, "regions", "regions", regions_view(view, regions(view.holdings)))

    @router.get("/changes")
    def show_changes(asked: Query_, request: Request) -> HTMLResponse:
        with slots.hold():
            view = seen(request)
            first, last = usual_period(view.holdings)
            found = changes(view.holdings, asked.since or first, asked.until or last)
            return _shown(view, "changes", "changes", changes_view(view, found))

    @router.get("/record/{kind}/{id:path}")
    def show_record(kind: str, id: str, request: Request) -> HTMLResponse:
        with slots.hold():
            return _record(services, seen(request), Key(kind, id))

    @router.get("/{name}")
    def show_list(name: ListName, asked: Query_, request: Request) -> HTMLResponse:
        with slots.hold():
            view = seen(request)
            wanted = Asked(asked.filters(), asked.q.strip(), asked.sort, asked.down, asked.all)
            return _shown(view, name, name, list_view(view, name, wanted))

    return router


def _record(services: Services, view: View, key: Key) -> HTMLResponse:
    found = record(view.holdings, key)
    if found is None:
        return _page(view, "", literal(view.say("explore")), missing_view(view), status=404)
    passages = naming(services.naming(mentions(view.holdings, key)))
    kind = f'<span class="kind">{literal(view.label(f"kind_{key.kind}", key.kind))}</span>'
    return _page(view, "", f"{kind} {literal(found.name)}", record_view(view, found, passages))


def _shown(view: View, here: str, heading: str, content: str) -> HTMLResponse:
    return _page(view, here, literal(view.say(heading)), content)


def _page(view: View, here: str, heading: str, content: str, *, status: int = 200) -> HTMLResponse:
    return fragment(f'{_navigation(view, here)}<h2 tabindex="-1">{heading}</h2>{content}', status=status)


def fragment(content: str, *, status: int = 200) -> HTMLResponse:
    """A piece of HTML for the page's script."""
    return HTMLResponse(content, status, headers={"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"})


def _navigation(view: View, here: str) -> str:
    links = "".join(_place(view, name, name == here) for name in PLACES)
    return f'<nav class="places" aria-label="{literal(view.say("explore"))}"><ul>{links}</ul></nav>'


def _place(view: View, name: str, is_here: bool) -> str:
    current = ' aria-current="page"' if is_here else ""
    return f'<li><a href="{place(f"explore/{name}")}"{current}>{literal(view.say(name))}</a></li>'
