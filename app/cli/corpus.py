"""`coe corpus`: whether the documents of the repository are in order, and how many there are of what."""

import typer
from rich.console import Console
from rich.table import Table

from app.cli.settings import load_settings
from ingest import corpus

app = typer.Typer(no_args_is_help=True, help="Check and count the documents of the corpus folder.")


@app.command()
def check() -> None:
    """Check schema, values, sources, completeness and rendered files; exit code 1 when something is wrong."""
    findings = corpus.check(load_settings().corpus_dir)
    for finding in findings:
        typer.echo(f"{finding.document or 'corpus'}: {finding.problem}")
    typer.echo(f"{len(findings)} findings." if findings else "The corpus is in order.")
    if findings:
        raise typer.Exit(1)


@app.command()
def stats() -> None:
    """Count documents, words and chunks by kind, region and year."""
    table = Table("by", "value", "documents", "words", "chunks", box=None)
    for count in corpus.stats(load_settings().corpus_dir):
        table.add_row(count.by, count.value, f"{count.documents:,}", f"{count.words:,}", f"{count.chunks:,}")
    Console().print(table)
