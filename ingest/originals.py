"""The files that documents were read from: of the corpus in its folder, of those added by hand copies by their hash."""

import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

from ingest.assembly import sidecar_path
from ingest.errors import UnknownDocument
from ingest.sources import content_hash
from ingest.types import Document, Source

_FOLDER = "files"


def kept_original(data_dir: Path, source: Source) -> Path:
    """Where the copy of a file that was added by hand is kept."""
    return data_dir / _FOLDER / source.sha256 / source.path.name


def keep_originals(data_dir: Path, sources: Iterable[Source]) -> None:
    """Copy added files beside the library: they stay answerable, and can be read again, when the files are gone."""
    for source in sources:
        target = kept_original(data_dir, source)
        if source.origin == "corpus" or target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if sidecar_path(source.path).is_file():
            shutil.copyfile(sidecar_path(source.path), sidecar_path(target))
        unfinished = target.with_name(f"{target.name}.tmp")
        shutil.copyfile(source.path, unfinished)
        unfinished.rename(target)


def drop_originals(data_dir: Path, used: Collection[str]) -> None:
    """Delete the copies of files whose hash is not in use any more."""
    for originals in (data_dir / _FOLDER).glob("*"):
        if originals.name not in used:
            shutil.rmtree(originals, ignore_errors=True)


def original_of(data_dir: Path, corpus_dir: Path, document: Document) -> Path:
    """The file a document was read from, with the very content it had then.

    Raises:
        UnknownDocument: the file is gone, or is another by now.
    """
    if document.origin == "corpus":
        folder, file = corpus_dir.resolve(), corpus_dir.resolve() / document.path
    else:
        folder = (data_dir / _FOLDER / document.sha256).resolve()
        file = folder / Path(document.path).name
    if not (file.resolve().is_relative_to(folder) and file.is_file() and content_hash(file) == document.sha256):
        raise UnknownDocument(f"The file of {document.id!r} is gone, or was changed since it was ingested.")
    return file.resolve()
