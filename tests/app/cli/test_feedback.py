"""`coe feedback` shows what is kept, and not whose it is."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.feedback import app
from app.conversations.archive import open_archive
from app.conversations.types import Feedback
from tests.app.conversations.samples import answer


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COE_DATA_DIR", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> str:
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return done.output


def test_feedback_is_listed_and_exported_with_its_answer(data: Path):
    given = Feedback("wrong_citation", answer(), 7, comment="[red]Other[/red]", label=1)
    open_archive(data, days=30).book.add("alice", given)
    assert "[red]Other[/red]" in run("list")
    exported = json.loads(run("export"))
    assert (exported["comment"], exported["generation"], exported["label"]) == ("[red]Other[/red]", 7, 1)
    assert exported["answer"] == answer().model_dump(mode="json")
    assert "alice" not in run("list") + run("export")


def test_feedback_is_exported_to_a_file(data: Path):
    open_archive(data, days=30).book.add("alice", Feedback("right", answer(), 7))
    run("export", "--out", str(data / "feedback.jsonl"))
    assert len((data / "feedback.jsonl").read_text(encoding="utf-8").splitlines()) == 1


def test_where_nothing_is_kept_nothing_is_listed_and_no_file_made(data: Path):
    assert run("export") == ""
    assert list(data.iterdir()) == []
