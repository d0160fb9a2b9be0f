"""The view in which questions are asked: the conversation, the box, and the events between them."""

import logging
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from traceback import format_tb
from typing import Any

import gradio as gr
from pydantic import ValidationError

from app.running import Run
from app.services import Services, Starting
from app.settings import Settings
from app.types import MAX_QUESTION, Citation, Event, Question
from app.ui import messages
from app.ui.conversation import Conversation, Reply, replies
from app.ui.frame import greeting
from app.ui.history import Chat, Desk, Opinion, connect_history, lay_out_history, lay_out_opinion
from app.ui.keeper import Keeper
from app.ui.suggestions import Suggesting, suggesting
from app.ui.words import Words
from ingest.errors import CoeError

log = logging.getLogger(__name__)

TAB_SECONDS = 4 * 3600
"""A conversation nobody touched for this long is forgotten even when its tab stays open."""
LOADING_SECONDS = 0.5
"""Between two looks whether the models are there."""
EXAMPLES = (
    ("ask.kind_facts", ("ask.asked_joined", "ask.asked_place")),
    ("ask.kind_lists", ("ask.asked_partners", "ask.asked_projects")),
    ("ask.kind_people", ("ask.asked_opened", "ask.asked_name")),
)
"""Questions to begin with, by what kind of answer they get."""

Answering = Callable[[str, Conversation], Generator[Reply, None, None]]


