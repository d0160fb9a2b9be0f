"""Jobs and idempotency keys, in a file that every process of the data folder shares."""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from time import time
from types import TracebackType
from typing import IO, Any, Self

from app.api.problems import ComeAgain
from app.responses import Job, Reason
from ingest.errors import CoeError

FILE_NAME = "jobs.sqlite"
LOCK_NAME = "jobs.lock"
REMEMBERED = 1_000
"""Jobs that are kept, with their keys, and as many keys of other things made; what a job did is in the library."""
WAIT_SECONDS = 5.0
CLAIM_SECONDS = 120.0
"""After these, whoever works for a key is taken to have been killed. If they were not, it is still kept once."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE, is_running INTEGER NOT NULL, job TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS keys (
    whose BLOB PRIMARY KEY, asked TEXT NOT NULL, job TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE
) STRICT;
CREATE TABLE IF NOT EXISTS made (
    number INTEGER PRIMARY KEY, whose BLOB NOT NULL UNIQUE, asked TEXT NOT NULL, id TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS claims (whose BLOB PRIMARY KEY, asked TEXT NOT NULL, until REAL NOT NULL) STRICT;
"""
_INTERRUPTED = Reason(code="interrupted", detail="The process that did it ended before; the library is as it was.")


class UnknownJob(CoeError):
    """No such job is remembered."""

    code = "unknown_job"
    status = 404


class KeyReused(CoeError):
    """An idempotency key came again, with another order."""

    code = "idempotency_key_reused"
    status = 422


class KeyInUse(ComeAgain):
    """What an idempotency key was sent with is being done."""

    code = "idempotency_key_in_use"
    status = 409


class JobsUnavailable(CoeError):
    """The file of jobs cannot be used."""

    code = "jobs_unavailable"
    status = 503


@dataclass(frozen=True, slots=True)
class Key:
    """An Idempotency-Key: whose it is, and what was ordered with it."""

    owner: str
    value: str
    order: str
    """Digest of the request."""

    @property
    def whose(self) -> bytes:
        """What it is kept under: no name."""
        return sha256(f"{self.owner}\0{self.value}".encode()).digest()


class Turn:
    """The right of one process to work on a job: the system takes it back when the process ends."""

    def __init__(self, held: IO[bytes]) -> None:
        self._held = held

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.give_back()

    def give_back(self) -> None:
        """Let another job begin."""
        self._held.close()


