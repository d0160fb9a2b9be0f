"""The shelf hands out the current generation, notices a new one and lets the old one go."""

import gc
import os
import shutil
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest

from app.shelf import Edition, Shelf
from ingest.errors import FingerprintMismatch, LibraryDamaged, LibraryMissing
from ingest.library import FILE_NAME
from ingest.publication import CHROMA_FOLDER
from tests.conftest import House

pytestmark = pytest.mark.model


def _shelf(house: House) -> Shelf:
    return Shelf(house.config.data_dir, house.fingerprint)


def _rename(house: House, old: str, new: str) -> None:
    (house.corpus / old).rename(house.corpus / new)
    house.ingest()


def _finds_itself(edition: Edition) -> bool:
    return all(
        edition.vectors.nearest(stored.vector, 1)[0][0] == stored.chunk.id for stored in edition.library.stored_chunks()
    )


def test_the_current_generation_is_opened_once(house: House) -> None:
    shelf = _shelf(house)

    edition = shelf.current()

    assert (edition.number, _finds_itself(edition)) == (1, True)
    assert shelf.current() is edition


def test_a_new_generation_is_noticed_while_the_old_one_stays_readable(house: House) -> None:
    shelf = _shelf(house)
    old = shelf.current()
    _rename(house, "secretariat.md", "office.md")

    new = shelf.current()

    assert (new.number, "office" in new.library.held(), _finds_itself(new)) == (2, True, True)
    assert ("secretariat" in old.library.held(), _finds_itself(old)) == (True, True)


def test_old_generations_are_let_go(house: House) -> None:
    shelf = _shelf(house)
    names = ("secretariat.md", "a.md", "b.md", "c.md")
    for old, new in pairwise(names):
        assert _finds_itself(shelf.current())
        _rename(house, old, new)
    shelf.current()
    newest = house.current.resolve()
    deadline = monotonic() + 10
    while _open_below(house.config.data_dir) - {newest} and monotonic() < deadline:
        gc.collect()

    assert _open_below(house.config.data_dir) == {newest}


def _open_below(data_dir: Path) -> set[Path]:
    """Generations of which this process holds a file open."""
    root = data_dir.resolve() / "generations"
    files = [Path(os.path.realpath(link)) for link in Path("/proc/self/fd").iterdir()]
    return {root / file.relative_to(root).parts[0] for file in files if file.is_relative_to(root)}


def test_without_a_library_it_says_what_to_run(empty_house: House) -> None:
    shelf = _shelf(empty_house)

    with pytest.raises(LibraryMissing, match="run `coe ingest`") as caught:
        shelf.current()
    assert (caught.value.code, caught.value.status) == ("library_missing", 503)


def test_a_library_made_meanwhile_is_found(house: House, empty_house: House) -> None:
    data = house.config.data_dir
    data.rename(house.root / "elsewhere")
    shelf = _shelf(empty_house)
    with pytest.raises(LibraryMissing):
        shelf.current()
    (house.root / "elsewhere").rename(data)

    assert shelf.current().number == 1


def test_a_library_of_another_model_says_what_to_run(house: House) -> None:
    with pytest.raises(FingerprintMismatch, match="run `coe ingest --rebuild`") as caught:
        Shelf(house.config.data_dir, "another").current()
    assert (caught.value.code, caught.value.status) == ("fingerprint_mismatch", 503)


@pytest.mark.parametrize("name", [FILE_NAME, CHROMA_FOLDER])
def test_a_damaged_generation_is_named_and_the_shelf_recovers(house: House, name: str) -> None:
    shelf = _shelf(house)
    path = house.current / name
    aside = path.rename(house.root / name)

    with pytest.raises(LibraryDamaged) as caught:
        shelf.current()
    assert (caught.value.code, caught.value.status) == ("library_damaged", 503)
    shutil.move(aside, path)
    assert _finds_itself(shelf.current())