def lay_out_chat(services: Services, settings: Settings, keeper: Keeper, words: Words) -> None:
    """Lay out the view with its events."""
    beside = lay_out_history(words) if keeper.archive.is_on else None
    parts = _lay_out(settings, keeper, words)
    readers = ("extractive", settings.llm or "extractive")
    told = messages.Told(words, readers, publisher=partial(_publisher, services))
    events = _Events(parts, partial(_answer, services, told), suggesting(services, words), Desk(keeper, told))
    over = events.connect()
    if beside and parts.opinion:
        chat = Chat(parts.conversation, parts.run, parts.shown(), parts.showing, over)
        connect_history(chat, beside, parts.opinion, events.desk)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components that events read or change."""

    conversation: Any
    run: Any
    is_edited: Any
    chat: Any
    box: Any
    send: Any
    stop: Any
    renew: Any
    again: Any
    edit: Any
    keep: Any
    editing: Any
    opinion: Opinion | None
    suggestions: Any
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
            self.suggestions: "",
        }

    def shown(self) -> list[Any]:
        """Return the components that `showing` updates."""
        return list(self.showing(Conversation()))

    def revising(self, *, is_on: bool) -> dict[Any, Any]:
        """Return the updates that make the next question stand in the place of the last one, or no longer."""
        return {self.is_edited: is_on, self.editing: gr.update(visible=is_on)}


def _lay_out(settings: Settings, keeper: Keeper, words: Words) -> _Parts:
    conversation, run, is_edited = (
        gr.State(value, time_to_live=TAB_SECONDS) for value in (Conversation(), None, False)
    )
    # Pressed by the buttons inside an answer, which are plain HTML.
    again, edit = (gr.Button(elem_id=name, visible="hidden") for name in ("again", "edit"))
    with gr.Column(elem_id="talk"):
        with gr.Column(elem_id="welcome") as welcome:
            gr.HTML(greeting(words))
            examples = _lay_out_examples(words)
        chat = _chat(words)
        opinion = lay_out_opinion(words) if keeper.archive.is_on else None
        suggestions = gr.HTML(elem_id="suggestions")
    with gr.Column(elem_id="compose"):
        with gr.Row(elem_id="editing", visible=False) as editing:
            gr.HTML(f"<p>{words['ask.editing']}</p>")
            keep = gr.Button(words["ask.edit_cancel"], elem_id="keep", size="sm", min_width=0)
        with gr.Row(elem_id="ask"):
            box = _box(words)
            send = gr.Button(words["ask.send"], elem_id="send", variant="primary", min_width=0)
            stop = gr.Button(words["ask.stop"], elem_id="stop", variant="stop", min_width=0, visible=False)
        with gr.Row(elem_id="foot"):
            gr.HTML(notice(settings, keeper, words), elem_id="notice")
            renew = gr.Button(words["ask.renew"], elem_id="renew", size="sm", min_width=0, visible=False)
    return _Parts(
        conversation,
        run,
        is_edited,
        chat,
        box,
        send,
        stop,
        renew,
        again,
        edit,
        keep,
        editing,
        opinion,
        suggestions,
        welcome,
        examples,
    )


def _lay_out_examples(words: Words) -> tuple[Any, ...]:
    buttons = []
    with gr.Row(elem_id="examples"):
        for kind, questions in EXAMPLES:
            with gr.Column(elem_classes="topic", min_width=200):
                gr.HTML(f"<h3>{words[kind]}</h3>")
                buttons += [gr.Button(words[question], elem_classes="example", min_width=0) for question in questions]
    return tuple(buttons)


def _chat(words: Words) -> Any:
    return gr.Chatbot(
        elem_id="chat",
        label=words["ask.conversation"],
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


def _box(words: Words) -> Any:
    # Twice the limit, so that a pasted text is refused with a sentence and not silently cut.
    return gr.Textbox(
        elem_id="box",
        label=words["ask.box"],
        placeholder=words["ask.placeholder"],
        lines=1,
        max_lines=6,
        max_length=2 * MAX_QUESTION,
        container=False,
        scale=1,
    )


def notice(settings: Settings, keeper: Keeper, words: Words) -> str:
    """What becomes of a question, as HTML."""
    kept = words.counted("history.kept_days", keeper.archive.days) if keeper.archive.is_on else words["ask.kept"]
    model = words["ask.model"].format(messages.literal(settings.llm)) if settings.llm else words["ask.no_model"]
    return f"<p>{words['ask.notice']} {kept} {model}</p>"


@dataclass(frozen=True, slots=True)
class _Events:
    """What happens when something is pressed."""

    parts: _Parts
    answer: Answering
    suggest: Suggesting
    desk: Desk

    @property
    def words(self) -> Words:
        """The page's words."""
        return self.desk.words

    def connect(self) -> tuple[Any, ...]:
        """Bind every event to its component; those after which there is another conversation, or more of it."""
        parts = self.parts
        shown = parts.shown()
        revised = [parts.is_edited, parts.editing]
        quiet = {"show_progress": "hidden", "api_visibility": "private"}
        # One event for every way of asking: until it is over, the tab cannot ask again, and only then "Ask" comes back.
        asked = gr.on(
            [parts.box.submit, parts.send.click, parts.again.click, *(each.click for each in parts.examples)],
            self._ask,
            [parts.box, parts.conversation, parts.is_edited],
            [*shown, *revised, parts.run],
            trigger_mode="once",
            **quiet,
        )
        over = asked.then(parts.showing, [parts.conversation], shown, queue=False, **quiet)
        over.then(self._suggestions, [parts.conversation], [parts.suggestions], queue=False, **quiet)
        # The question being answered ends by itself and has the last word; cancelling it from outside would race.
        parts.stop.click(_halt, [parts.run], None, queue=False, **quiet)
        renewed = parts.renew.click(lambda: parts.showing(Conversation()), None, shown, queue=False, **quiet)
        # The script of the page puts the last question into the box, and takes out what was asked or given up.
        parts.edit.click(lambda: parts.revising(is_on=True), None, revised, queue=False, **quiet)
        parts.keep.click(lambda: parts.revising(is_on=False), None, revised, queue=False, **quiet)
        return over, renewed

    def _suggestions(self, conversation: Conversation) -> str:
        asked = frozenset(exchange.question for exchange in conversation.exchanges)
        answer = conversation.exchanges[-1].reply.answer if conversation.exchanges else None
        return messages.suggestions(self.suggest(answer, asked), self.words) if answer else ""

    def _ask(
        self, text: str, conversation: Conversation, is_edited: bool, event: gr.EventData, request: gr.Request
    ) -> Iterator[dict[Any, Any]]:
        question, before = self._asked(text, conversation, event, is_edited=is_edited)
        parts = self.parts
        if not question:
            yield {parts.conversation: conversation}
            return
        if problem := self._problem(question):
            yield parts.showing(before.asked(_beginning(question), Reply(messages.failure(problem, self.words))))
            return
        run = Run(self.answer(question, before))
        try:
            shown = self._begun(before.asked(question, Reply(messages.working(self.words["ask.reading"]))), request)
            yield parts.showing(shown, working=True) | parts.revising(is_on=False) | {parts.run: run}
            for reply in run:
                shown = shown.replied(reply)
                yield parts.showing(shown, working=True)
            shown = self._over(shown, request, is_stopped=run.is_stopped)
            yield parts.showing(shown, working=True) | {parts.run: None}
        finally:
            run.stop()

    def _begun(self, shown: Conversation, request: gr.Request) -> Conversation:
        """The conversation with its newest question kept at once, so that it is not lost when its tab is closed."""
        return self.desk.keeper.remember(request, shown, self.words, stopped=True).pending()

    def _over(self, shown: Conversation, request: gr.Request, *, is_stopped: bool) -> Conversation:
        """The conversation with its newest exchange ended, and kept where conversations are."""
        ended = shown.stopped(self.words) if is_stopped else shown
        return self.desk.keeper.remember(request, ended, self.words, stopped=is_stopped)

    def _asked(
        self, text: str, conversation: Conversation, event: gr.EventData, *, is_edited: bool
    ) -> tuple[str, Conversation]:
        """The question, and the conversation that it goes on from."""
        if event.target is self.parts.again:
            return conversation.last_question() or "", conversation.without_last()
        if event.target in self.parts.examples:
            return event.target.value, conversation
        return text.strip(), conversation.without_last() if is_edited else conversation

    def _problem(self, question: str) -> str | None:
        if len(question) > MAX_QUESTION:
            return self.words["ask.too_long"].format(len(question), MAX_QUESTION)
        return None


