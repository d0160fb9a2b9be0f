"""Looking after the library: what is kept, whether it is sound, made anew from what is, or put back by one step."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.errors import (
    CoeError,
    ConfigurationError,
    FingerprintMismatch,
    LibraryDamaged,
    LibraryMissing,
    UntrustedCollection,
)
from ingest.generation import Generations
from ingest.library import FILE_NAME, Library
from ingest.publication import CHROMA_FOLDER, check_vectors, drop_unused, publish
from ingest.sums import changed_files
from ingest.vectors import ChromaServer

_DAMAGE = (LibraryDamaged, UntrustedCollection, sqlite3.DatabaseError)
_QUOTABLE = """
SELECT count(*) FROM chunks c JOIN chunk_text t ON t.rowid = c.number JOIN documents d ON d.id = c.document_id
WHERE t.body <> substr(d.text, c.start + 1, c."end" - c.start)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A generation on disk; the counts are None when its library cannot be read."""

    number: int
    is_current: bool
    made: datetime
    documents: int | None
    chunks: int | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of a generation, and what is wrong with it."""

    part: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class Inspection:
    """What reading a whole generation found."""

    number: int
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """True when nothing is wrong."""
        return all(finding.problem is None for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The library of one data folder."""

    data_dir: Path
    chroma: ChromaServer | None = None

    def kept(self) -> tuple[Kept, ...]:
        """The generations on disk, oldest first."""
        current = self._generations.current()
        return tuple(self._kept(number, number == current) for number in self._generations.kept())

    def check(self, number: int | None = None) -> Inspection:
        """Read everything of a generation, by default of the current one; vectors only of a sound library.

        Raises:
            LibraryMissing: nothing was ingested yet.
            SearchUnavailable: the Chroma server does not answer.
        """
        number = self._current() if number is None else number
        library = self._check_library(number)
        if any(finding.problem for finding in library):
            return Inspection(number, library)
        return Inspection(number, (*library, _finding("vectors", lambda: self._check_vectors(number))))

    def repair(self) -> int:
        """Make a new generation of the newest sound library up to the current one, its vectors made anew from it.

        The number of the generation that was begun from comes back. No model is needed.

        Raises:
            IngestRunning: an ingestion is writing.
            LibraryMissing: nothing was ingested yet.
            LibraryDamaged: no library on disk is sound.
        """
        with self._generations.writing():
            source = next(self._sound_libraries(self._current()), None)
            if source is None:
                raise LibraryDamaged(
                    f"No library in {self.data_dir} is sound: rename that folder and run `coe ingest`; files added by "
                    "hand are in its folder files/."
                )
            with self._generations.draft(of=source) as draft:
                shutil.rmtree(draft.folder / CHROMA_FOLDER, ignore_errors=True)
                publish(self._generations, draft, self.chroma, None)
        return source

    def roll_back(self, fingerprint: str) -> int:
        """Let readers read the generation before the current one; its number comes back.

        Raises:
            IngestRunning: an ingestion is writing.
            ConfigurationError: there is no earlier generation.
            FingerprintMismatch: it was made with another embedding model or version.
            LibraryDamaged: it is not sound.
        """
        with self._generations.writing():
            current = self._current()
            earlier = [number for number in self._generations.kept() if number < current]
            if not earlier:
                raise ConfigurationError(f"There is no generation before {current} to go back to.")
            self._refuse_unusable(earlier[-1], fingerprint)
            self._generations.point_to(earlier[-1])
        return earlier[-1]

    def forget_deleted(self, before: datetime) -> tuple[int, ...]:
        """Delete the generations that hold documents which the current one does not; their numbers.

        Until it has been the current one since `before`, they are kept for whoever wants to go back.

        Raises:
            IngestRunning: an ingestion is writing.
            LibraryDamaged: a library on disk cannot be read.
        """
        if self._generations.current() is None:
            return ()
        with self._generations.writing():
            current = self._current()
            if self._generations.current_since() >= before:
                return ()
            kept, wanted = self._generations.kept(), self._held(current)
            forgotten = tuple(number for number in kept if self._held(number) - wanted)
            for number in forgotten:
                shutil.rmtree(self._generations.folder(number))
            if forgotten:
                drop_unused(self._generations, [number for number in kept if number not in forgotten], self.chroma)
        return forgotten

    @property
    def _generations(self) -> Generations:
        return Generations(self.data_dir)

    def _file(self, number: int) -> Path:
        return self._generations.folder(number) / FILE_NAME

    def _current(self) -> int:
        number = self._generations.current()
        if number is None:
            raise LibraryMissing("There is no library yet: run `coe ingest`.")
        return number

    def _kept(self, number: int, is_current: bool) -> Kept:
        folder = self._generations.folder(number)
        made = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
        try:
            with closing(Library(folder / FILE_NAME)) as library:
                return Kept(number, is_current, made, len(library.held()), library.count_chunks())
        except _DAMAGE:
            return Kept(number, is_current, made, None, None)

    def _sound_libraries(self, current: int) -> Iterator[int]:
        for number in reversed(self._generations.kept()):
            if number <= current and all(finding.problem is None for finding in self._check_library(number)):
                yield number

    def _held(self, number: int) -> set[str]:
        """Ids of a generation's documents."""
        try:
            with closing(Library(self._file(number))) as library:
                return set(library.held())
        except sqlite3.DatabaseError as error:
            raise LibraryDamaged(f"The library of generation {number} cannot be read: {error}.") from error

    def _refuse_unusable(self, number: int, fingerprint: str) -> None:
        for finding in self.check(number).findings:
            if finding.problem:
                raise LibraryDamaged(f"Generation {number} is damaged: {finding.problem}")
        with closing(Library(self._file(number))) as library:
            if library.meta("fingerprint") != fingerprint:
                raise FingerprintMismatch(
                    f"Generation {number} was made with another embedding model or version: run `coe ingest --rebuild`."
                )

    def _check_library(self, number: int) -> tuple[Finding, ...]:
        file = self._file(number)
        return (
            _finding("library", lambda: _check_file(file)),
            _finding("full text", lambda: _check_full_text(file)),
            _finding("quotes", lambda: _check_quotes(file)),
        )

    def _check_vectors(self, number: int) -> None:
        with closing(Library(self._file(number))) as library:
            check_vectors(self._generations.folder(number), library, number, self.chroma)


def _finding(part: str, check: Callable[[], None]) -> Finding:
    try:
        check()
    except _DAMAGE as error:
        problem = str(error) if isinstance(error, CoeError) else f"SQLite says: {error}."
        return Finding(part, problem)
    return Finding(part, None)


def _check_file(file: Path) -> None:
    if file.name in changed_files(file.parent):
        raise LibraryDamaged(f"{file} is not what it was when it was published.")
    with closing(Library(file)) as library:
        library.check()


def _check_full_text(file: Path) -> None:
    """SQLite checks its full-text indexes by a writing command, so a copy is what gets checked."""
    if not file.is_file():
        raise LibraryDamaged(f"{file} is gone.")
    with TemporaryDirectory() as folder:
        copy = shutil.copyfile(file, Path(folder) / file.name)
        with closing(sqlite3.connect(copy)) as connection:
            for index in ("chunk_text", "document_words"):
                connection.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 0)")


def _check_quotes(file: Path) -> None:
    with closing(Library(file)) as library:
        wrong = library.connection.execute(_QUOTABLE).fetchone()[0]
    if wrong:
        raise LibraryDamaged(f"{wrong} chunks do not stand in their documents as they should.")
