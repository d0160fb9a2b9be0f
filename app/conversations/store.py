"""The file of what is kept: SQLite, safe for many threads and processes, and clean of what was deleted."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from app.conversations.errors import KeepingFailed

FILE_NAME = "conversations.sqlite"
WAIT_SECONDS = 10.0
RETRY_SECONDS = 0.01
VERSION = 1
"""Of the schema; a file of a later one is left alone."""

_SCHEMA = f"""
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL,
    last_number INTEGER NOT NULL
) STRICT;
CREATE INDEX conversations_owner ON conversations (owner, updated);
CREATE TABLE turns (
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, number INTEGER NOT NULL,
    asked TEXT NOT NULL, question TEXT NOT NULL, outcome TEXT NOT NULL, generation INTEGER NOT NULL,
    answer TEXT, PRIMARY KEY (conversation, number)
) STRICT;
CREATE TABLE feedback (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, sent TEXT NOT NULL, verdict TEXT NOT NULL, answer TEXT NOT NULL,
    generation INTEGER NOT NULL, comment TEXT NOT NULL, label INTEGER, conversation TEXT
) STRICT;
CREATE INDEX feedback_owner ON feedback (owner);
PRAGMA user_version = {VERSION};
"""


def as_stamp(moment: datetime) -> str:
    """A moment as it is stored: of one length, so that stamps sort as moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def storable(text: str) -> str:
    """A text without half characters, which no file of UTF-8 can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


class Store:
    """SQLite in the data folder, for this user alone; made by the first who writes.

    Every method raises `KeepingFailed` when the file cannot be used.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE_NAME

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """What a query finds; nothing as long as there is no file."""
        with self.reading() as connection:
            return connection.execute(query, values).fetchall() if connection else []

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """One state of the file for several queries; None as long as there is no file."""
        if not self._path.exists():
            yield None
            return
        with self._connected() as connection:
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction of the only writer: on the disk when the block is over, or not at all."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise _failed() from error
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                yield connection

    def purge(self, before: datetime) -> int:
        """Delete conversations last asked in, and feedback sent, before a moment; how many of both that were."""
        return self._removed(
            ("DELETE FROM conversations WHERE updated < ?", "DELETE FROM feedback WHERE sent < ?"), as_stamp(before)
        )

    def erase(self, owner: str) -> int:
        """Delete all that is kept for somebody; how many conversations and pieces of feedback that were."""
        return self._removed(
            ("DELETE FROM conversations WHERE owner = ?", "DELETE FROM feedback WHERE owner = ?"), owner
        )

    def _removed(self, statements: tuple[str, ...], value: str) -> int:
        if not self._path.exists():
            return 0
        with self.writing() as connection:
            count = sum(connection.execute(statement, (value,)).rowcount for statement in statements)
        with self._connected() as connection:
            # Pages that were balanced or freed may still hold words; the new copy of the file and the empty log do not.
            connection.execute("VACUUM")
            is_busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_busy:
            raise KeepingFailed("Deleted, but somebody still reads the old state; run it again to clean the file.")
        return count

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
                _prepare(connection)
                yield connection
        except sqlite3.Error as error:
            raise _failed() from error


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log; when several begin together, SQLite refuses all but one at once, without waiting."""
    until = monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(RETRY_SECONDS)
        else:
            return


def _failed() -> KeepingFailed:
    return KeepingFailed(f"The file {FILE_NAME} of the data folder cannot be used at the moment; please try again.")


def _prepare(connection: sqlite3.Connection) -> None:
    _log_ahead(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    if _version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        version = _version(connection)
        if version == 0:
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
    if version not in (0, VERSION):
        raise KeepingFailed(f"{FILE_NAME} was written by another version of this program (schema {version}).")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
