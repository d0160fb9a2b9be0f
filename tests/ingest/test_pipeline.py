"""Ingestion keeps the library in step with the files, and never loses what it cannot read again."""

import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.errors import ConfigurationError, FingerprintMismatch, LibraryDamaged, SourceEmpty, UnknownDocument
from ingest.library import FILE_NAME, LibraryWriter
from ingest.pipeline import IngestOptions, ingest, remove
from ingest.publication import CHROMA_FOLDER
from ingest.types import IngestReport
from ingest.vectors import open_folder
from tests.conftest import DOCUMENTS, ROUND_TABLE, House

pytestmark = pytest.mark.model

IDS = ("glossary", "meetings/round-table", "partners/georgia", "secretariat")
BROKEN = "---\ntitle: [\n---\nText."
REPORT = "# Report\n\nThe laboratory in Dushanbe was equipped.\n"
FROM_ENV = """
import sys
from pathlib import Path
from ingest.pipeline import IngestConfig, ingest
data, corpus = map(Path, sys.argv[1:])
print(ingest(IngestConfig(data, corpus, "all-MiniLM-L6-v2")).written)
"""


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "ingest.lock"
    }


def _text(house: House, id: str) -> str:
    with closing(house.library()) as library:
        return library.document(id).text


def _indexed(house: House) -> set[str]:
    """Ids of the chunks in the vector index, which must be those of the library."""
    with closing(house.library()) as library, closing(open_folder(house.current / CHROMA_FOLDER)) as vectors:
        library.check()
        vectors.check(library.stored_chunks(), library.count_chunks())
        return {stored.chunk.document_id for stored in library.stored_chunks()}


def test_the_first_ingestion_writes_every_document(empty_house: House) -> None:
    report = empty_house.ingest()

    assert report == IngestReport(written=IDS, generation=1, chunks=5)
    assert _indexed(empty_house) == set(IDS)


def test_ingesting_again_writes_nothing(house: House) -> None:
    assert house.ingest() == IngestReport(unchanged=IDS, generation=1)
    assert house.generations.kept() == [1]


def test_an_edited_file_is_written_and_only_its_changed_chunks_are_embedded(house: House) -> None:
    house.write("meetings/round-table.md", ROUND_TABLE.replace("Kazakhstan offered", "Uzbekistan offered"))

    report = house.ingest()

    assert report == IngestReport(
        written=("meetings/round-table",),
        unchanged=("glossary", "partners/georgia", "secretariat"),
        generation=2,
        chunks=1,
    )
    assert "Uzbekistan offered" in _text(house, "meetings/round-table")
    assert _indexed(house) == set(IDS)


def test_a_renamed_file_moves_without_the_model(house: House) -> None:
    (house.corpus / "secretariat.md").rename(house.corpus / "office.md")

    report = house.ingest()

    assert (report.written, report.deleted, report.chunks) == (("office",), ("secretariat",), 0)
    assert _indexed(house) == {*IDS, "office"} - {"secretariat"}


def test_a_deleted_file_leaves_every_index(house: House) -> None:
    (house.corpus / "secretariat.md").unlink()

    assert house.ingest().deleted == ("secretariat",)
    assert _indexed(house) == set(IDS) - {"secretariat"}


def test_a_broken_file_is_reported_while_the_others_get_in(house: House) -> None:
    house.write("broken.md", BROKEN)
    house.write("broken.pdf", "no PDF")
    house.write("new.md", REPORT)

    report = house.ingest()

    assert (report.written, [(failure.path, failure.code) for failure in report.failed]) == (
        ("new",),
        [("broken", "front_matter_invalid"), ("broken.pdf", "file_type_mismatch")],
    )
    assert all(failure.reason.endswith(".") for failure in report.failed)
    assert _indexed(house) == {*IDS, "new"}


@pytest.mark.parametrize("sidecar", ["title: [", "[]", "title: A\nunknown: 1"], ids=["torn", "a list", "a strange key"])
def test_a_broken_sidecar_is_reported(house: House, sidecar: str) -> None:
    house.write("new.txt", "The text is fine.")
    house.write("new.txt.yaml", sidecar)

    [failure] = house.ingest().failed

    assert (failure.path, failure.code) == ("new.txt", "front_matter_invalid")


@pytest.mark.parametrize("rebuild", [False, True], ids=["sync", "rebuild"])
def test_a_document_whose_new_version_is_broken_stays_as_it_was(house: House, rebuild: bool) -> None:
    house.write("secretariat.md", BROKEN)

    report = house.ingest(options=IngestOptions(rebuild=rebuild))

    assert [failure.path for failure in report.failed] == ["secretariat"]
    assert "is in Tashkent" in _text(house, "secretariat")
    assert _indexed(house) == set(IDS)