class Ledger:
    """The jobs of a data folder; every method may raise `JobsUnavailable`."""

    def __init__(self, data_dir: Path, *, remembered: int = REMEMBERED) -> None:
        self._folder = data_dir
        self._remembered = remembered

    def turn(self) -> Turn | None:
        """The right to work on a job, unless somebody has it."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            held = (self._folder / LOCK_NAME).open("ab")
        except OSError as error:
            raise _unavailable() from error
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.close()
            return None
        return Turn(held)

    def begin(self, job: Job, key: Key | None) -> None:
        """Note a job that begins, for somebody who has the turn."""
        with self._connected() as connection:
            # Whoever had the turn before ended without a word.
            _interrupt(connection)
            connection.execute(
                "INSERT INTO jobs SELECT ?, coalesce(max(number), 0) + 1, 1, ? FROM jobs",
                (job.id, job.model_dump_json()),
            )
            if key:
                connection.execute("INSERT INTO keys VALUES (?, ?, ?)", (key.whose, key.order, job.id))
            connection.execute(
                "DELETE FROM jobs WHERE number <= (SELECT max(number) FROM jobs) - ?", (self._remembered,)
            )

    def note(self, job: Job) -> None:
        """Note how a job stands."""
        with self._connected() as connection:
            row = (job.state == "running", job.model_dump_json(), job.id)
            connection.execute("UPDATE jobs SET is_running = ?, job = ? WHERE id = ?", row)

    def ordered(self, key: Key) -> Job | None:
        """The job that was ordered with a key, as it stands now.

        Raises:
            KeyReused: the key was used for another order.
        """
        with self._connected() as connection:
            query = "SELECT asked, jobs.job FROM keys JOIN jobs ON id = keys.job WHERE whose = ?"
            found = connection.execute(query, (key.whose,)).fetchone()
        if found is None:
            return None
        _same_order(key, found[0])
        return Job.model_validate_json(found[1])

    @contextmanager
    def alone(self, key: Key) -> Iterator[None]:
        """While the block runs, nobody else does what is asked for with a key.

        Raises:
            KeyInUse: somebody does it already.
            KeyReused: they do something else with this key.
        """
        until = time() + CLAIM_SECONDS
        with self._connected() as connection:
            _claim(connection, key, until)
        try:
            yield
        finally:
            with suppress(JobsUnavailable), self._connected() as connection:
                connection.execute("DELETE FROM claims WHERE whose = ? AND until = ?", (key.whose, until))

    def made(self, key: Key) -> str | None:
        """The id of what was made for a key.

        Raises:
            KeyReused: the key was used for another order.
        """
        with self._connected() as connection:
            return _made(connection, key)

    def once(self, key: Key, make: Callable[[], str]) -> str:
        """The id of what `make` made for a key; a key that was used for the same order makes nothing again.

        Raises:
            KeyReused: the key was used for another order.
        """
        with self._connected() as connection:
            earlier = _made(connection, key)
            if earlier is not None:
                return earlier
            id = make()
            connection.execute("INSERT INTO made (whose, asked, id) VALUES (?, ?, ?)", (key.whose, key.order, id))
            connection.execute(
                "DELETE FROM made WHERE number <= (SELECT max(number) FROM made) - ?", (self._remembered,)
            )
        return id

    def job(self, id: str) -> Job:
        """A job as it stands now.

        Raises:
            UnknownJob: there is none, or it was too long ago.
        """
        job = self._job(id)
        turn = self.turn() if job.state == "running" else None
        if turn is None:
            return job
        with turn, self._connected() as connection:
            _interrupt(connection)
        return self._job(id)

    def running(self) -> str:
        """Id of the job that is being worked on, or of the newest one."""
        with self._connected() as connection:
            found = connection.execute("SELECT id FROM jobs ORDER BY is_running DESC, number DESC LIMIT 1").fetchone()
        return str(found[0]) if found else ""

    def _job(self, id: str) -> Job:
        with self._connected() as connection:
            found = connection.execute("SELECT job FROM jobs WHERE id = ?", (id,)).fetchone()
        if found is None:
            raise UnknownJob(f"There is no job {id!r}.")
        return Job.model_validate_json(found[0])

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        path = self._folder / FILE_NAME
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            with closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
                connection.executescript(_SCHEMA)
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("BEGIN IMMEDIATE")
                with connection:
                    yield connection
        except (OSError, sqlite3.Error) as error:
            raise _unavailable() from error


def _claim(connection: sqlite3.Connection, key: Key, until: float) -> None:
    connection.execute("DELETE FROM claims WHERE until < ?", (time(),))
    found = connection.execute("SELECT asked FROM claims WHERE whose = ?", (key.whose,)).fetchone()
    if found:
        _same_order(key, found[0])
        raise KeyInUse("What this Idempotency-Key was sent with is being done: send it again for the response.")
    connection.execute("INSERT INTO claims VALUES (?, ?, ?)", (key.whose, key.order, until))


def _made(connection: sqlite3.Connection, key: Key) -> str | None:
    found = connection.execute("SELECT asked, id FROM made WHERE whose = ?", (key.whose,)).fetchone()
    if found is None:
        return None
    _same_order(key, found[0])
    return str(found[1])


def _same_order(key: Key, asked: str) -> None:
    if asked != key.order:
        raise KeyReused("This Idempotency-Key was sent before, with another request: take a new one.")


def _interrupt(connection: sqlite3.Connection) -> None:
    left: list[Any] = connection.execute("SELECT job FROM jobs WHERE is_running").fetchall()
    for (text,) in left:
        job = Job.model_validate_json(text)
        over = job.model_copy(update={"state": "failed", "error": _INTERRUPTED, "ended": datetime.now(UTC)})
        connection.execute("UPDATE jobs SET is_running = 0, job = ? WHERE id = ?", (over.model_dump_json(), job.id))


def _unavailable() -> JobsUnavailable:
    return JobsUnavailable(f"The file {FILE_NAME} of the data folder cannot be used at the moment; please try again.")
