"""Peers get the same documents and questions, and are counted the same way."""

from pathlib import Path

import pytest

from evals.bench_peers import OURS, Compared, Peer, as_markdown, askable, copy_part, recall
from evals.benchmarks import SIZES, sizes_of
from evals.peers.measure import Figures, Job, measured
from tests.evals.samples import make_case

THEIRS = Peer("Theirs", "theirs", "theirs.txt")


def test_documents_are_taken_evenly_from_the_whole_corpus(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / "corpus" / f"{number}").mkdir(parents=True)
        (tmp_path / "corpus" / f"{number}" / "text.md").write_text("Text", encoding="utf-8")

    ids = copy_part(tmp_path / "corpus", tmp_path / "part", 3)

    assert sorted(ids) == ["0/text", "2/text", "4/text"]
    assert sorted(path.parent.name for path in (tmp_path / "part").rglob("*.md")) == ["0", "2", "4"]


def test_only_questions_that_a_document_of_the_part_answers_are_asked() -> None:
    inside, outside = make_case(documents=("a",)), make_case(documents=("b",))

    assert askable([inside, outside], frozenset({"a"})) == [inside]


def test_recall_counts_a_question_once_whatever_number_of_its_documents_is_found() -> None:
    cases = [make_case(documents=("a", "b")), make_case(documents=("c",))]

    assert recall([("a.md", "b.md"), ("a.md",)], cases) == 0.5


def test_the_table_gives_ratios_to_this_project_and_says_why_figures_are_missing() -> None:
    ours = Figures("1", seconds=9.0, cpu_seconds=10.0, milliseconds=(5.0,), found=(("a.md",),))
    theirs = Figures("2", seconds=9.0, cpu_seconds=35.0, milliseconds=(7.0,), found=((),))
    compared = [Compared(OURS, ours), Compared(THEIRS, theirs), Compared(THEIRS, None, "no such package")]

    lines = as_markdown(compared, [make_case(documents=("a",))]).splitlines()

    assert [line.strip("| ").split(" | ") for line in lines[2:4]] == [
        ["this project", "1", "9.0", "10.0", "1.0", "5", "100.0%"],
        ["Theirs", "2", "9.0", "35.0", "3.5", "7", "0.0%"],
    ]
    assert "no such package" in lines[4]


def test_a_peer_loads_before_the_clock_starts_and_gives_different_files_relative_to_the_folder(tmp_path: Path) -> None:
    steps: list[str] = []
    job = Job(str(tmp_path), "model", "work", ("Who?",))

    def ingest(job: Job, model: str) -> object:
        steps.append(f"ingested with {model}")
        return lambda question: [str(tmp_path / name) for name in ("a.md", "a.md", "b/c.md")]

    figures = measured("pytest", job, lambda job: job.model, ingest)  # type: ignore[arg-type]

    assert (steps, figures.found, figures.version) == (
        ["ingested with model"],
        (("a.md", "b/c.md"),),
        pytest.__version__,
    )


@pytest.mark.parametrize(
    ("arguments", "sizes"),
    [
        pytest.param([], SIZES, id="none"),
        pytest.param(["1000,1000000"], (1_000, 1_000_000), id="by a comma"),
        pytest.param(["1000", "5000"], (1_000, 5_000), id="apart"),
    ],
)
def test_sizes_are_chosen_on_the_command_line(arguments: list[str], sizes: tuple[int, ...]) -> None:
    assert sizes_of(arguments) == sizes
