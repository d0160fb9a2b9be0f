"""Find files: which there are, what each is called in the library, and the hash of its content."""

import os
from collections.abc import Container, Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from ingest.assembly import sidecar_path
from ingest.errors import ConfigurationError
from ingest.sync import Held
from ingest.types import Origin, Source

SUFFIXES = (".csv", ".docx", ".htm", ".html", ".md", ".pdf", ".pptx", ".txt", ".xlsx")
ADDED_PREFIX = "added/"
_LARGE = 64 * 1024 * 1024


def corpus_sources(folder: Path) -> tuple[Source, ...]:
    """Every document of the corpus folder, by id; hidden files and links that lead out of it are passed over.

    Raises:
        ConfigurationError: the folder does not exist, or has a folder of the name kept for files added by hand.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"The corpus folder {folder} does not exist: set COE_CORPUS_DIR.")
    root = folder.resolve()
    sources = tuple(_source(file, document_id(file.relative_to(root)), "corpus") for file in _documents_under(root))
    if any(source.id.startswith(ADDED_PREFIX) for source in sources):
        raise ConfigurationError(f"{folder / ADDED_PREFIX} must have another name: it is kept for files added by hand.")
    return sources


def named_sources(paths: Iterable[Path], corpus: Path, held: Mapping[str, Held]) -> tuple[Source, ...]:
    """The files named by hand, folders searched: inside the corpus they keep their ids, others are `added/…`.

    A file that was added before keeps its id; one whose id another file has gets an id of its own.

    Raises:
        ConfigurationError: a path does not exist.
    """
    root = corpus.resolve()
    ids = {Path(document.path): id for id, document in held.items() if document.origin == "added"}
    taken = set(held)
    sources: dict[Path, Source] = {}
    for file, relative in (named for path in paths for named in _named(path)):
        if file.is_relative_to(root):
            sources[file] = _source(file, document_id(file.relative_to(root)), "corpus")
            continue
        id = ids.get(file) or _free_id(file, relative, taken)
        ids[file] = id
        taken.add(id)
        sources[file] = _source(file, id, "added")
    return tuple(sources.values())


def document_id(relative: Path) -> str:
    """Document id of a path: Markdown loses its suffix, unless another format's comes before it; others keep it."""
    is_plain = relative.suffix == ".md" and Path(relative.stem).suffix.lower() not in SUFFIXES
    return (relative.with_suffix("") if is_plain else relative).as_posix()


def _named(path: Path) -> Iterator[tuple[Path, Path]]:
    if not path.exists():
        raise ConfigurationError(f"There is no file or folder {str(path)!r}.")
    resolved = path.resolve()
    for file in _documents_under(resolved) if resolved.is_dir() else [resolved]:
        yield file, file.relative_to(resolved.parent)


def _free_id(file: Path, relative: Path, taken: Container[str]) -> str:
    id = ADDED_PREFIX + document_id(relative)
    if id not in taken:
        return id
    mark = sha256(os.fsencode(file.parent)).hexdigest()[:8]
    return ADDED_PREFIX + document_id(relative.with_name(f"{file.stem}-{mark}{file.suffix}"))


def _documents_under(folder: Path) -> list[Path]:
    return sorted(path for path in _files_under(folder) if path.is_file() and path.resolve().is_relative_to(folder))


def _files_under(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder, onerror=_refuse_hidden):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        yield from (
            Path(parent, name)
            for name in names
            if not name.startswith((".", "~$")) and Path(name).suffix.lower() in SUFFIXES
        )


def _refuse_hidden(error: OSError) -> None:
    """A folder that cannot be looked into would otherwise be one whose documents are gone."""
    raise ConfigurationError(f"The folder {error.filename} cannot be read: {error.strerror}.") from error


def _source(path: Path, id: str, origin: Origin) -> Source:
    return Source(id=id, path=path, origin=origin, sha256=content_hash(path))


def content_hash(path: Path) -> str:
    """Hash of a file and its sidecar; of one that is very large or unreadable its size and time stand in."""
    digest = sha256()
    for part in (path, sidecar_path(path)):
        if not part.is_file():
            continue
        digest.update(_content_or_stamp(part) + b"\0")
    return digest.hexdigest()


def _content_or_stamp(path: Path) -> bytes:
    status = path.stat()
    stamp = f"{status.st_size} {status.st_mtime_ns}".encode()
    if status.st_size > _LARGE:
        return stamp
    try:
        return path.read_bytes()
    except OSError:  # the loader meets it too, and says which file it is
        return stamp
