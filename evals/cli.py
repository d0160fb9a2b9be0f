"""`coe eval`: ask the reference questions, compare and show runs, hold a run against the baseline."""

import json
import math
import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Annotated, TypeVar

# Read when torch is loaded. Without it two threads on a busy machine of two cores wait for each other 50 times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import typer
from pydantic import JsonValue
from rich.console import Console
from rich.progress import track

from app.answering.extractive import WEIGHTS_FILE, ExtractiveReader, load_weights, weights_as_json
from app.answering.model import load_reader_model
from app.answering.types import Reader
from app.cli.settings import load_settings
from app.conversations.archive import open_archive
from app.wiring import build_searcher, build_shelf
from evals.bench import SYSTEMS, Bench, Retrieval, ask, open_bench, open_system, with_reader
from evals.calibrate import decided_rightly, fit, judge, judge_records, records_held_back
from evals.candidates import as_line
from evals.candidates import candidates as candidate_cases
from evals.cases import KINDS, Case, CaseError, Kind, Split, load_cases
from evals.check import check as check_cases
from evals.compare import compare as compare_runs
from evals.external import ParagraphSearch, reply_found, reply_given, vocabulary_of
from evals.gate import SHARE, draw, read_baseline, write_baseline
from evals.gate import gate as regressions
from evals.markdown import systems_as_markdown
from evals.page import write_report
from evals.report import show, show_checked, show_comparison, show_systems
from evals.runner import RUN_FILE, Run, load, save
from evals.spans import SpanReader, load_threshold
from evals.squad import Asked, Collection, Mode, Reply, figures, read_squad
from evals.summary import Summary, summarise
from evals.training.domain import is_held_back
from ingest.embedding import check_model, load_embeddings
from ingest.types import Document

SUITES = Path(__file__).resolve().parent
Followed = TypeVar("Followed")

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Measure answers against the reference questions.")

