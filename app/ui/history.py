"""The kept conversations beside the chat, and what a reader says about its newest answer.

How the view with the chat uses it, inside `gr.Blocks`:

    history = lay_out_history(words)                 # anywhere: it is a sidebar
    …                                                # the view's own components
    opinion = lay_out_opinion(words)                 # right below the chat
    …
    chat = Chat(state, run, shown, showing, over=(asked, renewed))
    connect_history(chat, history, opinion, Desk(keeper, told))

`state` and `run` are the `gr.State`s of the `Conversation` and of the question being answered, and
`showing(conversation)` gives updates of `shown`, as the view's own handlers use them. `over` are the events after which
there is another conversation, or more of it. In the handler that asks, once the last reply is there:

    conversation = keeper.remember(request, conversation, words, stopped=run.is_stopped)

It keeps the newest exchange. Where nothing is kept, `keeper.archive.is_on` is false: lay out and connect nothing then.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from textwrap import shorten
from typing import Any

import gradio as gr

from app.conversations.errors import UnknownConversation
from app.conversations.types import MAX_COMMENT, MAX_TITLE, VERDICTS, Verdict
from app.running import Run
from app.types import Citation
from app.ui.conversation import Conversation, Reply
from app.ui.keeper import Keeper, Remark, owner_of
from app.ui.messages import Told, literal
from app.ui.words import Words
from ingest.errors import CoeError

LISTED = 50
"""Conversations shown at once; the others are found by searching."""
QUOTED = 120
"""Characters of a quote by which a reader knows the citation that is meant."""
_LINKS = "/api/v1/conversations"
_QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}

Updates = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class Chat:
    """What the sidebar needs of the view with the chat."""

    state: Any
    run: Any
    shown: Sequence[Any]
    showing: Callable[[Conversation], Updates]
    over: Sequence[Any]


@dataclass(frozen=True, slots=True)
class History:
    """The components of the sidebar."""

    search: Any
    choice: Any
    state: Any
    tools: Any
    links: Any
    title: Any
    rename: Any
    delete: Any
    sure: Any
    sure_yes: Any
    sure_no: Any

    def listing(self) -> list[Any]:
        """Return what changes with the conversation."""
        return [self.choice, self.state, self.tools, self.links, self.title, self.sure]


@dataclass(frozen=True, slots=True)
class Opinion:
    """The components of the row below the chat."""

    row: Any
    verdict: Any
    buttons: tuple[Any, ...]
    remark: Any
    meant: Any
    box: Any
    send: Any
    cancel: Any
    thanks: Any

    def listing(self) -> list[Any]:
        """Return what changes with the answer, or with what is said about it."""
        return [self.row, self.verdict, self.remark, self.meant, self.box, self.thanks]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the handlers work with."""

    keeper: Keeper
    told: Told

    @property
    def words(self) -> Words:
        """The page's language."""
        return self.told.words


def lay_out_history(words: Words) -> History:
    """Lay out the sidebar."""
    with gr.Sidebar(open=False, elem_id="history", label=words["history.conversations"]):
        gr.HTML(f"<h2>{words['history.conversations']}</h2>")
        search = gr.Textbox(label=words["history.search"], elem_id="history-search", max_length=200)
        choice = gr.Radio(
            choices=[], label=words["history.conversations"], show_label=False, elem_id="kept", container=False
        )
        state = gr.HTML(elem_id="history-state")
        with gr.Column(elem_id="history-tools", visible=False) as tools:
            links = gr.HTML(elem_id="history-links")
            title = gr.Textbox(label=words["history.title"], elem_id="history-title", max_length=MAX_TITLE)
            with gr.Row():
                rename = gr.Button(words["history.rename"], elem_id="history-rename", size="sm", min_width=0)
                delete = gr.Button(words["history.delete"], elem_id="history-delete", size="sm", min_width=0)
            with gr.Column(elem_id="history-sure", visible=False) as sure:
                gr.HTML(f'<p role="alert">{words["history.sure"]}</p>')
                with gr.Row():
                    yes = gr.Button(
                        words["history.sure_yes"], elem_id="history-yes", variant="stop", size="sm", min_width=0
                    )
                    no = gr.Button(words["history.sure_no"], elem_id="history-no", size="sm", min_width=0)
    return History(search, choice, state, tools, links, title, rename, delete, sure, yes, no)


