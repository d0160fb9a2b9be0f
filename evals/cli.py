"""`coe eval`: run the reference questions, hold a run against the baseline, write the baseline."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from app.answering.extractive import WEIGHTS_FILE, ExtractiveReader, load_weights, weights_as_json
from app.cli.settings import load_settings
from app.services import Services
from app.wiring import build_search, build_searcher, build_services, build_shelf, index_fingerprint
from evals.calibrate import decided_rightly, fit, judge
from evals.cases import KINDS, Case, CaseError, Kind, Split, load_cases
from evals.gate import gate as regressions
from evals.gate import new_cases, read_baseline, write_baseline
from evals.record import Record, record_now
from evals.report import show
from evals.runner import Run, Search, load, save
from evals.runner import run as run_cases
from evals.summary import summarise

SUITES = Path(__file__).resolve().parent

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Measure answers against the reference questions.")

SuiteOption = Annotated[str, typer.Option(help="Folder of cases beside the evaluation code, or any other folder.")]
SplitOption = Annotated[Split | None, typer.Option(help="Only the cases of this split.")]
KindOption = Annotated[list[str] | None, typer.Option(help="Only cases of this kind; may be repeated.")]
OutOption = Annotated[Path | None, typer.Option(help="Folder to write run.json and summary.json to.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]
RunOption = Annotated[Path | None, typer.Option("--run", help="A run.json to judge, in place of a new run.")]
BaselineOption = Annotated[Path | None, typer.Option("--baseline", help="Baseline file; else that of the suite.")]


@dataclass(frozen=True, slots=True)
class Bench:
    """What cases are run against, and its description for the record."""

    services: Services
    search: Search | None
    record: Record | None


def open_bench() -> Bench:
    """The assistant as the settings describe it, ready to be asked.

    Raises:
        CoeError: there is nothing to ask yet.
    """
    settings = load_settings()
    services = build_services(settings)
    services.check_ready()
    return Bench(services, build_search(settings), record_now(settings, index_fingerprint(settings)))


@app.command()
def run(  # noqa: PLR0913 - a command has as many parameters as it has options
    context: typer.Context,
    suite: SuiteOption = "reference",
    split: SplitOption = None,
    kind: KindOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the reference questions and report how the answers did."""
    cases = load_cases(_folder(suite), split, _kinds(kind or []))
    if not cases:
        raise CaseError(f"no case of suite {suite!r} has split {split or 'any'} and kind {', '.join(kind or ['any'])}")
    done = _asked(context, cases)
    summary = summarise(done)
    if out:
        save(done, out / "run.json")
        (out / "summary.json").write_text(summary.model_dump_json(indent=1) + "\n", encoding="utf-8")
    if as_json:
        typer.echo(summary.model_dump_json(indent=2))
    else:
        show(done, summary, Console())


@app.command()
def gate(
    context: typer.Context, suite: SuiteOption = "reference", stored: RunOption = None, baseline: BaselineOption = None
) -> None:
    """Exit with 1 and the reasons when answers became worse than the committed baseline."""
    before = read_baseline(_baseline(suite, baseline))
    done = load(stored) if stored else _asked(context, load_cases(_folder(suite)))
    new = new_cases(done, before)
    reasons = regressions(done, before)
    for regression in reasons:
        typer.echo(f"{regression.code}: {regression.reason}", err=True)
    if reasons:
        raise typer.Exit(1)
    right = sum(seen.is_right for seen in done.observations)
    typer.echo(f"gate passed: {right} of {len(done.observations)} cases right, {len(new)} not in the baseline yet")


@app.command()
def baseline(
    context: typer.Context, suite: SuiteOption = "reference", stored: RunOption = None, baseline: BaselineOption = None
) -> None:
    """Write what the answers do now as the baseline of later gates."""
    path = _baseline(suite, baseline)
    done = load(stored) if stored else _asked(context, load_cases(_folder(suite)))
    write_baseline(done, path)
    typer.echo(f"wrote {path}: {sum(seen.is_right for seen in done.observations)} of {len(done.observations)} right")


@app.command()
def calibrate(
    write: Annotated[bool, typer.Option("--write", help="Store the weights for the extractive reader.")] = False,
) -> None:
    """Fit the extractive reader's weights and threshold on the development questions."""
    settings = load_settings()
    shelf = build_shelf(settings)
    searcher = build_searcher(settings, shelf)
    reader = ExtractiveReader(searcher.embeddings, searcher.vocabulary(shelf.current()), load_weights())
    judged = judge(load_cases(_folder("reference"), "dev"), searcher, reader)
    weights = fit(judged)
    text = json.dumps(weights_as_json(weights), indent=2) + "\n"
    typer.echo(text + f"{decided_rightly(judged, weights):.3f} of the development cases decided rightly")
    if write:
        WEIGHTS_FILE.write_text(text, encoding="utf-8")


def _asked(context: typer.Context, cases: Sequence[Case]) -> Run:
    bench = context.find_object(Bench) or open_bench()
    console = Console(stderr=True)
    followed = track(cases, "Asking", console=console, transient=True, disable=not console.is_terminal)
    return run_cases(followed, bench.services, bench.search, record=bench.record)


def _kinds(names: Sequence[str]) -> list[Kind]:
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        raise CaseError(f"{unknown[0]!r} is no kind of case; there are {', '.join(KINDS)}")
    return [kind for kind in KINDS if kind in names]


def _folder(suite: str) -> Path:
    beside = SUITES / suite
    return beside if beside.is_dir() else Path(suite)


def _baseline(suite: str, path: Path | None) -> Path:
    return path or _folder(suite) / "baseline.json"
