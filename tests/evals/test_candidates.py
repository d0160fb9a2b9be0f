"""What people said about answers becomes cases, as far as it says what is right."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.conversations.archive import open_archive
from app.conversations.types import Feedback, KeptFeedback, Verdict
from app.types import Answer
from evals.candidates import Open, candidates
from evals.cases import Case, load_cases
from evals.cli import app
from tests.app.conversations.samples import QUOTE, answer


def said(verdict: Verdict, about: Answer) -> Case | Open:
    entry = KeptFeedback("Ab-_9", "alice", datetime(2026, 1, 1, tzinfo=UTC), Feedback(verdict, about, 7))
    (drafted,) = candidates([entry])
    return drafted


REFUSAL = answer("The documents do not say.", completeness="none", short_answer=None, citations=(), items=())


def test_a_right_answer_is_what_is_expected():
    case = said("right", answer(items=()))
    assert isinstance(case, Case)
    assert (case.kind, case.answerable, case.expected, case.documents) == (
        "number",
        True,
        ("64",),
        ("partners/overview",),
    )
    assert (case.quotes[0].quote, case.as_of, case.split) == (QUOTE, "2022-06", "dev")


@pytest.mark.parametrize("verdict", ["right", "missing_document"])
def test_a_refusal_that_holds_is_a_question_to_refuse(verdict: Verdict):
    case = said(verdict, REFUSAL)
    assert isinstance(case, Case)
    assert (case.kind, case.answerable, case.expected) == ("near_miss", False, ())


@pytest.mark.parametrize("verdict", ["wrong_answer", "wrong_citation", "missing_document", "comment"])
def test_what_does_not_say_what_is_right_stays_open(verdict: Verdict):
    assert isinstance(said(verdict, answer()), Open)


@pytest.mark.parametrize(
    ("label", "place"), [(1, ", in the place of citation 1"), (None, ""), (9, "")], ids=["named", "unnamed", "unknown"]
)
def test_a_wrong_citation_is_named_where_the_reader_named_it(label: int | None, place: str):
    given = Feedback("wrong_citation", answer(), 7, label=label)
    (drafted,) = candidates([KeptFeedback("Ab-_9", "alice", datetime(2026, 1, 1, tzinfo=UTC), given)])
    assert isinstance(drafted, Open)
    assert drafted.lacks == f"the document and the words that carry the answer{place}"


def test_an_answer_without_anything_to_expect_stays_open():
    drafted = said("right", answer(short_answer=None, items=()))
    assert isinstance(drafted, Open)
    assert "answerable needs" in drafted.lacks


def test_the_command_writes_cases_that_can_be_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COE_DATA_DIR", str(tmp_path / "data"))
    book = open_archive(tmp_path / "data", days=30).book
    for verdict in ("right", "wrong_citation"):
        book.add("alice", Feedback(verdict, answer(), 7, comment="secret remark", label=1))
    out = tmp_path / "suite" / "cases.jsonl"
    out.parent.mkdir()
    done = CliRunner().invoke(app, ["candidates", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert [case.items for case in load_cases(out.parent)] == [("Kazakhstan",)]
    (line,) = out.with_suffix(".open.json").read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert (told["comment"], told["generation"], told["citation"]["quote"]) == ("secret remark", 7, QUOTE)
    assert "alice" not in line + out.read_text(encoding="utf-8")