def lay_out_opinion(words: Words) -> Opinion:
    """Lay out the row in which a reader says what the newest answer is worth."""
    verdict = gr.State("comment")
    with gr.Column(elem_id="opinion", visible=False) as row:
        with gr.Row(elem_id="verdicts"):
            gr.HTML(f"<p>{words['history.opinion']}</p>")
            buttons = tuple(
                gr.Button(words[f"history.{each}"], elem_id=f"say-{each}", size="sm", min_width=0) for each in VERDICTS
            )
        with gr.Column(elem_id="remark", visible=False) as remark:
            meant = gr.Radio(choices=[], label=words["history.which_citation"], elem_id="meant", visible=False)
            with gr.Row(elem_id="remark-row"):
                box = gr.Textbox(
                    label=words["history.remark"], elem_id="remark-box", lines=2, max_lines=6, max_length=MAX_COMMENT
                )
                send = gr.Button(words["history.send"], elem_id="remark-send", size="sm", min_width=0)
                cancel = gr.Button(words["history.cancel"], elem_id="remark-cancel", size="sm", min_width=0)
        thanks = gr.HTML(elem_id="thanks")
    return Opinion(row, verdict, buttons, remark, meant, box, send, cancel, thanks)


def connect_history(chat: Chat, history: History, opinion: Opinion, desk: Desk) -> None:
    """Bind every event of the sidebar and of the row below the chat."""
    events = _Events(chat, history, opinion, desk)
    events.connect_list()
    events.connect_tools()
    events.connect_opinion()


@dataclass(frozen=True, slots=True)
class _Events:
    """What happens when something is chosen, pressed or over."""

    chat: Chat
    history: History
    opinion: Opinion
    desk: Desk

    def connect_list(self) -> None:
        chat, history = self.chat, self.history
        settled = [*history.listing(), *self.opinion.listing()]
        opened = [chat.state, *chat.shown, *settled]
        gr.on(None, self._arrive, None, opened, **_QUIET)
        for event in chat.over:
            event.then(self._settled, [chat.state, history.search], settled, **_QUIET)
        history.search.submit(self._search, [chat.state, history.search], history.listing(), **_QUIET)
        history.choice.input(self._open, [history.choice, chat.state, chat.run, history.search], opened, **_QUIET)

    def connect_tools(self) -> None:
        chat, history = self.chat, self.history
        named = [history.title, chat.state, history.search]
        gr.on([history.rename.click, history.title.submit], self._rename, named, history.listing(), **_QUIET)
        history.delete.click(lambda: gr.update(visible=True), None, history.sure, **_QUIET)
        history.sure_no.click(lambda: gr.update(visible=False), None, history.sure, **_QUIET)
        changed = [chat.state, *chat.shown, *history.listing(), *self.opinion.listing()]
        history.sure_yes.click(self._delete, [chat.state, chat.run, history.search], changed, **_QUIET)

    def connect_opinion(self) -> None:
        state, opinion = self.chat.state, self.opinion
        for verdict, button in zip(VERDICTS, opinion.buttons, strict=True):
            if verdict == "right":
                button.click(self._praise, state, opinion.listing(), **_QUIET)
            else:
                button.click(partial(self._ask_remark, verdict), state, opinion.listing(), **_QUIET)
        told = [opinion.verdict, opinion.box, opinion.meant, state]
        opinion.send.click(self._report, told, opinion.listing(), **_QUIET)
        opinion.cancel.click(lambda: gr.update(visible=False), None, opinion.remark, **_QUIET)

    def _arrive(self, request: gr.Request) -> Updates:
        """Show the conversation that the address names, and list the others."""
        id = dict(request.query_params).get("a")
        if not id:
            return self._settled(Conversation(), "", request)
        return self._shown(str(id), "", request)

    def _open(
        self, id: str | None, conversation: Conversation, run: Run[Reply] | None, searched: str, request: gr.Request
    ) -> Updates:
        if run is not None:  # the answer being written has the last word in the chat
            return {**self._listing(conversation, searched, request), **self._told(self.desk.words["history.working"])}
        return self._shown(id or "", searched, request)

    def _shown(self, id: str, searched: str, request: gr.Request) -> Updates:
        try:
            conversation = self.desk.keeper.opened(owner_of(request), id, self.desk.told)
        except CoeError as error:
            told = self.desk.words["history.missing"] if isinstance(error, UnknownConversation) else str(error)
            updates = self._settled(Conversation(), searched, request)
            return {**updates, **self._told(told)}
        return self._everything(conversation, searched, request)

    def _everything(self, conversation: Conversation, searched: str, request: gr.Request) -> Updates:
        return {**self.chat.showing(conversation), **self._settled(conversation, searched, request)}

    def _settled(self, conversation: Conversation, searched: str, request: gr.Request) -> Updates:
        has_answer = bool(conversation.id and conversation.exchanges and conversation.exchanges[-1].reply.answer)
        row = {self.opinion.row: gr.update(visible=has_answer)}
        return {**self._listing(conversation, searched, request), **row, **self._remark()}

    def _search(self, conversation: Conversation, searched: str, request: gr.Request) -> Updates:
        return self._listing(conversation, searched, request)

    def _rename(self, title: str, conversation: Conversation, searched: str, request: gr.Request) -> Updates:
        told = self._tried(
            lambda keeper, owner: keeper.archive.conversations.rename(owner, conversation.id or "", title), request
        )
        return {**self._listing(conversation, searched, request), **told}

    def _delete(
        self, conversation: Conversation, run: Run[Reply] | None, searched: str, request: gr.Request
    ) -> Updates:
        if run is not None:
            return {self.history.sure: gr.update(visible=False), **self._told(self.desk.words["history.working"])}
        told = self._tried(
            lambda keeper, owner: keeper.archive.conversations.delete(owner, conversation.id or ""), request
        )
        return {**self._everything(Conversation(), searched, request), **told}

    def _ask_remark(self, verdict: Verdict, conversation: Conversation) -> Updates:
        opinion = self.opinion
        cited = _citations(conversation) if verdict == "wrong_citation" else []
        return {
            opinion.remark: gr.update(visible=True),
            opinion.meant: gr.update(choices=cited, value=None, visible=len(cited) > 1),
            opinion.verdict: verdict,
            opinion.thanks: "",
        }

    def _praise(self, conversation: Conversation, request: gr.Request) -> Updates:
        return self._report("right", "", None, conversation, request)

    def _report(
        self, verdict: Verdict, comment: str, label: int | None, conversation: Conversation, request: gr.Request
    ) -> Updates:
        cited = _citations(conversation) if verdict == "wrong_citation" else []
        meant = cited[0][1] if len(cited) == 1 else label
        try:
            self.desk.keeper.report(owner_of(request), conversation, Remark(verdict, comment.strip(), meant))
        except CoeError as error:
            return {self.opinion.thanks: f'<p role="alert">{literal(str(error))}</p>'}
        return self._remark(f'<p role="status">{literal(self.desk.words["history.thanks"])}</p>')

    def _remark(self, told: str = "") -> Updates:
        """Put the box for a remark away."""
        opinion = self.opinion
        meant = gr.update(choices=[], value=None, visible=False)
        return {opinion.remark: gr.update(visible=False), opinion.meant: meant, opinion.box: "", opinion.thanks: told}

    def _tried(self, change: Callable[[Keeper, str], None], request: gr.Request) -> Updates:
        """Change something that is kept; the update that tells why it could not be, or none."""
        try:
            change(self.desk.keeper, owner_of(request))
        except CoeError as error:
            return self._told(str(error))
        return {}

    def _told(self, sentence: str) -> Updates:
        return {self.history.state: f'<p role="alert">{literal(sentence)}</p>'}

    def _listing(self, conversation: Conversation, searched: str, request: gr.Request) -> Updates:
        history, words = self.history, self.desk.words
        try:
            listing = self.desk.keeper.listed(owner_of(request), searched, limit=LISTED)
        except CoeError as error:
            return self._told(str(error))
        choices = [(each.title, each.id) for each in listing.conversations]
        current = next((each for each in listing.conversations if each.id == conversation.id), None)
        return {
            history.choice: gr.update(choices=choices, value=current and current.id),
            history.state: _state(len(choices), listing.total, is_search=bool(searched.strip()), words=words),
            history.tools: gr.update(visible=conversation.id is not None),
            history.links: _links(conversation.id, words),
            history.title: current.title if current else gr.update(),
            history.sure: gr.update(visible=False),
        }


