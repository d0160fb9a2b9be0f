"""Find files: which there are, what each is called in the library, and the hash of its content."""

import os
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from ingest.errors import ConfigurationError
from ingest.types import Origin, Source

SUFFIXES = (".csv", ".docx", ".htm", ".html", ".md", ".pdf", ".pptx", ".txt", ".xlsx")
SIDECAR_SUFFIX = ".yaml"
"""A file `report.pdf.yaml` beside `report.pdf` says what front matter would."""

ADDED_PREFIX = "added/"
_LARGE = 64 * 1024 * 1024


def corpus_sources(folder: Path) -> tuple[Source, ...]:
    """Every document of the corpus folder, by id; hidden files and links that lead out of it are passed over.

    Raises:
        ConfigurationError: the folder does not exist.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"The corpus folder {folder} does not exist: set COE_CORPUS_DIR.")
    root = folder.resolve()
    files = (path for path in _documents_under(root) if path.resolve().is_relative_to(root))
    return tuple(_source(path, document_id(path.relative_to(root)), "corpus") for path in sorted(files))


def named_sources(paths: Iterable[Path], corpus: Path) -> tuple[Source, ...]:
    """The files named by hand, folders searched: inside the corpus they keep their ids, others are `added/…`.

    Raises:
        ConfigurationError: a path does not exist.
    """
    return tuple(source for path in paths for source in _named(path, corpus.resolve()))


def document_id(relative: Path) -> str:
    """Document id of a path: Markdown loses its suffix, other formats keep it."""
    return (relative.with_suffix("") if relative.suffix.lower() == ".md" else relative).as_posix()


def sidecar(path: Path) -> Path:
    """Where a file's sidecar would be."""
    return path.with_name(path.name + SIDECAR_SUFFIX)


def _named(path: Path, corpus: Path) -> Iterator[Source]:
    if not path.exists():
        raise ConfigurationError(f"There is no file or folder {str(path)!r}.")
    resolved = path.resolve()
    base = resolved.parent
    for file in sorted(_documents_under(resolved)) if resolved.is_dir() else [resolved]:
        if file.is_relative_to(corpus):
            yield _source(file, document_id(file.relative_to(corpus)), "corpus")
        else:
            yield _source(file, ADDED_PREFIX + document_id(file.relative_to(base)), "added")


def _documents_under(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        yield from (
            Path(parent, name)
            for name in names
            if not name.startswith((".", "~$")) and Path(name).suffix.lower() in SUFFIXES
        )


def _source(path: Path, id: str, origin: Origin) -> Source:
    return Source(id=id, path=path, origin=origin, sha256=content_hash(path))


def content_hash(path: Path) -> str:
    """Hash of a file and its sidecar; of a very large file (which no loader accepts) its size and time stand in."""
    digest = sha256()
    for part in (path, sidecar(path)):
        if not part.is_file():
            continue
        status = part.stat()
        if status.st_size > _LARGE:
            digest.update(f"{status.st_size} {status.st_mtime_ns}".encode())
        else:
            digest.update(part.read_bytes())
        digest.update(b"\0")
    return digest.hexdigest()
