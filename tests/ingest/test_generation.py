"""Readers see the old generation or the new one, and one process writes at a time."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.errors import ConfigurationError, IngestRunning, LibraryDamaged
from ingest.generation import Draft, Generations

HOLD = """
import sys
from pathlib import Path
from ingest.generation import Generations
with Generations(Path(sys.argv[1])).writing():
    print("held", flush=True)
    sys.stdin.read()
"""


def _publish(generations: Generations, text: str) -> Draft:
    with generations.writing(), generations.draft() as draft:
        (draft.folder / "text").write_text(text, encoding="utf-8")
        generations.publish(draft)
        generations.prune(draft)
        return draft


def _text(generations: Generations) -> str | None:
    number = generations.current()
    return number and (generations.folder(number) / "text").read_text(encoding="utf-8")  # type: ignore[return-value]


@contextmanager
def _other_writer(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_before_the_first_there_is_none(tmp_path: Path) -> None:
    assert (Generations(tmp_path / "data").current(), Generations(tmp_path / "data").kept()) == (None, [])


def test_a_published_draft_is_current_and_the_one_before_is_kept(tmp_path: Path) -> None:
    generations = Generations(tmp_path)

    for text in ("one", "two", "three"):
        _publish(generations, text)

    assert (_text(generations), generations.current(), generations.kept()) == ("three", 3, [2, 3])


def test_a_draft_begins_as_a_copy_of_the_current_generation(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    _publish(generations, "one")

    with generations.writing(), generations.draft() as draft:
        assert (draft.folder / "text").read_text(encoding="utf-8") == "one"
    with generations.writing(), generations.draft(empty=True) as draft:
        assert list(draft.folder.iterdir()) == []


def test_a_draft_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    _publish(generations, "one")

    with generations.writing(), generations.draft() as draft:
        (draft.folder / "text").write_text("half", encoding="utf-8")

    assert _text(generations) == "one"
    assert [path.name for path in (tmp_path / "generations").iterdir()] == ["000001"]


def test_a_generation_whose_pointer_was_never_swapped_is_not_taken_for_the_previous_one(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    _publish(generations, "one")
    generations.folder(2).mkdir()

    draft = _publish(generations, "three")

    assert (draft.number, draft.previous, generations.kept()) == (3, 1, [1, 3])


def test_leftovers_of_a_killed_writer_are_cleared(tmp_path: Path) -> None:
    generations = Generations(tmp_path)
    _publish(generations, "one")
    (tmp_path / "generations" / "000002.tmp" / "chroma").mkdir(parents=True)

    with generations.writing():
        assert [path.name for path in (tmp_path / "generations").iterdir()] == ["000001"]


def test_a_second_writer_is_told_who_writes(tmp_path: Path) -> None:
    with (
        _other_writer(tmp_path) as other,
        pytest.raises(IngestRunning, match=f"process {other.pid}") as caught,
        Generations(tmp_path).writing(),
    ):
        pass

    assert (caught.value.code, caught.value.status) == ("ingest_running", 409)


def test_the_lock_of_a_killed_writer_is_free(tmp_path: Path) -> None:
    with _other_writer(tmp_path) as other:
        other.kill()
        other.wait()
        with Generations(tmp_path).writing():
            pass


@pytest.mark.parametrize("content", ["", "two", "1\n2\n"])
def test_a_pointer_that_points_nowhere_says_what_to_write_into_it(tmp_path: Path, content: str) -> None:
    generations = Generations(tmp_path)
    _publish(generations, "one")
    (tmp_path / "CURRENT").write_text(content, encoding="ascii")

    with pytest.raises(LibraryDamaged, match=r"write one of \[1\] into it"):
        generations.current()


def test_a_data_folder_that_is_a_file_is_a_setting_to_mend(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("", encoding="ascii")

    with pytest.raises(ConfigurationError, match="data cannot be written"), Generations(tmp_path / "data").writing():
        pass