def _halt(run: Run[Reply] | None) -> None:
    if run:
        run.stop()


def _beginning(question: str) -> str:
    return question if len(question) <= MAX_QUESTION else f"{question[:200]}…"


def _answer(
    services: Services, told: messages.Told, text: str, conversation: Conversation
) -> Generator[Reply, None, None]:
    words = told.words
    try:
        yield from _once_loaded(services, told, Question(question=text, history=conversation.history()))
    except ValidationError:
        yield Reply(messages.failure(words["ask.unreadable"], words))
    except CoeError as error:
        yield Reply(messages.failure(words.error(error), words))
    except Exception as error:
        # Neither the message nor the question: both may hold what nobody should find in a log.
        frames = "".join(format_tb(error.__traceback__))
        log.error("The page could not answer (%s):\n%s", type(error).__name__, frames)
        yield Reply(messages.failure(words["ask.defect"], words))


def _once_loaded(services: Services, told: messages.Told, question: Question) -> Iterator[Reply]:
    """The replies; a question asked while the models are loading waits for them, and says so."""
    while True:
        events: Iterator[Event] = iter(())
        try:
            events = services.events(question)
            yield from replies(events, told)
            return
        except Starting:
            yield Reply(messages.working(told.words["ask.loading"]))
            time.sleep(LOADING_SECONDS)
        finally:
            # A stopped question must stop its search and its model now, not when the garbage is collected.
            if isinstance(events, Generator):
                events.close()


def _publisher(services: Services, citation: Citation) -> str | None:
    """Who published the source that a citation links to."""
    try:
        sources = services.document(citation.document_id).metadata.sources
    except CoeError:
        return None
    return next((source.publisher for source in sources if source.url == citation.url), None)
