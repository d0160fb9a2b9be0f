"""Files that are sent in: their names checked, their bytes kept apart until they are ingested."""

import re
import time
import unicodedata
from collections.abc import AsyncIterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import anyio

from ingest.errors import CoeError, DocumentRejected
from ingest.sources import SUFFIXES

MAX_NAME = 120
MAX_NAME_BYTES = 200
FORGOTTEN_SECONDS = 3_600.0
"""A file that lies here for longer belongs to a process that was killed."""

_FOLDER = "uploads"
_UNFINISHED = ".part"
_SEPARATORS = re.compile(r"[/\\:*?\"<>|]")


class FileNameRefused(CoeError):
    """A file may not be called so."""

    code = "file_name_refused"
    status = 422


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A file as it came, under a name that nobody chose."""

    path: Path
    sha256: str

    def named(self, name: str) -> Path:
        """The file under the name that it was sent with."""
        return self.path.rename(self.path.with_name(name))

    def discard(self) -> None:
        """Delete the file, if it is still here."""
        self.path.unlink(missing_ok=True)


def checked_name(name: str) -> str:
    """The name of a file that is sent in, in composed characters.

    Raises:
        FileNameRefused: it is a path, hidden, too long, has invisible characters, or a suffix that nobody reads.
    """
    name = unicodedata.normalize("NFC", name)
    if not name.strip() or len(name) > MAX_NAME or len(name.encode("utf-8", "replace")) > MAX_NAME_BYTES:
        raise FileNameRefused(f"The name of a file has 1 to {MAX_NAME} characters.")
    if name != name.strip() or name.startswith((".", "~", "-")) or _SEPARATORS.search(name) or _has_invisible(name):
        raise FileNameRefused(
            "The name of a file begins with a letter or digit, and has no slashes, quotes or invisible characters."
        )
    if Path(name).suffix.lower() not in SUFFIXES:
        raise FileNameRefused(f"The name of a file ends in one of {', '.join(SUFFIXES)}.")
    return name


async def quarantine(pieces: AsyncIterable[bytes], data_dir: Path) -> Quarantined:
    """Store a file as it arrives; whatever cuts it off leaves nothing behind.

    Raises:
        DocumentRejected: nothing arrived.
    """
    folder = data_dir / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    _forget(folder)
    digest = sha256()
    size, path = 0, folder / f"{uuid4().hex}{_UNFINISHED}"
    try:
        async with await anyio.open_file(path, "xb") as file:
            async for piece in pieces:
                digest.update(piece)
                size += await file.write(piece)
        if not size:
            raise DocumentRejected("file_empty", "The body is empty: send the bytes of the file as the body.")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Quarantined(path, digest.hexdigest())


def _has_invisible(name: str) -> bool:
    return any(unicodedata.category(char)[0] in "CZ" and char != " " for char in name)


def _forget(folder: Path) -> None:
    for path in folder.glob(f"*{_UNFINISHED}"):
        with suppress(FileNotFoundError):  # another process has just taken it in or forgotten it
            if time.time() - path.stat().st_mtime > FORGOTTEN_SECONDS:
                path.unlink()
