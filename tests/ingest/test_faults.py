"""Whatever happens to an ingestion, readers see the old library or the new one, and the next run works."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.shelf import Shelf
from ingest.errors import ConfigurationError, LibraryDamaged
from ingest.library import FILE_NAME
from ingest.publication import CHROMA_FOLDER
from ingest.vectors import open_folder
from tests.conftest import House
from tests.mounts import CannotMount, fill, mounted

pytestmark = pytest.mark.model

COE = "from app.cli.main import main; main()"
OLD = {"glossary", "meetings/round-table", "partners/georgia", "secretariat"}
NEW = {"glossary", "meetings/round-table", "partners/georgia", "office"}


class Reader:
    """Asks all the time, as a server would, and keeps every set of documents it was shown."""

    def __init__(self, house: House) -> None:
        self._shelf = Shelf(house.config.data_dir, house.fingerprint)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.seen: list[set[str]] = []
        self.errors: list[Exception] = []

    def __enter__(self) -> "Reader":
        self.seen.append(self.documents())
        self._thread.start()
        return self

    def __exit__(self, *arguments: object) -> None:
        self._ended.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._ended.wait(0.01):
            try:
                self.seen.append(self.documents())
            except Exception as error:  # any at all is a finding
                self.errors.append(error)

    def documents(self) -> set[str]:
        """Documents of the chunks that are nearest to some chunk: all there are."""
        edition = self._shelf.current()
        vector = next(edition.library.stored_chunks()).vector
        ids = [id for id, _ in edition.vectors.nearest(vector, 50)]
        return {piece.document_id for piece in edition.library.chunks(ids).values()}


def _draft(house: House) -> Path:
    return house.generations.folder(2).with_suffix(".tmp")


MOMENTS: dict[str, Callable[[House], bool]] = {
    "draft begun": lambda house: _draft(house).exists(),
    "library being written": lambda house: (_draft(house) / f"{FILE_NAME}-journal").exists(),
    "vectors dropped": lambda house: (
        (_draft(house) / FILE_NAME).exists() and not (_draft(house) / CHROMA_FOLDER).exists()
    ),
    "vectors being written": lambda house: any(_draft(house).glob(f"{CHROMA_FOLDER}/*-journal")),
    "vectors sealed": lambda house: any(_draft(house).glob(f"{CHROMA_FOLDER}/sizes.json")),
    "folder renamed": lambda house: house.generations.folder(2).exists(),
    "pointer swapped": lambda house: house.generations.current() == 2,
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_a_killed_ingestion_leaves_the_old_library_or_the_new_one(
    house: House, moment: Callable[[House], bool]
) -> None:
    (house.corpus / "secretariat.md").rename(house.corpus / "office.md")
    environment = {**os.environ, "COE_DATA_DIR": str(house.config.data_dir), "COE_CORPUS_DIR": str(house.corpus)}

    with Reader(house) as reader:
        process = subprocess.Popen([sys.executable, "-c", COE, "ingest"], env=environment, cwd=house.root)
        while _runs(process) and not moment(house):
            pass
        process.kill()
        ended = process.wait()
        assert house.ingest().failed == ()
    last = Reader(house).documents()

    assert ended in (-signal.SIGKILL, 0)
    assert reader.errors == []
    assert all(documents in (OLD, NEW) for documents in reader.seen)
    assert (last, set(house.ids())) == (NEW, NEW)
    assert house.ingest().generation == house.generations.current()
    assert [path.name for path in house.config.data_dir.glob("**/*.tmp")] == []


def _runs(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(timeout=0.001)
    except subprocess.TimeoutExpired:
        return True
    return False


def test_a_draft_that_fails_its_check_is_not_published(house: House) -> None:
    with closing(sqlite3.connect(house.current / FILE_NAME)) as library:
        library.execute(
            "CREATE TRIGGER lose AFTER INSERT ON documents "
            "BEGIN DELETE FROM chunk_text WHERE rowid = (SELECT min(rowid) FROM chunk_text); END"
        )
    house.forget_sums()
    (house.corpus / "secretariat.md").rename(house.corpus / "office.md")

    with Reader(house) as reader, pytest.raises(LibraryDamaged, match="inconsistent"):
        house.ingest()

    assert (house.generations.current(), house.generations.kept(), set(house.ids())) == (1, [1], OLD)
    assert reader.errors == []
    assert [documents for documents in reader.seen if documents != OLD] == []


@contextmanager
def _mounted(folder: Path, *options: str) -> Iterator[None]:
    try:
        with mounted(folder, *options):
            yield
    except CannotMount as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.8])
def test_a_full_disk_leaves_the_old_library(empty_house: House, share: float) -> None:
    """With room for a share of another generation, and a reader that was there before."""
    data = empty_house.config.data_dir
    data.mkdir()
    with _mounted(data, "size=64m"):
        empty_house.ingest()
        (empty_house.corpus / "secretariat.md").rename(empty_house.corpus / "office.md")
        room = int(share * sum(path.stat().st_size for path in empty_house.current.rglob("*")))

        with Reader(empty_house) as reader:
            fill(data, but=room)
            with pytest.raises(ConfigurationError, match=r"cannot be written: .*(No space|disk is full).* as it was"):
                empty_house.ingest()

        assert (empty_house.generations.current(), set(empty_house.ids())) == (1, OLD)
        assert (reader.errors, [documents for documents in reader.seen if documents != OLD]) == ([], [])
        assert [path.name for path in data.glob("generations/*")] == ["000001"]
        (data / "ballast").unlink()
        assert empty_house.ingest().generation == 2


def test_a_data_folder_that_cannot_be_written_is_a_setting_to_mend(empty_house: House) -> None:
    empty_house.config.data_dir.mkdir()

    with (
        _mounted(empty_house.config.data_dir, "size=1m", "ro"),
        pytest.raises(ConfigurationError, match="data cannot be written: Read-only file system"),
    ):
        empty_house.ingest()


def test_an_index_that_does_not_fit_on_the_disk_is_an_error(tmp_path: Path, house: House) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    with (
        closing(house.library()) as library,
        _mounted(folder, "size=64k"),
        pytest.raises(LibraryDamaged),
        closing(open_folder(folder, create=True)) as index,
    ):
        index.upsert(library.stored_chunks())