def _citations(conversation: Conversation) -> list[tuple[str, int]]:
    """The citations of the newest answer as a choice: each by its number, title and the beginning of its quote."""
    answer = conversation.exchanges[-1].reply.answer if conversation.exchanges else None
    return [(_citation(each), each.label) for each in answer.citations] if answer else []


def _citation(citation: Citation) -> str:
    return f"{citation.label} · {citation.title} · “{shorten(citation.quote, QUOTED, placeholder='…')}”"


def _state(shown: int, total: int, *, is_search: bool, words: Words) -> str:
    if shown < total:
        return f"<p>{literal(words['history.more'].format(shown, total))}</p>"
    if shown:
        return ""
    return f"<p>{literal(words['history.not_found' if is_search else 'history.empty'])}</p>"


def _links(id: str | None, words: Words) -> str:
    """The permalink, which `history.js` copies and writes into the address bar, and the files to take away."""
    if id is None:
        return '<div id="permalink"></div>'
    exports = "".join(
        f'<a href="{_LINKS}/{escape(id)}/export?format={format}" download>{literal(words[f"history.{name}"])}</a>'
        for format, name in (("docx", "briefing"), ("md", "markdown"))
    )
    copied = literal(words["history.copied"])
    return (
        f'<div id="permalink" data-path="/a/{escape(id)}"><button type="button" data-copied="{copied}">'
        f"{literal(words['history.permalink'])}</button>{exports}</div>"
    )
