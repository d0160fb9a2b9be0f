import json
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from evals.bench import SYSTEMS, Bench
from evals.cases import PLANTED, CaseError
from evals.cli import app
from evals.gate import BaselineError, read_baseline
from evals.runner import load
from tests.evals.samples import Script, make_answer, make_case, make_refusal, make_unanswerable
from tests.evals.squad_sample import write_squad

CASES = (make_case(), make_unanswerable(question="Which hotel?", split="test"))
RIGHT = Script({CASES[0].question: make_answer(), CASES[1].question: make_refusal()})
WORSE = Script({CASES[0].question: make_refusal(), CASES[1].question: make_refusal()})


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    lines = "".join(case.model_dump_json() + "\n" for case in CASES)
    (tmp_path / "cases.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def planted(documents: Sequence[Path]) -> AbstractContextManager[Bench]:
    """A library with planted documents, of which one is the answer to a question of that name."""
    script = Script({f"What says the {path.stem}?": make_answer() for path in documents})
    return nullcontext(Bench(script.services(), None, None, planted))


def call(script: Script, *arguments: Any) -> Result:
    bench = Bench(script.services(), None, None, planted)
    return CliRunner().invoke(app, [str(argument) for argument in arguments], obj=bench)


def test_run_prints_a_report(suite: Path) -> None:
    done = call(RIGHT, "run", "--suite", suite)
    assert (done.exit_code, done.stdout.strip().splitlines()[-1]) == (0, "No case went wrong.")


@pytest.mark.parametrize(
    ("options", "n"),
    [
        pytest.param((), 2, id="all"),
        pytest.param(("--split", "dev"), 1, id="a split"),
        pytest.param(("--kind", "date", "--kind", "near_miss"), 2, id="two kinds"),
    ],
)
def test_run_prints_the_summary_as_json(suite: Path, options: tuple[str, ...], n: int) -> None:
    assert json.loads(call(RIGHT, "run", "--suite", suite, "--json", *options).stdout)["overall"]["n"] == n


def test_run_writes_run_and_summary(suite: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    printed = call(RIGHT, "run", "--suite", suite, "--out", out, "--json").stdout
    assert [seen.case for seen in load(out / "run.json").observations] == list(CASES)
    assert json.loads((out / "summary.json").read_text(encoding="utf-8")) == json.loads(printed)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        pytest.param(("--kind", "dates"), "'dates' is no kind of case", id="unknown kind"),
        pytest.param(("--kind", "date", "--split", "test"), "has split test and kind date", id="no such case"),
    ],
)
def test_run_refuses_a_choice_that_cannot_be_meant(suite: Path, options: tuple[str, ...], complaint: str) -> None:
    done = call(RIGHT, "run", "--suite", suite, *options)
    assert isinstance(done.exception, CaseError)
    assert complaint in str(done.exception)


def test_the_gate_passes_in_one_line(suite: Path) -> None:
    call(RIGHT, "baseline", "--suite", suite)
    done = call(RIGHT, "gate", "--suite", suite)
    assert (done.exit_code, done.output) == (0, "gate passed: 2 of 2 cases right, 0 others are not in the baseline\n")


def test_a_baseline_holds_a_share_of_each_kind_and_the_gate_asks_no_other_case(suite: Path) -> None:
    more = "".join(make_case(id=f"kz-{number}").model_dump_json() + "\n" for number in range(2, 11))
    (suite / "more.jsonl").write_text(more, encoding="utf-8")
    done = call(RIGHT, "baseline", "--suite", suite, "--share", "0.5")
    assert done.output == f"wrote {suite / 'baseline.json'}: 6 of 6 right\n"
    done = call(RIGHT, "gate", "--suite", suite)
    assert (done.exit_code, done.output) == (0, "gate passed: 6 of 6 cases right, 5 others are not in the baseline\n")


def test_a_baseline_of_a_stored_run_holds_the_same_share(suite: Path, tmp_path: Path) -> None:
    more = "".join(make_case(id=f"kz-{number}").model_dump_json() + "\n" for number in range(2, 11))
    (suite / "more.jsonl").write_text(more, encoding="utf-8")
    call(RIGHT, "baseline", "--suite", suite, "--baseline", tmp_path / "asked.json", "--share", "0.5")
    call(RIGHT, "run", "--suite", suite, "--out", tmp_path / "out")
    stored = ("--run", tmp_path / "out", "--baseline", tmp_path / "stored.json", "--share", "0.5")
    call(RIGHT, "baseline", "--suite", suite, *stored)
    assert read_baseline(tmp_path / "stored.json") == read_baseline(tmp_path / "asked.json")


