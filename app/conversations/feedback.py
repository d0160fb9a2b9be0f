"""What people say about answers, kept for those who look after the library."""

from collections.abc import Callable
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any

from app.conversations.errors import NothingKept
from app.conversations.store import Store, as_stamp, storable
from app.conversations.types import Feedback, KeptFeedback
from app.types import Answer

_ID_BYTES = 12


class FeedbackBook:
    """Keeps feedback; every method may raise `KeepingFailed`."""

    def __init__(
        self, store: Store, *, is_on: bool = True, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._store = store
        self._is_on = is_on
        self._clock = clock

    def add(self, owner: str, feedback: Feedback) -> str:
        """Keep feedback; its id.

        Raises:
            NothingKept: nothing is to be kept.
        """
        if not self._is_on:
            raise NothingKept("This server keeps no feedback.")
        id = token_urlsafe(_ID_BYTES)
        row = (
            *(id, owner, as_stamp(self._clock()), feedback.verdict, feedback.answer.model_dump_json()),
            *(feedback.generation, storable(feedback.comment), feedback.label, feedback.conversation),
        )
        with self._store.writing() as connection:
            connection.execute("INSERT INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        return id

    def entries(self) -> tuple[KeptFeedback, ...]:
        """All that is kept, newest first."""
        rows = self._store.rows("SELECT * FROM feedback ORDER BY sent DESC, id")
        return tuple(_entry(*row) for row in rows)

    def all_of(self, owner: str) -> tuple[KeptFeedback, ...]:
        """All that somebody said, newest first."""
        rows = self._store.rows("SELECT * FROM feedback WHERE owner = ? ORDER BY sent DESC, id", (owner,))
        return tuple(_entry(*row) for row in rows)


def _entry(id: str, owner: str, sent: str, *rest: Any) -> KeptFeedback:
    verdict, answer, generation, comment, label, conversation = rest
    read = Answer.model_validate_json(answer)
    feedback = Feedback(verdict, read, generation, comment=comment, label=label, conversation=conversation)
    return KeptFeedback(id, owner, datetime.fromisoformat(sent), feedback)