SuiteOption = Annotated[str, typer.Option(help="Folder of cases beside the evaluation code, or any other folder.")]
SplitOption = Annotated[Split | None, typer.Option(help="Only the cases of this split.")]
KindOption = Annotated[list[str] | None, typer.Option(help="Only cases of this kind; may be repeated.")]
ReaderOption = Annotated[str | None, typer.Option(help="`extractive`, or an LLM as provider:model; else COE_LLM.")]
RetrievalOption = Annotated[Retrieval, typer.Option(help="Both searches, or one of them alone.")]
LimitOption = Annotated[int | None, typer.Option(min=1, help="Only the first so many cases.")]
OutOption = Annotated[Path | None, typer.Option(help="Folder to write to.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RunOption = Annotated[Path | None, typer.Option("--run", help="A run.json to judge, in place of a new run.")]
BaselineOption = Annotated[Path | None, typer.Option("--baseline", help="Baseline file; else that of the suite.")]
ShareOption = Annotated[float, typer.Option(min=0, max=1, help="Share of each kind that later gates ask.")]
RunArgument = Annotated[Path, typer.Argument(help="A run.json, or the folder it is in.")]


@app.command()
def run(
    context: typer.Context,
    suite: SuiteOption = "reference",
    split: SplitOption = None,
    kind: KindOption = None,
    reader: ReaderOption = None,
    retrieval: RetrievalOption = "hybrid",
    limit: LimitOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the reference questions and report how the answers did."""
    cases = _chosen(suite, split, kind or [], limit)
    asked_for = _asked_for(suite=suite, split=split, kind=kind, reader=reader, limit=limit)
    bench = context.find_object(Bench) or open_bench(with_reader(load_settings(), reader), retrieval, **asked_for)
    done = _asked(bench, cases, suite)
    summary = summarise(done)
    if out:
        _save(done, summary, out)
    if as_json:
        typer.echo(summary.model_dump_json(indent=2))
    else:
        show(done, summary, Console())


@app.command()
def baselines(
    context: typer.Context,
    suite: SuiteOption = "reference",
    split: SplitOption = None,
    kind: KindOption = None,
    reader: ReaderOption = None,
    limit: LimitOption = None,
    out: OutOption = None,
) -> None:
    """Ask the plain LangChain recipe and the assistant with each kind of search, and print one table."""
    cases = _chosen(suite, split, kind or [], limit)
    asked_for = _asked_for(suite=suite, split=split, kind=kind, reader=reader, limit=limit)
    summaries: dict[str, Summary] = {}
    for system in SYSTEMS:
        bench = context.find_object(Bench)
        bench = bench or open_system(system, with_reader(load_settings(), reader), **asked_for)
        done = _asked(bench, cases, suite, f"Asking {system}")
        summaries[system] = summarise(done)
        if out:
            _save(done, summaries[system], out / system)
    if out:
        (out / "baselines.md").write_text(systems_as_markdown(summaries), encoding="utf-8")
    show_systems(summaries, Console())


@app.command()
def compare(before: RunArgument, after: RunArgument, out: OutOption = None, as_json: JsonOption = False) -> None:
    """Say what differs between two runs, how sure that is, and which cases were won and lost."""
    comparison = compare_runs(load(before), load(after))
    text = comparison.model_dump_json(indent=2)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "comparison.json").write_text(text + "\n", encoding="utf-8")
    if as_json:
        typer.echo(text)
    else:
        show_comparison(comparison, Console())


@app.command()
def report(stored: RunArgument, out: OutOption = None) -> None:
    """Write a run as one HTML page with every case, as Markdown and as JSON."""
    folder = out or (stored if stored.is_dir() else stored.parent)
    for path in write_report(load(stored), folder):
        typer.echo(f"wrote {path}")


@app.command()
def check(context: typer.Context, suite: SuiteOption = "reference") -> None:
    """Exit with 1 and the reasons when reference questions are malformed or do not fit the documents."""
    bench = context.find_object(Bench)
    checked = check_cases(_folder(suite), bench.services.document if bench else _library())
    show_checked(checked, Console())
    for problem in checked.problems:
        typer.echo(problem, err=True)
    if checked.problems:
        raise typer.Exit(1)


@app.command()
def external(
    file: Annotated[Path, typer.Argument(help="A file in SQuAD's format.")],
    mode: Annotated[Mode, typer.Option(help="Hand over the paragraph, or search all of the file.")] = "oracle",
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many questions, drawn by chance.")] = None,
    seed: Annotated[int, typer.Option(help="Of the draw.")] = 0,
    always: Annotated[bool, typer.Option("--always", help="Never refuse, as SQuAD 1.1 asks.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Ask the trained network the questions of a public file, so that figures can be set beside published ones."""
    collection = read_squad(file)
    settings = load_settings()
    embeddings = load_embeddings(check_model(settings.embedding_model))
    vocabulary = vocabulary_of(collection.paragraphs)
    reader = SpanReader(load_reader_model(), -math.inf if always else load_threshold())
    search = None
    if mode == "open":
        encoding = partial(_followed, "Encoding passages")
        search = ParagraphSearch(collection.paragraphs, embeddings, vocabulary, encoding)
    begun = perf_counter()
    replies = _replies(collection, collection.sample(limit, seed), reader, search)
    measured = figures(replies, perf_counter() - begun)
    if as_json:
        typer.echo(measured.as_json())
    else:
        for name, figure in json.loads(measured.as_json()).items():
            typer.echo(f"{name:<20} {'–' if figure is None else round(figure, 3)}")


@app.command()
def gate(
    context: typer.Context, suite: SuiteOption = "reference", stored: RunOption = None, baseline: BaselineOption = None
) -> None:
    """Ask the cases of the committed baseline; exit with 1 and the reasons when answers became worse."""
    before = read_baseline(_baseline(suite, baseline))
    cases = load_cases(_folder(suite))
    known = tuple(case for case in cases if case.id in before.cases)
    done = load(stored) if stored else _asked(_bench(context), known, suite)
    reasons = regressions(done, before)
    for regression in reasons:
        typer.echo(f"{regression.code}: {regression.reason}", err=True)
    if reasons:
        raise typer.Exit(1)
    right = sum(seen.is_right for seen in done.observations)
    others = len(cases) - len(known)
    typer.echo(f"gate passed: {right} of {len(done.observations)} cases right, {others} others are not in the baseline")


@app.command()
def baseline(
    context: typer.Context,
    suite: SuiteOption = "reference",
    stored: RunOption = None,
    baseline: BaselineOption = None,
    share: ShareOption = SHARE,
) -> None:
    """Write what the answers to a share of the cases do now as the baseline of later gates."""
    path = _baseline(suite, baseline)
    cases = load_cases(_folder(suite))
    drawn = draw(cases, share)
    if stored:
        done = load(stored).of(drawn)
    else:
        done = _asked(_bench(context), tuple(case for case in cases if case.id in drawn), suite)
    write_baseline(done, path)
    typer.echo(f"wrote {path}: {sum(seen.is_right for seen in done.observations)} of {len(done.observations)} right")


@app.command()
def calibrate(
    write: Annotated[bool, typer.Option("--write", help="Store the weights for the extractive reader.")] = False,
) -> None:
    """Fit the extractive reader's weights and threshold on the development questions that it was not trained on."""
    settings = load_settings()
    shelf = build_shelf(settings)
    searcher = build_searcher(settings, shelf)
    reader = ExtractiveReader(load_reader_model(), searcher.vocabulary(shelf.current()), load_weights())
    cases = load_cases(_folder("reference"), "dev")
    judged = judge([case for case in cases if is_held_back(case)], searcher, reader)
    records = records_held_back(cases, shelf.current().library)
    weights = fit(judged, judge_records(records, searcher, reader))
    text = json.dumps(weights_as_json(weights), indent=2) + "\n"
    typer.echo(text + f"{decided_rightly(judged, weights):.3f} of the development cases decided rightly")
    if write:
        WEIGHTS_FILE.write_text(text, encoding="utf-8")


@app.command()
def candidates(
    out: Annotated[Path, typer.Option(help="File of cases to write; what lacks something goes beside it.")],
) -> None:
    """Turn what people said about answers into candidate cases; read each before it measures anything."""
    settings = load_settings()
    drawn = [*candidate_cases(open_archive(settings.data_dir, days=settings.retention_days).book.entries())]
    cases = [drafted for drafted in drawn if isinstance(drafted, Case)]
    lacking = [as_line(drafted) for drafted in drawn if not isinstance(drafted, Case)]
    beside = out.with_suffix(".open.json")
    _write_lines(out, [case.model_dump_json() for case in cases])
    _write_lines(beside, lacking)
    typer.echo(f"wrote {out}: {len(cases)} cases, and {beside}: {len(lacking)} that lack something")


def _chosen(suite: str, split: Split | None, kinds: Sequence[str], limit: int | None) -> tuple[Case, ...]:
    cases = load_cases(_folder(suite), split, _kinds(kinds))[:limit]
    if not cases:
        raise CaseError(f"no case of suite {suite!r} has split {split or 'any'} and kind {', '.join(kinds or ['any'])}")
    return cases


def _asked_for(**options: str | int | list[str] | None) -> dict[str, JsonValue]:
    return {name: [*value] if isinstance(value, list) else value for name, value in options.items() if value}


def _bench(context: typer.Context) -> Bench:
    return context.find_object(Bench) or open_bench(load_settings())


def _asked(bench: Bench, cases: Sequence[Case], suite: str, task: str = "Asking") -> Run:
    return ask(bench, cases, _folder(suite), lambda asked: _followed(task, asked, len(asked)))


def _followed(task: str, steps: Iterable[Followed], total: int) -> Iterable[Followed]:
    console = Console(stderr=True)
    return track(steps, task, total=total, console=console, transient=True, disable=not console.is_terminal)


def _save(done: Run, summary: Summary, folder: Path) -> None:
    save(done, folder / RUN_FILE)
    (folder / "summary.json").write_text(summary.model_dump_json(indent=1) + "\n", encoding="utf-8")


def _write_lines(path: Path, lines: Sequence[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _library() -> Callable[[str], Document]:
    return build_shelf(load_settings()).current().library.document


def _replies(
    collection: Collection, questions: Sequence[Asked], reader: Reader, search: ParagraphSearch | None
) -> list[Reply]:
    paragraphs = {paragraph.id: paragraph for paragraph in collection.paragraphs}
    return [
        reply_found(asked, search, reader) if search else reply_given(asked, paragraphs[asked.paragraph], reader)
        for asked in _followed("Asking", questions, len(questions))
    ]


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
