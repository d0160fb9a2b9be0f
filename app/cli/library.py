"""`coe library`: the generations on disk, whether they are sound, repair, and the step back."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.cli.settings import load_settings
from app.wiring import build_upkeep, index_fingerprint

app = typer.Typer(help="List, check, repair and roll back the library.")


@app.callback(invoke_without_command=True)
def generations(context: typer.Context) -> None:
    """List the generations of the library that are on disk."""
    if context.invoked_subcommand is not None:
        return
    table = Table("generation", "made", "documents", "chunks", "", box=None)
    for kept in build_upkeep(load_settings()).kept():
        table.add_row(
            str(kept.number),
            f"{kept.made:%Y-%m-%d %H:%M} UTC",
            _count(kept.documents),
            _count(kept.chunks),
            "current" if kept.is_current else "",
        )
    Console().print(table)


@app.command()
def check(
    repair: Annotated[bool, typer.Option("--repair", help="Make what is damaged anew from what is sound.")] = False,
) -> None:
    """Read every part of the current generation; exit code 1 when something is wrong and was not repaired."""
    upkeep = build_upkeep(load_settings())
    inspection = upkeep.check()
    typer.echo(f"Generation {inspection.number}")
    for finding in inspection.findings:
        typer.echo(f"  {finding.part}: {finding.problem or 'sound'}")
    if inspection.is_sound:
        return
    if not repair:
        typer.echo("Run `coe library check --repair`.")
        raise typer.Exit(1)
    source = upkeep.repair()
    typer.echo(f"Repaired: the library of generation {source}, its vectors made anew.")
    if source != inspection.number:
        typer.echo("Run `coe ingest` to bring it in step with the corpus folder.")


@app.command()
def rollback() -> None:
    """Let readers read the generation before the current one, after checking it."""
    settings = load_settings()
    number = build_upkeep(settings).roll_back(index_fingerprint(settings))
    typer.echo(f"Generation {number} is current. The next `coe ingest` starts from it and follows the corpus folder.")


def _count(number: int | None) -> str:
    return "damaged" if number is None else f"{number:,}"
