"""Conversations by owner: what belongs to somebody else is as if it were not there."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any

from app.conversations.errors import ConversationFull, NothingKept, UnknownConversation
from app.conversations.store import Store, as_stamp, storable
from app.conversations.types import (
    MAX_KEPT_TURNS,
    MAX_TITLE,
    Exchanged,
    Kept,
    KeptConversation,
    KeptTurn,
    Listing,
)
from app.types import Answer

_ID_BYTES = 16
_UNTITLED = "New conversation"
_KEPT = (
    "SELECT id, title, created, updated, (SELECT count(*) FROM turns WHERE conversation = id) "
    "FROM conversations WHERE owner = ?"
)
_NEWEST = " ORDER BY updated DESC, id LIMIT ? OFFSET ?"
# Made of one owner's texts for one search, in memory: an index in the file would hold words that were deleted.
_INDEX = (
    "CREATE VIRTUAL TABLE temp.words USING fts5"
    "(conversation UNINDEXED, text, tokenize = 'unicode61 remove_diacritics 2')"
)
_INDEXED = """
INSERT INTO temp.words
SELECT id, title FROM conversations WHERE owner = :owner
UNION ALL
SELECT conversation, concat FROM (
    SELECT conversation, question || ' ' || coalesce(json_extract(answer, '$.answer'), '') || ' '
        || coalesce((SELECT group_concat(json_extract(value, '$.text'), ' ') FROM json_each(answer, '$.items')), '')
        AS concat
    FROM turns JOIN conversations ON id = conversation WHERE owner = :owner
)
"""
_FOUND = " AND id IN (SELECT conversation FROM temp.words WHERE words MATCH ?)"


class Conversations:
    """Keeps conversations, each for its owner alone.

    Every method may raise `KeepingFailed`; those that write raise `NothingKept` where nothing is to be kept, and those
    that take an id raise `UnknownConversation` when the owner has no such conversation.
    """

    def __init__(
        self,
        store: Store,
        *,
        is_on: bool = True,
        most_turns: int = MAX_KEPT_TURNS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._is_on = is_on
        self._most_turns = most_turns
        self._clock = clock

    def create(self, owner: str, *, title: str = "", first: Exchanged | None = None) -> str:
        """Begin a conversation, with its first turn where there is one already; its id."""
        id = token_urlsafe(_ID_BYTES)
        with self._writing() as connection:
            now = as_stamp(self._clock())
            row = (id, owner, _title(title) or _UNTITLED, now, now, 0)
            connection.execute("INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?)", row)
            if first:
                self._append(connection, id, first, now)
        return id

    def append(self, owner: str, id: str, exchanged: Exchanged, *, in_place_of: int = 0) -> int:
        """Add a turn, after taking the newest `in_place_of` turns away; its number.

        Raises:
            ConversationFull: it has as many turns as a conversation may have.
        """
        with self._writing() as connection:
            _check_owned(connection, owner, id)
            if in_place_of:
                connection.execute(
                    "DELETE FROM turns WHERE conversation = ?1 AND number IN "
                    "(SELECT number FROM turns WHERE conversation = ?1 ORDER BY number DESC LIMIT ?2)",
                    (id, in_place_of),
                )
            return self._append(connection, id, exchanged, as_stamp(self._clock()))

    def listed(self, owner: str, *, words: str = "", limit: int = 50, offset: int = 0) -> Listing:
        """Conversations whose title, questions or answers have every one of some words, or begin so; newest first."""
        with self._store.reading() as connection:
            if connection is None:
                return Listing((), 0)
            match = _match(words)
            query, values = (_KEPT, (owner,)) if not match else (_KEPT + _FOUND, (owner, match))
            if match:
                connection.execute(_INDEX)
                connection.execute(_INDEXED, {"owner": owner})
            total = connection.execute(f"SELECT count(*) FROM ({query})", values).fetchone()[0]
            rows = connection.execute(query + _NEWEST, (*values, limit, offset)).fetchall()
        return Listing(tuple(_kept(row) for row in rows), total)

    def get(self, owner: str, id: str) -> KeptConversation:
        """A conversation with its turns."""
        with self._store.reading() as connection:
            if connection is None:
                raise _unknown()
            row = connection.execute(f"{_KEPT} AND id = ?", (owner, id)).fetchone()
            if row is None:
                raise _unknown()
            return _whole(connection, row)

    def all_of(self, owner: str) -> tuple[KeptConversation, ...]:
        """Every conversation of an owner with its turns, newest first."""
        with self._store.reading() as connection:
            if connection is None:
                return ()
            rows = connection.execute(f"{_KEPT} ORDER BY updated DESC, id", (owner,)).fetchall()
            return tuple(_whole(connection, row) for row in rows)

    def rename(self, owner: str, id: str, title: str) -> None:
        """Give a conversation another title; an empty one becomes the usual one."""
        with self._writing() as connection:
            _check_owned(connection, owner, id)
            connection.execute("UPDATE conversations SET title = ? WHERE id = ?", (_title(title) or _UNTITLED, id))

    def delete(self, owner: str, id: str) -> None:
        """Delete a conversation with its turns."""
        with self._store.writing() as connection:
            _check_owned(connection, owner, id)
            connection.execute("DELETE FROM conversations WHERE id = ?", (id,))

    def _append(self, connection: sqlite3.Connection, id: str, exchanged: Exchanged, now: str) -> int:
        count, last = connection.execute(
            "SELECT (SELECT count(*) FROM turns WHERE conversation = id), last_number FROM conversations WHERE id = ?",
            (id,),
        ).fetchone()
        if count >= self._most_turns:
            raise ConversationFull(f"This conversation has {count} questions; please begin a new one.")
        answer = exchanged.answer.model_dump_json() if exchanged.answer else None
        connection.execute(
            "INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?)",
            (id, last + 1, now, storable(exchanged.question), exchanged.outcome, exchanged.generation, answer),
        )
        connection.execute("UPDATE conversations SET updated = ?, last_number = ? WHERE id = ?", (now, last + 1, id))
        return int(last) + 1

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if not self._is_on:
            raise NothingKept("This server keeps no conversations.")
        with self._store.writing() as connection:
            yield connection


def _check_owned(connection: sqlite3.Connection, owner: str, id: str) -> None:
    if not connection.execute("SELECT 1 FROM conversations WHERE owner = ? AND id = ?", (owner, id)).fetchone():
        raise _unknown()


def _unknown() -> UnknownConversation:
    return UnknownConversation("There is no such conversation, or not any more.")


def _title(text: str) -> str:
    line = " ".join(storable(text).split())
    return line if len(line) <= MAX_TITLE else f"{line[: MAX_TITLE - 1]}…"


def _match(words: str) -> str:
    """Words as an expression of the full-text search, which has an idea of its own of punctuation."""
    return " ".join(f'"{word}"*' for word in re.findall(r"\w+", words))


def _kept(row: tuple[Any, ...]) -> Kept:
    id, title, created, updated, turns = row
    return Kept(id, title, datetime.fromisoformat(created), datetime.fromisoformat(updated), turns)


def _whole(connection: sqlite3.Connection, row: tuple[Any, ...]) -> KeptConversation:
    turns = connection.execute(
        "SELECT number, asked, question, outcome, generation, answer FROM turns WHERE conversation = ? ORDER BY number",
        (row[0],),
    ).fetchall()
    return KeptConversation(_kept(row), tuple(_turn(*turn) for turn in turns))


def _turn(number: int, asked: str, question: str, *rest: Any) -> KeptTurn:
    outcome, generation, answer = rest
    read = Answer.model_validate_json(answer) if answer else None
    return KeptTurn(number, datetime.fromisoformat(asked), Exchanged(question, outcome, generation, answer=read))
