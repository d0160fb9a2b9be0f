"""A conversation as the page keeps it while its tab is open, and the states of a reply."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from app.types import (
    MAX_ANSWER,
    MAX_QUESTION,
    MAX_TURNS,
    Answer,
    Citation,
    Claimed,
    Event,
    Finished,
    Retrieved,
    Turn,
    Understood,
)
from app.ui import messages
from app.ui.words import Words

MAX_EXCHANGES = 100
"""Older exchanges leave the page, so that one open tab cannot fill the server's memory."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One state of a reply: the message to show and, once there is one, the answer."""

    shown: str
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and the newest state of its reply."""

    question: str
    reply: Reply
    is_kept: bool = False
    """Whether the server keeps it, for this conversation to be found again."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Exchanges, oldest first."""

    exchanges: tuple[Exchange, ...] = ()
    id: str | None = None
    """Under which the server keeps it, once it does."""
    taken_back: int = 0
    """Newest exchanges that the server still keeps and the next one stands in the place of."""

    def asked(self, question: str, reply: Reply) -> "Conversation":
        """Return the conversation with one more exchange."""
        return replace(self, exchanges=(*self.exchanges, Exchange(question, reply))[-MAX_EXCHANGES:])

    def replied(self, reply: Reply) -> "Conversation":
        """Return the conversation with the last reply replaced."""
        *before, last = self.exchanges
        return replace(self, exchanges=(*before, replace(last, reply=reply)))

    def kept(self, id: str) -> "Conversation":
        """Return the conversation with its newest exchange kept under an id."""
        *before, last = self.exchanges
        return replace(self, exchanges=(*before, replace(last, is_kept=True)), id=id, taken_back=0)

    def pending(self) -> "Conversation":
        """Return the conversation with its newest exchange to be kept once more, in its own place, when it is over."""
        *before, last = self.exchanges
        again = replace(last, is_kept=False)
        return replace(self, exchanges=(*before, again), taken_back=self.taken_back + last.is_kept)

    def last_question(self) -> str | None:
        """Return the newest question, as it was asked."""
        return self.exchanges[-1].question if self.exchanges else None

    def without_last(self) -> "Conversation":
        """Return the conversation as it was before its newest question."""
        was_kept = any(exchange.is_kept for exchange in self.exchanges[-1:])
        return replace(self, exchanges=self.exchanges[:-1], taken_back=self.taken_back + was_kept)

    def stopped(self, words: Words) -> "Conversation":
        """Return the conversation with an unfinished last reply marked as stopped."""
        if not self.exchanges or self.exchanges[-1].reply.answer:
            return self
        return self.replied(Reply(messages.stopped(self.exchanges[-1].reply.shown, words)))

    def history(self) -> tuple[Turn, ...]:
        """Return the answered exchanges as turns of a question, within the lengths a question allows."""
        return tuple(
            Turn(question=exchange.question[:MAX_QUESTION], answer=exchange.reply.answer.answer[:MAX_ANSWER])
            for exchange in self.exchanges
            if exchange.reply.answer
        )[-MAX_TURNS:]

    def messages(self) -> list[dict[str, str]]:
        """Return what the chat component shows."""
        return [
            message
            for exchange in self.exchanges
            for message in (
                {"role": "user", "content": messages.question(exchange.question, self.id)},
                {"role": "assistant", "content": exchange.reply.shown},
            )
        ]


def replies(events: Iterable[Event], told: messages.Told) -> Iterator[Reply]:
    """Turn the events of an answer into the states of its reply, the last one with the answer."""
    words, step = told.words, told.words["ask.reading"]
    claims: list[str] = []
    citations: list[Citation] = []
    for event in events:
        match event:
            case Understood():
                yield Reply(messages.working(words["ask.searching"]))
            case Retrieved():
                told, step = replace(told, found=event), messages.searched(event, words)
                yield Reply(messages.working(step))
            case Claimed():
                claims.append(event.text)
                citations.extend(event.citations)
                yield Reply(messages.growing(step, claims, citations, words))
            case Finished():
                yield Reply(messages.finished(event.answer, told), event.answer)
