"""`coe ingest`: bring the library in step, with a progress bar and a report."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from app.cli.settings import load_settings
from app.wiring import ingest_config
from ingest.pipeline import IngestOptions
from ingest.pipeline import ingest as run_ingest
from ingest.ray_workers import ray_workers
from ingest.types import IngestReport
from ingest.workers import THIS_MACHINE, Workers

app = typer.Typer()
_SHOWN = 12


@app.command()
def ingest(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files or folders; without any, the corpus folder.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, change nothing.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the whole library anew.")] = False,
    accept_deletions: Annotated[
        bool, typer.Option("--accept-deletions", help="Delete documents although many files are gone.")
    ] = False,
    ray: Annotated[
        str | None,
        typer.Option("--ray", metavar="ADDRESS", help="Read and embed on a Ray cluster; `local` makes one here."),
    ] = None,
) -> None:
    """Bring the library in step with the corpus folder, or add files and folders of your own."""
    options = IngestOptions(dry_run=dry_run, rebuild=rebuild, accept_deletions=accept_deletions)
    console = Console(stderr=True)
    with _progress_bar(console) as bar, _workers(ray) as workers:
        report = run_ingest(
            ingest_config(load_settings()), paths or (), options=options, progress=_mover(bar), workers=workers
        )
    _print(report, Console(), dry_run=dry_run)
    if report.failed:
        raise typer.Exit(1)


def _workers(address: str | None) -> AbstractContextManager[Workers]:
    return ray_workers(address) if address else nullcontext(THIS_MACHINE)


def _progress_bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<8}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def _mover(bar: Progress) -> Callable[[str, int, int], None]:
    tasks = {stage: bar.add_task(stage, total=None, visible=False) for stage in ("load", "embed")}

    def move(stage: str, done: int, total: int) -> None:
        bar.update(tasks[stage], completed=done, total=total, visible=True)

    return move


def _print(report: IngestReport, console: Console, *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    console.print(
        Text(
            f"{len(report.written)} {would}written, {len(report.unchanged)} unchanged, {len(report.deleted)} "
            f"{would}deleted, {len(report.failed)} failed · {report.chunks} chunks · {report.seconds:.1f} s"
        )
    )
    for mark, ids in (("+", report.written), ("-", report.deleted)):
        for id in ids[:_SHOWN]:
            console.print(Text(f"  {mark} {id}"))
        if len(ids) > _SHOWN:
            console.print(Text(f"  {mark} … and {len(ids) - _SHOWN} more"))
    for failure in report.failed:
        console.print(Text(f"  ! {failure.path}: {failure.reason} [{failure.code}]", style="red"))
