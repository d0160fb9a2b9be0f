"""Hostile files of every format: refused in one sentence that names the file, or read without what they hide."""

import tempfile
from pathlib import Path

import pytest

import ingest.pipeline
import ingest.workers
from ingest.assembly import LONGEST_TITLE, read_metadata
from ingest.errors import DocumentRejected
from ingest.loaders import load
from ingest.sources import SUFFIXES
from tests.conftest import DOCUMENTS, House
from tests.ingest import bad_offices, bad_pdfs, bad_texts, files
from tests.ingest.files import Bad, Harmless
from tests.torture.world import MODEL, StandIn

BAD = (*bad_offices.BAD, *bad_pdfs.BAD, *bad_texts.BAD)
HARMLESS = (*bad_offices.HARMLESS, *bad_pdfs.HARMLESS, *bad_texts.HARMLESS)
INTERNAL = ("Traceback", "site-packages", ".py", files.SECRET, "\n", "evil", "root:")


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_bad_file_is_refused_in_one_sentence(bad: Bad, tmp_path: Path) -> None:
    path = tmp_path / bad.name
    bad.write(path)

    with pytest.raises(DocumentRejected) as rejected:
        read_metadata(load(path), None, fallback_title="", where=path.name)

    message = str(rejected.value)
    assert rejected.value.reason_code == bad.code
    assert message.startswith(bad.name)
    assert message.endswith(".")
    assert len(message) < 300
    assert [mark for mark in (*INTERNAL, tempfile.gettempdir()) if mark in message] == []


@pytest.mark.parametrize("each", HARMLESS, ids=lambda each: each.name)
def test_a_hostile_file_that_can_be_read_keeps_what_it_hides(each: Harmless, tmp_path: Path) -> None:
    path = tmp_path / each.name
    path.write_bytes(each.content())

    loaded = load(path)

    title = read_metadata(loaded, None, fallback_title="", where=path.name).title
    text = "\n".join([title, *(block.text for block in loaded.blocks)])
    assert each.says in text
    assert [hidden for hidden in each.hides if hidden in text] == []
    assert len(title) <= LONGEST_TITLE + 1


def test_bad_files_stop_no_others(empty_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.pipeline, "check_model", lambda name: MODEL)
    monkeypatch.setattr(ingest.workers, "load_embeddings", lambda model: StandIn())
    bad = {each.name: each for each in BAD[::12] if Path(each.name).suffix in SUFFIXES}
    for each in bad.values():
        each.write(empty_house.corpus / each.name)

    report = empty_house.ingest()

    assert {failure.path: failure.code for failure in report.failed} == {
        name.removesuffix(".md"): each.code for name, each in bad.items()
    }
    assert set(report.written) == {name.removesuffix(".md") for name in DOCUMENTS}


def test_there_are_more_than_a_hundred_bad_files_of_every_format() -> None:
    names = [Path(each.name) for each in (*BAD, *HARMLESS, *files.BAD)]
    assert len(names) > 100
    assert {path.suffix for path in names} >= {Path(name).suffix for name in files.GOOD} - {".htm"}
