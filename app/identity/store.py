"""The file of accounts: who may come in. It is read afresh each time, so that a revoked key is refused at once."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from app.identity.errors import AccountsUnavailable

FILE_NAME = "accounts.sqlite"
WAIT_SECONDS = 5.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, digest BLOB NOT NULL, scopes TEXT NOT NULL,
    created REAL NOT NULL, expires REAL, revoked REAL
) STRICT;
CREATE TABLE IF NOT EXISTS users (
    name TEXT PRIMARY KEY, password TEXT NOT NULL, is_admin INTEGER NOT NULL, created REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    digest BLOB PRIMARY KEY, user TEXT NOT NULL REFERENCES users ON DELETE CASCADE, expires REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS attempts (whose BLOB NOT NULL, at REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS attempts_whose ON attempts (whose, at);
"""


class Store:
    """SQLite in the data folder, for this user alone; made by the first who writes.

    Every method raises `AccountsUnavailable` when the file cannot be used.
    """

    def __init__(self, data_dir: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._path = data_dir / FILE_NAME
        self.now = clock

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """What a query finds; nothing as long as there is no file."""
        if not self._path.exists():
            return []
        with self._connected() as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction of the only writer; what it deletes is overwritten."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise _unavailable() from error
        with self._connected() as connection:
            connection.executescript(_SCHEMA)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                yield connection

    def is_empty(self) -> bool:
        """True when no key was ever made and there is no account."""
        return not self.rows("SELECT 1 FROM keys UNION ALL SELECT 1 FROM users LIMIT 1")

    def purge(self, *, attempts_before: float) -> int:
        """Delete sessions that are over and attempts older than the given time; how many rows that were."""
        if not self._path.exists():
            return 0
        with self.writing() as connection:
            over = connection.execute("DELETE FROM sessions WHERE expires <= ?", (self.now(),)).rowcount
            old = connection.execute("DELETE FROM attempts WHERE at < ?", (attempts_before,)).rowcount
        return over + old

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise _unavailable() from error


def _unavailable() -> AccountsUnavailable:
    return AccountsUnavailable(f"The file {FILE_NAME} of the data folder cannot be used at the moment.")
