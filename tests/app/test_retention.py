"""A document that was removed can be brought back for a day, and is then gone from every file."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import time

import pytest

from app.retention import purge
from app.settings import Settings
from ingest.errors import ConfigurationError, IngestRunning
from ingest.pipeline import remove
from ingest.upkeep import Upkeep
from tests.chroma import running_chroma
from tests.conftest import House

pytestmark = pytest.mark.model

SECRET = "Xanadusbridge"
NOTE = f"# Note\n\nThe meeting place is {SECRET}.\n"


def _settings(house: House) -> Settings:
    url = house.chroma.url if house.chroma else None
    return Settings(_env_file=None, data_dir=house.config.data_dir, corpus_dir=house.corpus, chroma_url=url)


def _a_day_later(house: House) -> None:
    pointer = house.config.data_dir / "CURRENT"
    os.utime(pointer, (time() - 25 * 3600,) * 2)


def _holding(folder: Path) -> list[str]:
    wanted = SECRET.lower().encode()
    return [path.name for path in folder.rglob("*") if path.is_file() and wanted in path.read_bytes().lower()]


def test_of_a_removed_document_no_byte_is_left_a_day_later(house: House) -> None:
    house.ingest(house.write("../note.md", NOTE))
    remove(house.config, "added/note")
    assert purge(_settings(house)).libraries == 0
    assert _holding(house.config.data_dir) != []

    _a_day_later(house)

    assert purge(_settings(house)).libraries == 1
    assert _holding(house.config.data_dir) == []
    with pytest.raises(ConfigurationError, match="There is no generation before"):
        Upkeep(house.config.data_dir).roll_back(house.fingerprint)
    assert Upkeep(house.config.data_dir).check().is_sound


def test_a_document_that_was_taken_back_is_gone_a_day_later(house: House) -> None:
    house.ingest(house.write("../note.md", NOTE))
    Upkeep(house.config.data_dir).roll_back(house.fingerprint)
    _a_day_later(house)

    assert purge(_settings(house)).libraries == 1
    assert (_holding(house.config.data_dir), house.generations.kept()) == ([], [1])
    assert house.ingest(house.write("../note.md", NOTE)).written == ("added/note",)


def test_the_state_before_an_edit_or_an_addition_is_kept(house: House) -> None:
    house.write("secretariat.md", "---\ntitle: Secretariat\n---\n# Secretariat\n\nIt moved to Samarkand.\n")
    house.write("more.md", "# More\n\nMore.\n")
    house.ingest()
    _a_day_later(house)

    assert (purge(_settings(house)).libraries, house.generations.kept()) == (0, [1, 2])


def test_nothing_is_forgotten_while_an_ingestion_writes(house: House) -> None:
    with house.generations.writing(), pytest.raises(IngestRunning):
        purge(_settings(house))


def test_on_a_server_the_collection_goes_too(new_house: Callable[[], House], tmp_path: Path) -> None:
    with running_chroma(tmp_path) as server:
        hosted = replace(new_house(), chroma=server.address, data="hosted")
        hosted.ingest(hosted.write("../note.md", NOTE))
        remove(hosted.config, "added/note")
        _a_day_later(hosted)

        assert purge(_settings(hosted)).libraries == 1
        assert [name[-6:] for name in server.names() if name.startswith("coe-")] == ["000002"]
