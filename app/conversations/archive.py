"""All that is kept for people, in one file of the data folder."""

from dataclasses import dataclass
from pathlib import Path

from app.conversations.feedback import FeedbackBook
from app.conversations.keeping import Conversations
from app.conversations.store import Store


@dataclass(frozen=True, slots=True)
class Archive:
    """Conversations and feedback."""

    conversations: Conversations
    book: FeedbackBook
    days: int
    """How long they are kept; 0 where nothing is."""

    store: Store

    @property
    def is_on(self) -> bool:
        """Whether anything is kept."""
        return self.days > 0

    def erase(self, owner: str) -> int:
        """Delete all that is kept for somebody, for good; how many conversations and pieces of feedback that were.

        Raises:
            KeepingFailed: the file cannot be used, or not be cleaned now.
        """
        return self.store.erase(owner)


def open_archive(data_dir: Path, *, days: int) -> Archive:
    """The archive of a data folder; with 0 days nothing is written to it."""
    store = Store(data_dir)
    return Archive(Conversations(store, is_on=days > 0), FeedbackBook(store, is_on=days > 0), days, store)
