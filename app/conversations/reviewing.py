"""Every answer that is kept, for those who look after the collection: without whose it was."""

from collections.abc import Callable

from app.conversations.store import Store
from app.types import Answer

Answers = Callable[[], tuple[Answer, ...]]


def kept_answers(store: Store) -> tuple[Answer, ...]:
    """Answers of all kept conversations, in no telling order.

    Raises:
        KeepingFailed: the file cannot be used.
    """
    rows = store.rows("SELECT answer FROM turns WHERE answer IS NOT NULL ORDER BY answer")
    return tuple(Answer.model_validate_json(answer) for (answer,) in rows)