def test_a_mended_file_gets_in_at_the_next_run(house: House) -> None:
    house.write("secretariat.md", BROKEN)
    house.ingest()
    house.write("secretariat.md", REPORT)

    assert house.ingest().written == ("secretariat",)
    assert "Dushanbe" in _text(house, "secretariat")


def test_an_added_file_stays_when_the_corpus_is_synced_and_its_original_is_gone(house: House) -> None:
    file = house.write("../report.md", REPORT)

    assert house.ingest(file).written == ("added/report",)
    file.unlink()
    house.ingest()
    rebuilt = house.ingest(options=IngestOptions(rebuild=True))

    with closing(house.library()) as library:
        document = library.document("added/report")
    assert rebuilt.written == (*IDS, "added/report")
    assert (document.origin, document.path, document.metadata.title) == ("added", str(file), "Report")
    assert _indexed(house) == {*IDS, "added/report"}


def test_an_added_file_keeps_its_sidecar_and_title_when_it_is_read_again(house: House) -> None:
    file = house.write("../notes.txt", "The text.")
    named = house.write("../plain.txt", "More text.")
    house.write("../notes.txt.yaml", "title: Notes of the meeting")
    house.ingest(file, named)
    for path in (file, file.with_name("notes.txt.yaml"), named):
        path.unlink()

    house.ingest(options=IngestOptions(rebuild=True))

    with closing(house.library()) as library:
        titles = {id: item.title for id, item in library.metadata(["added/notes.txt", "added/plain.txt"]).items()}
    assert titles == {"added/notes.txt": "Notes of the meeting", "added/plain.txt": "plain"}


def test_a_file_added_again_replaces_its_older_version(house: House) -> None:
    file = house.write("../report.md", REPORT)
    house.ingest(file)
    house.write("../report.md", REPORT.replace("Dushanbe", "Bishkek"))

    assert house.ingest(file).written == ("added/report",)
    assert house.ingest(file).unchanged == ("added/report",)
    assert "Bishkek" in _text(house, "added/report")


def test_two_added_files_of_one_name_live_side_by_side(house: House) -> None:
    first = house.write("../a/report.md", REPORT)
    second = house.write("../b/report.md", REPORT.replace("Dushanbe", "Bishkek"))
    house.ingest(first)
    [other] = house.ingest(second).written
    house.write("../b/report.md", REPORT.replace("Dushanbe", "Tbilisi"))

    assert house.ingest(second).written == (other,)
    assert "Dushanbe" in _text(house, "added/report")
    assert "Tbilisi" in _text(house, other)


def test_a_removed_file_is_gone_with_its_copy_after_the_next_generation(house: House) -> None:
    file = house.write("../report.md", REPORT.replace("Dushanbe", "Xanadu"))
    house.ingest(file)
    remove(house.config, "added/report")
    house.write("new.md", REPORT)
    house.ingest()

    assert _indexed(house) == {*IDS, "new"}
    assert [name for name, content in _files(house.config.data_dir).items() if b"xanadu" in content.lower()] == []


def test_a_document_of_the_corpus_is_removed_in_the_corpus(house: House) -> None:
    with pytest.raises(ConfigurationError, match=r"'secretariat' is a file of the corpus folder .* delete it"):
        remove(house.config, "secretariat")


