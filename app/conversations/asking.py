"""Asking within a conversation: the turns before it are the history, and the answer becomes its next turn."""

from collections.abc import Generator, Sequence

from app.conversations.keeping import Conversations
from app.conversations.types import Exchanged, KeptTurn
from app.services import Services
from app.types import MAX_ANSWER, MAX_QUESTION, MAX_TURNS, Event, Finished, Question, Turn


def history_of(turns: Sequence[KeptTurn]) -> tuple[Turn, ...]:
    """The answered turns, within the lengths that a question allows."""
    exchanges = (turn.exchanged for turn in turns)
    return tuple(
        Turn(question=exchanged.question[:MAX_QUESTION], answer=exchanged.answer.answer[:MAX_ANSWER])
        for exchanged in exchanges
        if exchanged.answer
    )[-MAX_TURNS:]


def events_within(
    conversations: Conversations, owner: str, id: str, text: str, services: Services
) -> Generator[Event, None, None]:
    """Ask as a follow-up of a kept conversation; question and answer are kept there before the last event.

    Raises:
        UnknownConversation: the owner has no such conversation; nothing was asked.
    """
    history = history_of(conversations.get(owner, id).turns)
    for event in services.events(Question(question=text, history=history)):
        if isinstance(event, Finished):
            exchanged = Exchanged(text, "answered", services.generation(), answer=event.answer)
            conversations.append(owner, id, exchanged)
        yield event
