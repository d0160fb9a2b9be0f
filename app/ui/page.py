"""The chat page: Gradio mounted at `/` of the application, with nothing in it that reads or keeps files."""

import logging
import os
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from traceback import format_tb
from typing import Any

# Gradio looks for its own host and for the model hub while it is imported, unless it is told not to.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
from fastapi import FastAPI
from pydantic import ValidationError

from app.running import Run
from app.services import Services
from app.settings import Settings
from app.types import MAX_QUESTION, Event, Question
from app.ui import messages
from app.ui.conversation import Conversation, Reply, replies
from app.ui.theme import build_theme
from ingest.errors import CoeError

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
TAB_SECONDS = 4 * 3600
"""A conversation nobody touched for this long is forgotten even when its tab stays open."""
EXAMPLES = (
    ("Partners", ("When did Kazakhstan join the Initiative?", "How many partner countries are there?")),
    (
        "Meetings",
        (
            "Where was the 14th Round-Table Meeting for Central Asia held?",
            "Who opened the 14th Round-Table Meeting for Central Asia?",
        ),
    ),
    ("Projects", ("What is Project 65 about?", "What does PRECA stand for?")),
)
BRAND = '<h1 class="brand"><span>CoE</span> Assistant</h1>'
WELCOME = (
    '<h2>What do the documents say?</h2><p class="lead">Ask about the meetings, partners and projects of the '
    "EU CBRN Centres of Excellence. Answers are quotes, and every quote opens in its place in the text.</p>"
)
NOTICE = "Answers quote summaries, not official documents. Nothing you ask is saved."
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='6' fill='%230b5551'/%3E"
    "%3Cpath d='M7 9h18M7 23h11' stroke='%23fff' stroke-width='3'/%3E"
    "%3Cpath d='M6 16h20' stroke='%23ffe28a' stroke-width='6'/%3E%3C/svg%3E"
)


def mount_page(app: FastAPI, services: Services, settings: Settings) -> FastAPI:
    """Mount the chat page at `/` and return the application."""
    page = build_page(services, settings)
    app = gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=build_theme(),
        head=_head(),
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
    return app