@pytest.mark.parametrize("fixture", ["house", "empty_house"])
def test_removing_what_is_not_there_is_an_error(fixture: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(UnknownDocument, match="no document 'added/nothing'"):
        remove(request.getfixturevalue(fixture).config, "added/nothing")


def test_removing_keeps_the_fingerprint_of_the_model_that_made_the_vectors(house: House) -> None:
    house.ingest(house.write("../report.md", REPORT))
    with closing(house.library()) as library:
        made_with = library.meta("fingerprint")

    remove(replace(house.config, embedding_model="another model"), "added/report")

    with closing(house.library()) as library:
        assert library.meta("fingerprint") == made_with


def test_a_dry_run_says_what_would_be_done_and_changes_nothing(house: House) -> None:
    (house.corpus / "secretariat.md").unlink()
    house.write("new.md", REPORT)
    before = _files(house.config.data_dir)

    report = house.ingest(options=IngestOptions(dry_run=True))

    assert report == IngestReport(
        written=("new",),
        unchanged=("glossary", "meetings/round-table", "partners/georgia"),
        deleted=("secretariat",),
        generation=1,
    )
    assert _files(house.config.data_dir) == before


def test_another_model_says_what_to_run_and_that_works(house: House) -> None:
    with closing(LibraryWriter(house.current / FILE_NAME)) as library:
        library.set_meta("fingerprint", "another")
    house.forget_sums()

    with pytest.raises(FingerprintMismatch, match="run `coe ingest --rebuild`"):
        house.ingest()
    assert house.ingest(options=IngestOptions(rebuild=True)).chunks == 5
    assert house.ingest().unchanged == IDS


def test_a_rebuild_takes_no_paths(house: House) -> None:
    with pytest.raises(ConfigurationError, match="leave the paths out"):
        house.ingest(house.corpus, options=IngestOptions(rebuild=True))


def test_files_named_by_hand_leave_the_rest_of_the_corpus_alone(house: House) -> None:
    (house.corpus / "secretariat.md").unlink()

    report = house.ingest(house.write("new.md", REPORT))

    assert (report.written, report.deleted) == (("new",), ())
    assert _indexed(house) == {*IDS, "new"}


@pytest.mark.parametrize("rebuild", [False, True], ids=["sync", "rebuild"])
def test_an_emptied_corpus_folder_is_refused(house: House, rebuild: bool) -> None:
    before = _files(house.config.data_dir)
    shutil.rmtree(house.corpus)
    house.corpus.mkdir()

    with pytest.raises(SourceEmpty, match="4 of the library's documents are missing") as caught:
        house.ingest(options=IngestOptions(rebuild=rebuild))
    assert (caught.value.code, caught.value.exit_code) == ("source_empty_refusing_to_delete", 3)
    assert _files(house.config.data_dir) == before


def test_deletions_that_are_accepted_empty_the_library(house: House) -> None:
    shutil.rmtree(house.corpus)
    house.corpus.mkdir()

    assert house.ingest(options=IngestOptions(accept_deletions=True)).deleted == IDS
    assert _indexed(house) == set()
    assert house.ingest() == IngestReport(generation=2)


def test_a_corpus_that_was_moved_and_cannot_be_read_is_refused(house: House) -> None:
    for name in DOCUMENTS:
        shutil.copyfile(house.corpus / name, house.corpus / f"{Path(name).stem}.pdf")
        (house.corpus / name).unlink()

    with pytest.raises(SourceEmpty):
        house.ingest()


def test_an_empty_corpus_without_a_library_makes_none(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.corpus.mkdir()

    assert house.ingest() == IngestReport()


def test_a_missing_corpus_folder_is_a_setting_to_mend(house: House) -> None:
    shutil.rmtree(house.corpus)

    with pytest.raises(ConfigurationError, match="does not exist: set COE_CORPUS_DIR"):
        house.ingest()


def test_a_path_that_does_not_exist_changes_nothing(house: House) -> None:
    with pytest.raises(ConfigurationError, match=r"no file or folder '.*gone\.pdf'"):
        house.ingest(house.corpus, house.root / "gone.pdf")
    assert house.generations.current() == 1


def test_links_out_of_the_corpus_are_not_ingested(house: House) -> None:
    (house.corpus / "out.md").symlink_to(house.write("../secret.md", REPORT))

    assert house.ingest().unchanged == IDS


def test_progress_is_told_by_stage(house: House) -> None:
    told: list[tuple[str, int, int]] = []
    house.write("a.md", REPORT)
    house.write("b.md", BROKEN)

    ingest(house.config, progress=lambda *step: told.append(step))

    assert told == [("load", 1, 2), ("load", 2, 2), ("embed", 1, 1)]


def test_a_damaged_library_file_says_so(house: House) -> None:
    (house.current / FILE_NAME).write_bytes(b"torn" * 1000)

    with pytest.raises(LibraryDamaged, match=r"library\.sqlite cannot be opened"):
        house.ingest()


def test_a_file_env_in_the_working_directory_does_not_configure_chroma(house: House, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / ".env").write_text(f"ALLOW_RESET=true\nPERSIST_DIRECTORY={work}/elsewhere\nIS_PERSISTENT=true\n", "utf-8")
    (house.corpus / "secretariat.md").rename(house.corpus / "office.md")

    done = subprocess.run(
        [sys.executable, "-c", FROM_ENV, house.config.data_dir, house.corpus], cwd=work, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "('office',)\n", "")
    assert [path.name for path in work.iterdir()] == [".env"]
