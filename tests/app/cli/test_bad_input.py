"""What a person can get wrong at the command line is told in one sentence, never in a traceback."""

import os
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.library import FILE_NAME, LibraryWriter
from tests.conftest import House
from tests.ingest.files import BAD, markdown

NOWHERE = "http://127.0.0.1:1"
SECONDS = 120
LOCKED_OUT = {
    "truncated.pdf": "file_corrupt",
    "password.pdf": "file_encrypted",
    "empty.pdf": "file_empty",
    "report.docx": "file_type_mismatch",
    "movie.mp4": "format_unsupported",
    "sparse.txt": "file_too_large",
}


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> tuple[int, str]:
        """Exit code and the one sentence; without output beside it."""
        assert not self.out, self.out
        return self.code, self.err


def coe(root: Path, *arguments: str, **settings: str) -> Ended:
    """Run a command in `root`, over its folders `data` and `corpus`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("COE_")}
    folders = {"COE_DATA_DIR": str(root / "data"), "COE_CORPUS_DIR": str(root / "corpus"), "COLUMNS": "500"}
    done = subprocess.run(
        [sys.executable, "-m", "app.cli.main", *arguments],
        cwd=root,
        env=own | folders | settings,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        pytest.param("", "The question is empty.", id="empty"),
        pytest.param("a" * 10_000, "The question is longer than 4,000 characters.", id="10,000 characters"),
    ],
)
def test_a_question_that_is_none_is_refused(tmp_path: Path, question: str, sentence: str) -> None:
    assert coe(tmp_path, "ask", question).complaint == (2, f"coe: {sentence}\n")


@pytest.mark.model
def test_a_question_in_a_language_nobody_expected_is_answered_or_refused(house: House) -> None:
    ended = coe(house.root, "ask", "タシケントの事務局はどこにありますか。")
    assert (ended.code, ended.err, bool(ended.out.strip())) == (0, "", True)


def test_without_a_library_the_command_to_make_one_is_named(tmp_path: Path) -> None:
    assert coe(tmp_path, "ask", "Who?").complaint == (2, "coe: There is no library yet: run `coe ingest`.\n")


@pytest.mark.model
def test_a_library_of_another_model_is_not_searched(house: House) -> None:
    with closing(LibraryWriter(house.current / FILE_NAME)) as library:
        library.set_meta("fingerprint", "another")
    code, sentence = coe(house.root, "ask", "Who?").complaint
    assert (code, sentence.count("\n"), "coe ingest --rebuild" in sentence) == (2, 1, True)


@pytest.mark.model
def test_files_that_cannot_be_read_are_reported_while_a_good_one_gets_in(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for bad in BAD:
        if bad.name in LOCKED_OUT:
            bad.write(folder / bad.name)
    (folder / "good.md").write_bytes(markdown())
    ended = coe(tmp_path, "ingest", str(folder), str(folder / "movie.mp4"))
    failures = {
        line.split(":")[0].split("/")[-1].removeprefix("  ! "): line
        for line in ended.out.splitlines()
        if line.startswith("  ! ")
    }
    assert ended.code == 1
    assert ended.out.startswith("1 written, 0 unchanged, 0 deleted, 6 failed")
    assert {name: line.rsplit("[", 1)[1].rstrip("]") for name, line in failures.items()} == LOCKED_OUT


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    path = str(tmp_path / "nowhere.pdf")
    assert coe(tmp_path, "ingest", path).complaint == (2, f"coe: There is no file or folder {path!r}.\n")


@pytest.mark.model
def test_a_document_of_the_corpus_folder_is_removed_there(house: House) -> None:
    assert coe(house.root, "remove", "secretariat").complaint == (
        2,
        f"coe: 'secretariat' is a file of the corpus folder {house.corpus}: delete it there, then run `coe ingest`.\n",
    )


@pytest.mark.model
def test_a_document_that_is_not_there_cannot_be_removed(house: House) -> None:
    assert coe(house.root, "remove", "nothing").complaint == (
        2,
        "coe: The library holds no document 'nothing': `coe documents` lists them.\n",
    )


def test_a_port_that_is_no_number_is_named(tmp_path: Path) -> None:
    code, sentence = coe(tmp_path, "serve", COE_PORT="abc").complaint
    assert (code, sentence.count("\n")) == (2, 1)
    assert sentence.startswith("coe: COE_PORT='abc' is not right: ")


@pytest.mark.model
def test_a_chroma_server_that_cannot_be_reached_is_named(house: House) -> None:
    code, sentence = coe(house.root, "ask", "Who?", COE_CHROMA_URL=NOWHERE).complaint
    assert (code, sentence.count("\n"), "check COE_CHROMA_URL" in sentence) == (2, 1, True)


@pytest.mark.model
def test_a_language_model_that_cannot_be_reached_is_replaced_and_named(house: House) -> None:
    question = "Where is the secretariat for Central Asia?"
    ended = coe(house.root, "ask", question, COE_LLM="openai:none", COE_LLM_URL=f"{NOWHERE}/v1")
    assert (ended.code, ended.err) == (0, "")
    assert "The secretariat for Central Asia is in Tashkent. [1]" in ended.out
    assert "Read by extractive (openai:none failed: " in ended.out
