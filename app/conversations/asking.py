"""Asking within a conversation: the turns before it are the history, and the answer becomes its next turn."""

from collections.abc import Sequence

from app.conversations.keeping import Conversations
from app.conversations.types import Exchanged, KeptTurn
from app.services import Services
from app.types import MAX_ANSWER, MAX_QUESTION, MAX_TURNS, Answer, Question, Turn


def history_of(turns: Sequence[KeptTurn]) -> tuple[Turn, ...]:
    """The answered turns, within the lengths that a question allows."""
    exchanges = (turn.exchanged for turn in turns)
    return tuple(
        Turn(question=exchanged.question[:MAX_QUESTION], answer=exchanged.answer.answer[:MAX_ANSWER])
        for exchanged in exchanges
        if exchanged.answer
    )[-MAX_TURNS:]


def ask_within(conversations: Conversations, owner: str, id: str, text: str, services: Services) -> Answer:
    """Ask as a follow-up of a kept conversation, and keep question and answer there.

    Raises:
        UnknownConversation: the owner has no such conversation; nothing was asked.
    """
    history = history_of(conversations.get(owner, id).turns)
    answer = services.ask(Question(question=text, history=history))
    conversations.append(owner, id, Exchanged(text, "answered", services.generation(), answer=answer))
    return answer
