"""What is kept no longer than the settings say: conversations and feedback, logins that are over, old attempts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.conversations.store import Store as ConversationStore
from app.identity.store import Store as AccountStore
from app.identity.users import LOCK_SECONDS
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Purged:
    """How much was deleted."""

    kept: int
    """Conversations and pieces of feedback."""
    logins: int
    """Sessions that were over, and attempts to log in."""


def purge(settings: Settings) -> Purged:
    """Delete what is older than the settings allow, for good.

    Raises:
        KeepingFailed: the file of conversations cannot be used.
        AccountsUnavailable: the file of accounts cannot be used.
    """
    accounts = AccountStore(settings.data_dir)
    before = datetime.now(UTC) - timedelta(days=settings.retention_days)
    return Purged(
        kept=ConversationStore(settings.data_dir).purge(before),
        logins=accounts.purge(attempts_before=accounts.now() - LOCK_SECONDS),
    )


def erase(settings: Settings, name: str) -> int:
    """Delete every conversation and piece of feedback of somebody, for good; how many they were.

    Raises:
        KeepingFailed: the file of conversations cannot be used.
    """
    return ConversationStore(settings.data_dir).erase(name)
