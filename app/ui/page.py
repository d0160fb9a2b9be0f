"""The page: Gradio mounted at `/` of the application, with nothing in it that reads or keeps files."""

import os
from functools import partial

# Gradio looks for its own host and for the model hub while it is imported, unless it is told not to.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Mount

from app.conversations.archive import open_archive
from app.conversations.reviewing import kept_answers
from app.conversations.store import Store as Conversations
from app.identity.store import Store
from app.identity.users import Users
from app.services import Services
from app.settings import Settings
from app.ui.chat import EXAMPLES, lay_out_chat, notice
from app.ui.documents import documents_routes, lay_out_documents
from app.ui.explore import explore_routes, lay_out_explore
from app.ui.frame import Frame, Framed
from app.ui.keeper import Keeper
from app.ui.languages import ByLanguage
from app.ui.theme import build_theme
from app.ui.words import LANGUAGES, Words, words_in
from ingest.last_run import last_run


def mount_page(app: FastAPI, services: Services, settings: Settings) -> FastAPI:
    """Mount the page at `/`, in each of its languages, and return the application."""
    answers = partial(kept_answers, Conversations(settings.data_dir))
    app.include_router(documents_routes(services, app.state.reading, answers, partial(last_run, settings.data_dir)))
    app.include_router(explore_routes(services, app.state.reading))
    keeper = Keeper(open_archive(settings.data_dir, days=settings.retention_days), services)
    users = Users(Store(settings.data_dir))

    def framed(words: Words) -> Framed:
        frame = Frame(
            words, EXAMPLES, notice(settings, keeper, words), keeper.archive.is_on, lambda: bool(users.listed())
        )
        return Framed(_mounted(app, build_page(services, settings, keeper, words)), frame)

    pages = {language: framed(words_in(language)) for language in LANGUAGES}
    app.router.routes.append(Mount("/", ByLanguage(pages)))
    return app


def _mounted(app: FastAPI, page: gr.Blocks) -> gr.routes.App:
    """The page in one language: its life is the application's, its addresses are not yet."""
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=build_theme(),
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
        with gr.Column(elem_id="view-ask", elem_classes="view"):
            lay_out_chat(services, settings, keeper, words)
        with gr.Column(elem_id="view-explore", elem_classes="view"):
            lay_out_explore(words)
        with gr.Column(elem_id="view-documents", elem_classes="view"):
            lay_out_documents(words)
    return page.queue(default_concurrency_limit=settings.max_concurrent, max_size=4 * settings.max_concurrent)
