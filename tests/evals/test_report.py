from io import StringIO

from rich.console import Console

from app.types import Answer
from evals.cases import Case
from evals.report import show
from evals.runner import Run
from evals.summary import summarise
from tests.evals.samples import make_answer, make_case, make_refusal, make_unanswerable, observed


def shown(*outcomes: tuple[Case, Answer | None]) -> list[str]:
    run = Run(observations=tuple(observed(case, answer) for case, answer in outcomes))
    console = Console(file=StringIO(), width=400)
    show(run, summarise(run), console)
    assert isinstance(console.file, StringIO)
    return [" ".join(line.replace("│", " ").split()) for line in console.file.getvalue().splitlines()]


def test_the_table_has_a_row_for_each_kind_and_one_for_all() -> None:
    lines = shown((make_case(), make_answer()), (make_unanswerable(), make_answer()))
    assert [line for line in lines if line.startswith(("date", "near_miss", "all"))] == [
        "date 1 1.000 1.000 1.000 1.000 1.000 0.000",
        "near_miss 1 0.000 – – 1.000 – 0.000",
        "all 2 0.500 1.000 1.000 1.000 1.000 0.000",
    ]


def test_headline_figures_follow() -> None:
    lines = shown((make_case(), make_answer()), (make_unanswerable(), make_refusal()))
    wanted = ("correct 2", "refusal precision", "refusal recall", "false refusals", "latency", "errors")
    assert [line for line in lines if line.startswith(wanted)] == [
        "correct 2 1.000 1.000 to 1.000",
        "refusal precision 1.000",
        "refusal recall 1.000",
        "false refusals 0.000",
        "latency p50 5 ms",
        "latency p95 5 ms",
        "errors 0",
    ]


def test_wrong_cases_are_listed_with_question_answer_and_expectation() -> None:
    lines = shown(
        (make_case(id="right"), make_answer()),
        (make_case(id="wrong", expected=("May 2021", "5/2021")), make_answer("[bold]Never[/bold] [1].")),
        (make_case(id="failed", expected=(), items=("one", "two")), None),
        (make_unanswerable(id="invented"), make_answer("x" * 400)),
    )
    question = "question When did Kazakhstan join?"
    assert lines[lines.index("Wrong: 3") :] == [
        *("Wrong: 3", "", "wrong (date)", question, "answer [bold]Never[/bold] [1].", "expected May 2021 | 5/2021"),
        *("", "failed (date)", question, "answer failed: RuntimeError: broken", "expected one; two"),
        *("", "invented (near_miss)", question, f"answer {'x' * 299}…", "expected a refusal"),
    ]


def test_a_long_list_of_wrong_cases_is_cut() -> None:
    lines = shown(*((make_case(id=f"c{number}"), make_refusal()) for number in range(43)))
    assert lines[-1] == "and 3 more: all of them stand in the run that --out writes"


def test_nothing_wrong_is_said() -> None:
    assert shown((make_case(), make_answer()))[-1] == "No case went wrong."
