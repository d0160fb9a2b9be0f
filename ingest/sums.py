"""Checksums of a generation's files, which nobody changes once it is published: damage that still reads is found."""

import json
from collections.abc import Iterable
from hashlib import file_digest, sha256
from pathlib import Path

_NOTE = "sums.json"


def note_sums(folder: Path, files: Iterable[Path]) -> None:
    """Write the checksums of some files in a folder beside them."""
    sums = {path.relative_to(folder).as_posix(): _sum(path) for path in sorted(files)}
    (folder / _NOTE).write_text(json.dumps(sums, indent=0), encoding="utf-8")


def changed_files(folder: Path) -> tuple[str, ...]:
    """Names of the noted files that are gone or not what they were; none where nothing was noted."""
    note = folder / _NOTE
    if not note.is_file():
        return ()
    try:
        sums: dict[str, str] = json.loads(note.read_text(encoding="utf-8"))
        return tuple(name for name, noted in sums.items() if _sum(folder / name) != noted)
    except (ValueError, AttributeError):
        return (_NOTE,)


def _sum(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return file_digest(file, sha256).hexdigest()
    except OSError:  # gone, or the disk cannot read it
        return None