def build_page(services: Services, settings: Settings) -> gr.Blocks:
    """Return the page with its events; `mount_page` makes it safe to serve."""
    with gr.Blocks(title="CoE Assistant", analytics_enabled=False, fill_width=True) as page:
        parts = _lay_out(settings)
        _connect(parts, partial(_answer, services, ("extractive", settings.llm or "extractive")))
    return page.queue(default_concurrency_limit=settings.max_concurrent, max_size=4 * settings.max_concurrent)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components that events read or change."""

    conversation: Any
    run: Any
    chat: Any
    box: Any
    send: Any
    stop: Any
    renew: Any
    welcome: Any
    examples: tuple[Any, ...]

    def showing(self, conversation: Conversation, *, working: bool = False) -> dict[Any, Any]:
        """Return the updates that make the page show `conversation`."""
        started = bool(conversation.exchanges)
        return {
            self.conversation: conversation,
            self.chat: gr.update(value=conversation.messages(), visible=started),
            self.welcome: gr.update(visible=not started),
            self.renew: gr.update(visible=started and not working),
            self.send: gr.update(visible=not working),
            self.stop: gr.update(visible=working),
        }


def _lay_out(settings: Settings) -> _Parts:
    conversation = gr.State(Conversation(), time_to_live=TAB_SECONDS)
    run = gr.State(None, time_to_live=TAB_SECONDS)
    with gr.Row(elem_id="top"):
        gr.HTML(BRAND, elem_id="brand")
        renew = gr.Button("New conversation", elem_id="renew", size="sm", min_width=0, visible=False)
    with gr.Column(elem_id="talk"):
        with gr.Column(elem_id="welcome") as welcome:
            gr.HTML(WELCOME)
            examples = _lay_out_examples()
        chat = _chat()
    with gr.Column(elem_id="compose"):
        with gr.Row(elem_id="ask"):
            box = _box()
            send = gr.Button("Ask", elem_id="send", variant="primary", min_width=0)
            stop = gr.Button("Stop", elem_id="stop", variant="stop", min_width=0, visible=False)
        gr.HTML(_notice(settings), elem_id="notice")
    return _Parts(conversation, run, chat, box, send, stop, renew, welcome, examples)


def _lay_out_examples() -> tuple[Any, ...]:
    buttons = []
    with gr.Row(elem_id="examples"):
        for topic, questions in EXAMPLES:
            with gr.Column(elem_classes="topic", min_width=200):
                gr.HTML(f"<h3>{topic}</h3>")
                buttons += [gr.Button(question, elem_classes="example", min_width=0) for question in questions]
    return tuple(buttons)


def _chat() -> Any:
    return gr.Chatbot(
        elem_id="chat",
        label="Conversation",
        show_label=False,
        visible=False,
        height="100%",
        layout="panel",
        autoscroll=False,
        buttons=[],
        latex_delimiters=[],
        sanitize_html=True,
        allow_file_downloads=False,
        feedback_options=None,
        group_consecutive_messages=False,
    )


def _box() -> Any:
    # Twice the limit, so that a pasted text is refused with a sentence and not silently cut.
    return gr.Textbox(
        elem_id="box",
        label="Your question",
        placeholder="Ask about the documents",
        lines=1,
        max_lines=6,
        max_length=2 * MAX_QUESTION,
        autofocus=True,
        container=False,
        scale=1,
    )


def _notice(settings: Settings) -> str:
    if settings.llm:
        name = messages.literal(settings.llm)
        model = f"Language model: {name}, which receives your question and the passages found."
    else:
        model = "No language model is used."
    return f"<p>{NOTICE} {model}</p>"


def _connect(parts: _Parts, answer: Callable[[str, Conversation], Generator[Reply, None, None]]) -> None:
    def ask(text: str, conversation: Conversation, event: gr.EventData) -> Iterator[dict[Any, Any]]:
        example = event.target in parts.examples
        question = (event.target.value if example else text).strip()
        if not question:
            yield {parts.conversation: conversation}
            return
        problem = _problem(question)
        if problem:
            yield parts.showing(conversation.asked(_beginning(question), Reply(messages.failure(problem))))
            return
        run = Run(answer(question, conversation))
        try:
            shown = conversation.asked(question, Reply(messages.working("Reading the question…")))
            yield parts.showing(shown, working=True) | {parts.run: run} | ({} if example else {parts.box: ""})
            for reply in run:
                shown = shown.replied(reply)
                yield parts.showing(shown, working=True)
            yield parts.showing(shown.stopped() if run.is_stopped else shown, working=True) | {parts.run: None}
        finally:
            run.stop()

    _listen(parts, ask)


def _listen(parts: _Parts, ask: Callable[..., Iterator[dict[Any, Any]]]) -> None:
    def halt(run: Run | None) -> None:
        if run:
            run.stop()

    def settle(conversation: Conversation) -> dict[Any, Any]:
        return parts.showing(conversation)

    def restart() -> dict[Any, Any]:
        return parts.showing(Conversation())

    shown = [parts.conversation, parts.chat, parts.welcome, parts.renew, parts.send, parts.stop]
    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    # One event for every way of asking: until it is over, the tab cannot ask again, and only then "Ask" comes back.
    asked = gr.on(
        [parts.box.submit, parts.send.click, *(example.click for example in parts.examples)],
        ask,
        [parts.box, parts.conversation],
        [*shown, parts.run, parts.box],
        trigger_mode="once",
        **quiet,
    )
    asked.then(settle, [parts.conversation], shown, queue=False, **quiet)
    # The question being answered ends by itself and has the last word; cancelling it from outside would race.
    parts.stop.click(halt, [parts.run], None, queue=False, **quiet)
    parts.renew.click(restart, None, shown, queue=False, **quiet)


def _problem(question: str) -> str | None:
    if len(question) > MAX_QUESTION:
        return f"Your question has {len(question):,} characters; please shorten it to {MAX_QUESTION:,}."
    return None


def _beginning(question: str) -> str:
    return question if len(question) <= MAX_QUESTION else f"{question[:200]}…"


def _answer(
    services: Services, readers: Sequence[str], text: str, conversation: Conversation
) -> Generator[Reply, None, None]:
    events: Iterator[Event] | None = None
    try:
        events = services.events(Question(question=text, history=conversation.history()))
        yield from replies(events, readers=readers)
    except ValidationError:
        yield Reply(messages.failure("This question cannot be read; please write it again."))
    except CoeError as error:
        yield Reply(messages.failure(str(error)))
    except Exception as error:
        # Neither the message nor the question: both may hold what nobody should find in a log.
        frames = "".join(format_tb(error.__traceback__))
        log.error("The page could not answer (%s):\n%s", type(error).__name__, frames)
        yield Reply(messages.failure("Something went wrong here and the question was not answered. Please try again."))
    finally:
        # A stopped question must stop its search and its model now, not when the garbage is collected.
        if isinstance(events, Generator):
            events.close()


def _head() -> str:
    style = (HERE / "page.css").read_text(encoding="utf-8")
    script = (HERE / "page.js").read_text(encoding="utf-8")
    return f'<link rel="icon" href="{ICON}"><style>{style}</style><script>{script}</script>'
