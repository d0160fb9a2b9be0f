"""Asking within a conversation: the turns before it are the history, and the answer becomes its next turn."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from app.conversations.errors import UnknownConversation
from app.conversations.keeping import Conversations
from app.conversations.types import Exchanged, KeptTurn
from app.services import Services
from app.types import MAX_ANSWER, MAX_QUESTION, MAX_TURNS, Answer, Event, Finished, Question, Turn


def history_of(turns: Sequence[KeptTurn]) -> tuple[Turn, ...]:
    """The answered turns, within the lengths that a question allows."""
    exchanges = (turn.exchanged for turn in turns)
    return tuple(
        Turn(question=exchanged.question[:MAX_QUESTION], answer=exchanged.answer.answer[:MAX_ANSWER])
        for exchanged in exchanges
        if exchanged.answer
    )[-MAX_TURNS:]


@dataclass(frozen=True, slots=True)
class Place:
    """A kept conversation of somebody's, to ask within; every method raises `UnknownConversation` where it is not."""

    conversations: Conversations
    owner: str
    id: str

    def history(self) -> tuple[Turn, ...]:
        """What was said before, as a question takes it."""
        return history_of(self.conversations.get(self.owner, self.id).turns)

    def keep(self, exchanged: Exchanged) -> int:
        """Keep a turn; its number."""
        return self.conversations.append(self.owner, self.id, exchanged)

    def answered(self, number: int) -> tuple[Answer, int]:
        """The answer of the turn with a number, and the generation of the library that it is of."""
        turns = self.conversations.get(self.owner, self.id).turns
        said = next((turn.exchanged for turn in turns if turn.number == number), None)
        if said is None or said.answer is None:
            raise UnknownConversation(f"This conversation has no answer with the number {number}.")
        return said.answer, said.generation


def events_within(
    place: Place, text: str, services: Services, keep: Callable[[Exchanged], object]
) -> Generator[Event, None, None]:
    """Ask as a follow-up within a place; `keep` is given question and answer before the last event.

    Raises:
        UnknownConversation: the owner has no such conversation; nothing was asked.
    """
    for event in services.events(Question(question=text, history=place.history())):
        if isinstance(event, Finished):
            keep(Exchanged(text, "answered", services.generation(), answer=event.answer))
        yield event
