"""Generations: a folder each, never changed after its pointer was swapped. Readers see the old or the new one.

data folder
├── CURRENT              number of the generation to read
├── LIBRARY_ID           names this folder's collections on a Chroma server
├── ingest.lock          held by the one writer
├── files/               originals of files added by hand
└── generations/000017   library.sqlite and, without a Chroma server, chroma/
"""

import fcntl
import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.errors import ConfigurationError, IngestRunning, LibraryDamaged

_POINTER = "CURRENT"
_LIBRARY_ID = "LIBRARY_ID"
_LOCK = "ingest.lock"
_DRAFT_SUFFIX = ".tmp"


@dataclass(frozen=True, slots=True)
class Draft:
    """A generation being written; nobody reads it."""

    number: int
    folder: Path
    previous: int | None
    """The generation that the draft was begun from: it is kept when the draft has taken its place."""


class Generations:
    """The generations under one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._root = data_dir / "generations"

    def current(self) -> int | None:
        """Number of the generation to read; None when nothing was ever ingested.

        Raises:
            LibraryDamaged: the pointer file holds no number.
        """
        pointer = self.data_dir / _POINTER
        try:
            return int(pointer.read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise LibraryDamaged(
                f"{pointer} should hold the number of a folder in {self._root}: write one of {self.kept()} into it."
            ) from error

    def current_since(self) -> datetime:
        """When the current generation became current; for somebody who knows that there is one."""
        return datetime.fromtimestamp((self.data_dir / _POINTER).stat().st_mtime, UTC)

    def folder(self, number: int) -> Path:
        """Folder of a generation."""
        return self._root / f"{number:06d}"

    def kept(self) -> list[int]:
        """Numbers of the generations on disk, oldest first."""
        if not self._root.exists():
            return []
        return sorted(int(path.name) for path in self._root.iterdir() if path.name.isdigit())

    def library_id(self) -> str:
        """What sets this data folder apart from every other, a copy of it included; for the one writer.

        The number of the file's inode stands in it, which no copy keeps: a copied folder is given an id of its own.
        """
        path = self.data_dir / _LIBRARY_ID
        if path.is_file():
            id, _, inode = path.read_text(encoding="ascii").partition(" ")
            if inode == str(path.stat().st_ino):
                return id
        id, draft = uuid.uuid4().hex[:8], path.with_suffix(_DRAFT_SUFFIX)
        draft.touch()
        draft.write_text(f"{id} {draft.stat().st_ino}", encoding="ascii")
        draft.replace(path)
        return id

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock; the kernel releases it when the process dies.

        Raises:
            IngestRunning: another process holds it.
        """
        with _mendable(self.data_dir):
            self._root.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.data_dir / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            self._take(lock)
            with _mendable(self.data_dir):
                for leftover in self._root.glob(f"*{_DRAFT_SUFFIX}"):
                    shutil.rmtree(leftover, ignore_errors=True)
                yield
        finally:
            os.close(lock)

    @contextmanager
    def draft(self, *, empty: bool = False, of: int | None = None) -> Iterator[Draft]:
        """A copy of the current or another generation to change, or an empty one; gone unless `publish` took it."""
        current = self.current()
        begun_from = of or current
        number = max([current or 0, *self.kept()]) + 1
        folder = self.folder(number).with_suffix(_DRAFT_SUFFIX)
        try:
            if begun_from is None or empty:
                folder.mkdir()
            else:
                shutil.copytree(self.folder(begun_from), folder)
            yield Draft(number, folder, begun_from)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, draft: Draft) -> None:
        """Make a checked draft the current generation, in one step that survives a power cut."""
        for path in (draft.folder, *draft.folder.rglob("*")):
            _flush(path)
        final = self.folder(draft.number)
        draft.folder.rename(final)
        _flush(self._root)
        self.point_to(draft.number)

    def point_to(self, number: int) -> None:
        """Let readers read a generation that is on disk."""
        pointer = self.data_dir / f"{_POINTER}{_DRAFT_SUFFIX}"
        pointer.write_text(f"{number}\n", encoding="ascii")
        _flush(pointer)
        pointer.replace(self.data_dir / _POINTER)
        _flush(self.data_dir)

    def prune(self, draft: Draft) -> list[int]:
        """Delete every generation but the published draft and the one before it; return those two."""
        keep = [number for number in (draft.previous, draft.number) if number is not None]
        for number in self.kept():
            if number not in keep:
                shutil.rmtree(self.folder(number), ignore_errors=True)
        return keep

    def _take(self, lock: int) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(lock, 32, 0).decode("ascii", "replace").strip() or "unknown"
            raise IngestRunning(
                f"Another ingestion (process {owner}) is writing to {self.data_dir}: wait until it has ended."
            ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode("ascii"), 0)


@contextmanager
def _mendable(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        raise ConfigurationError(
            f"The data folder {folder} cannot be written: {_reason(error)}. The library is as it was."
        ) from error


def _reason(error: Exception) -> str:
    if isinstance(error, shutil.Error):  # of copying a folder: a list of (from, to, reason)
        return str(error.args[0][0][2]).partition(": '")[0]
    return getattr(error, "strerror", None) or str(error)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
