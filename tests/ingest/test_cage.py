import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.cage import Cage
from ingest.errors import DocumentRejected
from ingest.loaders import load
from tests.ingest import files

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 5.0


@pytest.fixture(scope="module")
def cage():
    with Cage(seconds=SECONDS) as cage:
        yield cage


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.md"
    path.write_bytes(files.markdown())
    return path


@pytest.mark.parametrize("name", files.GOOD)
def test_a_file_is_the_same_through_the_cage(name, tmp_path, cage):
    path = tmp_path / name
    path.write_bytes(files.GOOD[name]())
    assert cage.load(path) == load(path)


@pytest.mark.parametrize("bad", files.BAD, ids=lambda bad: bad.name)
def test_a_bad_file_gets_its_named_code_and_harms_no_other(bad, tmp_path, cage, good):
    path = tmp_path / bad.name
    bad.write(path)
    expected = cage.load(good)
    with pytest.raises(DocumentRejected) as rejected:
        cage.load(path)
    assert rejected.value.reason_code == bad.code
    assert bad.name in str(rejected.value)
    assert files.SECRET not in str(rejected.value)
    assert cage.load(good) == expected


def test_nothing_is_written_beside_a_file_that_names_other_places(tmp_path, cage):
    folder = tmp_path / "inner" / "folder"
    folder.mkdir(parents=True)
    bad = next(bad for bad in files.BAD if bad.name == "zip-slip.docx")
    bad.write(folder / bad.name)
    with pytest.raises(DocumentRejected):
        cage.load(folder / bad.name)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["zip-slip.docx"]


def test_a_file_that_takes_too_long_is_too_complex(tmp_path, good):
    slow = tmp_path / "operator-bomb.pdf"
    next(bad for bad in files.BAD if bad.name == slow.name).write(slow)
    with Cage(seconds=0.4) as cage:
        with pytest.raises(DocumentRejected) as rejected:
            cage.load(slow)
        assert (rejected.value.reason_code, str(rejected.value)) == (
            "file_too_complex",
            "operator-bomb.pdf takes too long to read.",
        )
        assert cage.load(good).blocks


def test_a_file_that_needs_too_much_memory_is_too_complex(tmp_path):
    large = tmp_path / "large.csv"
    large.write_bytes(b"a,b,c\n" * 700_000)
    with Cage(seconds=10 * SECONDS, memory=150 * 1024**2) as cage, pytest.raises(DocumentRejected) as rejected:
        cage.load(large)
    assert (rejected.value.reason_code, str(rejected.value)) == (
        "file_too_complex",
        "large.csv needs more memory than one file may use.",
    )


def test_a_crash_of_the_parser_is_named_and_survived(good):
    with Cage(seconds=SECONDS) as cage:
        expected = cage.load(good)
        os.kill(cage.pid, signal.SIGKILL)
        with pytest.raises(DocumentRejected) as rejected:
            cage.load(good)
        assert (rejected.value.reason_code, str(rejected.value)) == (
            "file_too_complex",
            "good.md crashes the program that reads it.",
        )
        assert cage.load(good) == expected


def test_one_process_reads_many_files(good):
    with Cage(seconds=SECONDS) as cage:
        cage.load(good)
        first = cage.pid
        cage.load(good)
        assert cage.pid == first


def test_a_missing_file_is_named(tmp_path, cage):
    with pytest.raises(DocumentRejected, match=r"gone\.md is damaged and cannot be read \(No such file"):
        cage.load(tmp_path / "gone.md")


def test_a_file_name_shows_no_hidden_characters(tmp_path, cage):
    with pytest.raises(DocumentRejected, match=r"^atxt\.exe is not of a format that is read"):
        cage.load(tmp_path / "a\u202etxt.exe")


FORBIDDEN = {
    "connect": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "look up a name": "import socket; socket.getaddrinfo('localhost', 80)",
    "run a program": "import subprocess; subprocess.run(['true'])",
    "run a shell": "import os; os.system('true')",
    "become a program": "import os; os.execv('/bin/true', ['true'])",
    "fork": "import os; os.fork()",
    "write a file": "open('written', 'w')",
    "delete a file": "import os; os.remove('pyproject.toml')",
}


@pytest.mark.parametrize("action", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_a_caged_process_may_not(action):
    script = f"""
from ingest.cage import confine
confine(2**30)
try:
    {action}
except PermissionError:
    print('refused')
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("refused\n", "")


def test_a_caged_process_holds_no_secrets(good, monkeypatch):
    monkeypatch.setenv("COE_LLM_API_KEY", "sk-secret")
    with Cage(seconds=SECONDS) as cage:
        cage.load(good)
        assert b"sk-secret" not in Path(f"/proc/{cage.pid}/environ").read_bytes()


def test_the_cage_starts_without_the_heavy_packages():
    heavy = "bs4 chromadb docx gradio langchain_core numpy openpyxl pptx pypdf torch"
    script = f"import sys, ingest.cage; print(sorted({{*'{heavy}'.split()}} & {{*sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
