"""What the last reading of the folder came to is known afterwards, with the reason for each file left out."""

from pathlib import Path

import pytest

from ingest.last_run import last_run
from ingest.pipeline import IngestOptions
from tests.conftest import House


def test_a_reading_of_the_folder_is_written_down_with_what_failed(house: House) -> None:
    house.write("broken.pdf", "no such thing")
    report = house.ingest()
    run = last_run(house.config.data_dir)
    assert run is not None
    assert (run.documents, run.failed) == (len(report.unchanged), report.failed)
    assert [each.path for each in run.failed] == ["broken.pdf"]


def test_only_the_whole_folder_counts(house: House, tmp_path: Path) -> None:
    before = last_run(house.config.data_dir)
    added = tmp_path / "note.txt"
    added.write_text("A note.", encoding="utf-8")
    house.ingest(added)
    house.ingest(options=IngestOptions(dry_run=True))
    assert last_run(house.config.data_dir) == before


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"ended": "x", "documents": 1, "failed": []}'])
def test_what_cannot_be_understood_is_as_if_it_were_not_there(tmp_path: Path, text: str) -> None:
    assert last_run(tmp_path) is None
    (tmp_path / "last-run.json").write_text(text, encoding="utf-8")
    assert last_run(tmp_path) is None
