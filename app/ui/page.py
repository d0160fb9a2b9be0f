"""The page: Gradio mounted at `/` of the application, with nothing in it that reads or keeps files."""

import json
import os
from functools import partial
from pathlib import Path

# Gradio looks for its own host and for the model hub while it is imported, unless it is told not to.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Mount

from app.conversations.archive import open_archive
from app.conversations.reviewing import kept_answers
from app.conversations.store import Store
from app.services import Services
from app.settings import Settings
from app.ui.chat import lay_out_chat
from app.ui.documents import documents_routes, lay_out_documents
from app.ui.explore import explore_routes, lay_out_explore
from app.ui.keeper import Keeper
from app.ui.languages import COOKIE, ByLanguage
from app.ui.messages import literal
from app.ui.theme import build_theme
from app.ui.words import LANGUAGES, Words, words_in
from ingest.last_run import last_run

HERE = Path(__file__).parent
VIEWS = ("ask", "explore", "documents")
"""Views of the page, in the order of the bar; the first is open when nothing else is asked for."""
STYLES = ("page.css", "explore.css", "history.css")
SCRIPTS = ("page.js", "chat.js", "explore.js", "documents.js", "history.js")
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='6' fill='%230b5551'/%3E"
    "%3Cpath d='M7 9h18M7 23h11' stroke='%23fff' stroke-width='3'/%3E"
    "%3Cpath d='M6 16h20' stroke='%23ffe28a' stroke-width='6'/%3E%3C/svg%3E"
)


def mount_page(app: FastAPI, services: Services, settings: Settings) -> FastAPI:
    """Mount the page at `/`, in each of its languages, and return the application."""
    answers = partial(kept_answers, Store(settings.data_dir))
    app.include_router(documents_routes(services, app.state.reading, answers, partial(last_run, settings.data_dir)))
    app.include_router(explore_routes(services, app.state.reading))
    keeper = Keeper(open_archive(settings.data_dir, days=settings.retention_days), services)
    pages = {
        language: _mounted(app, build_page(services, settings, keeper, words_in(language)), words_in(language))
        for language in LANGUAGES
    }
    app.router.routes.append(Mount("/", ByLanguage(pages)))
    return app


def _mounted(app: FastAPI, page: gr.Blocks, words: Words) -> gr.routes.App:
    """The page in one language: its life is the application's, its addresses are not yet."""
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=build_theme(),
        head=_head(words),
        footer_links=[],
        run_history=False,
        show_error=False,
        mcp_server=False,
        ssr_mode=False,
        allowed_paths=[],
        max_file_size=1,
        enable_monitoring=False,
        pwa=False,
    )
    # Only `launch()` sets this, and without it a client may name any file of the server as its upload.
    page.has_launched = True
    mounted: Mount = app.router.routes.pop()  # type: ignore[assignment]
    return mounted.app


def build_page(services: Services, settings: Settings, keeper: Keeper, words: Words) -> gr.Blocks:
    """Return the page with its events; `mount_page` makes it safe to serve."""
    with gr.Blocks(title=words["page.title"], analytics_enabled=False, fill_width=True) as page:
        gr.HTML(_bar(words), elem_id="top")
        with gr.Column(elem_id="view-ask", elem_classes="view"):
            lay_out_chat(services, settings, keeper, words)
        with gr.Column(elem_id="view-explore", elem_classes="view"):
            lay_out_explore(words)
        with gr.Column(elem_id="view-documents", elem_classes="view"):
            lay_out_documents(words)
    return page.queue(default_concurrency_limit=settings.max_concurrent, max_size=4 * settings.max_concurrent)


def _bar(words: Words) -> str:
    """Brand, views and switches; `page.js` makes them work."""
    views = "".join(f'<a href="#{view}" data-view="{view}">{literal(words[f"page.{view}"])}</a>' for view in VIEWS)
    languages = "".join(
        f'<button type="button" lang="{code}" title="{name}" aria-label="{name}" '
        f'aria-pressed="{str(code == words.language).lower()}">{code.upper()}</button>'
        for code, name in LANGUAGES.items()
    )
    return (
        '<header class="bar"><h1 class="brand"><span>CoE</span> Assistant</h1>'
        f'<nav id="views" aria-label="{literal(words["page.views"])}">{views}</nav>'
        f'<div id="languages" role="group" aria-label="{literal(words["page.language"])}">{languages}</div>'
        '<button type="button" id="colours"></button></header>'
    )


def _head(words: Words) -> str:
    style, script = (
        "\n".join((HERE / name).read_text(encoding="utf-8") for name in names) for names in (STYLES, SCRIPTS)
    )
    said = {key.partition(".")[2]: text for key, text in words.table.items() if key.startswith(("page.", "script."))}
    facts = json.dumps({"language": words.language, "cookie": COOKIE, "views": VIEWS, "words": said})
    # Inside a script element only a closing tag could end it: no word of ours holds one, and none may.
    facts = facts.replace("<", "\\u003c")
    return (
        f'<link rel="icon" href="{ICON}"><style>:root {{ --opening: "{words["page.loading"]}" }} {style}</style>'
        f"<script>window.coe = {facts};</script><script>{script}</script>"
    )
