"""From a changed draft to the current generation: vectors derived, all reopened and checked, then published."""

import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import LibraryDamaged
from ingest.generation import Draft, Generations
from ingest.library import FILE_NAME, Library, LibraryWriter, StoredChunk
from ingest.originals import drop_originals
from ingest.sums import changed_files, note_sums
from ingest.vectors import ChromaServer, VectorIndex, drop_collections, open_folder, open_server, saved_files, seal

CHROMA_FOLDER = "chroma"
_LIBRARY_ID = "library_id"
"""Under which a library whose vectors are on a server keeps the id of the folder that they were made for."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run changed in the library, for the vectors that are derived from it."""

    gone: tuple[str, ...]
    written: tuple[StoredChunk, ...]


def open_vectors(folder: Path, library: Library, number: int, server: ChromaServer | None) -> VectorIndex:
    """The vector index that belongs to a generation."""
    if server is None:
        return open_folder(folder / CHROMA_FOLDER)
    return open_server(server, _collection_name(library, number))


def publish(generations: Generations, draft: Draft, server: ChromaServer | None, changes: Changes | None) -> None:
    """Reopen the draft, check it, make it current. Vectors that fail the check are made again from the library.

    Without `changes` they are made again in any case.

    Raises:
        LibraryDamaged: the draft failed its check.
    """
    if server:
        with closing(LibraryWriter(draft.folder / FILE_NAME)) as writer:
            writer.set_meta(_LIBRARY_ID, generations.library_id())
    with closing(Library(draft.folder / FILE_NAME)) as library:
        library.check()
        if server or changes is None or not _could_add_vectors(draft, library, changes):
            _remake_vectors(draft, library, server)
            check_vectors(draft.folder, library, draft.number, server)
    if server is None:
        seal(draft.folder / CHROMA_FOLDER)
    note_sums(draft.folder, (draft.folder / FILE_NAME, *saved_files(draft.folder / CHROMA_FOLDER)))
    generations.publish(draft)
    drop_unused(generations, generations.prune(draft), server)


def has_sound_vectors(generations: Generations, library: Library | None, server: ChromaServer | None) -> bool:
    """False when the vectors of the current generation are damaged, gone or another folder's: a new one is due."""
    number = generations.current()
    if library is None or number is None:
        return True
    if server and library.meta(_LIBRARY_ID) != generations.library_id():
        return False
    try:
        check_vectors(generations.folder(number), library, number, server)
    except LibraryDamaged:
        return False
    return True


def check_vectors(folder: Path, library: Library, number: int, server: ChromaServer | None) -> None:
    """Compare a generation's vectors with its library.

    Raises:
        LibraryDamaged: one is missing, unreadable, different or cannot be found.
    """
    _refuse_changed_segments(folder)
    with closing(open_vectors(folder, library, number, server)) as vectors:
        vectors.check(library.stored_chunks(), library.count_chunks())


def _refuse_changed_segments(folder: Path) -> None:
    """Chroma may end the whole process when it reads a damaged file, so they are compared before it does.

    Its SQLite file is left out: Chroma writes into that one whenever it is opened.
    """
    changed = [name for name in changed_files(folder) if name != FILE_NAME]
    if changed:
        raise LibraryDamaged(f"The vector index file {folder / changed[0]} was changed or is damaged.")


def _could_add_vectors(draft: Draft, library: Library, changes: Changes) -> bool:
    """False when the vectors have to be made anew: they are damaged, or would keep the text of deleted chunks."""
    if changes.gone:
        return False
    try:
        _refuse_changed_segments(draft.folder)
        note_sums(draft.folder, ())
        with closing(open_folder(draft.folder / CHROMA_FOLDER, create=True)) as vectors:
            vectors.upsert(changes.written)
        check_vectors(draft.folder, library, draft.number, None)
    except LibraryDamaged:
        return False
    return True


def _remake_vectors(draft: Draft, library: Library, server: ChromaServer | None) -> None:
    note_sums(draft.folder, ())
    shutil.rmtree(draft.folder / CHROMA_FOLDER, ignore_errors=True)  # with a server, too: it may be of a time without
    if server:
        vectors = open_server(server, _collection_name(library, draft.number), create=True)
    else:
        vectors = open_folder(draft.folder / CHROMA_FOLDER, create=True)
    with closing(vectors):
        vectors.upsert(library.stored_chunks())


def drop_unused(generations: Generations, kept: Sequence[int], server: ChromaServer | None) -> None:
    """Delete collections and originals that no kept generation refers to."""
    used: set[str] = set()
    names: list[str] = []
    for number in kept:
        with closing(Library(generations.folder(number) / FILE_NAME)) as library:
            used |= {held.sha256 for held in library.held().values() if held.origin == "added"}
            names.append(_collection_name(library, number))
    drop_originals(generations.data_dir, used)
    if server:
        drop_collections(server, names[-1].rpartition("-")[0] + "-", names)


def _collection_name(library: Library, number: int) -> str:
    return f"coe-{library.meta(_LIBRARY_ID)}-{number:06d}"