def test_only_cases_that_need_planted_documents_are_asked_beside_them(suite: Path) -> None:
    (suite / PLANTED).mkdir()
    (suite / PLANTED / "leaflet.md").write_text("# Leaflet\n", encoding="utf-8")
    case = make_case(id="p", kind="injection", question="What says the leaflet?", planted=("leaflet",))
    (suite / "more.jsonl").write_text(case.model_dump_json(), encoding="utf-8")
    found = json.loads(call(RIGHT, "run", "--suite", suite, "--json").stdout)["overall"]
    assert (found["n"], found["errors"], found["scores"]["right"]["mean"]) == (3, 0, 1.0)


def test_the_gate_fails_with_its_reasons(suite: Path) -> None:
    call(RIGHT, "baseline", "--suite", suite)
    done = call(WORSE, "gate", "--suite", suite)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines()[0] == (
        "headline: dev: right went from 1.000 to 0.000, more than the tolerance of 0.01"
    )


def test_the_gate_judges_a_stored_run(suite: Path, tmp_path: Path) -> None:
    call(RIGHT, "baseline", "--suite", suite)
    call(WORSE, "run", "--suite", suite, "--out", tmp_path / "out")
    assert call(RIGHT, "gate", "--suite", suite, "--run", tmp_path / "out" / "run.json").exit_code == 1


def test_the_gate_needs_a_baseline(suite: Path) -> None:
    assert isinstance(call(RIGHT, "gate", "--suite", suite).exception, BaselineError)


def test_a_baseline_is_written_where_it_is_asked_for(suite: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    done = call(RIGHT, "baseline", "--suite", suite, "--baseline", path)
    assert (done.output, read_baseline(path).splits["test"].results) == (
        f"wrote {path}: 2 of 2 right\n",
        {"kz-x1": True},
    )


def test_a_limit_asks_the_first_cases_only(suite: Path) -> None:
    assert json.loads(call(RIGHT, "run", "--suite", suite, "--limit", 1, "--json").stdout)["overall"]["n"] == 1


def test_baselines_print_one_table_and_keep_every_run(suite: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = call(RIGHT, "baselines", "--suite", suite, "--split", "dev", "--out", out)
    assert done.stdout.split()[:6] == ["Systems", "figure", *SYSTEMS]
    assert sorted(path.name for path in out.iterdir()) == sorted(["baselines.md", *SYSTEMS])
    assert load(out / "naive").observations[0].case.id == "kz-1"


def test_two_runs_are_compared(suite: Path, tmp_path: Path) -> None:
    for script, name in ((RIGHT, "a"), (WORSE, "b")):
        call(script, "run", "--suite", suite, "--out", tmp_path / name)
    compared = call(RIGHT, "compare", tmp_path / "a", tmp_path / "b" / "run.json", "--json", "--out", tmp_path / "c")
    found = json.loads(compared.stdout)
    assert ([change["id"] for change in found["lost"]], found["won"]) == (["kz-1"], [])
    assert json.loads((tmp_path / "c" / "comparison.json").read_text(encoding="utf-8")) == found
    assert "Lost: 1" in call(RIGHT, "compare", tmp_path / "a", tmp_path / "b").stdout


def test_a_report_is_written_beside_its_run(suite: Path, tmp_path: Path) -> None:
    call(RIGHT, "run", "--suite", suite, "--out", tmp_path / "a")
    done = call(RIGHT, "report", tmp_path / "a")
    names = ("report.html", "report.md", "report.json")
    assert done.stdout.splitlines() == [f"wrote {tmp_path / 'a' / name}" for name in names]


def test_check_passes_sound_cases(suite: Path) -> None:
    done = call(RIGHT, "check", "--suite", suite)
    assert (done.exit_code, done.stdout.strip().splitlines()[-1]) == (0, "Nothing is wrong.")


def test_check_fails_with_its_reasons(suite: Path) -> None:
    broken = make_case(id="x", documents=("gone",)).model_dump_json()
    (suite / "more.jsonl").write_text(broken, encoding="utf-8")
    done = call(RIGHT, "check", "--suite", suite)
    assert (done.exit_code, done.stderr.splitlines()) == (
        1,
        ["x: the library holds no document 'gone'", "asked 2 times: when did kazakhstan join?"],
    )


@pytest.mark.model
@pytest.mark.parametrize("mode", ["oracle", "open"])
def test_a_public_file_gives_one_line_of_figures(tmp_path: Path, mode: str) -> None:
    done = call(RIGHT, "external", write_squad(tmp_path), "--mode", mode, "--json")
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert list(found) == [
        *("n", "em", "f1", "has_answer_f1", "no_answer_accuracy", "answerability_auroc"),
        *("recall@1", "recall@5", "mrr", "seconds"),
    ]
    assert (found["n"], found["recall@5"]) == (4, None if mode == "oracle" else 1.0)
