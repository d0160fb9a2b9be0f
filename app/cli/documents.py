"""`coe documents`: what the library holds."""

import typer
from rich.console import Console
from rich.table import Table

from app.cli.settings import load_settings
from app.wiring import build_shelf

app = typer.Typer()


@app.command()
def documents() -> None:
    """List the documents of the library."""
    table = Table("id", "kind", "title", "chunks", "origin", box=None)
    for row in build_shelf(load_settings()).current().library.documents():
        table.add_row(row.id, row.kind, row.title, str(row.chunks), row.origin)
    Console().print(table)
