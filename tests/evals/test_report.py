from collections.abc import Callable
from io import StringIO

from rich.console import Console

from app.types import Answer
from evals.cases import Case
from evals.check import Checked
from evals.compare import compare
from evals.report import show, show_checked, show_comparison, show_systems
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
        "correct 2 1.000 0.158 to 1.000",
        "refusal precision 1 1.000 –",
        "refusal recall 1 1.000 –",
        "false refusals 1 0.000 –",
        "latency p50 2 5 ms 5 ms to 5 ms",
        "latency p95 2 5 ms 5 ms to 5 ms",
        "errors 2 0",
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
        "because the answer is wrong: no expected form stands in it",
        *("", "failed (date)", question, "answer failed: RuntimeError: broken", "expected one; two"),
        "because RuntimeError: broken",
        *("", "invented (near_miss)", question, f"answer {'x' * 299}…", "expected a refusal"),
        "because answered, though the documents do not say",
    ]


def test_a_long_list_of_wrong_cases_is_cut() -> None:
    lines = shown(*((make_case(id=f"c{number}"), make_refusal()) for number in range(43)))
    assert lines[-1] == "and 3 more: all of them stand in the run that --out writes"


def test_nothing_wrong_is_said() -> None:
    assert shown((make_case(), make_answer()))[-1] == "No case went wrong."


def printed(show_it: Callable[[Console], None]) -> list[str]:
    console = Console(file=StringIO(), width=200)
    show_it(console)
    assert isinstance(console.file, StringIO)
    return [" ".join(line.split()) for line in console.file.getvalue().splitlines()]


def test_systems_stand_side_by_side() -> None:
    right = summarise(Run(observations=(observed(make_case(), make_answer()),)))
    refused = summarise(Run(observations=(observed(make_case(), make_refusal()),)))
    lines = printed(lambda console: show_systems({"naive": right, "hybrid": refused}, console))
    assert [line for line in lines if line.startswith(("figure", "correct", "citation valid"))] == [
        "figure naive hybrid",
        "correct 1.000 0.000",
        "citation valid 1.000 –",
    ]


def test_a_check_counts_cases_and_says_how_many_are_missing() -> None:
    cases = (make_case(), make_case(id="2", split="test"), make_unanswerable())
    lines = printed(lambda console: show_checked(Checked(cases, ("broken",)), console))
    assert [line for line in lines if line.startswith(("date", "near_miss", "all", "1 prob"))] == [
        "date 1 1 2 25 23 missing",
        "near_miss 1 0 1 80 79 missing",
        "all 2 1 3",
        "1 problems:",
    ]


def test_a_comparison_shows_differences_and_what_was_lost() -> None:
    before = Run(observations=(observed(make_case(), make_answer()), observed(make_case(id="only"), make_answer())))
    after = Run(observations=(observed(make_case(), make_refusal()),))
    lines = printed(lambda console: show_comparison(compare(before, after), console))
    assert "right 1 1.000 0.000 -1.000 – 1.0000 1.0000" in lines
    assert "1 cases stand in the first run only and were not compared." in lines
    assert lines[lines.index("Lost: 1") : lines.index("Won: 0")] == [
        *("Lost: 1", "", "kz-1 (date)", "question When did Kazakhstan join?"),
        *("before Kazakhstan joined in November 2020 [1].", "after The documents do not say."),
        *("why refused, though the documents say", ""),
    ]
