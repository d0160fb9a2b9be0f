"""The generation that is current, open for reading; a new one is noticed at the next question."""

import threading
from dataclasses import dataclass
from pathlib import Path

from app.settings import Settings
from ingest.errors import FingerprintMismatch, LibraryDamaged, LibraryMissing
from ingest.generation import Generations
from ingest.library import FILE_NAME, Library
from ingest.publication import open_vectors
from ingest.vectors import ChromaServer, VectorIndex


@dataclass(frozen=True, slots=True)
class Edition:
    """One generation, opened. It is closed when nobody refers to it any more."""

    number: int
    library: Library
    vectors: VectorIndex


class Shelf:
    """Hands out the current edition."""

    def __init__(self, data_dir: Path, fingerprint: str, server: ChromaServer | None = None) -> None:
        self._generations = Generations(data_dir)
        self._fingerprint = fingerprint
        self._server = server
        self._lock = threading.Lock()
        self._edition: Edition | None = None

    def current(self) -> Edition:
        """The edition to answer from.

        Raises:
            LibraryMissing: nothing was ingested yet.
            FingerprintMismatch: the index was made by another model or version.
            LibraryDamaged: its files are missing or broken.
        """
        edition = self._edition
        if edition and edition.number == self._number():
            return edition
        with self._lock:
            return self._newest()

    def _number(self) -> int:
        number = self._generations.current()
        if number is None:
            raise LibraryMissing("There is no library yet: run `coe ingest`.")
        return number

    def _newest(self) -> Edition:
        number = self._number()
        if self._edition and self._edition.number == number:
            return self._edition
        try:
            self._edition = self._open(number)
        except LibraryDamaged:
            if self._number() == number:
                raise
            return self._newest()  # an ingestion ended meanwhile and cleared this one away
        return self._edition

    def _open(self, number: int) -> Edition:
        folder = self._generations.folder(number)
        library = Library(folder / FILE_NAME)
        if library.meta("fingerprint") != self._fingerprint:
            library.close()
            raise FingerprintMismatch(
                "The library was made with another embedding model or version: run `coe ingest --rebuild`."
            )
        return Edition(number, library, open_vectors(folder, library, number, self._server))


def chroma_server(settings: Settings) -> ChromaServer | None:
    """The configured Chroma server, if any."""
    if settings.chroma_url is None:
        return None
    token = settings.chroma_token.get_secret_value() if settings.chroma_token else None
    return ChromaServer(settings.chroma_url, token)
