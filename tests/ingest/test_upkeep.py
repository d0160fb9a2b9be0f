"""Damage is found before anybody reads it, made good from what is sound, and a change can be taken back."""

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.shelf import Shelf
from ingest import vectors
from ingest.errors import ConfigurationError, FingerprintMismatch, IngestRunning, LibraryDamaged, LibraryMissing
from ingest.library import FILE_NAME, LibraryWriter
from ingest.publication import CHROMA_FOLDER
from ingest.upkeep import Upkeep
from tests.conftest import DOCUMENTS, House

pytestmark = pytest.mark.model

POISON = "# Note\n\nThe round table met in Atlantis in June 2021.\n"


CHROMA_FILE = f"{CHROMA_FOLDER}/chroma.sqlite3"


def _upkeep(house: House) -> Upkeep:
    return Upkeep(house.config.data_dir)


@pytest.fixture
def saved_house(empty_house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A library whose vectors Chroma saved into index files, as it does with a thousand of them."""
    monkeypatch.setitem(vectors._HNSW, "sync_threshold", 2)
    monkeypatch.setitem(vectors._HNSW, "batch_size", 2)
    empty_house.ingest()
    return empty_house


def _problems(house: House) -> dict[str, str]:
    return {finding.part: finding.problem for finding in _upkeep(house).check().findings if finding.problem}


def _segment(house: House) -> Path:
    """Chroma's largest index file."""
    return max((house.current / CHROMA_FOLDER).glob("*/*"), key=lambda path: path.stat().st_size)


def _flip(path: Path, share: float = 0.5) -> None:
    content = bytearray(path.read_bytes())
    content[int(len(content) * share)] ^= 0xFF
    path.write_bytes(content)


DAMAGED_VECTORS: dict[str, Callable[[House], object]] = {
    "segment folder deleted": lambda house: shutil.rmtree(_segment(house).parent),
    "index file cut short": lambda house: os.truncate(_segment(house), 100),
    "index file emptied": lambda house: os.truncate(_segment(house), 0),
    "a byte of an index file flipped": lambda house: _flip(_segment(house)),
    "Chroma's SQLite file cut short": lambda house: os.truncate(house.current / CHROMA_FILE, 5_000),
    "Chroma's SQLite file deleted": lambda house: (house.current / CHROMA_FILE).unlink(),
    "folder deleted": lambda house: shutil.rmtree(house.current / CHROMA_FOLDER),
}
DAMAGED_LIBRARY: dict[str, Callable[[Path], object]] = {
    "cut short": lambda file: os.truncate(file, 50_000),
    "emptied": lambda file: os.truncate(file, 0),
    "a byte in the middle flipped": _flip,
    "a byte near the end flipped": lambda file: _flip(file, 0.98),
    "the first byte flipped": lambda file: _flip(file, 0.0),
    "deleted": Path.unlink,
}


def test_a_new_library_is_sound(house: House) -> None:
    assert _upkeep(house).check().is_sound
    assert [finding.part for finding in _upkeep(house).check().findings] == [
        "library",
        "full text",
        "quotes",
        "vectors",
    ]


@pytest.mark.parametrize("damage", DAMAGED_VECTORS.values(), ids=DAMAGED_VECTORS)
def test_damaged_vectors_are_found_and_made_anew_without_the_model(
    saved_house: House, damage: Callable[[House], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    house = saved_house
    damage(house)
    assert list(_problems(house)) == ["vectors"]
    monkeypatch.setattr("ingest.workers.load_embeddings", None)

    assert _upkeep(house).repair() == 1

    assert (house.generations.current(), _problems(house), len(house.ids())) == (2, {}, len(DOCUMENTS))
    assert house.ingest().written == ()


def test_an_ingestion_also_mends_vectors_whose_bytes_were_flipped(saved_house: House) -> None:
    _flip(_segment(saved_house))

    saved_house.ingest()

    assert (saved_house.generations.current(), _problems(saved_house)) == (2, {})


def test_index_files_that_every_reader_writes_anew_are_not_taken_for_damaged(house: House) -> None:
    os.truncate(_segment(house), 0)

    assert _problems(house) == {}
    assert house.ingest().generation == 1


@pytest.mark.parametrize("damage", DAMAGED_LIBRARY.values(), ids=DAMAGED_LIBRARY)
def test_a_damaged_library_is_found_and_the_one_before_takes_its_place(
    house: House, damage: Callable[[Path], object]
) -> None:
    (house.corpus / "secretariat.md").rename(house.corpus / "office.md")
    house.ingest()
    damage(house.current / FILE_NAME)
    assert "library" in _problems(house)
    with pytest.raises(LibraryDamaged):
        house.ingest()

    assert _upkeep(house).repair() == 1

    assert (house.generations.current(), house.generations.kept(), _problems(house)) == (3, [1, 3], {})
    assert "secretariat" in house.ids()
    house.ingest()
    assert "office" in house.ids()


def test_a_full_text_index_that_lost_a_word_is_found(house: House) -> None:
    with closing(LibraryWriter(house.current / FILE_NAME)) as library:
        library.connection.execute("DELETE FROM chunk_text_data WHERE id > 10")
    house.forget_sums()

    assert "full text" in _problems(house)


def test_a_chunk_that_is_not_in_its_document_is_found(house: House) -> None:
    with closing(LibraryWriter(house.current / FILE_NAME)) as library:
        library.connection.execute("UPDATE documents SET text = replace(text, 'Tashkent', 'Atlantis')")
    house.forget_sums()

    assert list(_problems(house)) == ["quotes"]


def test_the_only_library_cannot_be_repaired_when_it_is_damaged(house: House) -> None:
    os.truncate(house.current / FILE_NAME, 50_000)

    with pytest.raises(LibraryDamaged, match=r"No library in .* is sound: rename that folder and run `coe ingest`"):
        _upkeep(house).repair()
    assert [(kept.number, kept.documents) for kept in _upkeep(house).kept()] == [(1, None)]


def test_before_the_first_ingestion_there_is_nothing_to_check(empty_house: House) -> None:
    assert _upkeep(empty_house).kept() == ()
    with pytest.raises(LibraryMissing):
        _upkeep(empty_house).check()


def test_a_planted_document_is_taken_back_in_one_step(house: House) -> None:
    shelf = Shelf(house.config.data_dir, house.fingerprint)
    house.ingest(house.write("../note.md", POISON))
    assert "added/note" in shelf.current().library.held()

    assert _upkeep(house).roll_back(house.fingerprint) == 1

    assert set(shelf.current().library.held()) == {name.removesuffix(".md") for name in DOCUMENTS}
    assert [(kept.number, kept.is_current) for kept in _upkeep(house).kept()] == [(1, True), (2, False)]


def test_an_ingestion_after_a_step_back_goes_on_from_there(house: House) -> None:
    house.ingest(house.write("../note.md", POISON))
    _upkeep(house).roll_back(house.fingerprint)
    (house.corpus / "secretariat.md").rename(house.corpus / "office.md")

    house.ingest()

    assert (house.generations.current(), house.generations.kept()) == (3, [1, 3])
    assert house.ids() == ["glossary", "meetings/round-table", "office", "partners/georgia"]
    assert list((house.config.data_dir / "files").iterdir()) == []
    assert _problems(house) == {}


def test_a_step_back_needs_an_earlier_sound_generation_of_this_version(house: House) -> None:
    with pytest.raises(ConfigurationError, match="no generation before 1"):
        _upkeep(house).roll_back(house.fingerprint)
    first = house.current
    house.ingest(house.write("../note.md", POISON))
    with pytest.raises(FingerprintMismatch):
        _upkeep(house).roll_back("another")
    _flip(first / FILE_NAME)
    with pytest.raises(LibraryDamaged, match="Generation 1 is damaged"):
        _upkeep(house).roll_back(house.fingerprint)
    assert house.generations.current() == 2


def test_nothing_is_repaired_or_taken_back_while_an_ingestion_writes(house: House) -> None:
    with house.generations.writing():
        with pytest.raises(IngestRunning):
            _upkeep(house).repair()
        with pytest.raises(IngestRunning):
            _upkeep(house).roll_back(house.fingerprint)
