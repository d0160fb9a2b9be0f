"""What is kept no longer than the settings say: conversations, feedback, old logins, and texts of removed documents."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.conversations.store import Store as ConversationStore
from app.identity.store import Store as AccountStore
from app.identity.users import LOCK_SECONDS
from app.settings import Settings
from app.shelf import chroma_server
from ingest.upkeep import Upkeep

UNDO_TIME = timedelta(hours=24)
"""How long a removed document can be brought back by going back to the library before."""


@dataclass(frozen=True, slots=True)
class Purged:
    """How much was deleted."""

    kept: int
    """Conversations and pieces of feedback."""
    logins: int
    """Sessions that were over, and attempts to log in."""
    libraries: int
    """Earlier states of the library with documents that the current one does not have."""


def purge(settings: Settings) -> Purged:
    """Delete what is older than the settings allow, for good.

    Raises:
        KeepingFailed: the file of conversations cannot be used.
        AccountsUnavailable: the file of accounts cannot be used.
        IngestRunning: an ingestion is writing; all but the libraries is deleted.
        LibraryUnavailable: a library cannot be read; all but the libraries is deleted.
    """
    accounts, now = AccountStore(settings.data_dir), datetime.now(UTC)
    upkeep = Upkeep(settings.data_dir, chroma_server(settings))
    return Purged(
        kept=ConversationStore(settings.data_dir).purge(now - timedelta(days=settings.retention_days)),
        logins=accounts.purge(attempts_before=accounts.now() - LOCK_SECONDS),
        libraries=len(upkeep.forget_deleted(now - UNDO_TIME)),
    )


def erase(settings: Settings, name: str) -> int:
    """Delete every conversation and piece of feedback of somebody, for good; how many they were.

    Raises:
        KeepingFailed: the file of conversations cannot be used.
    """
    return ConversationStore(settings.data_dir).erase(name)
