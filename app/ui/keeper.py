"""Between the page and what is kept: an exchange that is over goes there, a conversation that is opened comes back."""

import logging
from dataclasses import dataclass, replace

import gradio as gr

from app.conversations.archive import Archive
from app.conversations.changes import Standing, compared
from app.conversations.errors import UnknownConversation
from app.conversations.types import Exchanged, Feedback, KeptTurn, Listing, Outcome, Verdict
from app.services import Services
from app.ui import messages
from app.ui.conversation import MAX_EXCHANGES, Conversation, Exchange, Reply
from app.ui.messages import Told
from app.ui.words import Words
from ingest.errors import CoeError

log = logging.getLogger(__name__)

_FALLBACK = "extractive ("
"""The reader's name begins so where a language model should have answered."""


def owner_of(request: gr.Request) -> str:
    """The name under which things are kept for whoever sent a request."""
    return str(request.state.principal.name)


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody says about an answer."""

    verdict: Verdict
    comment: str = ""
    label: int | None = None
    """The citation that is meant, where one is."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """What the page keeps and finds again, in the page's own terms."""

    archive: Archive
    services: Services

    def remember(
        self, request: gr.Request, conversation: Conversation, words: Words, *, stopped: bool = False
    ) -> Conversation:
        """Keep the newest exchange, now that it is over; an answer that cannot be kept says so."""
        if not self.archive.is_on:
            return conversation
        last = conversation.exchanges[-1]
        try:
            exchanged = self._exchanged(last, "stopped" if stopped else "failed")
            return conversation.kept(self._kept(owner_of(request), conversation, exchanged))
        except CoeError as error:
            log.warning("An exchange could not be kept (%s)", error.code)
            note = f"{words['history.unsaved']} {words.error(error)}"
            return conversation.replied(replace(last.reply, shown=_with_notes(last.reply.shown, note)))

    def listed(self, owner: str, searched: str, *, limit: int) -> Listing:
        """The owner's conversations with some words in them, or all of them."""
        return self.archive.conversations.listed(owner, words=searched, limit=limit)

    def opened(self, owner: str, id: str, told: Told) -> Conversation:
        """A kept conversation as the page shows it; citations whose document changed since say so.

        Raises:
            UnknownConversation: the owner has no such conversation.
        """
        kept = self.archive.conversations.get(owner, id)
        exchanges = tuple(self._exchange(turn, told) for turn in kept.turns[-MAX_EXCHANGES:])
        return Conversation(exchanges, id=id)

    def report(self, owner: str, conversation: Conversation, remark: Remark) -> None:
        """Keep what somebody says about the newest answer of a kept conversation.

        Raises:
            UnknownConversation: the conversation, or an answer in it, is gone.
        """
        turns = self.archive.conversations.get(owner, conversation.id or "").turns
        said = turns[-1].exchanged if turns else None
        if said is None or said.answer is None:
            raise UnknownConversation("This answer is not kept any more.")
        given = Feedback(
            remark.verdict,
            said.answer,
            said.generation,
            comment=remark.comment,
            label=remark.label,
            conversation=conversation.id,
        )
        self.archive.book.add(owner, given)

    def _exchanged(self, exchange: Exchange, otherwise: Outcome) -> Exchanged:
        answer = exchange.reply.answer
        return Exchanged(exchange.question, "answered" if answer else otherwise, self._generation(), answer=answer)

    def _generation(self) -> int:
        try:
            return self.services.generation()
        except CoeError:
            return 0

    def _kept(self, owner: str, conversation: Conversation, exchanged: Exchanged) -> str:
        if conversation.id:
            try:
                self.archive.conversations.append(
                    owner, conversation.id, exchanged, in_place_of=conversation.taken_back
                )
                return conversation.id
            except UnknownConversation:  # deleted in another tab, or its days are over
                pass
        return self.archive.conversations.create(owner, title=exchanged.question, first=exchanged)

    def _exchange(self, turn: KeptTurn, told: Told) -> Exchange:
        said, words = turn.exchanged, told.words
        if said.answer is None:
            reply = Reply(messages.failure(words[f"history.{said.outcome}"], words))
            return Exchange(said.question, reply, is_kept=True)
        standing = compared(said.answer, self.services.document)
        is_fallback = said.answer.reader.startswith(_FALLBACK)
        shown = messages.finished(standing.answer, replace(told, readers=() if is_fallback else (said.answer.reader,)))
        reply = Reply(_with_notes(shown, *_changes(standing, words)), standing.answer)
        return Exchange(said.question, reply, is_kept=True)


def _changes(standing: Standing, words: Words) -> list[str]:
    return [words[f"history.{change}"].format(label) for label, change in standing.changes.items()]


def _with_notes(shown: str, *notes: str) -> str:
    """A reply with sentences of ours at its end, within its element."""
    added = "".join(f'<p class="note">{messages.literal(note)}</p>' for note in notes)
    return f"{shown.removesuffix('</div>')}{added}</div>"
