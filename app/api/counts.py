"""Counts of requests that several processes share, in a file."""

import sqlite3
from pathlib import Path
from time import time

from limits.storage import MemoryStorage

WAIT_SECONDS = 5.0

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, number INTEGER NOT NULL, ends REAL NOT NULL) STRICT;
"""
# Without a wait for the disk: what was counted is worth nothing after a crash.
_GOT = "SELECT number FROM counts WHERE name = ? AND ends > ?"
_ADDED = "INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET number = number + ? RETURNING number"
_TAKEN = "UPDATE counts SET number = max(number - ?, 0) WHERE name = ? RETURNING number"


class SharedCounts(MemoryStorage):
    """What `limits` keeps in memory to count sliding windows by, kept in a file.

    Of two who count at the same moment the later may be refused a little early, and never too late.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._connection = sqlite3.connect(file, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        self._connection.executescript(_SCHEMA)

    def get(self, key: str) -> int:
        """The number of a window."""
        found = self._connection.execute(_GOT, (key, time())).fetchall()
        return int(found[0][0]) if found else 0

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to the number of a window, which ends in `expiry` seconds if it is new; the sum."""
        now = time()
        self._connection.execute("DELETE FROM counts WHERE ends <= ?", (now,))
        [(number,)] = self._connection.execute(_ADDED, (key, amount, now + expiry, amount)).fetchall()
        return int(number)

    def decr(self, key: str, amount: int = 1) -> int:
        """Take from the number of a window what was added too much; what is left."""
        found = self._connection.execute(_TAKEN, (amount, key)).fetchall()
        return int(found[0][0]) if found else 0
